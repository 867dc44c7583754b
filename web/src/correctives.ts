import * as THREE from "three";
import type { GLTF } from "three/addons/loaders/GLTFLoader.js";

/** Accessors of `scenes[0].extras.correctives` and `meshes[].extras.correctives`; see `glb_correctives.py`. */
type Accessors = Record<string, number>;

const FEATURES = 9;
/** Weights that move less than this since the surface was last shaped are not worth shaping it again. */
const STILL = 1e-3;

/** The pose correctives of one character: shapes added at rest, whose weights follow the rotations of the joints. */
export class Correctives {
  private readonly weights: Float32Array;
  private readonly shaped: Float32Array;
  private readonly matrix = new THREE.Matrix4();

  private constructor(
    private readonly joints: ArrayLike<number>,
    private readonly drivers: ArrayLike<number>,
    private readonly surfaces: Surface[],
  ) {
    this.weights = new Float32Array(joints.length);
    this.shaped = new Float32Array(joints.length);
  }

  /** Null for a file without correctives. */
  static async load(gltf: GLTF): Promise<Correctives | null> {
    const shared = gltf.scene.userData.correctives as Accessors | undefined;
    if (!shared) return null;
    const arrays = (accessors: Accessors) => readArrays(gltf, accessors);
    const meshes: THREE.Mesh[] = [];
    gltf.scene.traverse((node) => {
      if (node instanceof THREE.Mesh && node.userData.correctives) meshes.push(node);
    });
    const surfaces = meshes.map(
      async (mesh) => new Surface(mesh, await arrays(mesh.userData.correctives as Accessors)),
    );
    const { joints, drivers } = await arrays(shared);
    return new Correctives(joints!, drivers!, await Promise.all(surfaces));
  }

  /** Shape the surfaces for the rotations of the bones. */
  apply(bones: THREE.Bone[]): void {
    let joint = -1;
    let change = 0;
    const e = this.matrix.elements;
    for (let shape = 0; shape < this.joints.length; shape++) {
      if (this.joints[shape]! !== joint) {
        joint = this.joints[shape]!;
        this.matrix.makeRotationFromQuaternion(bones[joint]!.quaternion);
      }
      let weight = 0;
      for (let row = 0; row < 3; row++)
        for (let column = 0; column < 3; column++) {
          const entry = e[4 * column + row]! - (row === column ? 1 : 0);
          weight += this.drivers[FEATURES * shape + 3 * row + column]! * entry;
        }
      this.weights[shape] = weight;
      change = Math.max(change, Math.abs(weight - this.shaped[shape]!));
    }
    if (change < STILL) return;
    this.shaped.set(this.weights);
    for (const surface of this.surfaces) surface.shape(this.weights);
  }
}

/** One mesh, whose rest positions and normals are rewritten. */
class Surface {
  private readonly position: THREE.BufferAttribute;
  private readonly normal: THREE.BufferAttribute;
  private readonly restPosition: Float32Array;
  private readonly restNormal: Float32Array;

  constructor(
    mesh: THREE.Mesh,
    private readonly data: Record<string, ArrayLike<number>>,
  ) {
    this.position = ownFloats(mesh.geometry, "position");
    this.normal = ownFloats(mesh.geometry, "normal");
    this.restPosition = (this.position.array as Float32Array).slice();
    this.restNormal = (this.normal.array as Float32Array).slice();
  }

  shape(weights: Float32Array): void {
    const position = this.position.array as Float32Array;
    const normal = this.normal.array as Float32Array;
    position.set(this.restPosition);
    normal.set(this.restNormal);
    const starts = this.data.starts!;
    const scales = this.data.scales!;
    const vertices = this.data.vertices!;
    const offsets = this.data.offsets!;
    const normals = this.data.normals!;
    for (let shape = 0; shape < weights.length; shape++) {
      const far = weights[shape]! * scales[2 * shape]!;
      const turn = weights[shape]! * scales[2 * shape + 1]!;
      if (Math.abs(weights[shape]!) < STILL) continue;
      for (let entry = starts[shape]!; entry < starts[shape + 1]!; entry++) {
        const to = 3 * vertices[entry]!;
        const from = 3 * entry;
        position[to]! += far * offsets[from]!;
        position[to + 1]! += far * offsets[from + 1]!;
        position[to + 2]! += far * offsets[from + 2]!;
        normal[to]! += turn * normals[from]!;
        normal[to + 1]! += turn * normals[from + 1]!;
        normal[to + 2]! += turn * normals[from + 2]!;
      }
    }
    this.position.needsUpdate = true;
    this.normal.needsUpdate = true;
  }
}

/** The attribute as floats of its own, since files store normals in whole numbers. */
function ownFloats(geometry: THREE.BufferGeometry, name: string): THREE.BufferAttribute {
  const stored = geometry.getAttribute(name);
  const values = new Float32Array(3 * stored.count);
  for (let i = 0; i < stored.count; i++) {
    values[3 * i] = stored.getX(i);
    values[3 * i + 1] = stored.getY(i);
    values[3 * i + 2] = stored.getZ(i);
  }
  const own = new THREE.BufferAttribute(values, 3).setUsage(THREE.DynamicDrawUsage);
  geometry.setAttribute(name, own);
  return own;
}

async function readArrays(gltf: GLTF, accessors: Accessors): Promise<Record<string, ArrayLike<number>>> {
  const entries = Object.entries(accessors).map(async ([name, index]) => {
    const attribute = (await gltf.parser.getDependency("accessor", index)) as THREE.BufferAttribute;
    return [name, attribute.array] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

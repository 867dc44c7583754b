import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { type Clip, JOINTS, Track, WEIGHTS } from "./clip";
import { Correctives } from "./correctives";
import { buildProp } from "./props";
import { finishSurface } from "./surfaces";
import { ARKIT_NAMES, type WireCharacter, type WireProp } from "./wire";

interface Morph {
  influences: number[];
  /** For each influence its column of the face weights, -1: none. */
  columns: number[];
}

const HEAD = 15;
const CHEST = 9;

/** One character: its body from a GLB file, its bones driven by clips. Bones rest unrotated, so no retargeting. */
export class Figure {
  readonly track = new Track();
  readonly head = new THREE.Vector3();
  readonly chest = new THREE.Vector3();
  readonly facing = new THREE.Vector3(0, 0, 1);
  private readonly held: { prop: WireProp; thing: THREE.Group }[] = [];
  private readonly pelvisRest: THREE.Vector3;
  private readonly from = new THREE.Quaternion();
  private readonly to = new THREE.Quaternion();

  private constructor(
    readonly character: WireCharacter,
    readonly root: THREE.Group,
    private readonly bones: THREE.Bone[],
    private readonly morphs: Morph[],
    private readonly correctives: Correctives | null,
  ) {
    this.pelvisRest = bones[0]!.position.clone();
  }

  static async load(character: WireCharacter, loader: GLTFLoader): Promise<Figure> {
    const gltf = await loader.loadAsync(character.glb);
    let bones: THREE.Bone[] = [];
    const morphs: Morph[] = [];
    gltf.scene.traverse((node) => {
      if (!(node instanceof THREE.Mesh)) return;
      node.castShadow = node.receiveShadow = true;
      finishSurface(node);
      node.frustumCulled = false; // its bounds move with the bones, and there are few characters
      if (node instanceof THREE.SkinnedMesh) bones = node.skeleton.bones;
      const names = node.morphTargetDictionary;
      if (names && node.morphTargetInfluences) {
        const columns = new Array<number>(node.morphTargetInfluences.length).fill(-1);
        for (const [name, index] of Object.entries(names))
          columns[index] = ARKIT_NAMES.indexOf(name === "jawOpenCorrective" ? "jawOpen" : name);
        morphs.push({ influences: node.morphTargetInfluences, columns });
      }
    });
    if (bones.length !== JOINTS)
      throw new Error(`The body of ${character.name} has ${bones.length} bones, not ${JOINTS}.`);
    return new Figure(character, gltf.scene, bones, morphs, await Correctives.load(gltf));
  }

  /** Put a thing into a hand; it is seen while it is held. */
  hold(prop: WireProp): void {
    const thing = buildProp(prop);
    thing.visible = false;
    this.bones[prop.joint]!.add(thing);
    this.held.push({ prop, thing });
  }

  /** Take the pose of `time` seconds, between two frames where it falls there. */
  pose(time: number, fps: number): void {
    const clip = this.track.at(time);
    if (clip && clip.frames > 0) {
      const frame = Math.min(Math.max((time - clip.start) * fps, 0), clip.frames);
      const first = Math.min(Math.floor(frame), clip.frames - 1);
      const follower = first + 1 < clip.frames ? clip : this.track.after(clip);
      const second = first + 1 < clip.frames ? first + 1 : 0;
      this.blend(clip, first, follower ?? clip, follower ? second : first, frame - first);
    }
    for (const { prop, thing } of this.held) thing.visible = prop.start <= time && time < prop.stop;
    this.root.updateMatrixWorld(true);
    this.head.setFromMatrixPosition(this.bones[HEAD]!.matrixWorld);
    this.chest.setFromMatrixPosition(this.bones[CHEST]!.matrixWorld);
    this.facing.set(0, 0, 1).transformDirection(this.bones[CHEST]!.matrixWorld);
  }

  private blend(a: Clip, i: number, b: Clip, j: number, mix: number): void {
    const pelvis = this.bones[0]!.position;
    pelvis.set(
      lerp(a.translation[3 * i]!, b.translation[3 * j]!, mix),
      lerp(a.translation[3 * i + 1]!, b.translation[3 * j + 1]!, mix),
      lerp(a.translation[3 * i + 2]!, b.translation[3 * j + 2]!, mix),
    );
    pelvis.add(this.pelvisRest);
    for (let joint = 0; joint < JOINTS; joint++) {
      read(this.from, a.rotations, (i * JOINTS + joint) * 4);
      read(this.to, b.rotations, (j * JOINTS + joint) * 4);
      this.bones[joint]!.quaternion.slerpQuaternions(this.from, this.to, mix);
    }
    this.correctives?.apply(this.bones);
    for (const { influences, columns } of this.morphs)
      for (let k = 0; k < columns.length; k++) {
        const column = columns[k]!;
        if (column >= 0) influences[k] = lerp(a.face[i * WEIGHTS + column]!, b.face[j * WEIGHTS + column]!, mix) / 255;
      }
  }
}

function lerp(a: number, b: number, mix: number): number {
  return a + (b - a) * mix;
}

function read(target: THREE.Quaternion, wxyz: Int16Array, at: number): void {
  target.set(wxyz[at + 1]!, wxyz[at + 2]!, wxyz[at + 3]!, wxyz[at]!).normalize();
}

import * as THREE from "three";
import { matte } from "./materials";
import type { WireProp } from "./wire";

type Place = [number, number, number];

const PORCELAIN = "#c74d3d";
const COFFEE = "#3d2417";
const GLASS = "#c2dbe6";
const WINE = "#801a29";
const COVER = "#295480";
const PAPER = "#f2edde";
const CARDBOARD = "#b88c5c";
const RIBBON = "#bd333d";
const PHONE = "#1a1c21";
const SCREEN = "#598cbf";

/** A thing in a hand: its middle at the origin, its height along +Y and what lies on the palm towards -Z. */
export function buildProp(prop: WireProp): THREE.Group {
  const group = BUILDERS[prop.shape](...prop.size);
  group.position.set(...prop.offset);
  const [w, x, y, z] = prop.rotation;
  group.quaternion.set(x, y, z, w);
  group.traverse((node) => {
    if (node instanceof THREE.Mesh) node.castShadow = node.receiveShadow = true;
  });
  return group;
}

function box(size: Place, colour: string, at: Place = [0, 0, 0]): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.BoxGeometry(...size), matte(colour));
  mesh.position.set(...at);
  return mesh;
}

function round(top: number, bottom: number, height: number, y: number, colour: string): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.CylinderGeometry(top, bottom, height, 32), matte(colour));
  mesh.position.y = y;
  return mesh;
}

const BUILDERS: Record<WireProp["shape"], (width: number, height: number, depth: number) => THREE.Group> = {
  cup(width, height) {
    const radius = width / 2;
    const handle = new THREE.Mesh(new THREE.TorusGeometry(0.02, 0.004, 10, 20, Math.PI), matte(PORCELAIN));
    handle.rotation.z = Math.PI / 2;
    handle.position.x = -radius;
    return new THREE.Group().add(
      round(radius, 0.86 * radius, height, 0, PORCELAIN),
      round(0.9 * radius, 0.9 * radius, 0.002, height / 2, COFFEE),
      handle,
    );
  },
  glass(width, height) {
    const radius = width / 2;
    return new THREE.Group().add(
      round(radius, 0.75 * radius, height, 0, GLASS),
      round(0.93 * radius, 0.93 * radius, 0.002, height / 2, WINE),
    );
  },
  book(width, height, depth) {
    const cover = 0.12 * depth;
    const lid = (depth - cover) / 2;
    return new THREE.Group().add(
      box([0.96 * width, 0.97 * height, depth - 2 * cover], PAPER, [0.01 * width, 0, 0]),
      box([width, height, cover], COVER, [0, 0, lid]),
      box([width, height, cover], COVER, [0, 0, -lid]),
      box([cover, height, depth], COVER, [-width / 2, 0, 0]),
    );
  },
  parcel(width, height, depth) {
    return new THREE.Group().add(
      box([width, height, depth], CARDBOARD),
      box([0.12 * width, 1.01 * height, 1.02 * depth], RIBBON),
      box([1.01 * width, 0.1 * height, 1.02 * depth], RIBBON),
    );
  },
  phone(width, height, depth) {
    return new THREE.Group().add(
      box([width, height, depth], PHONE),
      box([0.9 * width, 0.92 * height, 0.05 * depth], SCREEN, [0, 0, depth / 2]),
    );
  },
};

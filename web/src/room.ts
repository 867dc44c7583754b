import * as THREE from "three";
import { buildFurniture } from "./furniture";
import { matte, shade, woodTexture } from "./materials";
import type { Room } from "./wire";

const WALL_HEIGHT = 2.7;
const PLANKS = 1.6;

/** Floor, walls and furniture. Walls are seen from inside only, so a camera outside looks through them. */
export function buildRoom(room: Room): THREE.Group {
  const group = new THREE.Group();
  const [width, depth] = room.size;
  const wood = woodTexture(room.floor_colour);
  wood.repeat.set(width / PLANKS, depth / PLANKS);
  const floor = new THREE.Mesh(
    new THREE.PlaneGeometry(width, depth),
    new THREE.MeshStandardMaterial({ map: wood, roughness: 0.6 }),
  );
  floor.rotation.x = -Math.PI / 2;
  floor.receiveShadow = true;
  group.add(floor);
  const slab = new THREE.Mesh(
    new THREE.BoxGeometry(width + 0.06, 0.12, depth + 0.06),
    matte(shade(room.floor_colour, -0.2)),
  );
  slab.position.y = -0.062;
  group.add(slab);
  const paint = matte(room.wall_colour, 0.95);
  const board = matte(shade(room.wall_colour, 0.06), 0.6);
  for (const [length, x, z, turn] of [
    [width, 0, -depth / 2, 0],
    [width, 0, depth / 2, Math.PI],
    [depth, -width / 2, 0, Math.PI / 2],
    [depth, width / 2, 0, -Math.PI / 2],
  ] as const) {
    const wall = new THREE.Group();
    const plane = new THREE.Mesh(new THREE.PlaneGeometry(length, WALL_HEIGHT), paint);
    plane.position.y = WALL_HEIGHT / 2;
    const skirting = new THREE.Mesh(new THREE.PlaneGeometry(length, 0.09), board);
    skirting.position.set(0, 0.045, 0.012);
    plane.receiveShadow = skirting.receiveShadow = true;
    wall.add(plane, skirting);
    wall.position.set(x, 0, z);
    wall.rotation.y = turn;
    group.add(wall);
  }
  for (const item of room.furniture) group.add(buildFurniture(item, room));
  return group;
}

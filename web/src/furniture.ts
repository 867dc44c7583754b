import * as THREE from "three";
import { RoundedBoxGeometry } from "three/addons/geometries/RoundedBoxGeometry.js";
import { matte, randomStream, rugTexture, shade, skyTexture } from "./materials";
import { type Furniture, type Room, USUAL_SIZES } from "./wire";

type Size = [number, number, number];

const COLOURS: Record<Furniture["kind"], string> = {
  sofa: "#5d7384",
  chair: "#8a5f3f",
  table: "#94683f",
  desk: "#7d5737",
  window: "#f2efe9",
  bookshelf: "#7a5536",
  lamp: "#3a3a3c",
  plant: "#4f7a4a",
  rug: "#8d4f45",
  door: "#8c6a4a",
};
const WINDOW_SILL = 0.85;
const USUAL_SEAT = 0.45;

/** The shape of `item`: its front faces its `facing`, its foot stands on the floor. */
export function buildFurniture(item: Furniture, room: Room): THREE.Group {
  const size = item.size ?? USUAL_SIZES[item.kind];
  const colour = item.colour ?? COLOURS[item.kind];
  const group = BUILDERS[item.kind](size, colour, seatHeight(item, room));
  group.position.set(item.position[0], 0, item.position[1]);
  group.rotation.y = THREE.MathUtils.degToRad(item.facing);
  group.traverse((node) => {
    if (node instanceof THREE.Mesh && !node.userData.noShadow) node.castShadow = node.receiveShadow = true;
  });
  return group;
}

/** Seats are as high as the seated place that they belong to. */
function seatHeight(item: Furniture, room: Room): number {
  const near = room.places.find(
    (place) =>
      place.posture === "seated" &&
      Math.hypot(place.position[0] - item.position[0], place.position[1] - item.position[1]) < 0.8,
  );
  return near?.seat_height ?? USUAL_SEAT;
}

function block(
  width: number,
  height: number,
  depth: number,
  material: THREE.Material,
  x: number,
  y: number,
  z: number,
  soft = 0.012,
): THREE.Mesh {
  const radius = Math.min(soft, width / 2.1, height / 2.1, depth / 2.1);
  const mesh = new THREE.Mesh(new RoundedBoxGeometry(width, height, depth, soft > 0.03 ? 4 : 2, radius), material);
  mesh.position.set(x, y, z);
  return mesh;
}

function cylinder(
  top: number,
  bottom: number,
  height: number,
  material: THREE.Material,
  x: number,
  y: number,
  z: number,
): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.CylinderGeometry(top, bottom, height, 28), material);
  mesh.position.set(x, y, z);
  return mesh;
}

function legs(
  group: THREE.Group,
  width: number,
  depth: number,
  height: number,
  thick: number,
  material: THREE.Material,
): void {
  for (const x of [-1, 1])
    for (const z of [-1, 1])
      group.add(block(thick, height, thick, material, x * (width / 2 - thick), height / 2, z * (depth / 2 - thick)));
}

interface Copy {
  matrix: THREE.Matrix4;
  colour: THREE.Color;
}

/** Many of the same shape in one draw call. */
function copies(geometry: THREE.BufferGeometry, roughness: number, items: Copy[]): THREE.InstancedMesh {
  const mesh = new THREE.InstancedMesh(geometry, matte("#ffffff", roughness), items.length);
  items.forEach((item, index) => {
    mesh.setMatrixAt(index, item.matrix);
    mesh.setColorAt(index, item.colour);
  });
  return mesh;
}

type Builder = (size: Size, colour: string, seat: number) => THREE.Group;

const sofa: Builder = ([w, h, d], colour, seat) => {
  const group = new THREE.Group();
  const cloth = matte(colour, 0.95);
  const cushion = matte(shade(colour, 0.035), 0.95);
  const arm = 0.16;
  const back = 0.2;
  legs(group, w - 0.1, d - 0.1, 0.1, 0.05, matte("#3b2b20"));
  group.add(block(w, seat - 0.24, d, cloth, 0, 0.1 + (seat - 0.24) / 2, 0, 0.03));
  for (const side of [-1, 1])
    group.add(block(arm, seat + 0.08, d, cloth, side * (w / 2 - arm / 2), 0.1 + (seat + 0.08) / 2, 0, 0.06));
  group.add(block(w - 0.02, h - 0.1, back, cloth, 0, 0.1 + (h - 0.1) / 2, -d / 2 + back / 2, 0.07));
  const wide = (w - 2 * arm) / 2;
  for (const side of [-1, 1]) {
    group.add(block(wide - 0.01, 0.15, d - back, cushion, (side * wide) / 2, seat - 0.075, back / 2, 0.05));
    const rest = block(
      wide - 0.03,
      h - seat - 0.02,
      0.12,
      cushion,
      (side * wide) / 2,
      seat + (h - seat) / 2 - 0.02,
      -d / 2 + back + 0.03,
      0.05,
    );
    rest.rotation.x = -0.14;
    group.add(rest);
  }
  return group;
};

const chair: Builder = ([w, h, d], colour, seat) => {
  const group = new THREE.Group();
  const wood = matte(colour, 0.6);
  legs(group, w, d, seat - 0.03, 0.04, wood);
  group.add(block(w, 0.045, d, wood, 0, seat - 0.0225, 0, 0.02));
  for (const side of [-1, 1])
    group.add(block(0.04, h - seat, 0.04, wood, side * (w / 2 - 0.03), seat + (h - seat) / 2, -d / 2 + 0.03));
  for (const y of [0.45, 0.8]) group.add(block(w - 0.08, 0.09, 0.025, wood, 0, seat + (h - seat) * y, -d / 2 + 0.03));
  return group;
};

const table: Builder = ([w, h, d], colour) => {
  const group = new THREE.Group();
  const wood = matte(colour, 0.5);
  group.add(block(w, 0.04, d, wood, 0, h - 0.02, 0, 0.015));
  group.add(block(w - 0.14, 0.07, d - 0.14, matte(shade(colour, -0.05)), 0, h - 0.075, 0));
  legs(group, w - 0.06, d - 0.06, h - 0.04, 0.055, wood);
  for (const [x, z, tint] of [
    [-0.18, 0.06, "#e9e4da"],
    [0.14, -0.05, "#4d7c8a"],
  ] as const) {
    group.add(cylinder(0.042, 0.034, 0.09, matte(tint, 0.35), x, h + 0.045, z));
    group.add(cylinder(0.07, 0.06, 0.012, matte(tint, 0.35), x, h + 0.006, z));
  }
  return group;
};

const desk: Builder = ([w, h, d], colour) => {
  const group = new THREE.Group();
  const wood = matte(colour, 0.55);
  const dark = matte(shade(colour, -0.06));
  group.add(block(w, 0.035, d, wood, 0, h - 0.0175, 0));
  group.add(block(0.03, h - 0.035, d - 0.04, wood, -w / 2 + 0.03, (h - 0.035) / 2, 0));
  group.add(block(0.4, h - 0.06, d - 0.06, wood, w / 2 - 0.22, (h - 0.06) / 2 + 0.02, 0));
  for (let k = 0; k < 3; k++) {
    group.add(block(0.36, 0.19, 0.015, dark, w / 2 - 0.22, h - 0.16 - k * 0.21, -d / 2 + 0.025));
  }
  group.add(block(0.32, 0.012, 0.22, matte("#2c2f34", 0.4), -0.12, h + 0.006, -0.02));
  const screen = block(0.32, 0.21, 0.01, matte("#2c2f34", 0.4), -0.12, h + 0.11, 0.11, 0.005);
  screen.rotation.x = 0.22;
  group.add(screen);
  for (const [k, tint] of ["#a4533f", "#3f6174", "#cbb27a"].entries())
    group.add(block(0.2, 0.03, 0.15, matte(tint), w / 2 - 0.25, h + 0.015 + k * 0.03, 0.05, 0.004));
  return group;
};

const window_: Builder = ([w, h, d], colour) => {
  const group = new THREE.Group();
  const frame = matte(colour, 0.5);
  const glow = new THREE.MeshBasicMaterial({ map: skyTexture(), toneMapped: false });
  const pane = new THREE.Mesh(new THREE.PlaneGeometry(w, h), glow);
  pane.position.set(0, WINDOW_SILL + h / 2, 0);
  pane.userData.noShadow = true;
  group.add(pane);
  const middle = WINDOW_SILL + h / 2;
  for (const side of [-1, 1]) group.add(block(0.07, h + 0.07, d * 0.6, frame, (side * w) / 2, middle, 0));
  for (const y of [WINDOW_SILL, WINDOW_SILL + h]) group.add(block(w + 0.07, 0.07, d * 0.6, frame, 0, y, 0));
  group.add(block(0.035, h, d * 0.4, frame, 0, middle, 0));
  group.add(block(w, 0.035, d * 0.4, frame, 0, WINDOW_SILL + h * 0.62, 0));
  group.add(block(w + 0.2, 0.035, d + 0.1, frame, 0, WINDOW_SILL - 0.04, 0.05));
  const curtain = matte("#d9cdb8", 1);
  for (const side of [-1, 1])
    for (let fold = 0; fold < 4; fold++)
      group.add(
        cylinder(0.045, 0.05, h + 0.5, curtain, side * (w / 2 + 0.06 + fold * 0.065), WINDOW_SILL + h / 2 - 0.02, 0.05),
      );
  return group;
};

const bookshelf: Builder = ([w, h, d], colour) => {
  const group = new THREE.Group();
  const wood = matte(colour, 0.65);
  const random = randomStream(23);
  const tints = ["#8d4b3a", "#3f5a6b", "#c2a15f", "#5e6f52", "#d8d0c0", "#6d4a63", "#2f3b46", "#b56a43"];
  const shelves = Math.max(2, Math.round(h / 0.38));
  const step = (h - 0.06) / shelves;
  for (const side of [-1, 1]) group.add(block(0.03, h, d, wood, side * (w / 2 - 0.015), h / 2, 0));
  group.add(block(w, h, 0.015, matte(shade(colour, -0.06)), 0, h / 2, -d / 2 + 0.01));
  for (let k = 0; k <= shelves; k++) group.add(block(w - 0.04, 0.025, d, wood, 0, 0.03 + k * step, 0));
  const books: Copy[] = [];
  for (let k = 0; k < shelves; k++) {
    let x = -w / 2 + 0.05;
    while (x < w / 2 - 0.09) {
      const thick = 0.022 + random() * 0.03;
      const high = step * (0.55 + random() * 0.3);
      if (random() < 0.88) {
        const matrix = new THREE.Matrix4().makeScale(thick, high, d * 0.62);
        matrix.setPosition(x + thick / 2, 0.045 + k * step + high / 2, 0);
        books.push({ matrix, colour: new THREE.Color(tints[Math.floor(random() * tints.length)]) });
        x += thick + 0.002;
      } else x += 0.06 + random() * 0.1;
    }
  }
  group.add(copies(new THREE.BoxGeometry(1, 1, 1), 0.85, books));
  return group;
};

const lamp: Builder = ([w, h], colour) => {
  const group = new THREE.Group();
  const metal = matte(colour, 0.4);
  group.add(cylinder(w * 0.42, w * 0.45, 0.025, metal, 0, 0.0125, 0));
  group.add(cylinder(0.012, 0.012, h - 0.2, metal, 0, (h - 0.2) / 2, 0));
  const cloth = new THREE.MeshStandardMaterial({
    color: "#f3e3c3",
    emissive: "#ffce85",
    emissiveIntensity: 0.75,
    side: THREE.DoubleSide,
  });
  const shadeMesh = new THREE.Mesh(new THREE.CylinderGeometry(w * 0.32, w * 0.5, 0.28, 32, 1, true), cloth);
  shadeMesh.position.y = h - 0.14;
  shadeMesh.userData.noShadow = true;
  group.add(shadeMesh);
  const light = new THREE.PointLight("#ffd9a0", 1.1, 4, 1.8);
  light.position.y = h - 0.1;
  group.add(light);
  return group;
};

const plant: Builder = ([w, h], colour) => {
  const group = new THREE.Group();
  const random = randomStream(41);
  const pot = h * 0.28;
  group.add(cylinder(w * 0.36, w * 0.27, pot, matte("#b9744f", 0.8), 0, pot / 2, 0));
  group.add(cylinder(w * 0.33, w * 0.33, 0.01, matte("#3d2b20"), 0, pot - 0.004, 0));
  const leaves: Copy[] = [];
  for (let k = 0; k < 26; k++) {
    const length = h * (0.24 + random() * 0.3);
    const turn = new THREE.Euler(0.2 + random() * 0.75, k * 2.4, random() * 0.6, "YXZ");
    const matrix = new THREE.Matrix4().makeRotationFromEuler(turn);
    matrix.setPosition(0, pot + random() * h * 0.26, 0);
    matrix.multiply(new THREE.Matrix4().makeTranslation(0, length / 2, 0));
    matrix.scale(new THREE.Vector3(w * 0.14, length / 2, 0.012));
    leaves.push({ matrix, colour: shade(colour, (random() - 0.5) * 0.12) });
  }
  group.add(copies(new THREE.SphereGeometry(1, 14, 8), 0.7, leaves));
  group.add(cylinder(0.015, 0.02, h * 0.45, matte("#5b4a2f"), 0, pot + h * 0.2, 0));
  return group;
};

const rug: Builder = ([w, h, d], colour) => {
  const group = new THREE.Group();
  const mesh = new THREE.Mesh(
    new THREE.PlaneGeometry(w, d),
    new THREE.MeshStandardMaterial({ map: rugTexture(colour), roughness: 1 }),
  );
  mesh.rotation.x = -Math.PI / 2;
  mesh.position.y = Math.min(h, 0.006); // people stand on it, and their floor is y = 0
  mesh.receiveShadow = true;
  mesh.userData.noShadow = true;
  group.add(mesh);
  return group;
};

const door: Builder = ([w, h, d], colour) => {
  const group = new THREE.Group();
  const wood = matte(colour, 0.6);
  const frame = matte("#efe9df", 0.6);
  group.add(block(w, h, d * 0.5, wood, 0, h / 2, 0));
  for (const y of [0.28, 0.72])
    group.add(block(w - 0.26, h * 0.34, d * 0.6, matte(shade(colour, -0.035), 0.6), 0, h * y, 0.005));
  for (const side of [-1, 1]) group.add(block(0.08, h + 0.08, d, frame, side * (w / 2 + 0.04), (h + 0.08) / 2, 0));
  group.add(block(w + 0.16, 0.08, d, frame, 0, h + 0.04, 0));
  const knob = new THREE.Mesh(new THREE.SphereGeometry(0.028, 18, 12), matte("#c8b27a", 0.3));
  knob.position.set(w / 2 - 0.08, h * 0.48, d * 0.5 + 0.02);
  group.add(knob);
  return group;
};

const BUILDERS: Record<Furniture["kind"], Builder> = {
  sofa,
  chair,
  table,
  desk,
  window: window_,
  bookshelf,
  lamp,
  plant,
  rug,
  door,
};

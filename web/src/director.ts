import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import type { Figure } from "./figure";

const GLIDE_SECONDS = 0.9;
const SIDE_HYSTERESIS = 0.5;
/** Metres from the head joint to over the hair. */
const HEAD_ROOM = 0.33;
/** The controls cover this part of the picture's foot. */
const CONTROLS_SHARE = 0.13;

/** The camera: glides so that the speakers stay in frame, until the person takes hold of it. */
export class Director {
  private automatic = true;
  onChange: (automatic: boolean) => void = () => {};
  readonly controls: OrbitControls;
  private readonly wantedPosition = new THREE.Vector3();
  private readonly wantedTarget = new THREE.Vector3();
  private side = 1;
  private placed = false;

  constructor(
    readonly camera: THREE.PerspectiveCamera,
    canvas: HTMLCanvasElement,
  ) {
    this.controls = new OrbitControls(camera, canvas);
    this.controls.enableDamping = true;
    this.controls.minDistance = 0.5;
    this.controls.maxDistance = 14;
    this.controls.maxPolarAngle = Math.PI * 0.52;
    this.controls.addEventListener("start", () => this.setAutomatic(false));
  }

  get isAutomatic(): boolean {
    return this.automatic;
  }

  setAutomatic(automatic: boolean): void {
    if (this.automatic === automatic) return;
    this.automatic = automatic;
    this.onChange(automatic);
  }

  /** `speaker` is the name of the one who acts now, or empty. */
  update(figures: Figure[], speaker: string, seconds: number): void {
    if (this.automatic && figures.length > 0) {
      if (figures.length === 1) this.frameOne(figures[0]!);
      else this.frameAll(figures, speaker);
      const step = this.placed ? 1 - Math.exp(-seconds / GLIDE_SECONDS) : 1;
      this.camera.position.lerp(this.wantedPosition, step);
      this.controls.target.lerp(this.wantedTarget, step);
      this.placed = true;
    }
    this.controls.update();
  }

  /** Thighs to head, a little from the side. */
  private frameOne(figure: Figure): void {
    const yaw = Math.atan2(figure.facing.x, figure.facing.z) + 0.28;
    const direction = new THREE.Vector3(Math.sin(yaw), 0.08, Math.cos(yaw)).normalize();
    this.frame([figure], direction, figure.head, 1.05, 0.5);
  }

  /** Everybody from the side on which the faces are, turned a little towards the speaker's face. */
  private frameAll(figures: Figure[], speaker: string): void {
    const middle = new THREE.Vector3();
    for (const figure of figures) middle.addScaledVector(figure.head, 1 / figures.length);
    const acting = figures.find((figure) => figure.character.name === speaker);
    const direction = this.faceSide(figures, middle);
    if (acting) {
      const lean = acting.head.clone().sub(middle).setY(0);
      middle.addScaledVector(lean, 0.12);
      direction.addScaledVector(lean.normalize(), -0.38);
    }
    this.frame(figures, direction.setY(0.14).normalize(), middle, acting ? 1.15 : Infinity, 0.42);
  }

  /** Fit everybody from above the head to `below` metres under it (at most to the floor), seen along `direction`. */
  private frame(
    figures: Figure[],
    direction: THREE.Vector3,
    middle: THREE.Vector3,
    below: number,
    beside: number,
  ): void {
    const top = Math.max(...figures.map((figure) => figure.head.y)) + HEAD_ROOM;
    const lowest = Math.min(...figures.map((figure) => figure.head.y - below));
    const bottom = Math.max(lowest, 0) - CONTROLS_SHARE * (top - Math.max(lowest, 0));
    this.wantedTarget.set(middle.x, (top + bottom) / 2, middle.z);
    const tangent = Math.tan(THREE.MathUtils.degToRad(this.camera.fov / 2));
    const right = new THREE.Vector3(direction.z, 0, -direction.x).normalize();
    let distance = (top - bottom) / 2 / tangent;
    for (const figure of figures) {
      const offset = figure.head.clone().sub(this.wantedTarget);
      const nearer = offset.setY(0).dot(direction);
      const sideways = Math.abs(offset.dot(right)) + beside;
      distance = Math.max(
        distance,
        sideways / (tangent * this.camera.aspect) + nearer,
        (top - bottom) / 2 / tangent + nearer,
      );
    }
    this.wantedPosition.copy(this.wantedTarget).addScaledVector(direction, distance);
  }

  private faceSide(figures: Figure[], middle: THREE.Vector3): THREE.Vector3 {
    const along = figures[0]!.head.clone().sub(middle).setY(0);
    const across =
      along.lengthSq() < 0.01 ? new THREE.Vector3(0, 0, 1) : new THREE.Vector3(-along.z, 0, along.x).normalize();
    const faces = new THREE.Vector3(0, 0, 0.3); // a room shows itself towards +Z
    for (const figure of figures) faces.add(figure.facing);
    const towards = faces.setY(0).dot(across);
    if (!this.placed || Math.abs(towards) > SIDE_HYSTERESIS) this.side = towards < 0 ? -1 : 1;
    return across.multiplyScalar(this.side);
  }
}

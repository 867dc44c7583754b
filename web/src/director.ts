import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import type { Figure } from "./figure";

const GLIDE_SECONDS = 0.9;
const SIDE_HYSTERESIS = 0.5;

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

  /** Knees to head, a little from the side. */
  private frameOne(figure: Figure): void {
    const yaw = Math.atan2(figure.facing.x, figure.facing.z) + 0.28;
    this.wantedTarget.copy(figure.head);
    this.wantedTarget.y -= 0.36;
    const distance = this.distanceFor(0.55, 0.66);
    this.wantedPosition.set(Math.sin(yaw), 0.06, Math.cos(yaw)).multiplyScalar(distance).add(this.wantedTarget);
  }

  /** Everybody from the side on which the faces are, turned a little towards the speaker's face. */
  private frameAll(figures: Figure[], speaker: string): void {
    const middle = new THREE.Vector3();
    for (const figure of figures) middle.addScaledVector(figure.head, 1 / figures.length);
    const reach = Math.max(...figures.map((figure) => Math.hypot(figure.head.x - middle.x, figure.head.z - middle.z)));
    const acting = figures.find((figure) => figure.character.name === speaker);
    const direction = this.faceSide(figures, middle);
    this.wantedTarget.copy(middle);
    this.wantedTarget.y -= acting ? 0.52 : 0.84;
    if (acting) {
      const lean = acting.head.clone().sub(middle).setY(0);
      this.wantedTarget.addScaledVector(lean, 0.16);
      direction.addScaledVector(lean.normalize(), -0.38).normalize();
    }
    const distance = this.distanceFor(reach + 0.5, acting ? 0.86 : 1.14);
    this.wantedPosition.copy(direction).setY(0.14).multiplyScalar(distance).add(this.wantedTarget);
  }

  private faceSide(figures: Figure[], middle: THREE.Vector3): THREE.Vector3 {
    const along = figures[0]!.head.clone().sub(middle).setY(0);
    const across = along.lengthSq() < 0.01 ? new THREE.Vector3(0, 0, 1) : new THREE.Vector3(-along.z, 0, along.x).normalize();
    const faces = new THREE.Vector3(0, 0, 0.3); // a room shows itself towards +Z
    for (const figure of figures) faces.add(figure.facing);
    const towards = faces.setY(0).dot(across);
    if (!this.placed || Math.abs(towards) > SIDE_HYSTERESIS) this.side = towards < 0 ? -1 : 1;
    return across.multiplyScalar(this.side);
  }

  /** From where half a width and half a height (metres) fit into the picture. */
  private distanceFor(halfWidth: number, halfHeight: number): number {
    const tangent = Math.tan(THREE.MathUtils.degToRad(this.camera.fov / 2));
    return Math.max(halfHeight / tangent, halfWidth / (tangent * this.camera.aspect) + 0.3);
  }
}

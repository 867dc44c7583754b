import * as THREE from "three";
import { RoomEnvironment } from "three/addons/environments/RoomEnvironment.js";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { Director } from "./director";
import { Figure } from "./figure";
import { chooseQuality, type Quality } from "./quality";
import { buildRoom } from "./room";
import type { WireScene } from "./wire";

const SLOW_FRAME = 0.07;
const LEAST_RESOLUTION = 0.5;

/** The picture: renderer, light, room and figures. */
export class Stage {
  readonly figures = new Map<string, Figure>();
  readonly director: Director;
  private readonly renderer: THREE.WebGLRenderer;
  private readonly scene = new THREE.Scene();
  private readonly camera = new THREE.PerspectiveCamera(34, 1, 0.05, 60);
  private readonly quality = chooseQuality();
  private resolution = this.quality.resolution;
  private slow = 0;
  /** Applied just before a frame is drawn, for a new size empties the canvas. */
  private resized = true;
  private frameCount = 0;

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.renderer = createRenderer(canvas, this.quality.antialias);
    this.scene.background = new THREE.Color("#22262d");
    if (this.quality.environment) this.addEnvironment();
    this.camera.position.set(0, 1.5, 5);
    this.director = new Director(this.camera, canvas);
    new ResizeObserver(() => (this.resized = true)).observe(canvas);
  }

  async load(scene: WireScene): Promise<void> {
    this.scene.add(buildRoom(scene.room), ...createLights(Math.max(...scene.room.size), this.quality));
    const loader = new GLTFLoader();
    const figures = await Promise.all(scene.characters.map((character) => Figure.load(character, loader)));
    for (const figure of figures) {
      this.figures.set(figure.character.name, figure);
      this.scene.add(figure.root);
    }
  }

  get frames(): number {
    return this.frameCount;
  }

  draw(time: number, fps: number, speaker: string, seconds: number): void {
    this.adapt(seconds);
    if (this.resized) this.resize();
    const figures = [...this.figures.values()];
    for (const figure of figures) figure.pose(time, fps);
    this.director.update(figures, speaker, seconds);
    this.renderer.render(this.scene, this.camera);
    this.frameCount++;
  }

  /** Where a point of the room is in the page, CSS pixels. */
  project(point: THREE.Vector3): [number, number] {
    const screen = point.clone().project(this.camera);
    const box = this.canvas.getBoundingClientRect();
    return [box.left + ((screen.x + 1) / 2) * box.width, box.top + ((1 - screen.y) / 2) * box.height];
  }

  /** Hide or show the figures; for tests that compare pictures. */
  showFigures(visible: boolean): void {
    for (const figure of this.figures.values()) figure.root.visible = visible;
  }

  private addEnvironment(): void {
    const generator = new THREE.PMREMGenerator(this.renderer);
    this.scene.environment = generator.fromScene(new RoomEnvironment(), 0.04).texture;
    this.scene.environmentIntensity = 0.34;
    generator.dispose();
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    this.resized = false;
    this.renderer.setPixelRatio(this.resolution);
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
  }

  /** A machine without a graphics card gets fewer pixels rather than a slide show. */
  private adapt(seconds: number): void {
    this.slow = seconds > SLOW_FRAME ? this.slow + 1 : 0;
    if (this.slow < 12 || this.resolution <= LEAST_RESOLUTION) return;
    this.slow = 0;
    this.resolution = Math.max(LEAST_RESOLUTION, this.resolution * 0.8);
    this.resized = true;
  }
}

function createRenderer(canvas: HTMLCanvasElement, antialias: boolean): THREE.WebGLRenderer {
  const renderer = new THREE.WebGLRenderer({ canvas, antialias, powerPreference: "high-performance" });
  renderer.shadowMap.enabled = true;
  renderer.shadowMap.type = THREE.PCFShadowMap;
  renderer.toneMapping = THREE.NeutralToneMapping;
  renderer.toneMappingExposure = 1.0;
  return renderer;
}

function createLights(extent: number, quality: Quality): THREE.Light[] {
  const sky = new THREE.HemisphereLight("#fdf8f0", "#8a7a6a", quality.environment ? 0.5 : 2.1);
  const key = new THREE.DirectionalLight("#fff2de", 2.0);
  key.position.set(2.2, 4.6, 3.4);
  key.castShadow = true;
  key.shadow.mapSize.set(quality.shadowSize, quality.shadowSize);
  key.shadow.bias = -0.0003;
  key.shadow.normalBias = 40 / quality.shadowSize;
  key.shadow.radius = 5;
  const half = extent / 2 + 0.6;
  Object.assign(key.shadow.camera, { left: -half, right: half, top: half, bottom: -half, near: 0.5, far: 14 });
  const fill = new THREE.DirectionalLight("#cfe0ff", 0.55);
  fill.position.set(-3.5, 2.6, 2.5);
  return [sky, key, fill];
}

import { Speakers } from "./audio";
import { element, showMessage } from "./dom";
import { TurnLoader } from "./loader";
import { type Clock, installProbe } from "./probe";
import type { Stage } from "./stage";
import { Subtitle } from "./subtitle";
import { Timeline } from "./timeline";
import { Transcript } from "./transcript";
import type { WireScene, WireTurn } from "./wire";

const ARROW_SECONDS = 5;

/** Plays a recorded scene: clock, timeline, keys. */
export class Replay implements Clock {
  time = 0;
  playing = false;
  private speed = 1;
  private readonly speakers = new Speakers();
  private readonly subtitle: Subtitle;
  private readonly transcript: Transcript;
  private readonly timeline: Timeline;
  private readonly loader: TurnLoader;

  constructor(
    private readonly scene: WireScene,
    private readonly stage: Stage,
  ) {
    this.subtitle = new Subtitle(scene.characters);
    this.transcript = new Transcript(scene.characters, scene.mind, (turn) => {
      this.seek(turn.start);
      this.play();
    });
    this.timeline = new Timeline(scene, (time) => this.seek(time));
    this.loader = new TurnLoader(stage.figures, this.speakers, scene.fps);
    for (const turn of scene.turns) this.transcript.add(turn);
    this.bindControls();
  }

  async start(): Promise<void> {
    const first = this.scene.turns[0];
    if (first) await this.loader.load(first);
    element("controls").hidden = false;
    element("start").hidden = false;
    installProbe(this, this.stage, this.speakers);
    this.run();
    for (const turn of this.scene.turns) await this.load(turn);
  }

  play(): void {
    if (this.time >= this.scene.duration - 0.05) this.time = 0;
    this.playing = true;
    this.showState();
  }

  pause(): void {
    this.playing = false;
    this.showState();
  }

  seek(time: number): void {
    this.time = Math.min(Math.max(time, 0), this.scene.duration);
    element("start").hidden = true;
    const turn = this.turnAt(this.time);
    if (turn) void this.load(turn);
  }

  private async load(turn: WireTurn): Promise<void> {
    await this.loader
      .load(turn)
      .catch((error: unknown) => showMessage(String(error instanceof Error ? error.message : error)));
  }

  private run(): void {
    let before = performance.now();
    const frame = (now: number): void => {
      const seconds = Math.min((now - before) / 1000, 1);
      before = now;
      this.advance(seconds);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  private advance(seconds: number): void {
    if (this.playing) this.time += seconds * this.speed;
    if (this.time >= this.scene.duration) {
      this.time = this.scene.duration;
      if (this.playing) this.pause();
    }
    const turn = this.turnAt(this.time);
    this.speakers.update(this.time, this.playing, this.speed);
    this.subtitle.update(turn, this.time);
    this.transcript.highlight(turn?.speaker ? turn.index : undefined);
    this.timeline.update(this.time);
    this.stage.draw(this.time, this.scene.fps, turn?.speaker ?? "", seconds);
  }

  private turnAt(time: number): WireTurn | undefined {
    return this.scene.turns.findLast((turn) => turn.start <= time + 1e-4) ?? this.scene.turns[0];
  }

  private showState(): void {
    element("play").textContent = this.playing ? "❚❚" : "▶";
    if (this.playing) element("start").hidden = true;
  }

  private toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  private bindControls(): void {
    element("start").onclick = () => this.play();
    element("play").onclick = () => this.toggle();
    const speed = element<HTMLSelectElement>("speed");
    speed.onchange = () => (this.speed = Number(speed.value));
    document.addEventListener("visibilitychange", () => document.hidden && this.pause());
    window.addEventListener("keydown", (event) => {
      if (event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === " ") this.toggle();
      else if (event.key === "ArrowLeft") this.seek(this.time - ARROW_SECONDS);
      else if (event.key === "ArrowRight") this.seek(this.time + ARROW_SECONDS);
      else return;
      event.preventDefault();
      if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
    });
  }
}

import { clockText, create, element } from "./dom";
import type { WireScene } from "./wire";

/** The bar under the picture: turn markers, position, scrubbing. */
export class Timeline {
  private readonly bar = element("timeline");
  private readonly progress = element("progress");
  private readonly clock = element("clock");

  constructor(
    private readonly scene: WireScene,
    private readonly seek: (time: number) => void,
  ) {
    element("length").textContent = clockText(scene.duration);
    this.bar.setAttribute("aria-valuemax", scene.duration.toFixed(1));
    this.addMarkers();
    this.bar.addEventListener("pointerdown", (event) => {
      this.bar.setPointerCapture(event.pointerId);
      this.scrub(event);
    });
    this.bar.addEventListener("pointermove", (event) => {
      if (this.bar.hasPointerCapture(event.pointerId)) this.scrub(event);
    });
  }

  update(time: number): void {
    this.progress.style.width = `${(100 * time) / Math.max(this.scene.duration, 1e-3)}%`;
    this.clock.textContent = clockText(time);
    this.bar.setAttribute("aria-valuenow", time.toFixed(1));
  }

  private scrub(event: PointerEvent): void {
    const box = this.bar.getBoundingClientRect();
    const fraction = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    this.seek(fraction * this.scene.duration);
  }

  private addMarkers(): void {
    const colours = new Map(this.scene.characters.map((character) => [character.name, character.colour]));
    for (const turn of this.scene.turns) {
      const colour = colours.get(turn.speaker);
      if (!colour) continue;
      const marker = create("i");
      marker.title = turn.line;
      marker.style.left = `${(100 * turn.start) / this.scene.duration}%`;
      marker.style.width = `calc(${(100 * (turn.end - turn.start)) / this.scene.duration}% - 2px)`;
      marker.style.background = colour;
      element("markers").append(marker);
    }
  }
}

import type { WireTurn } from "./wire";

const LARGEST_DRIFT = 0.15;

/** Plays each turn's sound in step with the scene clock. */
export class Speakers {
  private readonly sounds = new Map<number, { element: HTMLAudioElement; start: number; url: string }>();
  /** The browser refuses sound until the person has clicked or typed something. */
  blocked = false;
  private latest: number | undefined;

  async load(turn: WireTurn): Promise<void> {
    if (!turn.audio || this.sounds.has(turn.index)) return;
    const answer = await fetch(turn.audio.url);
    if (!answer.ok) throw new Error(`The sound of turn ${turn.index} is missing (${answer.status}).`);
    const element = new Audio(URL.createObjectURL(await answer.blob()));
    element.preload = "auto";
    this.sounds.set(turn.index, { element, start: turn.audio.start, url: turn.audio.url });
  }

  update(time: number, playing: boolean, speed: number): void {
    for (const [index, { element, start }] of this.sounds) {
      const at = time - start;
      const length = Number.isFinite(element.duration) ? element.duration : 0;
      if (!playing || at < 0 || at >= length) {
        if (!element.paused) element.pause();
        continue;
      }
      element.playbackRate = speed;
      if (Math.abs(element.currentTime - at) > LARGEST_DRIFT * Math.max(1, speed)) element.currentTime = at;
      if (element.paused) this.play(index, element);
    }
  }

  forgetBefore(time: number): void {
    for (const [index, { element, start }] of this.sounds)
      if (start + (element.duration || 0) < time - 1 && element.paused) {
        URL.revokeObjectURL(element.src);
        this.sounds.delete(index);
      }
  }

  get lastAudio(): { turn: number; url: string; time: number; paused: boolean } | null {
    const sound = this.latest === undefined ? undefined : this.sounds.get(this.latest);
    if (!sound || this.latest === undefined) return null;
    return { turn: this.latest, url: sound.url, time: sound.element.currentTime, paused: sound.element.paused };
  }

  private play(index: number, element: HTMLAudioElement): void {
    this.latest = index;
    element.play().then(
      () => (this.blocked = false),
      (reason: unknown) => {
        if (reason instanceof DOMException && reason.name === "NotAllowedError") this.blocked = true;
      },
    );
  }
}

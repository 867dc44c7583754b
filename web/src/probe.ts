import type { Speakers } from "./audio";
import type { Stage } from "./stage";

/** What tests see of the page, as `window.__dl`. */
export interface Probe {
  readonly ready: boolean;
  readonly time: number;
  readonly frames: number;
  readonly playing: boolean;
  readonly characters: { name: string; head: [number, number, number]; screen: [number, number] }[];
  readonly lastAudio: Speakers["lastAudio"];
  seek(time: number): void;
  showFigures(visible: boolean): void;
}

declare global {
  interface Window {
    __dl?: Probe;
  }
}

export interface Clock {
  readonly time: number;
  readonly playing: boolean;
  seek(time: number): void;
}

export function installProbe(clock: Clock, stage: Stage, speakers: Speakers): void {
  window.__dl = {
    ready: true,
    get time() {
      return clock.time;
    },
    get frames() {
      return stage.frames;
    },
    get playing() {
      return clock.playing;
    },
    get characters() {
      return [...stage.figures.values()].map((figure) => ({
        name: figure.character.name,
        head: figure.head.toArray(),
        screen: stage.project(figure.chest),
      }));
    },
    get lastAudio() {
      return speakers.lastAudio;
    },
    seek: (time) => clock.seek(time),
    showFigures: (visible) => stage.showFigures(visible),
  };
}

import { ARKIT_NAMES, PERFORMANCE_VERSION } from "./wire";

export const JOINTS = 55;
export const WEIGHTS = ARKIT_NAMES.length;
const HEADER_BYTES = 24;

/** The frames of one character from `start` to `end` seconds on the scene clock, as they came over the wire. */
export interface Clip {
  start: number;
  end: number;
  frames: number;
  /** [frames * 3] metres */
  translation: Float32Array;
  /** [frames * 55 * 4] wxyz, times 32767 */
  rotations: Int16Array;
  /** [frames * 52] times 255 */
  face: Uint8Array;
}

/** Reads the packed format of digital_life/viewer/wire.py; little-endian machines only, as all browsers' are. */
export function decodeClip(buffer: ArrayBuffer, fps: number): Clip {
  const view = new DataView(buffer);
  const magic = buffer.byteLength >= HEADER_BYTES ? String.fromCharCode(...new Uint8Array(buffer, 0, 4)) : "";
  if (magic !== "DLPF") throw new Error("The server sent a damaged performance.");
  const [version, frames, joints, weights] = [4, 8, 12, 16].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  if (version !== PERFORMANCE_VERSION || joints !== JOINTS || weights !== WEIGHTS)
    throw new Error("Page and server are of different versions: build the page again (make web).");
  const start = view.getFloat32(20, true);
  const rotationsAt = HEADER_BYTES + frames * 12;
  const faceAt = rotationsAt + frames * JOINTS * 8;
  return {
    start,
    end: start + frames / fps,
    frames,
    translation: new Float32Array(buffer, HEADER_BYTES, frames * 3),
    rotations: new Int16Array(buffer, rotationsAt, frames * JOINTS * 4),
    face: new Uint8Array(buffer, faceAt, frames * WEIGHTS),
  };
}

/** All clips of one character, in the order of their starts. */
export class Track {
  private readonly clips: Clip[] = [];

  add(clip: Clip): void {
    let at = this.clips.length;
    while (at > 0 && this.clips[at - 1]!.start > clip.start) at--;
    this.clips.splice(at, 0, clip);
  }

  /** Forget what ended before `time` (a chat has no way back). */
  dropBefore(time: number): void {
    while (this.clips.length > 1 && this.clips[0]!.end < time) this.clips.shift();
  }

  /** The latest clip that has begun at `time`, or the first one. */
  at(time: number): Clip | undefined {
    let low = 0;
    let high = this.clips.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.clips[middle]!.start <= time + 1e-4) low = middle + 1;
      else high = middle;
    }
    return this.clips[Math.max(0, low - 1)];
  }

  /** The clip that follows `clip`, if it begins where that one ends. */
  after(clip: Clip): Clip | undefined {
    const next = this.clips[this.clips.indexOf(clip) + 1];
    return next && next.start - clip.end < 0.05 ? next : undefined;
  }
}

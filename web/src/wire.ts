// Made by `python -m digital_life.viewer.typescript`; a test keeps it the same as digital_life/viewer/wire.py.

export interface Place {
  name: string;
  posture: "standing" | "seated";
  position: [number, number];
  facing: number;
  seat_height: number;
  capacity: number;
  spacing: number;
  layout: "row" | "ring";
}

export interface Furniture {
  kind: "sofa" | "chair" | "table" | "desk" | "window" | "bookshelf" | "lamp" | "plant" | "rug" | "door";
  position: [number, number];
  facing: number;
  size: [number, number, number] | null;
  colour: string | null;
}

export interface Room {
  name: string;
  size: [number, number];
  floor_colour: string;
  wall_colour: string;
  places: Place[];
  furniture: Furniture[];
}

export interface WireCharacter {
  name: string;
  glb: string;
  colour: string;
}

export interface WireProp {
  shape: "cup" | "glass" | "book" | "parcel" | "phone";
  size: [number, number, number];
  joint: number;
  offset: [number, number, number];
  rotation: [number, number, number, number];
  start: number;
  stop: number;
}

export interface WirePerformance {
  character: string;
  start: number;
  frames: number;
  url: string;
  props: WireProp[];
}

export interface WireAudio {
  url: string;
  start: number;
}

export interface WireTurn {
  index: number;
  speaker: string;
  start: number;
  end: number;
  speech: string;
  line: string;
  mind: string;
  speech_start: number | null;
  speech_end: number | null;
  ends: boolean;
  performances: WirePerformance[];
  audio: WireAudio | null;
}

export interface WireScene {
  title: string;
  mode: "replay" | "chat";
  mind: string;
  fps: number;
  duration: number;
  notice: string;
  room: Room;
  characters: WireCharacter[];
  turns: WireTurn[];
}

export interface WireNewTurn {
  type: "turn";
  turn: WireTurn;
  reply: boolean;
}

export interface WireThinking {
  type: "thinking";
}

export interface WireError {
  type: "error";
  message: string;
}

export interface WireEnded {
  type: "ended";
}

export type ServerMessage = WireNewTurn | WireThinking | WireError | WireEnded;

export type ClientMessage = { type: "say"; text: string } | { type: "more" };

/** Width, height and depth in metres. */
export const USUAL_SIZES: Record<Furniture["kind"], [number, number, number]> = {
  sofa: [1.9, 0.8, 0.85],
  chair: [0.5, 0.9, 0.52],
  table: [1.1, 0.74, 0.7],
  desk: [1.3, 0.74, 0.65],
  window: [1.5, 1.4, 0.1],
  bookshelf: [1.0, 1.9, 0.32],
  lamp: [0.36, 1.6, 0.36],
  plant: [0.45, 1.1, 0.45],
  rug: [2.2, 0.01, 1.6],
  door: [0.9, 2.05, 0.08],
};

export const PERFORMANCE_VERSION = 1;

/** Columns of the face weights. */
export const ARKIT_NAMES: readonly string[] = ["browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel", "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight", "noseSneerLeft", "noseSneerRight", "tongueOut"];

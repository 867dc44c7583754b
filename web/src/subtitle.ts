import { create, element } from "./dom";
import type { WireCharacter, WireTurn } from "./wire";

const LONGEST = 96;
const LINGER = 0.6;
const READING_CHARACTERS_PER_SECOND = 15;

/** What is being said at `time`, in pieces short enough to read. */
export class Subtitle {
  private readonly box = element("subtitle");
  private shown = "";

  constructor(private readonly characters: WireCharacter[]) {}

  update(turn: WireTurn | undefined, time: number): void {
    const piece = turn ? pieceAt(turn, time) : "";
    const key = piece && `${turn?.index} ${piece}`;
    if (key === this.shown) return;
    this.shown = key;
    this.box.replaceChildren();
    if (!turn || !piece) return;
    const name = create("b", turn.speaker);
    name.style.color = this.characters.find((character) => character.name === turn.speaker)?.colour ?? "";
    this.box.append(name, piece);
  }
}

function pieceAt(turn: WireTurn, time: number): string {
  if (!turn.speech) return "";
  const start = turn.speech_start ?? turn.start;
  const spoken = turn.speech_end ?? Math.min(turn.end, start + turn.speech.length / READING_CHARACTERS_PER_SECOND);
  if (time < start || time > spoken + LINGER) return "";
  const pieces = split(turn.speech);
  let at = ((time - start) / Math.max(0.1, spoken - start)) * turn.speech.length;
  return pieces.find((piece) => (at -= piece.length) < 0) ?? pieces.at(-1) ?? "";
}

/** Sentences and clauses joined up to a readable length. */
function split(speech: string): string[] {
  const pieces: string[] = [];
  for (const clause of speech.match(/[^.!?,;:…]+[.!?,;:…]*["'”’)]*\s*/g) ?? [speech]) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + clause.length <= LONGEST) pieces[pieces.length - 1] = last + clause;
    else pieces.push(clause);
  }
  return pieces;
}

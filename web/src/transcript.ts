import { clockText, create, element } from "./dom";
import type { WireCharacter, WireTurn } from "./wire";

/** The list of what was said; a click jumps there where there is a way back. */
export class Transcript {
  private readonly list = element<HTMLOListElement>("lines");
  private readonly rows = new Map<number, HTMLLIElement>();
  private current: number | undefined;

  constructor(
    private readonly characters: WireCharacter[],
    private readonly mind: string,
    private readonly jump?: (turn: WireTurn) => void,
  ) {}

  add(turn: WireTurn): void {
    if (!turn.line || this.rows.has(turn.index)) return;
    const row = this.row(turn.speaker, turn.speech || "(says nothing)", stageDirections(turn.line));
    const when = create("time", clockText(turn.start));
    row.firstElementChild?.before(when);
    if (turn.mind) row.title = `Written by ${turn.mind}`;
    if (turn.mind && turn.mind !== this.mind) row.append(create("small", `written by ${turn.mind}`));
    const jump = this.jump;
    if (jump) {
      row.classList.add("jump");
      row.tabIndex = 0;
      row.onclick = () => jump(turn);
      row.onkeydown = (event) => event.key === "Enter" && jump(turn);
    }
    this.rows.set(turn.index, row);
  }

  /** A line that no character of the scene spoke: the person's own. */
  addPerson(text: string): void {
    this.row("You", text, "");
  }

  addNote(text: string): void {
    const row = create("li");
    row.append(create("small", text));
    this.append(row);
  }

  highlight(index: number | undefined): void {
    if (index === this.current) return;
    if (this.current !== undefined) this.rows.get(this.current)?.classList.remove("now");
    this.current = index;
    const row = index === undefined ? undefined : this.rows.get(index);
    row?.classList.add("now");
    row?.scrollIntoView({ block: "nearest" });
  }

  private row(speaker: string, speech: string, directions: string): HTMLLIElement {
    const row = create("li");
    const colour = this.characters.find((character) => character.name === speaker)?.colour ?? "#c9ced8";
    row.style.setProperty("--who", colour);
    row.append(create("b", speaker), create("p", speech));
    if (directions) row.append(create("small", directions));
    this.append(row);
    return row;
  }

  private append(row: HTMLLIElement): void {
    this.list.append(row);
    if (!this.jump) row.scrollIntoView({ block: "end" });
  }
}

/** The part in brackets at the end of a transcript line. */
function stageDirections(line: string): string {
  return /\[([^\]]*)\]\s*$/.exec(line)?.[1] ?? "";
}

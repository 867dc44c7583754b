import { Speakers } from "./audio";
import { element, showMessage } from "./dom";
import { TurnLoader } from "./loader";
import { type Clock, installProbe } from "./probe";
import type { Stage } from "./stage";
import { Subtitle } from "./subtitle";
import { Transcript } from "./transcript";
import type { ClientMessage, ServerMessage, WireScene, WireTurn } from "./wire";

const ASK_BEFORE_END = 0.9;
const KEEP_SECONDS = 3;

/** A conversation: the clock runs on, the server sends what comes next. */
export class Chat implements Clock {
  time: number;
  readonly playing = true;
  private end: number;
  private asked = false;
  private turns: WireTurn[] = [];
  private readonly speakers = new Speakers();
  private readonly subtitle: Subtitle;
  private readonly transcript: Transcript;
  private readonly loader: TurnLoader;
  private readonly socket: WebSocket;
  private readonly persona: string;

  constructor(
    private readonly scene: WireScene,
    private readonly stage: Stage,
  ) {
    this.time = this.end = scene.duration;
    this.persona = scene.characters[0]?.name ?? "The persona";
    this.subtitle = new Subtitle(scene.characters);
    this.transcript = new Transcript(scene.characters, scene.mind);
    this.loader = new TurnLoader(stage.figures, this.speakers, scene.fps);
    this.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/chat`);
    for (const turn of scene.turns) this.transcript.add(turn);
  }

  async start(): Promise<void> {
    await this.connect();
    this.bindForm();
    await this.firstTurn();
    installProbe(this, this.stage, this.speakers);
    this.run();
  }

  /** A live scene has no way back or forth. */
  seek(): void {}

  private connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.onopen = () => resolve();
      this.socket.onerror = () => reject(new Error("The chat server does not answer."));
      this.socket.onmessage = (event) => void this.receive(JSON.parse(String(event.data)) as ServerMessage);
      this.socket.onclose = () => {
        showMessage("The connection to the server is closed. Start it again, then reload this page.");
        this.setThinking(false);
        element<HTMLButtonElement>("say").querySelector("button")!.disabled = true;
      };
    });
  }

  private async firstTurn(): Promise<void> {
    const last = this.scene.turns.at(-1);
    if (last) await this.loader.load(last);
    this.ask();
  }

  private async receive(message: ServerMessage): Promise<void> {
    if (message.type === "turn") await this.take(message.turn, message.reply);
    else if (message.type === "thinking") this.setThinking(true);
    else if (message.type === "ended") this.transcript.addNote(`${this.persona} has ended the conversation.`);
    else {
      showMessage(message.message);
      this.asked = false;
      this.setThinking(false);
    }
  }

  private async take(turn: WireTurn, reply: boolean): Promise<void> {
    this.turns.push(turn);
    try {
      await this.loader.load(turn);
    } catch (error) {
      showMessage(error instanceof Error ? error.message : String(error));
    }
    this.end = Math.max(this.end, turn.end);
    if (reply) this.setThinking(false);
    else this.asked = false;
    this.transcript.add(turn);
  }

  private run(): void {
    document.addEventListener("visibilitychange", () => this.speakers.update(this.time, !document.hidden, 1));
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
    this.time = Math.min(this.time + seconds, this.end);
    if (this.end - this.time < ASK_BEFORE_END) this.ask();
    const turn = this.turns.findLast((candidate) => candidate.start <= this.time + 1e-4);
    this.speakers.update(this.time, true, 1);
    this.subtitle.update(turn, this.time);
    this.transcript.highlight(turn?.speaker ? turn.index : undefined);
    this.stage.draw(this.time, this.scene.fps, turn?.speaker ?? "", seconds);
    this.forget();
  }

  private forget(): void {
    const limit = this.time - KEEP_SECONDS;
    this.speakers.forgetBefore(limit);
    this.turns = this.turns.filter((turn) => turn.end > limit);
    for (const figure of this.stage.figures.values()) figure.track.dropBefore(limit);
  }

  private ask(): void {
    if (this.asked) return;
    this.asked = this.send({ type: "more" });
  }

  private send(message: ClientMessage): boolean {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private setThinking(thinking: boolean): void {
    const note = element("thinking");
    note.hidden = !thinking;
    note.querySelector("em")!.textContent = `${this.persona} is thinking`;
  }

  private bindForm(): void {
    const form = element<HTMLFormElement>("say");
    const input = element<HTMLInputElement>("text");
    element("panel-title").textContent = `Talking with ${this.persona}`;
    input.placeholder = `Say something to ${this.persona}…`;
    form.hidden = false;
    form.onsubmit = (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text || !this.send({ type: "say", text })) return;
      this.transcript.addPerson(text);
      input.value = "";
    };
    input.focus();
  }
}

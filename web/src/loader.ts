import type { Speakers } from "./audio";
import { decodeClip } from "./clip";
import type { Figure } from "./figure";
import type { WireScene, WireTurn } from "./wire";

/** Error of the server with its own words where it sent some. */
export async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  const body: unknown = await answer.json().catch(() => null);
  const detail = body && typeof body === "object" && "detail" in body ? String(body.detail) : answer.statusText;
  throw new Error(`${detail} (${answer.status})`);
}

export async function loadScene(): Promise<WireScene> {
  return (await (await checked(await fetch("/api/scene"))).json()) as WireScene;
}

/** Brings the movements and the sound of turns to the figures. */
export class TurnLoader {
  private readonly started = new Map<number, Promise<void>>();

  constructor(
    private readonly figures: Map<string, Figure>,
    private readonly speakers: Speakers,
    private readonly fps: number,
  ) {}

  load(turn: WireTurn): Promise<void> {
    let loading = this.started.get(turn.index);
    if (!loading) {
      loading = this.fetch(turn);
      this.started.set(turn.index, loading);
    }
    return loading;
  }

  private async fetch(turn: WireTurn): Promise<void> {
    const clips = turn.performances.map(async (performance) => {
      const answer = await checked(await fetch(performance.url));
      const clip = decodeClip(await answer.arrayBuffer(), this.fps);
      const figure = this.figures.get(performance.character);
      figure?.track.add(clip);
      for (const prop of performance.props) figure?.hold(prop);
    });
    await Promise.all([...clips, this.speakers.load(turn)]);
  }
}

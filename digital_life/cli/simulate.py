"""``digital-life simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from digital_life.cli.options import licence_option, mind_options
from digital_life.cli.playing import budget_of, budget_options, cassette_options, scene_events, story_options


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Run folder. Default: runs/<name of the scenario file>.")
@mind_options
@click.option("--seed", type=click.IntRange(min=0), help="Seed of every random choice; default: the scenario's.")
@licence_option
@story_options
@budget_options
@cassette_options
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option("--force", is_flag=True, help="Replace an old run in that folder.")
@click.option("--words-only", is_flag=True, help="Minds only: nothing is performed, and it is much quicker.")
@click.option("--no-video", is_flag=True, help="Do not render the video.")
def command(
    scenario: Path,
    out: Path | None,
    mind: str,
    model: str | None,
    base_url: str | None,
    seed: int | None,
    licence: Any,
    mode: Any,
    plots: int | None,
    events: tuple[str, ...],
    max_cost: float | None,
    max_tokens: int | None,
    max_seconds: float | None,
    price: str | None,
    record: Path | None,
    replay: Path | None,
    resume: bool,
    force: bool,
    words_only: bool,
    no_video: bool,
) -> None:
    """Play SCENARIO (a YAML file): two to eight minds talk, their bodies act, everything is recorded."""
    from digital_life.api import Scenario
    from digital_life.cli.progress import bar, make_progress

    loaded = Scenario.load(scenario)
    out = out or Path("runs") / scenario.stem
    notices: list[str] = []

    with make_progress() as progress:
        task = progress.add_task("Starting", total=None)

        def report(what: str, done: int, total: int) -> None:
            if ": " in what:
                progress.console.print(what, highlight=False, markup=False, soft_wrap=True)
                progress.update(task, completed=done, total=total)
            else:
                progress.update(task, description=what, completed=done, total=total)

        run = loaded.run(
            out,
            mind=mind,  # type: ignore[arg-type]  # click.Choice has checked it
            model=model,
            base_url=base_url,
            seed=seed,
            licence=licence,
            mode="scripted" if mode == "preconfigured" else mode,
            episodes=plots,
            events=scene_events(events),
            budget=budget_of(max_cost, max_tokens, max_seconds, price),
            record=record,
            replay=replay,
            bodies=not words_only,
            resume=resume,
            force=force,
            report=report,
            notice=lambda text: progress.console.print(text, highlight=False, markup=False, soft_wrap=True),
        )
    notices += _mind_notices(run.folder.scene.mind, [b.mind for b in run.behaviours])
    video = None
    if run.folder.scene.bodies and not no_video:
        with bar("Rendering the video") as advance:
            video = run.try_render(notice=notices.append, report=lambda _what, done, total: advance(done, total))
    bodies = run.folder.scene.bodies
    run.folder.close()
    for notice in notices:
        click.echo(notice, err=True)
    click.echo(f"\nTranscript: {run.folder.transcript}")
    if video:
        click.echo(f"Video:      {video}")
    if bodies:
        click.echo(f"Replay:     digital-life view {out}")


def _mind_notices(expected: str, minds: list[str]) -> list[str]:
    """Say it when lines were written by another mind than the one that was asked for; a script is no mind."""
    from digital_life.society.episode import SCENE, SCRIPT

    minds = [mind for mind in minds if mind not in (SCENE, SCRIPT)]
    others = [mind for mind in minds if mind != expected]
    if not others:
        return []
    return [
        f"Note: {len(others)} of {len(minds)} turns are not in the words of {expected}; "
        "the transcript says for each who wrote it and why."
    ]

"""``digital-life evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from digital_life.cli.evaluate_turns import turns
from digital_life.cli.judge_options import judge_options, open_judge
from digital_life.cli.options import mind_options

_ARMS = ("full", "without-exemplars", "without-topic-proposal", "without-reflection", "generative-agents")


@click.group(name="evaluate")
def command() -> None:
    """Measure how well something works."""


command.add_command(turns)


@command.command()
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("runs/evaluation"), show_default=True, help="Folder."
)
@click.option("--scenario", type=click.Path(path_type=Path), help="Scenario of the arms; default: the first meeting.")
@click.option("--arm", "arms", type=click.Choice(_ARMS), multiple=True, help="Play this arm only (may be repeated).")
@click.option("--plots", type=click.IntRange(1, 50), default=3, show_default=True, help="Plots of each run.")
@click.option("--seeds", type=click.IntRange(1, 1000), default=1, show_default=True, help="Runs of each arm.")
@click.option("--first-seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the first run.")
@click.option(
    "--drift-turns", type=click.IntRange(0, 1000), default=50, show_default=True, help="Length of a long talk; 0: none."
)
@mind_options
@judge_options("nothing is judged")
@click.option("--judge-seed", type=click.IntRange(min=0), default=0, show_default=True, help="Shuffles the questions.")
@click.option("--force", is_flag=True, help="Replace another evaluation in that folder.")
def mind(
    runs: tuple[Path, ...],
    out: Path,
    scenario: Path | None,
    arms: tuple[str, ...],
    plots: int,
    seeds: int,
    first_seed: int,
    drift_turns: int,
    mind: Any,
    model: str | None,
    base_url: str | None,
    judge: Any,
    judge_model: str | None,
    judge_url: str | None,
    judge_seed: int,
    force: bool,
) -> None:
    """Evaluate minds: those of recorded RUNS, or without any, all arms of an ablation played on a scenario.

    The report is one HTML file. The same command goes on with an evaluation that was stopped.
    """
    from digital_life.cli.progress import make_progress
    from digital_life.evaluate.minds.evaluation import Bench, evaluate
    from digital_life.evaluate.minds.plan import Plan
    from digital_life.llm.connect import connect
    from digital_life.sociomind.config import ARMS

    judging, why = open_judge(judge, judge_model, judge_url, judge_seed)
    player = None
    if runs:
        plan = Plan(runs=tuple(str(path) for path in runs))
    else:
        player, reason = connect(mind, model=model, base_url=base_url, seed=first_seed)
        click.echo(f"Mind: {reason}", err=True)
        plan = Plan(
            scenario=_scenario(scenario, plots),
            arms=arms or tuple(ARMS),
            seeds=tuple(range(first_seed, first_seed + seeds)),
            mind=player.profile.label,
            drift_turns=drift_turns,
        )
    try:
        with make_progress() as progress:
            task = progress.add_task("Starting", total=None)

            def report(what: str, done: int, total: int) -> None:
                progress.update(task, description=what[:70], completed=done, total=total or None)

            bench = Bench(judging, why, judge_seed)
            written = evaluate(plan, out, player, bench=bench, force=force, report=report)
    finally:
        if judging is not None:
            judging.close()
        if player is not None:
            player.close()
    click.echo(f"Report: {written}")


def _scenario(path: Path | None, plots: int) -> Any:
    """The scenario of the arms: the minds plan its plots, as topic proposal is one of the things compared."""
    from digital_life.assets import asset_dir
    from digital_life.society.scenario import Mode, load_scenario

    loaded = load_scenario(path or asset_dir("examples") / "first_meeting.yaml")
    mode: Mode = "event-driven" if loaded.scenario.mode == "event-driven" else "autonomous"
    changed = loaded.scenario.changed(mode=mode, episodes=plots)
    return loaded.model_copy(update={"scenario": changed}).checked(str(path or "first_meeting.yaml"))

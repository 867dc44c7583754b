"""``digital-life evaluate``."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(name="evaluate")
def command() -> None:
    """Measure how well something works."""


@command.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("runs/evaluation"), show_default=True, help="Folder."
)
@click.option("--force", is_flag=True, help="Replace a report that is there.")
def mind(runs: tuple[Path, ...], out: Path, force: bool) -> None:
    """Show the minds of recorded RUNS: emotions, relationships, memories, repetition, likeness to their personas."""
    from digital_life.evaluate.minds.evaluation import REPORT, report_runs
    from digital_life.whole_file import refuse_existing

    refuse_existing(out / REPORT, force)
    click.echo(f"Report: {report_runs(runs, out)}")

"""``digital-life bench``."""

from __future__ import annotations

from pathlib import Path

import click

NAMES = ("startup", "first-frame", "turns", "body", "render", "run")


@click.command()
@click.argument("what", type=click.Choice(NAMES), required=False)
@click.argument("run_dir", type=click.Path(path_type=Path), required=False)
def command(what: str | None, run_dir: Path | None) -> None:
    """Measure WHAT (default: everything). `run RUN_DIR` measures a recorded run."""
    from digital_life.cli.progress import make_progress
    from digital_life.evaluate import bench

    if what == "run":
        if run_dir is None:
            raise click.UsageError("say which run: digital-life bench run RUN_DIR")
        _print("run", bench.run(run_dir))
        return
    chosen = [what] if what else list(bench.BENCHMARKS)
    with make_progress() as progress:
        task = progress.add_task("Measuring", total=len(chosen))
        for name in chosen:
            progress.update(task, description=f"Measuring {name}")
            rows = bench.BENCHMARKS[name]()
            progress.advance(task)
            _print(name, rows)


def _print(name: str, rows: list[tuple[str, float, str]]) -> None:
    for label, value, unit in rows:
        click.echo(f"{name:12} {label:55} {value:10.3f} {unit}")

"""``digital-life bench``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import click

from digital_life.evaluate.benchmarks import BENCHMARKS, ON_REQUEST, Row, benchmark
from digital_life.evaluate.table import Table


@click.command()
@click.argument("what", type=click.Choice([*BENCHMARKS, "run"]), required=False)
@click.argument("run_dir", type=click.Path(path_type=Path), required=False)
@click.option(
    "--pack", type=click.Path(exists=True, file_okay=False), help="Measure on this motion pack (or data set)."
)
@click.option("--personas", type=click.IntRange(1), help="Of `appearance`: how many random people, 200 else.")
@click.option("--dressed", type=click.IntRange(1), help="Of `appearance`: how many of them with clothes, 40 else.")
@click.option(
    "--licence",
    type=click.Choice(["permissive", "all"]),
    default="all",
    help="Of `mogen` and `wording`: which clips and weights are asked and answer.",
)
def command(
    what: str | None,
    run_dir: Path | None,
    pack: str | None,
    personas: int | None,
    dressed: int | None,
    licence: Literal["permissive", "all"],
) -> None:
    """Measure WHAT (default: everything). `run RUN_DIR` measures a recorded run."""
    from digital_life.cli.progress import make_progress
    from digital_life.evaluate import bench

    if pack:
        from digital_life.evaluate.measuring import PACK_VARIABLE

        os.environ[PACK_VARIABLE] = pack

    if what == "run":
        if run_dir is None:
            raise click.UsageError("say which run: digital-life bench run RUN_DIR")
        _print("run", bench.run(run_dir))
        return
    if what == "appearance":
        from digital_life.evaluate.bench_appearance import DRESSED, PERSONAS, appearance

        personas = personas or max(PERSONAS, dressed or 0)
        if dressed and dressed > personas:
            raise click.UsageError(f"--dressed {dressed} is more than the {personas} people of --personas")
        _print("appearance", appearance(personas, dressed or DRESSED))
        return
    if personas or dressed:
        raise click.UsageError("--personas and --dressed belong to: digital-life bench appearance")
    if licence != "all":
        if what not in ("mogen", "wording"):
            raise click.UsageError("--licence belongs to: digital-life bench mogen, digital-life bench wording")
        _print(what, benchmark(what)(licence))
        return
    chosen = [what] if what else [name for name in BENCHMARKS if name not in ON_REQUEST]
    with make_progress() as progress:
        task = progress.add_task("Measuring", total=len(chosen))
        for name in chosen:
            progress.update(task, description=f"Measuring {name}")
            rows = benchmark(name)()
            progress.advance(task)
            _print(name, rows)


def _print(name: str, rows: list[Row] | Table) -> None:
    if isinstance(rows, Table):
        click.echo(rows.text())
        return
    for label, value, unit in rows:
        click.echo(f"{name:12} {label:55} {value:10.3f} {unit}")

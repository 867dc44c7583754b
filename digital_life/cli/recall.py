"""``digital-life recall``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.argument("name")
@click.argument("cue", required=False)
@click.option("--changes", is_flag=True, help="Show how its state changed, with causes, instead of memories.")
def command(run_dir: Path, name: str, cue: str | None, changes: bool) -> None:
    """Show what NAME of the run RUN_DIR remembers, or only what comes to its mind at CUE, with scores."""
    from digital_life.society.inner_life import InnerLife
    from digital_life.society.run_folder import RunFolder

    inner = InnerLife.of(RunFolder.open(run_dir), name)
    if changes:
        for change in inner.changes:
            click.echo(f"plot {change.plot}, turn {change.turn}: {change.part} {change.partner}".rstrip())
            click.echo(f"  because: {change.cause}")
            for line in _difference(change.before, change.after):
                click.echo(f"  {line}")
        return
    if cue is None:
        for memory in inner.memory.memories:
            links = f"  <- {', '.join(map(str, memory.links))}" if memory.links else ""
            click.echo(f"{memory.id:5} {memory.kind:9} plot {memory.plot}  {memory.description}{links}")
        return
    for item in inner.recall(cue):
        numbers = f"score {item.score:.3f} (cosine {item.cosine:.2f}, words {item.lexical:.2f}, left {item.rate:.2f})"
        click.echo(f"{item.memory.kind:9} {numbers}  {item.memory.description}")


def _difference(before: Any, after: Any) -> list[str]:
    """The fields that differ, or the whole where there was nothing before."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [f"{key}: {before.get(key)} -> {value}" for key, value in after.items() if before.get(key) != value]
    return [f"{before} -> {after}"]

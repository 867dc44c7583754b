"""``digital-life body``."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def command() -> None:
    """Look into body models, free and licensed."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def info(file: Path | None) -> None:
    """Say what the body model FILE holds (default: the free body that comes with the program)."""
    from digital_life.body.layer import DEFAULT_BODY
    from digital_life.body.layer_info import describe_body

    path = file or DEFAULT_BODY
    facts = describe_body(path)
    click.echo(path)
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        click.echo(f"  {name:{width}}  {value}")

"""``digital-life persona``."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """List and check persona files."""


@command.command("list")
def list_command() -> None:
    """Name and describe the personas that are here."""
    from digital_life.persona.library import list_personas, load_persona

    for name, path in list_personas().items():
        persona = load_persona(path)
        click.echo(f"{name:10} {persona.name}, {persona.age}: {persona.description.split('.')[0]}.")


@command.command()
@click.argument("persona", nargs=-1, required=True)
def check(persona: tuple[str, ...]) -> None:
    """Check persona files; each mistake is told with file, line and field."""
    from digital_life.persona.library import load_persona

    for source in persona:
        click.echo(f"{source}: fine ({load_persona(source).name})")

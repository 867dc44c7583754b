"""``digital-life persona``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from digital_life.cli.options import mind_options, output_options


@click.group()
def command() -> None:
    """List, make and check persona files; read and write character cards."""


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


@command.command("import")
@click.argument("card", type=click.Path(path_type=Path))
@output_options("The persona file. Default: the card's name, here.", required=False)
def import_command(card: Path, out: Path | None, force: bool) -> None:
    """Make a persona of a character CARD (v1, v2 or v3: JSON, PNG, CHARX).

    Its picture and other files are laid beside the persona. What the card does not say is drafted by rules.
    """
    from digital_life.persona.card_files import file_name, write_card
    from digital_life.persona.cards.importing import import_card

    read = import_card(card)
    out = out or Path(f"{file_name(read.persona.name)}.yaml")
    written = write_card(read, out, force=force, heading=f"{read.persona.name}, from the character card {card.name}.")
    for note in read.notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"{read.persona.name}: {', '.join(map(str, written))}")


@command.command("export")
@click.argument("persona")
@click.option(
    "--format",
    "form",
    type=click.Choice(["v2", "v3", "png", "charx"]),
    default="png",
    show_default=True,
    help="Card version 2 or 3 as JSON, a PNG that carries both, or a CHARX archive.",
)
@output_options("The card. Default: the persona's name, here.", required=False)
def export_command(persona: str, form: Any, out: Path | None, force: bool) -> None:
    """Write PERSONA (a name or a file) as a character card that other programs read."""
    from digital_life.persona.card_files import card_file, card_path, write_bytes
    from digital_life.persona.library import load_persona, persona_path

    source = persona_path(persona)
    loaded = load_persona(source)
    data, notes = card_file(loaded, source, form)
    path = write_bytes(out or card_path(loaded, form), data, force=force)
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"{loaded.name}: {path} ({len(data) / 1000:.0f} kB)")


@command.command("look")
@click.argument("words")
@mind_options
def look_command(words: str, mind: Any, model: str | None, base_url: str | None) -> None:
    """Print the ``appearance`` of a persona file for a description in WORDS: "a tall old fisherman with a grey beard".

    A mind with structured answers chooses what the words leave open; without one, keywords are read.
    """
    import yaml

    from digital_life.llm.connect import connect
    from digital_life.persona.appearance import Appearance
    from digital_life.sociomind.looks import fill_look

    chat_model, reason = connect(mind, model=model, base_url=base_url)
    try:
        look = fill_look(Appearance(description=words), chat_model)
    finally:
        chat_model.close()
    click.echo(f"Filled by {look.by} ({look.problem or reason})", err=True)
    fields = look.appearance.model_dump(mode="json", exclude_unset=True)
    click.echo(yaml.safe_dump({"appearance": fields}, sort_keys=False, allow_unicode=True).rstrip())

"""``digital-life persona``."""

from __future__ import annotations

import sys
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
@click.option("--strict", is_flag=True, help="End with exit code 2 when there is a warning.")
@click.option("--hints/--no-hints", default=True, show_default=True, help="Also say what would make a persona better.")
def check(persona: tuple[str, ...], strict: bool, hints: bool) -> None:
    """Check persona files and cards: mistakes with file, line and field; contradictions, gaps, names of living people."""
    from digital_life.errors import InputError
    from digital_life.persona.check import check_persona
    from digital_life.persona.library import load_persona
    from digital_life.voice.styles import STYLES

    voices = {name: style.pitch for name, style in STYLES.items()}
    warned = 0
    for source in persona:
        loaded = load_persona(source)
        found = [item for item in check_persona(loaded, voices) if hints or item.level == "warning"]
        warnings = sum(item.level == "warning" for item in found)
        warned += warnings
        count = "one warning" if warnings == 1 else f"{warnings} warnings"
        click.echo(f"{source}: {'fine' if not warnings else count} ({loaded.name})")
        for item in found:
            click.echo(f"  {item.level}: {item.field}: {item.text}")
    if strict and warned:
        raise InputError(f"{warned} warnings", "correct them, or check without --strict")


@command.command("new")
@click.option("--from", "text", help="A paragraph about the person; - reads it from standard input.")
@click.option("--name", default="", help="The name, where the paragraph gives none.")
@mind_options
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@output_options("The persona file. Default: the name, here.", required=False)
def new_command(
    text: str | None,
    name: str,
    mind: Any,
    model: str | None,
    base_url: str | None,
    seed: int,
    out: Path | None,
    force: bool,
) -> None:
    """Write a whole persona: from a paragraph (--from), or from the answers to a few questions.

    Without a language model rules do it; a model of --mind writes it in its own words and rules fill what it leaves out.
    """
    from digital_life.llm.connect import connect
    from digital_life.persona.card_files import file_name, write_persona
    from digital_life.persona.check import check_persona
    from digital_life.sociomind.persona_writer import write_persona_with

    if text == "-":
        text = sys.stdin.read()
    text = _asked(name) if text is None else text
    if not text.strip():
        raise click.UsageError('say something about the person: --from "...", or answer the questions')
    chat_model, reason = connect(mind, model=model, base_url=base_url, seed=seed)
    try:
        persona, notes = write_persona_with(chat_model, text, name=name, seed=seed)
    finally:
        chat_model.close()
    out = out or Path(f"{file_name(persona.name)}.yaml")
    write_persona(persona, out, force=force, heading=f"{persona.name}. {notes[0][:1].upper()}{notes[0][1:]}.")
    for note in [f"Mind: {reason}", *notes]:
        click.echo(note, err=True)
    for item in check_persona(persona):
        click.echo(f"  {item.level}: {item.field}: {item.text}", err=True)
    click.echo(f"{persona.name}: {out}  (talk: digital-life chat {out})")


_QUESTIONS = (
    ("What is the person called?", "{}."),
    ("How old, from where, and what do they do all day?", "{}"),
    ("Three words for their character (such as shy, stubborn, kind)?", "The character is {}."),
    ("What do they want most?", "Wants {}."),
    ("What do they believe that others don't?", "Believes that {}."),
    ("What do they love, and what can they not stand?", "{}"),
    ("Something that happened to them?", "{}"),
    ("What do they tell nobody?", "{}"),
    ("What do they look like and wear?", "{}"),
)


def _asked(name: str) -> str:
    """The answers to a few questions as one paragraph; an empty answer is left out."""
    click.echo("A few questions; an empty answer is fine, whole sentences ('She ...') are best.", err=True)
    questions = _QUESTIONS[1:] if name else _QUESTIONS
    answers = [(click.prompt(question, default="", show_default=False, err=True), form) for question, form in questions]
    if not any(answer.strip() for answer, _ in answers):
        return ""
    told = [form.format(answer.strip().rstrip(".")) for answer, form in answers if answer.strip()]
    called = name or answers[0][0].strip()
    first = f"The person is called {called}. " if called else ""
    return first + " ".join(
        line if line.endswith(".") else line + "." for line in (told if name else told[1:] if called else told)
    )


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


@command.command("picture")
@click.argument("persona")
@output_options("Picture file; its suffix is the format.")
def picture_command(persona: str, out: Path, force: bool) -> None:
    """Draw head and shoulders of PERSONA (a name or a file)."""
    from digital_life.body.appearance import build_character
    from digital_life.persona.library import load_persona
    from digital_life.render.bust import SIZE, bust
    from digital_life.render.portrait import Portraits
    from digital_life.render.turntable import check_picture_name, save_turntable
    from digital_life.whole_file import refuse_existing

    check_picture_name(out)
    refuse_existing(out, force)
    loaded = load_persona(persona)
    character = build_character(loaded.name, loaded.appearance)
    with Portraits(character, SIZE) as pictures:
        save_turntable(bust(character, pictures), out)
    click.echo(f"{out}: {SIZE[0]} x {SIZE[1]} pixels")

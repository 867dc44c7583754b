"""From a character card to a persona: what it says is taken, what it says nothing about is drafted by rules."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from digital_life.errors import InputError
from digital_life.persona.cards.fields import read_texts, text_fields
from digital_life.persona.cards.json_text import members, whole
from digital_life.persona.cards.lore_fields import EXTENSION, book_fields, read_book
from digital_life.persona.cards.reading import V2, RawCard, parse_card
from digital_life.persona.drafting.draft import draft_persona
from digital_life.persona.lore import CardKeep, Lorebook
from digital_life.persona.schema import Persona

_SHIPPED_TEXTS = ("name", "description", "personality", "scenario", "first_mes", "alternate_greetings", "mes_example")
_INSTRUCTIONS = ("system_prompt", "post_history_instructions")


@dataclass(frozen=True)
class ImportedCard:
    """A persona and the files that came with it. ``notes`` say what the user should know."""

    persona: Persona
    picture: bytes = b""
    assets: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def import_card(path: str | Path) -> ImportedCard:
    """The persona in a character card (JSON, PNG, APNG or CHARX; versions 1, 2 and 3).

    Instructions of a card to the model (``system_prompt``, ``post_history_instructions``) are kept for the next export
    and never used: a card is data here, and cannot change the rules of the program that reads it.

    Raises:
        InputError: there is no card in the file, or it is damaged or dangerous; the message says which.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", "check the path and its permissions") from None
    return persona_of(parse_card(data, path.name), path.name)


def persona_of(card: RawCard, what: str) -> ImportedCard:
    """What an opened card means. ``what`` names it in messages."""
    notes = list(card.notes)
    values = {name: value for name, (value, _) in card.data.items()}
    extensions = _extensions(card, what)
    ours = _our_part(extensions.pop(EXTENSION, ("", ""))[1], notes)
    nickname = values.get("nickname")
    texts = read_texts(values, whole(nickname).strip() if isinstance(nickname, str) else "")
    persona = _update(ours, texts, values) if ours else _drafted(texts)
    book = card.data.get("character_book")
    lorebook = read_book(book[1], what) if book and isinstance(book[0], dict) else Lorebook()
    persona = persona.model_copy(update={"lorebook": lorebook})
    keep = _keep(card, extensions, persona if ours else None)
    if keep is not None or not ours:
        shipped = keep or CardKeep(spec=card.spec)
        persona = persona.model_copy(update={"card": _shortened(shipped, persona, values)})
    for name in _INSTRUCTIONS:
        if isinstance(values.get(name), str) and values[name].strip():
            notes.append(f"The card's {name} is kept for export and not used: a card gives no orders here.")
    assets = {path: body for path, body in card.assets.items() if persona.card or body != card.picture}
    return ImportedCard(persona, card.picture, assets, tuple(notes))


def _extensions(card: RawCard, what: str) -> dict[str, tuple[Any, str]]:
    found = card.data.get("extensions")
    return members(found[1], f"{what}: extensions") if found and isinstance(found[0], dict) else {}


def _our_part(raw: str, notes: list[str]) -> Persona | None:
    """The persona in our own extension, if it is there and sound."""
    if not raw:
        return None
    try:
        return Persona.model_validate(json.loads(raw)["persona"])
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError):
        notes.append("Its Digital Life part is damaged or of another version; the persona is made from the rest.")
        return None


def _update(persona: Persona, texts: dict[str, Any], values: dict[str, Any]) -> Persona:
    """Our persona with what another program has changed in the card since."""
    written = _exported_texts(persona)
    changed = {name for name in _SHIPPED_TEXTS if name in values and values[name] != written.get(name)}
    update: dict[str, Any] = {}
    for name, target in (("name", "name"), ("description", "description"), ("scenario", "scenario")):
        if name in changed:
            update[target] = texts[name]
    if "personality" in changed:
        update["personality_description"] = texts["personality"]
    speech: dict[str, Any] = {}
    if changed & {"first_mes", "alternate_greetings"} and texts["greetings"]:
        speech["lines"] = persona.speech.lines | {"greeting": texts["greetings"]}
    if "mes_example" in changed:
        speech["samples"] = texts["samples"]
    if speech:
        update["speech"] = persona.speech.model_copy(update=speech)
    return persona.model_copy(update=update)


def _exported_texts(persona: Persona) -> dict[str, Any]:
    from digital_life.persona.cards.fields import card_texts
    from digital_life.persona.cards.json_text import JsonText

    fields = card_texts(persona).items()
    return {name: json.loads(value.text) if isinstance(value, JsonText) else value for name, value in fields}


def _drafted(texts: dict[str, Any]) -> Persona:
    """A whole persona from the texts of a card that was made elsewhere."""
    prose = "\n".join(part for part in (texts["description"], texts["personality"]) if part)
    drafted = draft_persona(prose, name=texts["name"])
    lines = dict(drafted.speech.lines)
    if texts["greetings"]:
        lines["greeting"] = texts["greetings"]
    speech = drafted.speech.model_copy(update={"lines": lines, "samples": texts["samples"]})
    return drafted.model_copy(
        update={
            "name": texts["name"],
            "description": texts["description"] or drafted.description,
            "personality_description": texts["personality"] or drafted.personality_description,
            "scenario": texts["scenario"],
            "speech": speech,
        }
    )


def _keep(card: RawCard, extensions: dict[str, tuple[Any, str]], ours: Persona | None) -> CardKeep | None:
    """Everything of the card that a persona has no place for."""
    apart = {"extensions", "character_book"}
    fields = {name: raw for name, (_, raw) in card.data.items() if name not in apart}
    if ours is not None and ours.card is None:
        fields = {name: raw for name, raw in fields.items() if name not in _SHIPPED_TEXTS}
        defaults = export_defaults()
        fields = {name: raw for name, raw in fields.items() if json.loads(raw) != defaults.get(name, object())}
        if "assets" in fields and is_own_icon(json.loads(fields["assets"])):
            del fields["assets"]
    elif ours is not None and ours.card is not None:
        fields = {**ours.card.fields, **fields}
    others = {name: raw for name, (_, raw) in extensions.items()}
    root = {name: raw for name, (_, raw) in card.root.items() if name not in ("spec", "spec_version")}
    if ours is not None and not fields and not others and not root:
        return None
    spec = ours.card.spec if ours is not None and ours.card is not None else card.spec
    return CardKeep(spec=spec, fields=fields, extensions=others, root=root)


def export_defaults() -> dict[str, Any]:
    """What an export of a persona that never was a card writes into the fields it has nothing to say in."""
    from digital_life.persona.cards.exporting import card_data

    blank = Persona.model_validate(
        {"name": "x", "description": "x", "beliefs": ["x"], "motivation": {"long_term": "x", "short_term": "x"}}
    )
    fields = card_data(blank, version=3)
    return {name: value for name, value in fields.items() if name not in (*_SHIPPED_TEXTS, "extensions")}


def is_own_icon(assets: Any) -> bool:
    """Whether the list of assets is the one that an export writes for the picture of a persona."""
    from digital_life.persona.cards.exporting import own_icon

    return isinstance(assets, list) and len(assets) == 1 and isinstance(assets[0], dict) and own_icon(assets[0])


def _shortened(keep: CardKeep, persona: Persona, values: dict[str, Any]) -> CardKeep:
    """Without the texts that the persona itself gives back in the same words."""
    again = text_fields(persona.model_copy(update={"card": keep}))
    fields = {name: raw for name, raw in keep.fields.items() if name not in again or again[name] != values.get(name)}
    return keep.model_copy(update={"fields": fields})


__all__ = ["V2", "ImportedCard", "book_fields", "import_card", "persona_of"]

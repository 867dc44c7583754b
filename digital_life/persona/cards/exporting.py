"""From a persona to a character card: v2 or v3 as JSON, PNG or CHARX."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, get_args

from digital_life.errors import InputError
from digital_life.persona.cards.charx import CARD, write_zip
from digital_life.persona.cards.fields import MADE_HERE, card_texts
from digital_life.persona.cards.json_text import JsonText, write
from digital_life.persona.cards.lore_fields import EXTENSION, STORY, book_fields
from digital_life.persona.cards.png_chunks import with_texts
from digital_life.persona.cards.reading import V2, V3, picture_ending
from digital_life.persona.schema import Persona, Subject

CardForm = Literal["v2", "v3", "png", "charx"]
FORMS: tuple[str, ...] = get_args(CardForm)
ENDINGS: dict[str, str] = {"v2": ".json", "v3": ".json", "png": ".png", "charx": ".charx"}
BACKFILLED = (
    "This character card is Character Card V3, but it is loaded as a Character Card V2. "
    "Please use a Character Card V3 compatible application to use this character card properly."
)
_ICON = "assets/icon/images/main"
_V3_ONLY = ("assets", "nickname", "creator_notes_multilingual", "source", "group_only_greetings", "creation_date",
            "modification_date")  # fmt: skip
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "my",
        "his",
        "her",
        "their",
        "our",
        "of",
        "in",
        "on",
        "at",
        "and",
        "or",
        "who",
        "that",
        "which",
        "with",
        "for",
        "to",
        "from",
        "first",
        "one",
    ]
)


def export_card(
    persona: Persona, form: CardForm, *, picture: bytes = b"", assets: Mapping[str, bytes] | None = None
) -> bytes:
    """The card as the bytes of a file; the same persona gives the same bytes.

    ``picture`` is a PNG and needed for ``png``; ``charx`` takes any picture as main icon, and ``assets`` by their path.

    Raises:
        InputError: ``form`` is none of ``FORMS``, or the picture is no sound PNG.
    """
    if form not in FORMS:
        raise InputError(f"there is no card format '{form}'", f"choose one of {', '.join(FORMS)}")
    assets = dict(assets or {})
    if form == "png":
        texts = {
            "chara": card_json(persona, version=2, backfilled=True).encode(),
            "ccv3": card_json(persona, version=3, icon="ccdefault:").encode(),
        }
        texts |= {f"chara-ext-asset_:{path}": body for path, body in assets.items()}
        return with_texts(picture, texts, "the picture")
    if form == "charx":
        ending = picture_ending(picture)
        path = f"{_ICON}{ending}"
        taken = any(body == picture for body in assets.values())
        if ending and not taken:
            assets = {path: picture, **assets}
        uri = f"embeded://{path}" if ending and not taken else ""
        return write_zip({CARD: card_json(persona, version=3, icon=uri).encode(), **assets})
    return card_json(persona, version=2 if form == "v2" else 3).encode()


def card_json(persona: Persona, *, version: int, icon: str = "", backfilled: bool = False) -> str:
    """The card as JSON text. ``icon`` is the address of the main picture; ``backfilled`` a v2 copy beside a v3 card."""
    data = card_data(persona, version=version, icon=icon)
    if backfilled:
        notes = json.loads(data["creator_notes"].text) if isinstance(data["creator_notes"], JsonText) else MADE_HERE
        data["creator_notes"] = f"{BACKFILLED}\n\n{notes}" if isinstance(notes, str) else BACKFILLED
    root = {name: JsonText(raw) for name, raw in (persona.card.root if persona.card else {}).items()}
    spec, number = (V2, "2.0") if version == 2 else (V3, "3.0")
    return write({"spec": spec, "spec_version": number, "data": data, **root}) + "\n"


def card_data(persona: Persona, *, version: int, icon: str = "") -> dict[str, Any]:
    """The members of a card's ``data``; what came with a card stands as it came."""
    kept = persona.card.fields if persona.card else {}
    fields: dict[str, Any] = card_texts(persona)
    fields |= {
        "creator_notes": "" if persona.card else MADE_HERE,
        "system_prompt": "",
        "post_history_instructions": "",
        "tags": [],
        "creator": "",
        "character_version": "",
    }
    if version == 3:
        fields |= {"group_only_greetings": []}
        if icon:
            fields["assets"] = [_icon(icon)]
    for name, raw in kept.items():
        if name in card_texts(persona) or (version == 2 and name in _V3_ONLY):
            continue
        if name == "assets" and icon and not json.loads(raw):
            continue
        fields[name] = JsonText(raw)
    book = book_fields(persona.lorebook, version=version)
    if not persona.card:
        book["entries"] = [*book["entries"], *_stories(persona, version)]
    if book["entries"] or persona.lorebook != type(persona.lorebook)():
        fields["character_book"] = book
    others = {name: JsonText(raw) for name, raw in (persona.card.extensions if persona.card else {}).items()}
    fields["extensions"] = {**others, EXTENSION: {"version": 1, "persona": _our_part(persona)}}
    return fields


def _our_part(persona: Persona) -> dict[str, Any]:
    """All that other programs do not understand; the lorebook stands in the card itself."""
    data = persona.model_dump(mode="json", exclude={"lorebook", "picture", "card"}, exclude_none=True)
    if persona.card:
        data["card"] = {"spec": persona.card.spec, "fields": persona.card.fields}
    return data


def _icon(uri: str) -> dict[str, str]:
    return {"type": "icon", "uri": uri, "name": "main", "ext": _ending(uri)}


def own_icon(asset: dict[str, Any]) -> bool:
    """Whether an entry of a card's ``assets`` is the one written here for the persona's own picture."""
    uri = str(asset.get("uri"))
    ours = uri == "ccdefault:" or re.fullmatch(rf"embeded://{re.escape(_ICON)}\.\w+", uri)
    return bool(ours) and asset == _icon(uri)


def _ending(uri: str) -> str:
    match = re.search(r"\.(\w+)$", uri)
    return match[1] if match else "png"


def _stories(persona: Persona, version: int) -> list[dict[str, Any]]:
    """The persona's subjects as entries of its lorebook, so that it can tell them in other programs too."""
    return [_story(subject, index, version) for index, subject in enumerate(persona.subjects)]


def _story(subject: Subject, index: int, version: int) -> dict[str, Any]:
    told = " ".join([*subject.tell, subject.why, subject.feeling]).strip()
    words = [word for word in re.findall(r"[\w'’-]+", subject.about) if word.lower() not in _STOP and len(word) > 2]
    entry: dict[str, Any] = {
        "keys": list(dict.fromkeys([subject.about, *words])),
        "content": f"{{{{char}}}} can tell about {subject.about}: {told}",
        "extensions": {EXTENSION: {"from": STORY}},
        "enabled": True,
        "insertion_order": 100 + index,
    }
    return entry | ({"use_regex": False, "case_sensitive": False} if version == 3 else {"case_sensitive": False})

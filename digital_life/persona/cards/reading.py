"""Open a character card of any container: what is in it, not yet what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digital_life.errors import InputError
from digital_life.persona.cards import png_chunks
from digital_life.persona.cards.charx import CARD, read_zip, unsafe_path
from digital_life.persona.cards.json_text import members

V1, V2, V3 = "chara_card_v1", "chara_card_v2", "chara_card_v3"
MOST_JSON = 32 * 1024 * 1024
_ASSET_CHUNK = "chara-ext-asset_:"
_V1_FIELDS = ("name", "description", "first_mes")
_PICTURES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"RIFF": ".webp", b"GIF8": ".gif"}

Members = dict[str, tuple[Any, str]]
"""Members of a JSON object: value and JSON text."""


@dataclass(frozen=True)
class RawCard:
    """A card as it stands in its file. ``assets`` are files that came with it, by their path in the container."""

    spec: str
    data: Members
    root: Members
    picture: bytes = b""
    assets: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_card(path: str | Path) -> RawCard:
    """The character card in a JSON, PNG, APNG or CHARX file.

    Raises:
        InputError: there is no such file, no card in it, or it is damaged or dangerous; the message says which.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", "check the path and its permissions") from None
    return parse_card(data, path.name)


def parse_card(data: bytes, what: str) -> RawCard:
    """The character card in the bytes of a file; ``what`` names it in messages.

    Raises:
        InputError: as ``read_card``.
    """
    if data.startswith(png_chunks.SIGNATURE):
        return _from_png(data, what)
    if data.startswith(b"PK"):
        return _from_zip(data, what)
    if data.startswith((b"\xff\xd8\xff", b"RIFF")):
        raise InputError(f"{what}: JPEG and WebP pictures carry no character card", "export it as PNG, JSON or CHARX")
    return _from_json(data, what)


def _from_png(data: bytes, what: str) -> RawCard:
    found = png_chunks.chunks(data, what)
    texts = [(chunk, png_chunks.text_of(chunk)) for chunk in found]
    cards = {text[0].lower(): text[1] for _, text in texts if text and text[0].lower() in ("ccv3", "chara")}
    if not cards:
        raise InputError(f"{what}: this picture carries no character card", "export it with its card, as PNG")
    body = png_chunks.decode_base64(cards.get("ccv3", cards.get("chara", b"")), what)
    assets = {
        text[0].removeprefix(_ASSET_CHUNK): png_chunks.decode_base64(text[1], what)
        for _, text in texts
        if text and text[0].startswith(_ASSET_CHUNK)
    }
    for path in assets:
        if unsafe_path(path):
            raise InputError(f"{what}: the path {path!r} in it leads out of the card", "do not use this file")
    bare = [
        chunk
        for chunk, text in texts
        if not text or (text[0].lower() not in ("ccv3", "chara") and not text[0].startswith(_ASSET_CHUNK))
    ]
    card = _from_json(body, what)
    return RawCard(card.spec, card.data, card.root, png_chunks.join(bare), assets, card.notes)


def _from_zip(data: bytes, what: str) -> RawCard:
    files = read_zip(data, what)
    if CARD not in files:
        raise InputError(f"{what}: there is no {CARD} in this zip, so it is no CHARX file", "export the card again")
    card = _from_json(files.pop(CARD), what)
    return RawCard(card.spec, card.data, card.root, _main_icon(card.data, files), files, card.notes)


def _main_icon(data: Members, files: dict[str, bytes]) -> bytes:
    assets = data.get("assets", ([], ""))[0]
    icons = [item for item in assets if isinstance(item, dict) and item.get("type") == "icon"]
    icons.sort(key=lambda item: item.get("name") != "main")
    for icon in icons:
        path = str(icon.get("uri", "")).removeprefix("embeded://").removeprefix("embedded://")
        if path in files and picture_ending(files[path]):
            return files[path]
    return b""


def picture_ending(data: bytes) -> str:
    """File ending for a picture by its first bytes; empty when it is none."""
    return next((ending for start, ending in _PICTURES.items() if data.startswith(start)), "")


def _from_json(data: bytes, what: str) -> RawCard:
    if len(data) > MOST_JSON:
        raise InputError(f"{what}: {len(data) / 1e6:.0f} MB of JSON is no card", "use a smaller card")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{what}: byte {error.start} is not UTF-8 text", "save the card as UTF-8") from None
    root = members(text, what)
    spec = root.get("spec", ("", ""))[0]
    if spec == "lorebook_v3":
        raise InputError(f"{what}: this is a lorebook without a character", "put it into a card as character_book")
    if "data" in root and isinstance(root["data"][0], dict):
        inner = members(root.pop("data")[1], what)
        return RawCard(V3 if spec == V3 else V2, inner, root, notes=_version_notes(spec, root))
    if all(isinstance(root.get(name, (None, ""))[0], str) for name in _V1_FIELDS):
        return RawCard(V1, root, {})
    raise InputError(
        f"{what}: this JSON is no character card (it has neither 'spec' and 'data' nor the fields of version 1)",
        "export the card again as v2 or v3",
    )


def _version_notes(spec: Any, root: Members) -> tuple[str, ...]:
    if spec not in (V2, V3):
        return (f"The card calls itself {spec!r}; it is read as {V2}.",)
    version = root.get("spec_version", ("", ""))[0]
    try:
        newer = float(version) > (3.0 if spec == V3 else 2.0)
    except (TypeError, ValueError, OverflowError):
        return (f"The card's spec_version is {str(version)[:40]!r}, which is no version; it is read all the same.",)
    return (f"The card follows {spec} {version}, which is newer than this program.",) if newer else ()

"""Personas and character cards on disk: the YAML, the picture and the other files beside it."""

from __future__ import annotations

import re
from pathlib import Path

from digital_life.errors import InputError
from digital_life.persona.cards.charx import read_zip, write_zip
from digital_life.persona.cards.exporting import ENDINGS, CardForm, export_card
from digital_life.persona.cards.importing import ImportedCard
from digital_life.persona.cards.png_chunks import MOST_PIXELS, SIGNATURE
from digital_life.persona.cards.reading import picture_ending
from digital_life.persona.schema import Persona
from digital_life.persona.writing import persona_yaml
from digital_life.whole_file import refuse_existing, whole_file

_PICTURE_SIDE = 1024


def file_name(name: str) -> str:
    """A short lower-case file name for a persona; letters of every script stay, nothing of a path does."""
    plain = re.sub(r"[^\w]+", "-", name.lower()).strip("-_")[:40].strip("-")
    return plain or "persona"


def write_persona(persona: Persona, out: Path, *, force: bool = False, heading: str = "") -> Path:
    """Write the persona as YAML; returns ``out``.

    Raises:
        InputError: the file is there already and ``force`` is not given.
        StorageError: it cannot be written.
    """
    refuse_existing(out, force)
    _write(out, persona_yaml(persona, heading).encode("utf-8"))
    return out


def write_card(card: ImportedCard, out: Path, *, force: bool = False, heading: str = "") -> list[Path]:
    """Write an imported card as a persona file, with its picture and other files beside it; returns what was written.

    Raises:
        InputError: one of the files is there already and ``force`` is not given; then nothing is written.
        StorageError: one cannot be written.
    """
    persona = card.persona
    extra: dict[Path, bytes] = {}
    if card.picture:
        picture = out.with_suffix(picture_ending(card.picture) or ".png")
        extra[picture] = card.picture
        persona = persona.model_copy(update={"picture": picture.name})
    if card.assets and persona.card is not None:
        assets = out.with_suffix(".assets.zip")
        extra[assets] = write_zip(card.assets)
        persona = persona.model_copy(update={"card": persona.card.model_copy(update={"assets": assets.name})})
    for path in (out, *extra):
        refuse_existing(path, force)
    for path, body in extra.items():
        _write(path, body)
    write_persona(persona, out, force=True, heading=heading)
    return [out, *extra]


def card_file(persona: Persona, source: Path, form: CardForm) -> tuple[bytes, list[str]]:
    """The card of the persona in the file ``source``, and what the user should know about it.

    Raises:
        InputError: its picture or its other files are missing, damaged or too large.
    """
    notes = []
    picture = b""
    if form in ("png", "charx"):
        picture = _picture(persona, source)
        if not picture:
            notes.append("The persona has no picture, so the card shows its first letter; give it one with 'picture:'.")
            picture = letter_picture(persona.name, persona.appearance.outfit.top_colour)
        picture = as_png(picture, str(source)) if form == "png" else picture
    assets: dict[str, bytes] = {}
    if persona.card and persona.card.assets:
        if form in ("png", "charx"):
            assets = read_zip(_beside(source, persona.card.assets), persona.card.assets)
        else:
            notes.append("JSON cannot hold the files that came with the card; export it as charx to keep them.")
    return export_card(persona, form, picture=picture, assets=assets), notes


def _picture(persona: Persona, source: Path) -> bytes:
    return _beside(source, persona.picture) if persona.picture else b""


def _beside(source: Path, name: str) -> bytes:
    path = source.parent / name
    if not path.resolve().is_relative_to(source.parent.resolve()):
        raise InputError(
            f"{source}: {name} lies outside of its folder", "keep pictures and card files beside the persona"
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", f"put it there, or take it out of {source.name}") from None


def as_png(picture: bytes, what: str) -> bytes:
    """Any picture as PNG; one that is PNG stays as it is.

    Raises:
        InputError: it is no picture, or has too many pixels to be opened.
    """
    if picture.startswith(SIGNATURE):
        return picture
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(picture)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise InputError(
                    f"{what}: a picture of {image.width} x {image.height} pixels is not opened", "make it smaller"
                )
            shown = image.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"{what}: its picture cannot be read ({error})", "use a PNG or JPEG picture") from None
    shown.thumbnail((_PICTURE_SIDE, _PICTURE_SIDE))
    out = io.BytesIO()
    shown.save(out, "PNG", optimize=True)
    return out.getvalue()


def letter_picture(name: str, colour: str) -> bytes:
    """A plain tile with the first letter of a name, as PNG."""
    import io

    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (400, 400), colour)
    draw = ImageDraw.Draw(image)
    draw.text((200, 200), name[:1].upper(), fill="white", anchor="mm", font=ImageFont.load_default(220))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def card_path(persona: Persona, form: CardForm) -> Path:
    """Where a card goes when the user names no file."""
    return Path(f"{file_name(persona.name)}{ENDINGS[form]}")


def write_bytes(out: Path, data: bytes, *, force: bool = False) -> Path:
    """Write a card's bytes.

    Raises:
        InputError: the file is there already and ``force`` is not given.
        StorageError: it cannot be written.
    """
    refuse_existing(out, force)
    _write(out, data)
    return out


def _write(path: Path, data: bytes) -> None:
    with whole_file(path, "writing a persona") as file:
        file.write(data)

"""``Lorebook``: things a character remembers when certain words fall, in the form of character cards v2 and v3."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from digital_life.persona.appearance import Part

MOST_ENTRIES = 5000


def _json(text: str) -> str:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("this is not JSON; take the whole entry out rather than change a part of it") from None
    return text


RawJson = Annotated[str, AfterValidator(_json)]
"""A value of a card as its JSON text."""


class LoreEntry(Part):
    """A memory with its triggers. It comes to mind when one of ``keys`` stands in the last lines of the talk."""

    keys: list[str] = Field(default_factory=list)
    content: str
    """What is remembered. It may begin with ``@@`` decorators and hold macros such as ``{{char}}``."""
    secondary_keys: list[str] = Field(default_factory=list)
    """With ``selective``, one of these must be there too."""
    selective: bool = False
    constant: bool = False
    """Always in mind, whatever is said."""
    regex: bool = False
    """``keys`` are regular expressions; a pattern that is none never matches."""
    case_sensitive: bool | None = None
    enabled: bool = True
    insertion_order: float = 0
    """Lower comes earlier."""
    priority: float | None = None
    """What goes first when the token budget is used up: the lowest."""
    position: Literal["before_char", "after_char"] | None = None
    name: str = ""
    comment: str = ""
    kept: dict[str, RawJson] = Field(default_factory=dict)
    """Fields of a card that have no meaning here, as their JSON text."""


class Lorebook(Part):
    """All such memories of one character."""

    entries: list[LoreEntry] = Field(default_factory=list, max_length=MOST_ENTRIES)
    scan_depth: int | None = Field(default=None, ge=0)
    """How many of the last lines are looked at; left out: the whole recent talk."""
    token_budget: int | None = Field(default=None, ge=0)
    recursive_scanning: bool = False
    """Whether what came to mind may call up more."""
    name: str = ""
    description: str = ""
    kept: dict[str, RawJson] = Field(default_factory=dict)


class CardKeep(Part):
    """What came with a character card and has no place in a persona, so that an export gives it back unchanged."""

    spec: str = "chara_card_v2"
    fields: dict[str, RawJson] = Field(default_factory=dict)
    """Fields of the card's ``data``, as their JSON text."""
    extensions: dict[str, RawJson] = Field(default_factory=dict)
    """Extensions of other programs, as their JSON text, byte for byte."""
    root: dict[str, RawJson] = Field(default_factory=dict)
    """Fields beside ``data``, as their JSON text."""
    assets: str = ""
    """Name of a zip file beside the persona with the other files of a CHARX or PNG card."""

"""Lorebooks of character cards in and out (``character_book`` of v2, ``Lorebook`` of v3)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from digital_life.errors import InputError
from digital_life.persona.cards.decorators import undecorate
from digital_life.persona.cards.json_text import JsonText, items, members, whole
from digital_life.persona.lore import MOST_ENTRIES, Lorebook, LoreEntry

EXTENSION = "digital_life"
"""Our key in ``extensions``, of the card and of its entries."""
STORY = "story"
"""Marks an entry that was made from a subject of the persona: it is not read back as a memory."""


def read_book(raw: str, what: str) -> Lorebook:
    """The lorebook in the JSON text of a card.

    Raises:
        InputError: it is no lorebook.
    """
    found = members(raw, f"{what}: character_book")
    entries = found.pop("entries", ([], "[]"))
    if not isinstance(entries[0], list):
        raise InputError(f"{what}: character_book.entries is no list", "correct the card")
    if len(entries[0]) > MOST_ENTRIES:
        raise InputError(f"{what}: a lorebook of {len(entries[0])} entries is too long", f"keep at most {MOST_ENTRIES}")
    read = [
        _read_entry(text, f"{what}: character_book.entries[{index}]") for index, text in enumerate(items(entries[1]))
    ]
    book = Lorebook(
        entries=[entry for entry in read if entry is not None],
        scan_depth=_count(found, "scan_depth"),
        token_budget=_count(found, "token_budget"),
        recursive_scanning=_value(found, "recursive_scanning", bool, False),
        name=whole(_value(found, "name", str, "")),
        description=whole(_value(found, "description", str, "")),
    )
    return book.model_copy(update={"kept": _leftovers(found, _book_fields(book))})


def _read_entry(text: str, what: str) -> LoreEntry | None:
    found = members(text, what)
    extensions = members(found["extensions"][1], what) if _is_object(found, "extensions") else {}
    ours = extensions.get(EXTENSION, ({}, ""))[0]
    ours = ours if isinstance(ours, dict) else {}
    if ours.get("from") == STORY:
        return None
    content = whole(_value(found, "content", str, ""))
    decorated = ours.get("content")
    if isinstance(decorated, str) and undecorate(decorated).content == content:
        content = decorated  # taken off for v2, where nobody understands decorators
        found["content"] = (content, "")
    entry = LoreEntry(
        keys=_strings(found, "keys"),
        content=content,
        secondary_keys=_strings(found, "secondary_keys"),
        selective=_value(found, "selective", bool, False),
        constant=_value(found, "constant", bool, False),
        regex=_value(found, "use_regex", bool, ours.get("use_regex") is True),
        case_sensitive=_value(found, "case_sensitive", bool, None),
        enabled=_value(found, "enabled", bool, True),
        insertion_order=_number(found, "insertion_order") or 0,
        priority=_number(found, "priority"),
        position=_position(found),
        name=whole(_value(found, "name", str, "")),
        comment=whole(_value(found, "comment", str, "")),
    )
    if EXTENSION in extensions:
        rest = {key: JsonText(raw) for key, (_, raw) in extensions.items() if key != EXTENSION}
        found["extensions"] = ({}, _spliced(rest))
    return entry.model_copy(update={"kept": _leftovers(found, entry_fields(entry, version=3))})


def book_fields(book: Lorebook, *, version: int) -> dict[str, Any]:
    """The lorebook as the members of a ``character_book``; what was kept stands as it came."""
    fields = _merge(_book_fields(book), book.kept)
    fields.setdefault("extensions", {})
    fields["entries"] = [entry_fields(entry, version=version) for entry in book.entries]
    return fields


def _book_fields(book: Lorebook) -> dict[str, Any]:
    fields = {
        "name": book.name or None, "description": book.description or None, "scan_depth": book.scan_depth,
        "token_budget": book.token_budget, "recursive_scanning": book.recursive_scanning or None,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def entry_fields(entry: LoreEntry, *, version: int) -> dict[str, Any]:
    """One entry; for v2 without decorators, which are kept in our extension."""
    plain = undecorate(entry.content).content if version == 2 else entry.content
    ours: dict[str, Any] = {}
    if version == 2 and plain != entry.content:
        ours["content"] = entry.content
    if version == 2 and entry.regex:
        ours["use_regex"] = True
    optional: dict[str, Any] = {
        "case_sensitive": entry.case_sensitive, "constant": entry.constant or None, "name": entry.name or None,
        "comment": entry.comment or None, "selective": entry.selective or None, "position": entry.position,
        "secondary_keys": entry.secondary_keys or None, "priority": _short(entry.priority),
    }  # fmt: skip
    fields: dict[str, Any] = {"keys": entry.keys, "content": plain, "extensions": {}, "enabled": entry.enabled}
    fields["insertion_order"] = _short(entry.insertion_order)
    if version == 3:
        fields["use_regex"] = entry.regex
    fields |= {name: value for name, value in optional.items() if value is not None}
    kept = dict(entry.kept)
    if version == 2:
        kept.pop("use_regex", None)
    fields = _merge(fields, kept)
    if ours:
        extensions = entry.kept.get("extensions", "{}")
        others = {key: JsonText(raw) for key, (_, raw) in members(extensions, "extensions").items()}
        fields["extensions"] = {**others, EXTENSION: ours}
    return fields


def _merge(fields: dict[str, Any], kept: Mapping[str, str]) -> dict[str, Any]:
    """``fields`` with what was kept: unknown fields always, known ones as long as they still say the same."""
    merged = dict(fields)
    for name, raw in kept.items():
        says_nothing = name not in fields and json.loads(raw) in (False, None, "", [])
        if name not in _KNOWN or name == "extensions" or says_nothing or name == "position":
            merged.setdefault(name, JsonText(raw))
            if name == "extensions":
                merged[name] = JsonText(raw)
    return merged


_KNOWN = frozenset(
    ["keys", "content", "extensions", "enabled", "insertion_order", "use_regex", "case_sensitive", "constant", "name",
     "comment", "selective", "secondary_keys", "position", "priority", "scan_depth", "token_budget", "recursive_scanning",
     "description"]
)  # fmt: skip


def _leftovers(found: dict[str, tuple[Any, str]], fields: dict[str, Any]) -> dict[str, str]:
    return {
        name: raw
        for name, (value, raw) in found.items()
        if (name not in fields or fields[name] != value)
        and not (name == "extensions" and value == {})
        and not (name == "secondary_keys" and isinstance(value, str))
    }


def _spliced(values: dict[str, JsonText]) -> str:
    return (
        "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {value.text}" for key, value in values.items()) + "}"
    )


def _is_object(found: dict[str, tuple[Any, str]], name: str) -> bool:
    return isinstance(found.get(name, (None, ""))[0], dict)


def _value(found: dict[str, tuple[Any, str]], name: str, kind: type[Any], default: Any) -> Any:
    value = found.get(name, (default, ""))[0]
    return value if isinstance(value, kind) else default


def _number(found: dict[str, tuple[Any, str]], name: str) -> float | None:
    value = found.get(name, (None, ""))[0]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _count(found: dict[str, tuple[Any, str]], name: str) -> int | None:
    value = _number(found, name)
    return int(value) if value is not None and value >= 0 else None


def _short(value: float | None) -> float | None:
    return int(value) if value is not None and value == int(value) else value


def _position(found: dict[str, tuple[Any, str]]) -> Any:
    value = _value(found, "position", str, None)
    return value if value in ("before_char", "after_char") else None


def _strings(found: dict[str, tuple[Any, str]], name: str) -> list[str]:
    """A list of strings; also one string with commas, as the text of the v3 specification has it."""
    value = found.get(name, ([], ""))[0]
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [whole(part.strip()) if isinstance(value, str) else whole(part) for part in parts if isinstance(part, str)]

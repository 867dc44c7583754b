"""JSON with the text of its parts: what is not understood can be given back byte for byte."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from digital_life.errors import InputError

_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class JsonText:
    """A value that is written as this JSON text."""

    text: str


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(strict=False, parse_constant=_no_constant)


def members(text: str, what: str) -> dict[str, tuple[Any, str]]:
    """Each member of the JSON object ``text`` as (value, its JSON text); of a key that stands twice the last one.

    Raises:
        InputError: it is no JSON object, or is nested deeper than can be read. ``what`` names it in the message.
    """
    try:
        found, end = _members(text, _SPACE.match(text, 0).end())  # type: ignore[union-attr]
        if _SPACE.match(text, end).end() != len(text):  # type: ignore[union-attr]
            raise ValueError(f"there is something behind the object at character {end}")
    except RecursionError:
        raise InputError(
            f"{what}: the JSON is nested too deep", "no character card needs that; check the file"
        ) from None
    except (ValueError, IndexError, StopIteration) as error:
        raise InputError(f"{what}: this is not a JSON object ({error})", "save the card again as JSON") from None
    return found


def _members(text: str, at: int) -> tuple[dict[str, tuple[Any, str]], int]:
    if text[at : at + 1] != "{":
        raise ValueError(f"found {text[at : at + 12]!r} at character {at}, expected {{")
    found: dict[str, tuple[Any, str]] = {}
    at = _skip(text, at + 1)
    if text[at : at + 1] == "}":
        return found, at + 1
    while True:
        if text[at : at + 1] != '"':
            raise ValueError(f"expected a name in quotes at character {at}")
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise ValueError(f"expected : at character {at}")
        at = _skip(text, at + 1)
        value, end = _DECODER.raw_decode(text, at)
        found[whole(key)] = (value, text[at:end])
        at = _skip(text, end)
        if text[at : at + 1] == "}":
            return found, at + 1
        if text[at : at + 1] != ",":
            raise ValueError(f"expected , at character {at}")
        at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def items(text: str) -> list[str]:
    """The JSON text of each item of the JSON array ``text``, which is known to be sound."""
    found: list[str] = []
    at = _skip(text, text.index("[") + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        found.append(text[at:end])
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return found


def write(value: Any, indent: int = 0) -> str:
    """``value`` as JSON; every ``JsonText`` in it stands as it is."""
    pad, inner = "\n" + " " * indent, "\n" + " " * (indent + 1)
    if isinstance(value, JsonText):
        return value.text
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {write(item, indent + 1)}" for key, item in value.items()]
        return "{" + inner + ("," + inner).join(parts) + pad + "}" if parts else "{}"
    if isinstance(value, list | tuple):
        parts = [write(item, indent + 1) for item in value]
        return "[" + inner + ("," + inner).join(parts) + pad + "]" if parts else "[]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def whole(text: str) -> str:
    """``text`` without halves of surrogate pairs, which no file can hold."""
    return _SURROGATE.sub("\ufffd", text)

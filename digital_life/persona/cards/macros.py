"""Macros of character cards: ``{{char}}``, ``{{user}}``, ``{{random:a,b}}`` and the others of the v3 specification."""

from __future__ import annotations

import random
import re
import zlib

_CURLY = re.compile(r"\{\{((?:[^{}]|\{(?!\{)|\}(?!\}))*)\}\}")
_ANGLED = re.compile(r"<(char|bot|user)>", re.IGNORECASE)
_BRACKETS = re.compile(r"[{}<>]")
_COMMA = re.compile(r"(?<!\\),")
_DEEPEST = 8
_MOST_SIDES = 1_000_000


def has_macros(text: str) -> bool:
    """Whether ``expand`` could change ``text``."""
    return "{{" in text or ("<" in text and bool(_ANGLED.search(text)))


def expand(text: str, *, char: str, user: str, rng: random.Random | None = None, hidden_keys: bool = False) -> str:
    """``text`` with its macros replaced; unknown ones stay as they are.

    ``random`` and ``roll`` draw from ``rng`` (none: the first choice); ``pick`` gives the same for the same text.
    ``hidden_keys`` keeps the value of ``hidden_key``, for matching a lorebook recursively. Names lose their braces and
    angles, so a name cannot bring in another macro.
    """
    if not has_macros(text):
        return text
    char, user = (_BRACKETS.sub("", name) for name in (char, user))
    text = _ANGLED.sub(lambda match: user if match[1].lower() == "user" else char, text)

    def replace(match: re.Match[str]) -> str:
        return _value(match, text, char, user, rng, hidden_keys)

    for _ in range(_DEEPEST):
        replaced = _CURLY.sub(replace, text)
        if replaced == text:
            break
        text = replaced
    return text


def _value(match: re.Match[str], text: str, char: str, user: str, rng: random.Random | None, hidden_keys: bool) -> str:
    body = match[1].strip()
    if body.startswith("//"):
        return ""
    name, colon, argument = body.partition(":")
    name = name.strip().lower()
    if not colon:
        return {"char": char, "user": user}.get(name, match[0])
    if name in ("random", "pick"):
        options = [part.replace("\\,", ",").strip() for part in _COMMA.split(argument.lstrip(":"))]
        if name == "pick":
            return options[zlib.crc32(f"{text}|{match.start()}".encode("utf-8", "replace")) % len(options)]
        return rng.choice(options) if rng else options[0]
    if name == "roll":
        return _roll(argument, rng) or match[0]
    if name == "reverse":
        return argument.strip()[::-1]
    if name == "hidden_key":
        return argument.strip() if hidden_keys else ""
    return "" if name == "comment" else match[0]


def _roll(argument: str, rng: random.Random | None) -> str:
    sides = argument.strip().lower().removeprefix("d")
    if not sides.isascii() or not sides.isdigit() or not 0 < int(sides[:8]) <= _MOST_SIDES:
        return ""
    return str(rng.randint(1, int(sides[:8])) if rng else 1)

"""Decorators of lorebook entries: ``@@name value`` lines in front of the content (character card v3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LINE = re.compile(r"^(@{2,})([A-Za-z_]+)(?:[ \t]+(.*))?$")

_NUMBERS = frozenset(
    ["activate_only_after", "activate_only_every", "scan_depth", "is_greeting", "depth", "reverse_depth"]
)
_LISTS = frozenset(["additional_keys", "exclude_keys"])
_FLAGS = frozenset(
    ["keep_activate_after_match", "dont_activate_after_match", "activate", "dont_activate", "ignore_on_max_context"]
)
_WORDS = frozenset(["role", "position"])


@dataclass(frozen=True)
class Decorated:
    """The content without its decorators, and those that are understood, by name."""

    content: str
    numbers: dict[str, int] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    words: dict[str, str] = field(default_factory=dict)


def undecorate(content: str) -> Decorated:
    """Take the decorators off ``content``.

    Unknown decorators and wrong values are ignored; then the fallbacks (``@@@name``) below them are tried in order. Of
    several with the same name the first counts.
    """
    numbers: dict[str, int] = {}
    lists: dict[str, tuple[str, ...]] = {}
    flags: set[str] = set()
    words: dict[str, str] = {}
    kept, understood = [], True
    for line in content.splitlines():
        match = _LINE.match(line.strip())
        if match is None:
            kept.append(line)
            continue
        if len(match[1]) > 2 and understood:
            continue  # a fallback that is not needed
        understood = _take(match[2].lower(), (match[3] or "").strip(), numbers, lists, flags, words)
    return Decorated("\n".join(kept).strip("\n"), numbers, lists, frozenset(flags), words)


def _take(
    name: str,
    value: str,
    numbers: dict[str, int],
    lists: dict[str, tuple[str, ...]],
    flags: set[str],
    words: dict[str, str],
) -> bool:
    if name in _NUMBERS and re.fullmatch(r"-?\d{1,9}", value):
        numbers.setdefault(name, int(value))
    elif name in _LISTS and value:
        lists.setdefault(name, tuple(part.strip() for part in value.split(",") if part.strip()))
    elif name in _FLAGS:
        flags.add(name)
    elif name in _WORDS and value:
        words.setdefault(name, value.lower())
    else:
        return False
    return True

"""The lexicon of motion: which acts, styles, parts of the body and speeds the words of a text name.

``data/lexicon.yaml`` lists the terms. A value is written ``"group:name"``, such as ``"act:wave"`` or ``"style:angry"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

GROUPS = ("act", "style", "part", "speed", "size")
_PATH = Path(__file__).parent / "data" / "lexicon.yaml"
_WORD = re.compile(r"[a-z0-9']+")
_UNHEARD = frozenset(
    [
        "a",
        "an",
        "the",
        "his",
        "her",
        "its",
        "their",
        "your",
        "my",
        "our",
        "own",
        "one's",
        "left",
        "right",
        "both",
        "one",
        "someone",
        "somebody",
        "person",
        "people",
        "of",
    ]
)
"""Words inside a term that carry no meaning of their own: "raises her left hand" is "raise hand"."""
_STEMS: dict[str, str] = {
    "ran": "run", "sat": "sit", "stood": "stand", "threw": "throw", "thrown": "throw", "caught": "catch", "fell": "fall",
    "leapt": "leap", "went": "go", "goes": "go", "gone": "go", "took": "take", "taken": "take", "held": "hold", "shook": "shake", "shaken": "shake",
    "spoke": "speak", "swung": "swing", "swam": "swim", "hid": "hide", "knelt": "kneel", "crept": "creep", "wept": "weep",
    "feet": "foot", "children": "child", "lying": "lie", "dying": "die", "arms": "arm", "glasses": "glasses", "glass": "glass",
}  # fmt: skip


@cache
def stem(word: str) -> str:
    """The part of an English word that its forms share: waves, waved and waving give ``wav``; nodding gives ``nod``."""
    word = word.removesuffix("'s")
    if word in _STEMS:
        return _STEMS[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and re.search("[aeiouy]", root):
            doubled = len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls"
            return root[:-1] if doubled else root.removesuffix("e")
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        word = word[:-2]
    elif len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def stems(text: str) -> list[str]:
    """Stems of the words of ``text`` in order, without articles, owners and sides."""
    return [stem(word) for word in _WORD.findall(text.lower().replace("-", " ")) if word not in _UNHEARD]


class Lexicon:
    """Terms of motion and the values they stand for."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self.entries = entries
        self._terms: dict[str, dict[tuple[str, ...], list[str]]] = {}
        self._tags: dict[str, list[str]] = {}
        for group in GROUPS:
            terms = self._terms[group] = {}
            for name, entry in entries[group].items():
                value = f"{group}:{name}"
                for term in entry["en"]:
                    terms.setdefault(tuple(stems(str(term))), []).append(value)
                for tag in entry.get("tags", ()):
                    self._tags.setdefault(str(tag), []).append(value)
        self._longest = max(len(term) for terms in self._terms.values() for term in terms)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Every value, in the order of the file."""
        return tuple(f"{group}:{name}" for group in GROUPS for name in self.entries[group])

    def read(self, text: str) -> frozenset[str]:
        """Values that ``text`` names; of terms that overlap in one group the longest counts."""
        words = stems(text)
        found: set[str] = set()
        for terms in self._terms.values():
            at = 0
            while at < len(words):
                for length in range(min(self._longest, len(words) - at), 0, -1):
                    values = terms.get(tuple(words[at : at + length]))
                    if values:
                        found.update(values)
                        at += length
                        break
                else:
                    at += 1
        return frozenset(found)

    def of_tags(self, tags: Iterable[str]) -> frozenset[str]:
        """Values that go by one of ``tags`` in a motion collection, or that a tag names in words."""
        found: set[str] = set()
        for tag in tags:
            found.update(self._tags.get(tag) or self.read(tag.replace("_", " ")))
        return frozenset(found)

    def terms_of(self, value: str) -> list[str]:
        """English terms for ``value``, the plainest first."""
        group, _, name = value.partition(":")
        return list(dict.fromkeys([self.said(value), *map(str, self.entries[group][name]["en"])]))

    def said(self, value: str) -> str:
        """The plainest English for ``value``, such as "wave hello" for ``act:wave``."""
        group, _, name = value.partition(":")
        entry = self.entries[group][name]
        return str(entry.get("say", entry["en"][0]))


@cache
def motion_lexicon() -> Lexicon:
    """The shipped lexicon."""
    return Lexicon(yaml.safe_load(_PATH.read_text(encoding="utf-8")))

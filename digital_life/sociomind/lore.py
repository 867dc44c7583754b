"""What comes to mind when certain words fall: the triggers of a persona's lorebook (character card v3)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from digital_life.behaviour import Behaviour
from digital_life.persona.cards.decorators import Decorated, undecorate
from digital_life.persona.cards.macros import expand
from digital_life.persona.lore import LoreEntry
from digital_life.persona.schema import Persona
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.turn import turn_rng

RECENT = 12
"""Lines looked at where the lorebook names no scan depth."""
_REGEX_SECONDS = 0.05
_MOST_SCANNED = 20_000
_MOST_ROUNDS = 4
_LETTERS_A_TOKEN = 4


@dataclass(frozen=True)
class _Triggered:
    entry: LoreEntry
    decorated: Decorated
    text: str


class LoreReader:
    """The lorebook of one persona, ready to be asked what a conversation calls up."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona
        self._book = persona.lorebook
        self._entries = [(entry, undecorate(entry.content)) for entry in self._book.entries if entry.enabled]

    def recall(self, plot: Plot, seed: int = 0) -> list[str]:
        """What the last lines of ``plot`` call up, in the order of insertion, within the token budget.

        Entries match as the specification of character card v3 says: keys, secondary keys when selective, always when
        constant, regular expressions when marked so (a broken or too slow one never matches), depth, case, recursion
        and decorators. ``@@depth`` below the length of the talk puts an entry last, where a model heeds it most.
        """
        if not self._entries:
            return []
        found = self._within_budget(self._triggered(plot.behaviours, plot, seed))
        found.sort(key=lambda item: (self._late(item, plot), item.entry.insertion_order))
        return [item.text for item in found]

    def answer(self, plot: Plot, seed: int = 0) -> list[str]:
        """What the partner's last words alone call up: entries with matching keys, without those that are always there."""
        if not self._entries or not plot.behaviours:
            return []
        found = self._triggered(plot.behaviours[-1:], plot, seed)
        found = [item for item in found if not item.entry.constant and "activate" not in item.decorated.flags]
        return [item.text for item in sorted(found, key=lambda item: item.entry.insertion_order)]

    def _triggered(self, talk: Sequence[Behaviour], plot: Plot, seed: int) -> list[_Triggered]:
        rng = turn_rng(seed, (self._persona.name, plot.index, len(talk), "lore"))
        found: dict[int, _Triggered] = {}
        called_up: list[str] = []
        for _ in range(_MOST_ROUNDS if self._book.recursive_scanning else 1):
            fresh = {
                index: self._text(entry, decorated, plot, rng)
                for index, (entry, decorated) in enumerate(self._entries)
                if index not in found and self._matches(entry, decorated, talk, called_up, plot)
            }
            found |= {index: item for index, item in fresh.items() if item.text}
            called_up = [
                expand(item.entry.content, char=self._persona.name, user=plot.partner, hidden_keys=True)
                for item in fresh.values()
            ]
            if not fresh:
                break
        return list(found.values())

    def _text(self, entry: LoreEntry, decorated: Decorated, plot: Plot, rng: random.Random) -> _Triggered:
        user = plot.call_name or "the visitor"
        text = expand(decorated.content, char=self._persona.name, user=user, rng=rng)
        return _Triggered(entry, decorated, " ".join(text.split()))

    def _matches(
        self, entry: LoreEntry, decorated: Decorated, talk: Sequence[Behaviour], called_up: list[str], plot: Plot
    ) -> bool:
        flags, numbers = decorated.flags, decorated.numbers
        if "activate" in flags:
            return True
        if "dont_activate" in flags:
            return False
        if flags & {"keep_activate_after_match", "dont_activate_after_match"} and self._matched_before(
            entry, decorated, talk, plot
        ):
            return "keep_activate_after_match" in flags
        own = sum(item.speaker == self._persona.name for item in talk)
        if own < numbers.get("activate_only_after", 0) or not _divides(own, numbers.get("activate_only_every", 1)):
            return False
        if "is_greeting" in numbers and numbers["is_greeting"] != self._greeting(talk):
            return False
        return self._called(entry, decorated, self._scanned(decorated, talk), called_up)

    def _called(self, entry: LoreEntry, decorated: Decorated, scanned: str, called_up: list[str]) -> bool:
        text = "\n".join([scanned, *called_up])
        wanted = decorated.lists.get("additional_keys", ())
        if entry.regex:
            return any(_regex(pattern, text, entry.case_sensitive) for pattern in (*entry.keys, *wanted))
        excluded = decorated.lists.get("exclude_keys", ())
        if any(_contains(text, key, entry.case_sensitive) for key in excluded):
            return False
        if wanted and not any(_contains(text, key, entry.case_sensitive) for key in wanted):
            return False
        if entry.constant:
            return True
        second = entry.secondary_keys if entry.selective else []
        if second and not any(_contains(text, key, entry.case_sensitive) for key in second):
            return False
        return any(_contains(text, key, entry.case_sensitive) for key in entry.keys)

    def _scanned(self, decorated: Decorated, talk: Sequence[Behaviour]) -> str:
        depth = decorated.numbers.get("scan_depth", self._book.scan_depth)
        depth = RECENT if depth is None else max(0, depth)
        lines = [item.speech for item in talk[len(talk) - min(depth, len(talk)) :]]
        return "\n".join(lines)[-_MOST_SCANNED:]

    def _matched_before(self, entry: LoreEntry, decorated: Decorated, talk: Sequence[Behaviour], plot: Plot) -> bool:
        """Whether the entry matched at an earlier point of this talk, as it would have without these two decorators."""
        plain = Decorated(decorated.content, decorated.numbers, decorated.lists, frozenset(), decorated.words)
        return any(self._matches(entry, plain, talk[:length], [], plot) for length in range(1, len(talk)))

    def _greeting(self, talk: Sequence[Behaviour]) -> int:
        """Which of the persona's greetings opened the talk; -1 when it was none of them."""
        first = next((item.speech for item in talk if item.speaker == self._persona.name), "")
        greetings = self._persona.speech.lines.get("greeting", [])
        starts = [line.split("{")[0].strip() for line in greetings]
        return next((index for index, start in enumerate(starts) if start and start in first), -1)

    def _within_budget(self, found: list[_Triggered]) -> list[_Triggered]:
        budget = self._book.token_budget
        if not budget:
            return found
        kept, left = [], budget * _LETTERS_A_TOKEN
        weight = [
            (item.entry.insertion_order if item.entry.priority is None else item.entry.priority) for item in found
        ]
        for index in sorted(range(len(found)), key=lambda number: (-weight[number], number)):
            if len(found[index].text) <= left:
                kept.append(found[index])
                left -= len(found[index].text)
        return kept

    def _late(self, item: _Triggered, plot: Plot) -> bool:
        depth = item.decorated.numbers.get("depth")
        return depth is not None and depth < len(plot.behaviours)


def _divides(count: int, step: int) -> bool:
    return step <= 1 or count % step == 0


def _contains(text: str, key: str, case_sensitive: bool | None) -> bool:
    """Whether the key stands in the text; a key that is a plain word must be a whole word."""
    import re

    if not key.strip():
        return False
    flags = 0 if case_sensitive else re.IGNORECASE
    start = r"\b" if key[:1].isascii() and key[:1].isalnum() else ""
    end = r"(?i:s|es|['’]s)?\b" if key[-1:].isascii() and key[-1:].isalnum() else ""
    return re.search(start + re.escape(key) + end, text, flags) is not None


def _regex(pattern: str, text: str, case_sensitive: bool | None) -> bool:
    """Whether the pattern is found; ``/pattern/flags`` as in JavaScript is understood. Never longer than a moment."""
    import regex

    flags = regex.IGNORECASE if case_sensitive is False else 0
    if pattern.startswith("/") and pattern.rfind("/") > 0:
        body, marks = pattern[1 : pattern.rfind("/")], pattern[pattern.rfind("/") + 1 :]
        if not set(marks) - set("gimsuy"):
            pattern = body
            named = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL}
            for mark in marks:
                flags |= named.get(mark, 0)
    try:
        return regex.search(pattern, text, flags, timeout=_REGEX_SECONDS) is not None
    except (regex.error, TimeoutError, ValueError, RecursionError, OverflowError):
        return False

"""The working sheet of one offline turn: what was heard, what has been put together so far."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from digital_life.persona.cards.macros import expand, has_macros
from digital_life.persona.schema import Intent
from digital_life.sociomind.hearing import Heard
from digital_life.sociomind.lines import LineBook
from digital_life.sociomind.memory import MemoryStore
from digital_life.sociomind.plot import Notes, Plot
from digital_life.sociomind.state import MindState

MOST_WORDS = 50
"""Longer turns lose their first part: nobody listens to speeches."""


@dataclass(frozen=True)
class Draft:
    """What the offline responder decided, before it becomes a ``Behaviour``."""

    speech: str
    expression: str = ""
    motion: str = ""
    place: str = ""
    ends: bool = False
    mood: str = ""
    """Mood of the subject that is being told, for the emotion of the one who tells."""
    thought: str = ""
    """What the character thinks to itself; it never leaves the mind."""
    to: str | None = None
    """Whom the turn is for, "" for everybody; None leaves it to the partner of the moment."""


@dataclass
class Turn:
    """One own turn in the making. ``parts`` are the sentences so far, ``act`` what the body shows."""

    state: MindState
    memory: MemoryStore
    plot: Plot
    heard: Heard
    rng: random.Random
    lines: LineBook
    slots: dict[str, str]
    with_person: bool = False
    parts: list[str] = field(default_factory=list)
    act: str = ""
    mood: str = ""
    place: str = ""
    motion: str = ""
    ends: bool = False
    answered: bool = False
    asked: bool = False
    guarded: bool = False
    """Something was kept back because the listeners are not close enough."""
    openness: int = 9
    """How deep a level those who listen may be shown."""

    @property
    def notes(self) -> Notes:
        """What the mind keeps in view during this plot."""
        return self.plot.notes

    def say(self, intent: Intent, *, optional: bool = False, **slots: str) -> bool:
        """Add one of the persona's lines; returns whether there was one."""
        filled = {**self.slots, **slots}
        text = self.lines.pick(
            intent, filled, self.rng, self.notes.used, self.state.used_before, optional=optional
        )  # fmt: skip
        if text:
            self.parts.append(self._filled(text))
        return bool(text)

    def add(self, text: str, act: str = "") -> None:
        """Add a sentence as it stands."""
        if text:
            self.parts.append(self._filled(text))
        if act:
            self.act = act

    def _filled(self, text: str) -> str:
        """Macros of character cards that a line of an imported persona still holds."""
        if not has_macros(text):
            return text
        return expand(text, char=self.slots.get("name", ""), user=self.plot.call_name or "you", rng=self.rng)

    def chance(self, probability: float) -> bool:
        """True with that probability; the same in every run with the same seed."""
        return self.rng.random() < probability

    def speech(self) -> str:
        """The parts as one utterance of at most ``MOST_WORDS`` words."""
        parts = list(self.parts)
        while len(parts) > 1 and sum(len(part.split()) for part in parts) > MOST_WORDS:
            del parts[0]
        return " ".join(parts)


def turn_rng(seed: int, keys: Sequence[object]) -> random.Random:
    """A generator that depends on the seed and the keys only, in every process."""
    text = "|".join(map(str, (seed, *keys)))
    return random.Random(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big"))

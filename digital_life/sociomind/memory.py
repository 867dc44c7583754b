"""Long-term memory: events and thoughts that fade unless they mattered or were used.

The retention rate follows Ebbinghaus' curve in the form of Averell and Heathcote (2011):
``rate = a + (1 - a) exp(-k age / (2^access (3 + poignancy)))``, age in plots. Below the threshold a memory is forgotten
until a very direct cue brings it back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from digital_life.sociomind.encoder import CachedEncoder, Vector

Kind = Literal["event", "thought"]


@dataclass(frozen=True)
class Curve:
    """Constants of one kind of memory."""

    floor: float
    steepness: float
    threshold: float


CURVES: dict[Kind, Curve] = {"event": Curve(0.1, 4.0, 0.3), "thought": Curve(0.4, 2.0, 0.6)}
MOST_ACCESSES = 6
"""Accesses beyond this strengthen no more; otherwise a popular memory would become immortal."""
REVIVING_CUE = 0.7
"""Cosine with the cue that brings a forgotten memory back (MiniLM; paraphrases score above it)."""
RELEVANT = 0.25
"""Cosine below which a memory has nothing to do with the cue."""
SAME = 0.9
"""Cosine above which two memories say the same."""


class Memory(BaseModel):
    """One event or thought. ``plot`` is the number of the plot in which it arose."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    description: str
    about: str = ""
    """Short noun phrase of what it is about, to be mentioned in passing."""
    partner: str = ""
    keywords: list[str] = Field(default_factory=list)
    poignancy: int = Field(default=5, ge=1, le=9)
    emergency: int = Field(default=1, ge=1, le=9)
    plot: int = 0
    accesses: int = 1
    forgotten: bool = False


def retention(kind: Kind, age: float, poignancy: float, accesses: int) -> float:
    """Share 0..1 of a memory that is left after ``age`` plots."""
    curve = CURVES[kind]
    strength = 2 ** min(accesses, MOST_ACCESSES) * (3 + poignancy)
    return curve.floor + (1 - curve.floor) * math.exp(-curve.steepness * max(age, 0.0) / strength)


def is_forgotten(kind: Kind, age: float, poignancy: float, accesses: int) -> bool:
    """Whether the rate is below the threshold of its kind."""
    return retention(kind, age, poignancy, accesses) < CURVES[kind].threshold


class MemoryStore:
    """The memories of one mind. ``memories`` is plain data; vectors are made when asked for."""

    def __init__(self, memories: list[Memory], encoder: CachedEncoder) -> None:
        self.memories = memories
        self._encoder = encoder

    def add(self, memory: Memory) -> bool:
        """Append it unless the same thing is already known from the same plot; returns whether it was added."""
        known = [item for item in self.memories if item.plot == memory.plot and item.kind == memory.kind]
        if known and max(self._similarities(known, self._encoder.one(memory.description))) > SAME:
            return False
        self.memories.append(memory)
        return True

    def age(self, plot: int) -> None:
        """A new plot begins: mark what is forgotten by now."""
        for item in self.memories:
            if is_forgotten(item.kind, plot - item.plot, item.poignancy, item.accesses):
                item.forgotten = True

    def recall(self, cue: str, plot: int, *, events: int = 2, thoughts: int = 2) -> list[Memory]:
        """What comes to mind, best last. Counts as an access, so call it only for what is really used.

        Memories of the current plot are left out: they still stand in the conversation.
        """
        older = [item for item in self.memories if item.plot < plot]
        if not older or not cue:
            return []
        cosines = self._similarities(older, self._encoder.one(cue))
        scored = [(self._score(item, cosine, plot), item) for item, cosine in zip(older, cosines, strict=True)]
        chosen: list[tuple[float, Memory]] = []
        for kind, count in (("event", events), ("thought", thoughts)):
            best = sorted((pair for pair in scored if pair[1].kind == kind and pair[0] > 0), key=lambda pair: -pair[0])
            chosen += best[:count]
        chosen.sort(key=lambda pair: pair[0])
        for _, item in chosen:
            item.accesses += 1
            item.forgotten = False
        return [item for _, item in chosen]

    def _score(self, item: Memory, cosine: float, plot: int) -> float:
        if cosine < (REVIVING_CUE if item.forgotten else RELEVANT):
            return 0.0
        return cosine * retention(item.kind, plot - item.plot, item.poignancy, item.accesses)

    def _similarities(self, items: list[Memory], query: Vector) -> list[float]:
        vectors = self._encoder.encode([item.description for item in items])
        return [float(value) for value in np.asarray(vectors @ query)]

"""The facts of a character's own life that belong to what is being said."""

from __future__ import annotations

import numpy as np

from digital_life.persona.schema import Persona
from digital_life.sociomind.encoder import CachedEncoder

RELEVANT_FACT = 0.25
"""Cosine below which a fact has nothing to do with the cue."""


def fitting_facts(persona: Persona, cue: str, encoder: CachedEncoder, *, count: int = 1) -> list[str]:
    """At most ``count`` facts that are near to ``cue``, nearest first."""
    if not persona.facts or not cue.strip():
        return []
    cosines = encoder.encode(persona.facts) @ encoder.one(cue)
    best = np.argsort(-cosines, kind="stable")[:count]
    return [persona.facts[int(index)] for index in best if cosines[index] >= RELEVANT_FACT]

"""A persona classifier: whose words are these, by the likeness of sentence vectors to what each persona file says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digital_life.persona.library import list_personas, load_persona
from digital_life.persona.schema import Persona
from digital_life.sociomind.encoder import CachedEncoder

WINDOW = 5
"""Lines that are judged together; a single "good evening" fits everybody."""


@dataclass(frozen=True)
class Likeness:
    """Of one window of lines. ``own`` and ``other`` are mean cosines with the speaker and with the nearest other persona."""

    own: float
    other: float
    nearest: str
    """Name of the persona that the lines are most like."""
    recognised: bool

    @property
    def margin(self) -> float:
        """How much more they are like the speaker than like anybody else; negative for drifted lines."""
        return self.own - self.other


class PersonaClassifier:
    """Compares lines with what persona files say *about* their characters: description, beliefs, facts, motives, topics.

    Example lines and stories are left out, because the offline mind speaks them word for word.
    """

    def __init__(self, personas: Sequence[Persona], encoder: CachedEncoder) -> None:
        """``personas`` are the speakers; the shipped personas are the others that they may drift to."""
        self._encoder = encoder
        known = {persona.name: persona for persona in (load_persona(name) for name in list_personas())}
        known |= {persona.name: persona for persona in personas}
        self.names = list(known)
        self._references = [encoder.encode(_about(persona)) for persona in known.values()]

    def windows(self, lines: Sequence[str], speaker: str, size: int = WINDOW) -> list[Likeness]:
        """Of every ``size`` lines that were spoken in a row, not overlapping; a rest of less than half of that is left out."""
        spoken = [line for line in lines if line.strip()]
        parts = [spoken[at : at + size] for at in range(0, len(spoken), size)]
        return [self.judge(part, speaker) for part in parts if 2 * len(part) >= size]

    def judge(self, lines: Sequence[str], speaker: str) -> Likeness:
        """The mean over ``lines`` of the cosine with the nearest three statements of each persona.

        Raises:
            ValueError: ``speaker`` is none of the personas.
        """
        vectors = self._encoder.encode(list(lines))
        scores = np.array([np.sort(vectors @ rows.T, axis=1)[:, -3:].mean() for rows in self._references])
        own = self.names.index(speaker)
        others = np.delete(np.arange(len(scores)), own)
        best = int(np.argmax(scores))
        return Likeness(float(scores[own]), float(scores[others].max()), self.names[best], best == own)


def _about(persona: Persona) -> list[str]:
    motives = [persona.motivation.long_term, persona.motivation.short_term]
    texts = [persona.description, persona.personality_description, *persona.beliefs, *persona.facts, *motives]
    return [text for text in (*texts, *persona.topics) if text.strip()]

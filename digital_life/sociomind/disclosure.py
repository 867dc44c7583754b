"""What is told to whom: the closer and the more trusted, the deeper (social penetration theory, Altman and Taylor 1973).

Both trust and intimacy open the door, and the lower of them counts: somebody close who broke trust hears no secrets.
"""

from __future__ import annotations

from collections.abc import Sequence

from digital_life.persona.schema import Persona, Relationship
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.hearing import split_sentences
from digital_life.sociomind.state import MindState

BELIEF_LEVEL = 3
"""From here on a central belief is told; strangers (trust 4, intimacy 2) do not hear it."""
MOTIVE_LEVEL = 5
"""From here on the long-term motive is told as such."""


def openness(relationship: Relationship) -> int:
    """How deep a level (1 to 9) may be shown to this person: the lower of trust and intimacy, 1 at least."""
    return max(1, min(relationship.trust, relationship.intimacy))


def may_hear(level: int, relationship: Relationship) -> bool:
    """Whether something of that level may be told to this person."""
    return level <= openness(relationship)


LEAKED = 0.62
"""Cosine of a sentence with something private above which it gives it away (MiniLM; mere allusions stay below)."""


def private_things(persona: Persona, state: MindState, others: Sequence[str]) -> dict[str, list[str]]:
    """What may not be told where ``others`` listen: a name for it, and sentences that would give it away."""
    open_to = min(openness(state.relationship(name)) for name in others)
    things = {
        subject.about: [*subject.tell, *(text for text in (subject.why, subject.feeling) if text)]
        for subject in persona.subjects
        if subject.intimacy > open_to
    }
    if open_to < BELIEF_LEVEL:
        things |= {belief: [belief] for belief in state.beliefs}
    if open_to < MOTIVE_LEVEL:
        things["the wish for life"] = [f"I want {state.motivation.long_term}"]
    return things


def leaked(persona: Persona, state: MindState, speech: str, others: Sequence[str], encoder: CachedEncoder) -> list[str]:
    """Names of the private things that ``speech`` gives away to ``others``."""
    sentences = split_sentences(speech)
    things = private_things(persona, state, others)
    if not sentences or not things:
        return []
    said = encoder.encode(sentences)
    return [name for name, texts in things.items() if float((said @ encoder.encode(texts).T).max()) >= LEAKED]

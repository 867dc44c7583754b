"""What is told to whom: the closer and the more trusted, the deeper (social penetration theory, Altman and Taylor 1973).

Both trust and intimacy open the door, and the lower of them counts: somebody close who broke trust hears no secrets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digital_life.persona.schema import Persona, Relationship, Subject
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
_WISH_LEAKED, _SAME_WISH, _DREAM = 0.55, 0.7, 0.4
"""The same with the wish for life: for a sentence that speaks of wishing, for any, and for a story about one's dream."""
_SAME_BELIEF = 0.66
"""Cosine from which a story says a central belief, and is not only of the same mind."""
_OF_SUBJECT = 0.55
"""Cosine from which a fact belongs to the subject that it is nearest to."""
_WISHING = re.compile(
    r"\b(i|i['’]d|i would) (still |really |only )?(want|wish|hope|dream|plan|would like|like to|love to|mean to)\b|\bi['’](ll|m going to)\b|\bmy dream\b",
    re.IGNORECASE,
)


def gated_subjects(persona: Persona, encoder: CachedEncoder) -> list[Subject]:
    """The persona's subjects, each as private as what it says: the wish for life and central beliefs raise its intimacy."""
    levels = (_own_level(persona, item.tell, encoder, dream=item.theme == "dream") for item in persona.subjects)
    return [
        subject.model_copy(update={"intimacy": max(subject.intimacy, level)})
        for subject, level in zip(persona.subjects, levels, strict=True)
    ]


def gated(persona: Persona, encoder: CachedEncoder) -> Persona:
    """``persona`` with ``gated_subjects``."""
    return persona.model_copy(update={"subjects": gated_subjects(persona, encoder)})


def fact_levels(persona: Persona, subjects: Sequence[Subject], encoder: CachedEncoder) -> dict[str, int]:
    """From which openness on each fact of ``persona`` may be told.

    A bare fact of somebody's life lies one level nearer to the surface than the story it belongs to (Altman and Taylor:
    biography before feelings); the wish for life and beliefs keep their levels.
    """
    levels = {fact: _own_level(persona, [fact], encoder) for fact in persona.facts}
    told = [(text, subject.intimacy) for subject in subjects for text in _texts(subject)]
    if levels and told:
        cosines = encoder.encode(list(levels)) @ encoder.encode([text for text, _ in told]).T
        for fact, row in zip(levels, cosines, strict=True):
            nearest = int(row.argmax())
            if row[nearest] >= _OF_SUBJECT:
                levels[fact] = max(levels[fact], told[nearest][1] - 1)
    return levels


def open_facts(persona: Persona, openness: int, encoder: CachedEncoder) -> list[str]:
    """The facts that may be told at that ``openness``."""
    levels = fact_levels(persona, gated_subjects(persona, encoder), encoder)
    return [fact for fact, level in levels.items() if level <= max(openness, 1)]


def _own_level(persona: Persona, texts: Sequence[str], encoder: CachedEncoder, *, dream: bool = False) -> int:
    """How private ``texts`` are by what they say of the wish for life and of central beliefs."""
    sentences = [sentence for text in texts for sentence in (text, *split_sentences(text))]
    if not sentences:
        return 1
    vectors = encoder.encode(sentences)
    to_wish = vectors @ encoder.one(_wish(persona.motivation.long_term))
    wished = _DREAM if dream else _WISH_LEAKED
    gates = [wished if dream or _WISHING.search(sentence) else _SAME_WISH for sentence in sentences]
    if persona.motivation.long_term and bool((to_wish >= gates).any()):
        return MOTIVE_LEVEL
    believed = bool(persona.beliefs) and float((vectors @ encoder.encode(persona.beliefs).T).max()) >= _SAME_BELIEF
    return BELIEF_LEVEL if believed else 1


def _texts(subject: Subject) -> list[str]:
    return [*subject.tell, *(text for text in (subject.why, subject.feeling) if text)]


def _wish(long_term: str) -> str:
    return f"I want {long_term}"


def private_things(
    persona: Persona, state: MindState, others: Sequence[str], encoder: CachedEncoder
) -> dict[str, list[str]]:
    """What may not be told where ``others`` listen: a name for it, and sentences that would give it away."""
    open_to = min(openness(state.relationship(name)) for name in others)
    things = {
        subject.about: _texts(subject) for subject in gated_subjects(persona, encoder) if subject.intimacy > open_to
    }
    if open_to < BELIEF_LEVEL:
        things |= {belief: [belief] for belief in state.beliefs}
    if open_to < MOTIVE_LEVEL:
        things["the wish for life"] = [_wish(state.motivation.long_term)]
    return things


def leaked(persona: Persona, state: MindState, speech: str, others: Sequence[str], encoder: CachedEncoder) -> list[str]:
    """Names of the private things that ``speech`` gives away to ``others``."""
    sentences = split_sentences(speech)
    things = private_things(persona, state, others, encoder)
    if not sentences or not things:
        return []
    said = encoder.encode(sentences)
    return [name for name, texts in things.items() if float((said @ encoder.encode(texts).T).max()) >= LEAKED]

"""What a character knows of its own life, found for a question that uses other words than its persona file.

Every fact and every story sentence of the persona is a candidate. A question about a known aspect of a life (``aspects``)
is answered by the sentence that tells of it; any other by the nearest sentence, if it is near enough.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from digital_life.persona.schema import Persona
from digital_life.sociomind.aspects import Aspect, aspects_asked, is_about_the_asked
from digital_life.sociomind.hearing import split_sentences
from digital_life.sociomind.memory.terms import terms
from digital_life.sociomind.own_words import as_a_statement
from digital_life.sociomind.plot import Notes
from digital_life.sociomind.subjects import SubjectBook

_ASKING = re.compile(r"\b(tell|give|show|remind|let|excuse|forgive) me\b", re.IGNORECASE)
_OF_ME = re.compile(r"\b(me|us)\b", re.IGNORECASE)
"""A question about the two of them ("Would you marry me?") is not about the past life of one."""
NEAR = 0.5
"""Score from which a sentence answers a question that no aspect covers."""
_SHARED = 0.1
"""What each word in common adds to the cosine, up to two."""
_ONE_OF_MANY = re.compile(
    r"\b(most|best|worst|\w{3,}est|favou?rite|hardest)\b[^?]* (you|you['’]ve|your)\b|\btell me about (a|one|some) ",
    re.IGNORECASE,
)
_ONE_STORY = 0.25
"""Who asks for one of many wants a story, not a number."""
_STORY = 0.06
"""A story sentence is more alive than the same as a plain fact."""


@dataclass(frozen=True)
class Found:
    """A sentence of the character's own about what was asked. ``lacks`` is the thing asked for that it has not."""

    text: str
    score: float
    aspect: Aspect | None = None
    lacks: str = ""
    private: bool = False
    """There is something to tell, but not to somebody so little known."""


@dataclass(frozen=True)
class _Candidate:
    text: str
    story: bool
    about: str = ""


class LifeBook:
    """The sentences of one persona about itself."""

    def __init__(self, subjects: SubjectBook) -> None:
        self._subjects = subjects

    def warm_up(self) -> None:
        """Embed all that can be answered."""
        self._subjects.encode([part for item in self._candidates(Notes(), 9) for part in _parts(item.text)])

    def find(self, question: str, notes: Notes, openness: int) -> Found | None:
        """What answers the question best, and may be told at that ``openness``; None when nothing is near.

        A ``Found`` with ``lacks`` says what the character does not have; its text, which may be empty, is what it has instead.
        """
        if not is_about_the_asked(question) or _OF_ME.search(_ASKING.sub("", question)):
            return None
        candidates = self._candidates(notes, openness)
        for aspect in aspects_asked(question):
            found = self._of_aspect(aspect, question, candidates, notes, openness)
            if found:
                return found
        return self._nearest(question, candidates)

    def _of_aspect(
        self, aspect: Aspect, question: str, candidates: list[_Candidate], notes: Notes, openness: int
    ) -> Found | None:
        told = [item for item in candidates if aspect.told.search(item.text)]
        asked = aspect.noun(question)
        if asked is None:
            best = self._best(question, told)
            return Found(best[0], best[1], aspect) if best else None
        return self._of_noun(aspect, asked, question, told, notes, openness)

    def _of_noun(
        self,
        aspect: Aspect,
        asked: tuple[str, str],
        question: str,
        told: list[_Candidate],
        notes: Notes,
        openness: int,
    ) -> Found | None:
        """A question about one person or thing: it is told of, it is private, it was told already, or there is none."""
        noun, words = asked
        named = re.compile(rf"\b({words})\b", re.IGNORECASE)
        known = [item for item in self._candidates(Notes(), 9) if aspect.told.search(item.text)]
        open_now = self._candidates(Notes(), openness)
        fits = [item for item in known if named.search(item.text)]
        if not fits and (not aspect.needs_noun or noun == aspect.nouns[-1][0]):
            fits = known
        best = self._best(question, [item for item in told if item in fits])
        if best:
            return Found(best[0], best[1], aspect)
        if fits:
            return None if any(item in open_now for item in fits) else Found("", 1.0, aspect, private=True)
        rest = self._best(question, told)
        return Found(rest[0] if rest else "", 1.0, aspect, lacks=noun)

    def _nearest(self, question: str, candidates: list[_Candidate]) -> Found | None:
        best = self._best(question, candidates)
        return Found(*best) if best and best[1] >= NEAR else None

    def _best(self, question: str, candidates: list[_Candidate]) -> tuple[str, float] | None:
        if not candidates:
            return None
        asked = self._subjects.encode([question, as_a_statement(question)])
        wanted = set(terms(question))
        story = _ONE_STORY if _ONE_OF_MANY.search(question) else _STORY
        scores = [
            float((self._subjects.encode(_parts(item.text)) @ asked.T).max())
            + _SHARED * min(2, len(wanted.intersection(terms(f"{item.about} {item.text}"))))
            + story * item.story
            for item in candidates
        ]
        best = int(np.argmax(scores))
        return candidates[best].text, scores[best]

    def _candidates(self, notes: Notes, openness: int) -> list[_Candidate]:
        facts = [
            _Candidate(fact, story=False) for fact in self._subjects.open_facts(openness) if fact not in notes.used
        ]
        stories = [_Candidate(text, True, about) for text, about in self._subjects.tellable(notes, openness)]
        return stories + facts


_LIVES = re.compile(
    r"\b(?:liv(?:es|ing)|years|based) in (?P<place>(?:the )?[A-Z][\w'’ʻ-]+(?: [A-Z][\w'’ʻ-]+)*)"
    r"|\bis an? (?:[a-z-]+ ){1,3}in (?P<work>(?:the (?:[a-z]+ ){1,2}of )?[A-Z][\w'’ʻ-]+(?: [A-Z][\w'’ʻ-]+)*)"
)


def lives_in(persona: Persona) -> str:
    """Where the culture or the description of a persona says that it lives; may be empty."""
    found = _LIVES.search(f"{persona.culture}. {' '.join(persona.description.split())}")
    return (found["place"] or found["work"]) if found else ""


def _parts(text: str) -> list[str]:
    """The text as a whole and each of its sentences: a question may be answered by one of them."""
    sentences = split_sentences(text)
    return [text, *sentences] if len(sentences) > 1 else [text]

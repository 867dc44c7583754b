"""A character's own subjects: which one to raise, what is left to tell, which one answers a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digital_life.persona.schema import Persona, Subject
from digital_life.sociomind.disclosure import fact_levels, gated_subjects
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.plot import EXTRA_SUBJECTS, Notes, Told

FACT_GATE = 0.5
"""Cosine above which a fact answers a question."""
NAMED_GATE = 0.4
"""Cosine above which a question that shares a word with a subject is about it."""
_REASON_GATE = 0.25
"""Weighted cosine from which the reason of a subject answers a question why."""
_COMMON = frozenset(
    [
        "about",
        "again",
        "always",
        "because",
        "before",
        "being",
        "could",
        "doing",
        "every",
        "never",
        "other",
        "people",
        "really",
        "should",
        "something",
        "their",
        "there",
        "these",
        "thing",
        "things",
        "think",
        "those",
        "through",
        "today",
        "where",
        "which",
        "while",
        "would",
        "years",
        "happened",
        "happen",
        "happens",
        "living",
    ]
)


class SubjectBook:
    """The subjects of one persona, and its facts as short answers."""

    def __init__(self, persona: Persona, encoder: CachedEncoder) -> None:
        self.persona = persona
        self.encoder = encoder
        self._extra: dict[int, Subject] = {}

    @cached_property
    def _own(self) -> dict[int, Subject]:
        """Its subjects, as private as what they say; without any, its facts."""
        own = gated_subjects(self.persona, self.encoder)
        return dict(enumerate(own or [_from_fact(fact, level) for fact, level in self._fact_levels.items()]))

    @cached_property
    def _fact_levels(self) -> dict[str, int]:
        return fact_levels(self.persona, gated_subjects(self.persona, self.encoder), self.encoder)

    @property
    def _subjects(self) -> dict[int, Subject]:
        return {**self._own, **self._extra}

    def __getitem__(self, index: int) -> Subject:
        return self._subjects[index]

    def use(self, extra: Sequence[Subject]) -> None:
        """Have ``extra`` too, the subjects of one plot, from index ``EXTRA_SUBJECTS``."""
        self._extra = dict(enumerate(extra, EXTRA_SUBJECTS))

    def warm_up(self) -> None:
        """Embed what the choices compare."""
        self.encoder.encode([self._key(index) for index in self._subjects])
        self.encoder.encode([*self.persona.facts, *self.persona.beliefs])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[N, D] unit vectors of ``texts``."""
        return self.encoder.encode(texts)

    def tellable(self, notes: Notes, intimacy: float) -> list[tuple[str, str]]:
        """What this partner may hear and can follow now, each with its title: how untold subjects begin, and what goes on."""
        found = []
        for index, subject in self._subjects.items():
            told = notes.told.get(index, Told()).pieces
            if subject.intimacy <= max(intimacy, 1):
                left = [text for number, text in enumerate(subject.tell) if f"next{number}" not in told]
                found += [(text, subject.about) for text in (left if told else left[:1])]
        return found

    def untold(self, notes: Notes, intimacy: float) -> list[int]:
        """Subjects not yet touched that this partner may hear."""
        return [
            index
            for index, subject in self._subjects.items()
            if index not in notes.told and subject.intimacy <= max(intimacy, 1)
        ]

    def of_theme(self, theme: str, among: list[int]) -> int | None:
        """The first of ``among`` with that theme."""
        return next((index for index in among if self._subjects[index].theme == theme), None)

    def is_private(self, theme: str, intimacy: float) -> bool:
        """Whether all that could be said about the theme is for closer people."""
        levels = [subject.intimacy for subject in self._subjects.values() if subject.theme == theme]
        return bool(levels) and min(levels) > max(intimacy, 1)

    def nearest(self, text: str, among: list[int]) -> tuple[int | None, float]:
        """The subject of ``among`` most similar to ``text``, with its cosine."""
        if not among or not text:
            return None, 0.0
        cosines = self.encoder.encode([self._key(index) for index in among]) @ self.encoder.one(text)
        best = int(np.argmax(cosines))
        return among[best], float(cosines[best])

    def named(self, question: str, notes: Notes, intimacy: float) -> int | None:
        """The subject a question names by a word of its title or story and is near to, if something of it is left."""
        asked = _content_words(question)
        among = [
            index
            for index, subject in self._subjects.items()
            if subject.intimacy <= max(intimacy, 1)
            and self.left(index, notes)
            and asked & _content_words(f"{subject.about} {subject.tell[0]}")
        ]
        nearest, score = self.nearest(question, among)
        return nearest if score > NAMED_GATE else None

    def reason_for(self, question: str, notes: Notes, intimacy: float) -> int | None:
        """The subject whose untold reason ("why") is nearest to the question, if one is near."""
        among = [
            index
            for index, subject in self._subjects.items()
            if subject.why
            and subject.intimacy <= max(intimacy, 1)
            and "why" not in notes.told.get(index, Told()).pieces
        ]
        if not among:
            return None
        asked = self.encoder.one(question)
        reasons = self.encoder.encode([self._subjects[index].why for index in among]) @ asked
        keys = self.encoder.encode([self._key(index) for index in among]) @ asked
        scores = 0.6 * reasons + 0.4 * keys
        best = int(np.argmax(scores))
        return among[best] if scores[best] >= _REASON_GATE else None

    def most_private(self, among: list[int], level: int) -> int | None:
        """The most private of ``among`` from that ``level`` of intimacy on; what its author called private comes first."""
        written = {index: subject.intimacy for index, subject in enumerate(self.persona.subjects)}
        kept = [index for index in among if self._subjects[index].intimacy >= level]
        return max(kept, key=lambda index: (written.get(index, 1), self._subjects[index].intimacy), default=None)

    def ranked(self, text: str, among: list[int]) -> list[int]:
        """``among``, the most similar to ``text`` first."""
        if not among:
            return []
        cosines = self.encoder.encode([self._key(index) for index in among]) @ self.encoder.one(text)
        return [among[int(place)] for place in np.argsort(-cosines, kind="stable")]

    def piece(self, index: int, wanted: str, notes: Notes) -> str:
        """What is left to tell about a subject, ``wanted`` ("next", "why" or "feeling") first; empty when all is told."""
        told, pieces = notes.told.setdefault(index, Told()), self._pieces(index)
        order = sorted(pieces, key=lambda name: (not name.startswith(wanted), not name.startswith("next")))
        for name in order:
            if pieces[name] and name not in told.pieces:
                told.pieces.append(name)
                return pieces[name]
        return ""

    def mark_told(self, text: str, notes: Notes) -> int | None:
        """Count the pieces that ``text`` holds word for word as told; the subject of the last of them, if there is one."""
        found = None
        for index in self._subjects:
            for name, piece in self._pieces(index).items():
                if piece and piece in text:
                    told = notes.told.setdefault(index, Told())
                    told.pieces += [name] if name not in told.pieces else []
                    found = index
        return found

    def _pieces(self, index: int) -> dict[str, str]:
        """All there is to tell about a subject; some may be empty."""
        subject = self._subjects[index]
        pieces = {f"next{number}": text for number, text in enumerate(subject.tell)}
        return pieces | {"why": subject.why, "feeling": subject.feeling}

    def left(self, index: int, notes: Notes) -> int:
        """How many pieces of a subject are left."""
        subject = self._subjects[index]
        total = len(subject.tell) + bool(subject.why) + bool(subject.feeling)
        return total - len(notes.told.get(index, Told()).pieces)

    def open_facts(self, intimacy: float) -> list[str]:
        """The facts that this partner may hear."""
        return [fact for fact in self.persona.facts if self._fact_levels[fact] <= max(intimacy, 1)]

    def fact_for(self, question: str, used: list[str], intimacy: float) -> tuple[str, float]:
        """The unused fact nearest to a question that this partner may hear, with its cosine."""
        return self.best_of([fact for fact in self.open_facts(intimacy) if fact not in used], question)

    def belief_for(self, text: str, beliefs: list[str], used: list[str]) -> tuple[str, float]:
        """The unused belief nearest to a text, with its cosine."""
        return self.best_of([belief for belief in beliefs if belief not in used], text)

    def best_of(self, options: list[str], text: str) -> tuple[str, float]:
        """The option most similar to a text, with its cosine."""
        if not options or not text:
            return "", 0.0
        cosines = self.encoder.encode(options) @ self.encoder.one(text)
        best = int(np.argmax(cosines))
        return options[best], float(cosines[best])

    def _key(self, index: int) -> str:
        return f"{self._subjects[index].about}. {self._subjects[index].tell[0]}"


def _content_words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]{5,}", text.lower()) if word not in _COMMON}


def _from_fact(fact: str, level: int) -> Subject:
    """A persona without subjects still has its facts to talk about."""
    return Subject(about="something in my life", theme="joy", tell=[fact], intimacy=level)

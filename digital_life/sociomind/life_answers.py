"""Answers from one's own life: what a sentence of the persona says to the question, the reason of something, where one lives."""

from __future__ import annotations

import re

from digital_life.sociomind.aspects import asks_residence, aspects_asked, presumes
from digital_life.sociomind.honest_lines import ELSEWHERE, LIVES_IN, lacking
from digital_life.sociomind.own_life import NEAR, Found, LifeBook, lives_in
from digital_life.sociomind.subjects import SubjectBook
from digital_life.sociomind.telling import Teller
from digital_life.sociomind.turn import Turn

_SURE = 0.5
"""Cosine with an example question below which the kind of a question is only a guess."""
SCRAP = 2
"""Questions of at most so many words ("What?") were not understood; a longer one that nothing answers is not known."""
_WHOLE = 0.6
"""Cosine from which a question is about a theme as a whole."""
_UNLIKE = 0.25
_REQUESTS = re.compile(
    r"^\W*(please|now|and|so)?\W*(can|could|would|will|show|let me|please|stand|sit|dance|wave|clap|jump|turn|bow)\b",
    re.I,
)
_OWN_AGE = re.compile(
    r"\bhow old (are|were) you\b|\byour age\b|\b(year|when) were you born\b|\byour birthday\b", re.IGNORECASE
)
MISHEARD_LIFE = frozenset(["offer", "next", "how", "wave", "here", "okay", "age", "name", "feeling", "return"])
"""Kinds for which a question about a part of one's life may be taken by mistake."""
_WHY_THING = re.compile(
    r"\bwhy (do|did|are|were|have) you (really |still |even )?\w+ (?!(it|that|this|so|them|you|me)\b)\w+", re.IGNORECASE
)
"""A question for the reason of something named."""
_OWN_WORK = re.compile(r"\byour (own )?(work|job)\b", re.IGNORECASE)


class LifeAnswers:
    """Answers a person's questions about the character's life."""

    def __init__(self, subjects: SubjectBook, teller: Teller) -> None:
        self._subjects = subjects
        self._teller = teller
        self._life = LifeBook(subjects)

    def warm_up(self) -> None:
        """Embed what questions are compared with."""
        self._life.warm_up()

    def reason(self, turn: Turn) -> bool:
        """Answer why one likes, does or is something from the subject whose reason fits it."""
        if not _WHY_THING.search(turn.heard.question):
            return False
        question, notes = turn.heard.question, turn.notes
        themes = [aspect.theme for aspect in aspects_asked(question) if aspect.theme]
        themes += ["work"] if _OWN_WORK.search(question) else []
        index = self._subjects.of_theme(themes[0], self._subjects.untold(notes, turn.openness)) if themes else None
        if index is None:
            index = self._subjects.reason_for(question, notes, turn.openness)
        return index is not None and self._teller.tell(turn, index, "why")

    def answer(self, turn: Turn) -> bool:
        """Answer from the sentence about oneself that fits the question, unless a whole subject of its theme fits better."""
        heard = turn.heard
        found = self._life.find(heard.question, turn.notes, turn.openness)
        if found is None and asks_residence(heard.question):
            return self._residence(turn)
        if found is None or self._theme_is_better(turn, found):
            return False
        if found.private:
            turn.guarded = True
            self._teller.deflect(turn)
            turn.asked = True
        elif found.lacks:
            self._say_lacking(turn, found)
        elif found.text:
            self._teller.tell_found(turn, found.text)
        return True

    def _residence(self, turn: Turn) -> bool:
        """Where one lives, as the persona's description has it; else where one comes from, and that this is what it is."""
        place = lives_in(self._subjects.persona)
        if place:
            turn.add(turn.rng.choice(LIVES_IN).format(place=place), "calm")
            turn.asked = True
            return True
        index = self._subjects.of_theme("home", self._subjects.untold(turn.notes, turn.openness))
        if index is None:
            return False
        turn.add(turn.rng.choice(ELSEWHERE))
        return self._teller.tell(turn, index)

    def is_misheard(self, turn: Turn) -> bool:
        """Whether the kind of question is only a guess that the character could not answer well by."""
        heard, words = turn.heard, len(turn.heard.question.split())
        if heard.asks == "wave":
            return not _REQUESTS.search(heard.question)
        if heard.asks == "age":
            return not _OWN_AGE.search(heard.question)
        if heard.asks in ("next", "why", "feeling", "clarify", "return"):
            return heard.sureness < _SURE and words > SCRAP + 1 and turn.notes.subject is None
        if heard.asks != "theme" or heard.sureness >= _SURE:
            return False
        index = self._subjects.of_theme(heard.theme, self._subjects.untold(turn.notes, turn.openness))
        return index is None or self._subjects.nearest(heard.question, [index])[1] < _UNLIKE

    def _theme_is_better(self, turn: Turn, found: Found) -> bool:
        """Whether the question is about a theme as a whole, or is surer of its theme than the sentence is near to it."""
        heard = turn.heard
        if found.aspect is None:
            return heard.asks in MISHEARD_LIFE or found.score < max(NEAR, heard.sureness * (heard.asks == "theme"))
        untold = self._subjects.untold(turn.notes, turn.openness)
        whole = heard.asks == "theme" and heard.theme == found.aspect.theme and heard.sureness >= _WHOLE
        return whole and not found.lacks and self._subjects.of_theme(heard.theme, untold) is not None

    def _say_lacking(self, turn: Turn, found: Found) -> None:
        lines = lacking(found.lacks, presumed=presumes(turn.heard.question))
        turn.add(turn.rng.choice(lines).format(thing=found.lacks), "calm")
        if found.text:
            self._teller.tell_found(turn, found.text)
        turn.asked = True

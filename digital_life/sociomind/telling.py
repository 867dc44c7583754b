"""Telling of one's own: a piece of a subject, how it is begun, what is raised unasked, and how a question is put off."""

from __future__ import annotations

import re

from digital_life.persona.schema import Intent
from digital_life.sociomind.subjects import SubjectBook
from digital_life.sociomind.turn import Turn

_SPONTANEOUS = 4
"""From how many of the nearest subjects one is raised unasked."""


class Teller:
    """Adds what a character tells of its subjects to a turn."""

    def __init__(self, subjects: SubjectBook) -> None:
        self._subjects = subjects

    def tell(self, turn: Turn, index: int, wanted: str = "next") -> bool:
        """Tell a piece of a subject; False when everything about it has been told."""
        text = self._subjects.piece(index, wanted, turn.notes)
        if not text:
            return False
        turn.notes.subject = index
        turn.notes.floor_turns = 0
        turn.notes.followed_up.clear()
        turn.mood = self._subjects[index].mood
        turn.add(text, turn.mood)
        turn.answered = True
        return True

    def raise_subject(self, turn: Turn, index: int, intent: Intent = "topic") -> bool:
        """Begin to tell a subject with a line that leads to it, unless what is told names it anyway."""
        subject = self._subjects[index]
        if intent != "topic" or _bare(subject.about) not in _bare(subject.tell[0]):
            turn.say(intent, optional=True, topic=subject.about)
        return self.tell(turn, index)

    def spontaneous(self, turn: Turn) -> int | None:
        """What the plot is about, if it is not told yet; else an untold subject among those nearest to what one wants."""
        untold = self._subjects.untold(turn.notes, turn.openness)
        planned = next((index for index in turn.plot.preferred if index in untold), None)
        if planned is not None:
            return planned
        nearest = self._subjects.ranked(f"{turn.state.motivation.short_term} {turn.state.motivation.long_term}", untold)
        return turn.rng.choice(nearest[:_SPONTANEOUS]) if nearest else None

    def tell_found(self, turn: Turn, text: str) -> None:
        """Say one's own sentence; what it belongs to counts as told so far."""
        index = self._subjects.mark_told(text, turn.notes)
        if index is None:
            turn.notes.used.append(text)
        else:
            turn.notes.subject, turn.mood = index, self._subjects[index].mood
        turn.notes.floor_turns = 0
        turn.notes.followed_up.clear()
        turn.add(text, turn.mood or "calm")
        turn.answered = True

    def deflect(self, turn: Turn) -> None:
        """Put a question off, and offer another subject."""
        index = self.spontaneous(turn)
        about = self._subjects[index].about if index is not None else ""
        turn.say("deflect", topic=about)
        turn.act = "decline"
        turn.asked = bool(about) and about in turn.parts[-1]


def _bare(text: str) -> str:
    """Lower case, without a leading article."""
    return re.sub(r"^(a|an|the|my|our) ", "", text.lower())

"""What a character starts of itself when a need is not met, without a language model."""

from __future__ import annotations

from digital_life.persona.schema import BigFive
from digital_life.sociomind.embodiment import seats
from digital_life.sociomind.needs import Urge, urges
from digital_life.sociomind.subjects import SubjectBook
from digital_life.sociomind.telling import Teller
from digital_life.sociomind.turn import Turn

_MARK = "urge:"
_PROUD = ("proud", "glad")


class Initiative:
    """Turns the strongest need that was not followed yet in this plot into the next step of a turn."""

    def __init__(self, personality: BigFive, subjects: SubjectBook, teller: Teller) -> None:
        self._personality = personality
        self._subjects = subjects
        self._teller = teller

    def follow(self, turn: Turn) -> bool:
        """Start something because of a need; returns whether the turn has its step now.

        The more is missing, the likelier; each need is followed once a plot.
        """
        for urge in urges(turn.state.needs, self._personality):
            mark = _MARK + urge.need
            if mark in turn.notes.used or not turn.chance(min(0.9, 0.3 * urge.strength)):
                continue
            if self._start(turn, urge):
                turn.notes.used.append(mark)
                return True
        return False

    def _start(self, turn: Turn, urge: Urge) -> bool:
        if urge.need == "energy":
            return self._rest(turn)
        if urge.need == "company":
            return self._draw_closer(turn)
        if urge.need == "competence":
            return self._show_what_one_can(turn)
        return self._begin_something_new(turn)

    def _rest(self, turn: Turn) -> bool:
        """Sit down, or where one sits already, hint that it is time to go."""
        places = seats(turn.plot)
        if places and not turn.notes.seated and not turn.with_person:
            turn.place = turn.rng.choice(places)
            turn.asked = turn.say("invite", place=turn.place, optional=True)
            turn.act = "invite"
            return True
        turn.act = turn.act or "calm"
        return turn.say("leave_hint", optional=True)

    def _draw_closer(self, turn: Turn) -> bool:
        turn.asked = turn.say("ask_about_other", optional=True)
        turn.act = "ask"
        return turn.asked

    def _show_what_one_can(self, turn: Turn) -> bool:
        untold = self._untold(turn)
        proud = [
            index for index in untold if self._subjects[index].mood in _PROUD or self._subjects[index].theme == "work"
        ]
        return bool(proud) and self._raise(turn, proud[0])

    def _begin_something_new(self, turn: Turn) -> bool:
        index = self._teller.spontaneous(turn)
        return index is not None and self._raise(turn, index)

    def _untold(self, turn: Turn) -> list[int]:
        return list(self._subjects.untold(turn.notes, turn.openness))

    def _raise(self, turn: Turn, index: int) -> bool:
        return self._teller.raise_subject(turn, index)

"""Who speaks next.

Between two it goes to and fro. In a group the rules are those of Sacks, Schegloff and Jefferson (1974): who is spoken to and
asked takes the next turn; else who has not spoken yet, so that all are greeted and greet; else who wants it most; and
nobody is kept out for ever by two who talk with each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from digital_life.behaviour import Behaviour
from digital_life.sociomind.hearing import asks_something

LONGEST_PAIR = 4
"""Turns in a row that two may have for themselves while somebody else is there."""
_TO_ANSWER = 2
"""So many more they may have as long as the last one is a question."""
_SPOKEN_TO = 0.35
_SPOKE_LATELY = 0.25
_SPOKE_MORE = 0.1
"""What each turn more than the quietest of the others has had takes from the wish to speak."""


def next_speaker(acts: Sequence[Behaviour], present: Sequence[str], urges: Mapping[str, float], opener: str) -> str:
    """Who of ``present`` (in the order of the cast) acts after ``acts``; ``urges`` are 0 to about 1.5.

    The same acts and urges give the same name; equal wishes are settled by the order of names.
    """
    if not acts:
        return opener if opener in present else present[0]
    last = acts[-1]
    others = [name for name in present if name != last.speaker] or list(present)
    if len(others) == 1:
        return others[0]
    asked = asks_something(last.speech)
    closed = pair(acts, present, LONGEST_PAIR + _TO_ANSWER * asked)
    chosen = last.partner if last.partner in others else ""
    if chosen and asked and not closed:
        return chosen
    if closed:
        others = [name for name in others if name not in closed] or others
    turns = Counter(item.speaker for item in acts)
    others = [name for name in others if not turns[name]] or others
    fewest = min(turns[name] for name in others)
    lately = {item.speaker for item in acts[-len(present) + 1 :]}

    def wish(name: str) -> float:
        more = _SPOKE_MORE * (turns[name] - fewest)
        return urges.get(name, 0.0) + _SPOKEN_TO * (name == chosen) - _SPOKE_LATELY * (name in lately) - more

    return min(others, key=lambda name: (-round(wish(name), 6), name))


def pair(acts: Sequence[Behaviour], present: Sequence[str], turns: int) -> set[str]:
    """The two who have had the last ``turns`` turns for themselves, if two did and others are there."""
    speakers = {item.speaker for item in acts[-turns:]}
    return speakers if len(acts) >= turns and len(speakers) == 2 and len(present) > 2 else set()

"""How a plot moves the relationship to one who took part, and the words that follow from its numbers, by rules.

What is good moves the less the more of it there is already, what is bad moves in full: closeness is slow, and soon lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digital_life.persona.schema import Persona, Relationship
from digital_life.sociomind.hearing import Heard
from digital_life.sociomind.state import STRANGER

_GOOD = {"compliment": 1.0, "thanks": 0.6, "apology": 0.5, "joke": 0.5, "agree": 0.4, "invite": 0.5, "good_news": 0.4}
_BAD = {"insult": -3.0, "disagree": -0.3, "silence": -0.4}
_REFUSED, _DONE = -1.0, 0.15
_IGNORED = -0.35
"""What each own question does to which the other one said nothing of substance."""
_DULL = -0.9
"""What a plot does in which the other one mostly neither told nor asked anything, though there was time."""
_DULL_FROM, _DULL_SHARE = 3, 2 / 3
_GIVING = frozenset([*_GOOD, *_BAD, "greet", "introduce", "how_i_am", "farewell", "leave_hint", "bad_news"])
_ASKS_ON = frozenset(["why", "feeling", "next"])
_SCALE_FROM = 4
_MOVED = 2
"""Points of trust and intimacy together from which words that the persona's author wrote no longer hold."""

_HURT = "They hurt me, and I am on my guard."
_LESS = ("I trust them less than I did.", "Something between us has cooled.", "I keep my distance from them for now.")
_DISTANT = "I keep my distance from them."
_UNSURE = "I do not know yet what to make of them."
_STILL_UNSURE = "We have talked more than once, and I still hardly know them."
_WARMING = "They are easy to talk to, and I begin to like them."
_HELPFUL = "They mean well by me, though I hardly know them."
_KIND = 6
"""Supportiveness from which somebody little known is said to mean well."""
_BANDS: tuple[tuple[float, str, str], ...] = (
    (3.0, "somebody to be careful with", _DISTANT),
    (3.5, "an acquaintance", _UNSURE),
    (4.5, "an acquaintance", _WARMING),
    (5.5, "an acquaintance worth meeting again", "I like them more than I expected."),
    (6.5, "somebody to get on well with", "I enjoy their company, and I tell them more than I meant to."),
    (7.5, "a friend", "I trust them, and I look forward to seeing them."),
    (10.0, "a close friend", "They have become dear to me."),
)
"""Mean of trust and intimacy below which the description and the attitude hold."""
_THINKING = " I keep thinking of "
_OWN_ATTITUDES = (_HURT, _STILL_UNSURE, _HELPFUL, *_LESS, *(attitude for _, _, attitude in _BANDS))
_OWN_DESCRIPTIONS = (STRANGER.description, *(description for _, description, _ in _BANDS))


@dataclass(frozen=True)
class Course:
    """What somebody did in a plot: what was heard of them, own questions they ignored, shared acts done and refused."""

    heard: Sequence[Heard]
    ignored: int = 0
    done: int = 0
    refused: int = 0


def moved(before: Relationship, course: Course, persona: Persona) -> Relationship:
    """The relationship after the plot, at most two points up and four down on each scale, with words that fit it."""
    heard = course.heard
    kindness = sum(_GOOD.get(act, 0.0) + _BAD.get(act, 0.0) for item in heard for act in item.acts)
    told, asked = sum(item.tells for item in heard), sum(bool(item.asks) for item in heard)
    opened = sum(item.mood in ("sad", "tender", "afraid") for item in heard)
    asked_on = sum(item.asks in _ASKS_ON for item in heard)
    warmth = (persona.personality.agreeableness - 5) / 8
    touched, slighted = _DONE * course.done, _REFUSED * course.refused + _IGNORED * course.ignored
    empty = sum(not (item.tells or item.asks or item.acts & _GIVING) for item in heard)
    dull = _DULL if empty >= max(_DULL_FROM, _DULL_SHARE * len(heard)) and kindness <= 0 else 0.0
    trust = kindness * 0.5 + 0.12 * told + 0.3 * opened + warmth + slighted
    intimacy = kindness * 0.3 + 0.15 * told + 0.1 * asked + 0.4 * opened + touched + slighted + dull
    support = kindness * 0.5 + 0.1 * asked + 0.25 * asked_on + slighted + 0.5 * dull
    after = before.model_copy(
        update={
            "trust": _step(before.trust, trust),
            "intimacy": _step(before.intimacy, intimacy),
            "supportiveness": _step(before.supportiveness, support),
        }
    )
    hurt = any("insult" in item.acts for item in heard)
    return after.model_copy(
        update={
            "description": _description(before, after),
            "attitude": _HURT if hurt else _attitude(before, after, heard),
        }
    )


def _step(value: int, change: float) -> int:
    """Gains shrink towards the end of the scale: a stranger's trust grows at full rate, a close friend's by a fifth."""
    if change > 0 and value > _SCALE_FROM:
        change *= (9 - value) / (9 - _SCALE_FROM)
    return max(1, min(9, value + round(max(-4.0, min(2.0, change)))))


def _closeness(relationship: Relationship) -> float:
    return (relationship.trust + relationship.intimacy) / 2


def _description(before: Relationship, after: Relationship) -> str:
    """What the persona's author wrote of a person stays; other words follow the numbers."""
    if before.description not in _OWN_DESCRIPTIONS:
        return before.description
    return next(description for most, description, _ in _BANDS if _closeness(after) < most)


def _attitude(before: Relationship, after: Relationship, heard: Sequence[Heard]) -> str:
    fallen = (before.trust - after.trust) + (before.intimacy - after.intimacy)
    own = not before.attitude or before.attitude.partition(_THINKING)[0] in _OWN_ATTITUDES
    if not own and abs(fallen) < _MOVED:
        return before.attitude
    things = [item.echo.replace("your ", "the ") for item in heard if item.echo and item.tells]
    about = f"{_THINKING}{things[-1]}." if things else ""
    if fallen > 0:
        return (_LESS[0] if after.trust < before.trust else _LESS[1]) if _closeness(after) >= _BANDS[0][0] else _LESS[2]
    attitude = next(attitude for most, _, attitude in _BANDS if _closeness(after) < most)
    return (_of_little_known(before, after) if attitude == _UNSURE else attitude) + about


def _of_little_known(before: Relationship, after: Relationship) -> str:
    """Words for somebody who is neither close nor distant: what they did counts, then how often one has met."""
    if after.supportiveness >= _KIND:
        return _HELPFUL
    return _STILL_UNSURE if before.attitude.partition(_THINKING)[0] in (_UNSURE, _STILL_UNSURE) else _UNSURE

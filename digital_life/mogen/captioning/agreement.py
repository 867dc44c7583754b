"""Whether words fit the facts, and what has to be changed so that they do."""

from __future__ import annotations

import re

from digital_life.mogen.captioning.facts import Facts
from digital_life.mogen.captioning.sentences import COUNTED
from digital_life.momat.wording import swap_sides, values_named

GOING = frozenset(f"act:{name}" for name in ("walk", "run", "jog", "sidestep", "retreat", "approach"))
TURNING = frozenset({"act:turn", "act:circle"})
REPEATED = frozenset(f"act:{name}" for name in ("wave", "nod", "headshake", "clap", "jump", "bow", "kick"))
MANY = 4
"""Swings of a hand that is more than raised."""
RUN_OR_WALK = (1.6, 2.6)
"""Metres per second between which words may call it either."""
_OTHER = {"left": "right", "right": "left"}
_METRES = re.compile(r"\babout\s+[\d.]+\s+metres?\b(?!\s+per)")
_SPEED = re.compile(r"\babout\s+[\d.]+\s+metres?\s+per\s+second\b")
_NUMBER = re.compile(r"\b(?:once|twice|thrice|(?:two|three|four|five|six|seven|eight|nine|\d+)\s+times)\b")


def corrected(words: str, facts: Facts) -> str | None:
    """``words`` with sides, numbers and lengths as the facts have them; None where they say something else altogether.

    A side is exchanged where all sides in the words are the other one. Words that say less than the facts fit.
    """
    if _contradicts(words, facts):
        if not _sided(words):
            return None
        words = swap_sides(words)
        if _contradicts(words, facts):
            return None
    way = facts.way
    if way is not None:
        words = _METRES.sub(f"about {max(1, round(way.metres))} metres", words)
        words = _SPEED.sub(f"about {way.speed:.1f} metres per second", words)
    times = repetitions(words, facts)
    return _NUMBER.sub(COUNTED[times], words) if 1 <= times < len(COUNTED) else words


def repetitions(words: str, facts: Facts) -> int:
    """How often the act that ``words`` name is done; 0 where it is not one that is counted or nobody counted it."""
    acts = values_named(words)
    if acts & {"act:nod", "act:headshake"}:
        return facts.head.times if facts.head is not None and facts.head.act in ("nod", "shake") else 0
    if "act:jump" in acts:
        return facts.jumps
    if acts & REPEATED and facts.gesture is not None and not acts & {"act:bow", "act:kick"}:
        return facts.gesture.times
    return 0


def names_what_acts(words: str, facts: Facts) -> int:
    """How many of the acting hand and a posture other than standing ``words`` name."""
    values = values_named(words)
    hand = facts.gesture is not None and f"hand:{facts.gesture.hand}" in values
    return int(hand) + int(facts.posture != "standing" and f"posture:{facts.posture}" in values)


def _sided(words: str) -> bool:
    return any(value.endswith((":left", ":right")) for value in values_named(words))


def _contradicts(words: str, facts: Facts) -> bool:
    values = values_named(words)
    checks = (_hands, _repeats, _ways, _postures, _heads)
    return any(check(values, facts) for check in checks)


def _hands(values: frozenset[str], facts: Facts) -> bool:
    said = {value.removeprefix("hand:") for value in values if value.startswith("hand:")} & {"left", "right", "both"}
    if not said:
        return False
    if facts.gesture is None:
        return facts.way is not None and facts.way.gait in ("walk", "run")
    named = "both" if len(said) > 1 else next(iter(said))
    return facts.gesture.hand != named


def _repeats(values: frozenset[str], facts: Facts) -> bool:
    """A wave goes to and fro; a hand that is raised does not."""
    if facts.gesture is None:
        return False
    if "act:wave" in values:
        return facts.gesture.times < 2 or not facts.gesture.in_the_air
    return "act:raise" in values and facts.gesture.waves and facts.gesture.times >= MANY


def _ways(values: frozenset[str], facts: Facts) -> bool:
    way = facts.way
    goes, turns = bool(values & GOING), bool(values & TURNING)
    if way is None:
        return goes or turns
    if way.gait in ("walk", "run") and not (goes or turns or "act:step" in values or "act:dance" in values):
        return True
    other = {"act:walk"} if way.gait == "run" else {"act:run", "act:jog"}
    if values & other and not RUN_OR_WALK[0] < way.speed < RUN_OR_WALK[1]:
        return True
    if not (goes or turns or "act:step" in values):
        return False
    said = {value.removeprefix("dir:") for value in values if value.startswith("dir:")}
    sides = said & {"left", "right"}
    own = {way.turn, way.direction} & {"left", "right"}
    if sides and sides != own:
        return True
    if own and not sides and abs(way.degrees) > 45:
        return True
    opposite = {"forward": "backward", "backward": "forward"}.get(way.direction)
    return opposite in said and way.direction not in said


def _postures(values: frozenset[str], facts: Facts) -> bool:
    said = {value.removeprefix("posture:") for value in values if value.startswith("posture:")}
    changes = bool(values & {"act:sit_down", "act:stand_up", "act:get_up"})
    if facts.changes_posture:
        wanted = {"seated": "act:sit_down"}.get(facts.posture_end, "")
        return not changes or (bool(wanted) and wanted not in values)
    if changes:
        return True
    return bool(said & {"standing", "seated", "floor"}) and facts.posture not in said


def _heads(values: frozenset[str], facts: Facts) -> bool:
    move = facts.head
    if move is None or facts.gesture is not None:
        return False
    other = {"nod": "act:headshake", "shake": "act:nod"}.get(move.act)
    if other in values:
        return True
    if move.act == "look" and move.direction in _OTHER and "act:look" in values:
        return f"dir:{_OTHER[move.direction]}" in values
    return False

"""Minds in a group: whom a turn is for, how much one wants to speak, what one makes of words meant for others."""

from __future__ import annotations

from digital_life.behaviour import Behaviour
from digital_life.persona.schema import BigFive
from digital_life.sociomind.hearing import asks_something
from digital_life.sociomind.plot import FRESH, Plot
from digital_life.sociomind.turn import turn_rng

OVERHEARD = 0.4
"""Share of an effect on the emotion that is left when the words were meant for somebody else."""
_QUIET_FOR = 4
"""Turns of silence after which somebody may be drawn into the talk."""
_LONG_PAIR = 2
"""Own turns in a row for the same person, after which one looks around."""


def choose_addressee(plot: Plot, name: str, personality: BigFive, seed: int) -> str:
    """Whom ``name`` turns to: who asked it something, else who spoke last, now and then somebody who has been quiet long."""
    present = plot.present or [plot.partner]
    heard = [item for item in plot.since_own_turn() if item.speaker in present]
    asked = [item for item in heard[-FRESH:] if item.partner == name and asks_something(item.speech)]
    if asked:
        return asked[-1].speaker
    spoken_to = bool(heard) and heard[-1].partner == name
    quiet = [other for other in present if _silent_for(plot, other) >= _QUIET_FOR]
    mine = [item.partner for item in plot.behaviours if item.speaker == name][-_LONG_PAIR:]
    talked_enough = len(mine) == _LONG_PAIR and len(set(mine)) == 1
    rng = turn_rng(seed, (name, plot.index, plot.own_turns, "addressee"))
    if quiet and talked_enough and not spoken_to and rng.random() < 0.2 + 0.06 * personality.agreeableness:
        return max(quiet, key=lambda other: (_silent_for(plot, other), other))
    if heard:
        return heard[-1].speaker
    return plot.partner if plot.partner in present else present[0]


def _silent_for(plot: Plot, name: str) -> int:
    """Turns since ``name`` acted; all of them if it never did."""
    for ago, item in enumerate(reversed(plot.behaviours)):
        if item.speaker == name:
            return ago
    return len(plot.behaviours)


def urge(plot: Plot, name: str, personality: BigFive, arousal: float, touched: float, lonely: float = 0.0) -> float:
    """How much ``name`` wants the next turn when nobody was chosen, about 0 to 1.5.

    Outgoing and aroused people more, who waited long more, who has something to say to what was said (``touched``, cosine
    with the nearest own subject) more, who lacks company (``lonely``, Likert points) more.
    """
    waited = min(_silent_for(plot, name), 6) / 6
    return (
        0.3
        + 0.06 * (personality.extraversion - 5)
        + 0.03 * (arousal - 5)
        + 0.45 * waited
        + 0.4 * max(0.0, touched)
        + 0.05 * lonely
    )


def is_overheard(behaviour: Behaviour, name: str) -> bool:
    """Whether it was meant for somebody else than ``name``."""
    return behaviour.partner not in ("", name)

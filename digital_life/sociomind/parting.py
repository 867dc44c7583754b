"""How an offline turn ends a conversation: when it is time, how it is hinted at, how leave is taken."""

from __future__ import annotations

from digital_life.sociomind.plot import Plot
from digital_life.sociomind.turn import Turn

_SILENCES = 3
"""Turns without a word after which the partner is taken to be gone."""
_LONG_TALK = 5
"""Own turns from which a talk is long enough for a hint some time before the farewell."""
_FAREWELL_WORDS = 30
"""Words of a turn after which it says goodbye without a reason for going."""


def is_last_turn(plot: Plot) -> bool:
    """Whether there is time for the farewell only."""
    return plot.own_turns >= plot.max_turns - 1


def is_time_to_wind_down(turn: Turn) -> bool:
    """The last turn but one of a talk that is not short, or in which somebody wants to go."""
    plot = turn.plot
    long = plot.max_turns >= _LONG_TALK or turn.notes.others_hinted
    return 0 < plot.own_turns == plot.max_turns - 2 and long


def goes_with(plot: Plot) -> bool:
    """Whether a farewell is answered by leaving too: always between two, in a group when the evening is over."""
    return len(plot.present) < 2 or is_last_turn(plot)


def partner_is_gone(plot: Plot) -> bool:
    """Whether the partner has left, vanished, or falls silent again and again."""
    if plot.partner in plot.gone:
        return True
    heard = [item for item in plot.behaviours if item.speaker == plot.partner]
    return len(heard) >= _SILENCES and not any(item.speech.strip() for item in heard[-_SILENCES:])


def wind_down(turn: Turn) -> None:
    """Nothing new is begun any more: hint that it is time to go, or let go who has hinted."""
    turn.notes.wound_down = True
    if turn.notes.others_hinted or (not turn.plot.group and turn.plot.spoke_first(turn.plot.partner)):
        turn.say("let_go")
        turn.act = turn.act or "agree"
    else:
        turn.say("leave_hint")
        turn.act = "leave_hint"


def take_leave(turn: Turn) -> None:
    """Say goodbye; who is the first to go and has not hinted at it gives a reason."""
    plot = turn.plot
    first = not plot.gone and "farewell" not in turn.heard.acts
    unprepared = not turn.notes.wound_down and not turn.notes.others_hinted and plot.own_turns > 0
    if first and unprepared and len(turn.speech().split()) < _FAREWELL_WORDS:
        turn.say("leave_hint", optional=True)
    turn.notes.farewell_said = True
    turn.say("farewell")
    turn.act, turn.ends = "farewell", True

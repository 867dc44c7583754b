"""How an offline turn opens a conversation: a greeting, the own name for those who do not know it, a first question."""

from __future__ import annotations

from digital_life.sociomind.plot import Plot
from digital_life.sociomind.turn import Turn

_ASK_HOW = 0.6
"""Chance to ask how somebody is, rather than who they are and what brings them here."""


def greet(turn: Turn) -> None:
    """Greet, friends as friends where nobody else listens; else say who one is too."""
    unknown = strangers(turn.plot)
    turn.notes.greeted = True
    turn.act = "greet"
    turn.say("greeting" if unknown else "greeting_again")
    if unknown and not turn.notes.introduced:
        turn.notes.introduced = True
        turn.say("introduce")


def strangers(plot: Plot) -> list[str]:
    """Those present who were not met before."""
    return [name for name in plot.present or [plot.partner] if name not in plot.known]


def may_ask_first(turn: Turn) -> bool:
    """Whether a greeting may go on with a question: in a group not before everybody has greeted, lest it get lost."""
    spoken = {item.speaker for item in turn.plot.behaviours}
    return not turn.plot.group or spoken >= set(turn.plot.present)


def first_question(turn: Turn) -> None:
    """Ask how the partner is, unless that was told already, or what brings them here."""
    heard_how = turn.heard.asks or "how_i_am" in turn.heard.acts
    if heard_how or not may_ask_first(turn):
        return
    turn.notes.asked_how = True
    turn.asked = turn.say("ask_how" if turn.chance(_ASK_HOW) else "ask_about_other")

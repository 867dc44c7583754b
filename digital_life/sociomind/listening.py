"""What a mind makes of what it heard in its place in the talk: whom it was for, and what had been said before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from digital_life.behaviour import Behaviour
from digital_life.sociomind.hearing import Ear, Heard
from digital_life.sociomind.plot import FRESH, Plot


def in_turn(behaviours: Sequence[Behaviour], ear: Ear) -> Iterator[tuple[Behaviour, Heard]]:
    """Each behaviour with what is understood of it; what answers a hint to leave is leave-taking and tells nothing."""
    hinted = False
    for item in behaviours:
        heard = ear.understand(item)
        if hinted and item.mind != "person":
            heard = replace(heard, tells=False, echo="")
        hinted = "leave_hint" in heard.acts
        yield item, heard


def what_was_heard(plot: Plot, ear: Ear) -> Heard:
    """What the partner did last, understood; a question or an invitation to somebody else is not answered.

    Notes whether anybody has hinted that it is time to go, and what the others have asked each other.
    """
    since = plot.since_own_turn()
    understood = list(in_turn(plot.behaviours[-len(since) - 1 :], ear))[-len(since) :] if since else []
    plot.notes.others_hinted |= any("leave_hint" in heard.acts for _, heard in understood)
    if plot.group:
        asked = [heard.theme for _, heard in understood if heard.theme]
        plot.notes.asked_themes = list(dict.fromkeys([*plot.notes.asked_themes, *asked]))
    last = plot.last_heard()
    if plot.group:
        understood = understood[-FRESH:]
    heard = next((heard for item, heard in understood if item is last), Heard())
    if last is None or not plot.group:
        return heard
    if last.speaker not in plot.known and sum(item.speaker == last.speaker for item in plot.behaviours) == 1:
        heard = replace(heard, tells=False)  # how a stranger introduces itself is no story
    if last.partner not in plot.others:
        return heard
    return replace(heard, asks="", question="", theme="", acts=heard.acts - {"invite"})

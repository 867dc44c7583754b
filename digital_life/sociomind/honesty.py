"""Answers that need nothing of a persona: what the visitor told, that one does not know, that one has only English."""

from __future__ import annotations

import re

from digital_life.sociomind.aspects import is_about_the_asked
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.hearing import split_sentences
from digital_life.sociomind.honest_lines import (
    LANGUAGE,
    NOT_SAID,
    OF_YOU,
    OF_YOU_HURT,
    SAID_BY_YOU,
    UNKNOWN,
    UNKNOWN_ABOUT_ME,
    UNKNOWN_OF_ME,
    thing_asked,
)
from digital_life.sociomind.turn import Turn
from digital_life.sociomind.visitor_told import recall

_NAME = re.compile(r"\bname\b|\bam i called\b|\bwho (am i|i am)\b", re.IGNORECASE)
_OF_ME = re.compile(
    r"\b(do|can|could|would|are) you (really |even |still )?(like|hate|love|trust|miss|fond of|angry with|mad at) me\b|\bwhat do you think of me\b",
    re.IGNORECASE,
)
_EVENTS = 20
"""So many events of earlier talks are looked through."""


def answer_own_words(turn: Turn, encoder: CachedEncoder) -> None:
    """Say what the partner told of themselves, in this talk or in an earlier one, or that they did not."""
    turn.asked = True
    if _NAME.search(turn.heard.question):
        name = turn.plot.call_name
        if name:
            return turn.add(f"You are {name}. I was listening.", "amused")
        return _say(turn, NOT_SAID, "think", thing="your name")
    found = recall(turn.heard.question, _told(turn), encoder)
    if found.said:
        return _say(turn, SAID_BY_YOU, "tender", said=found.said if found.said[-1] in ".!?" else found.said + ".")
    return _say(turn, NOT_SAID, "think", thing=found.asked or "that")


def _told(turn: Turn) -> list[str]:
    """Sentences of the partner before the question, oldest first."""
    plot = turn.plot
    events = turn.memory.latest("event", _EVENTS, partner=plot.partner, before=plot.index)
    kept = [item for item in reversed(events) if not turn.memory.is_forgotten(item, plot.index)]
    before = [item.description.partition(" said: ")[2] for item in kept]
    now = [item.speech for item in plot.behaviours if item.speaker == plot.partner][:-1]
    return [part for text in (*before, *now, turn.heard.statement) for part in split_sentences(text)]


def answer_in_english(turn: Turn) -> None:
    """Say that there is only English, and of which language one thinks it was."""
    _say(turn, LANGUAGE, "think", language=turn.heard.language)
    turn.asked = True


def answer_about_us(turn: Turn) -> bool:
    """Answer how one feels about the one who asks, or about somebody known whom they name; False if neither is asked."""
    plot, state, question = turn.plot, turn.state, turn.heard.question
    if _OF_ME.search(question):
        known = state.relationship(plot.partner)
        closeness = (known.trust + known.intimacy) / 2
        lines = next(lines for most, lines in OF_YOU if closeness < most)
        _say(turn, OF_YOU_HURT if plot.partner in plot.hurt_by else lines, "calm")
        turn.asked = True
        return True
    others = (name for name in state.relationships if name != plot.partner)
    named = next((name for name in others if re.search(rf"\b{re.escape(name)}\b", question)), "")
    attitude = split_sentences(state.relationships[named].attitude) if named else []
    if not attitude or f"of {named}" in turn.notes.used:
        return False
    turn.notes.used.append(f"of {named}")
    turn.add(f"{named}? {attitude[0]}", "tender")
    turn.answered = turn.asked = True
    return True


def admit(turn: Turn) -> None:
    """Say that one has no answer, naming what was asked for."""
    thing = thing_asked(turn.heard.question)
    about_me = UNKNOWN_ABOUT_ME if is_about_the_asked(turn.heard.question) else UNKNOWN
    _say(turn, UNKNOWN_OF_ME if thing else about_me, "think", thing=thing)
    turn.asked = True


def _say(turn: Turn, lines: tuple[str, ...], act: str, **slots: str) -> None:
    """One of the lines, another one than before while there is one."""
    line = turn.rng.choice([line for line in lines if line not in turn.notes.used] or list(lines))
    turn.notes.used.append(line)
    turn.add(line.format(**slots), act)

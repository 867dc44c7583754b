"""Looking back without a model: what was told is kept, and what was done moves the relationships.

Central beliefs and the wish for life never change here: rules cannot tell a clear conflict from a difference of opinion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from digital_life.behaviour import Behaviour
from digital_life.persona.schema import Motivation, Persona, Relationship
from digital_life.sociomind.hearing import Ear, Heard, asks_something, split_sentences
from digital_life.sociomind.listening import in_turn
from digital_life.sociomind.plot import NAMELESS, Plot
from digital_life.sociomind.relationship_rules import Course, moved
from digital_life.sociomind.state import MindState

MOST_EVENTS = 3
_ANSWER = 2
"""Words from which a statement is an answer to a question."""
_ANSWERS = frozenset(["yes", "no", "agree", "disagree", "thanks", "farewell", "leave_hint"])
_MOVING = 7
"""Poignancy from which what was heard gives the next wish."""


@dataclass(frozen=True)
class Lived:
    """Something that happened with ``partner``, as it will be remembered."""

    partner: str
    description: str
    about: str
    poignancy: int


@dataclass(frozen=True)
class LookedBack:
    """What the rules make of a plot: events, thoughts by partner, relationships, and a new wish or none."""

    events: list[Lived]
    thoughts: dict[str, str]
    relationships: dict[str, Relationship]
    wish: str


def look_back(persona: Persona, state: MindState, plot: Plot, ear: Ear) -> LookedBack:
    """Everything the rules conclude from the plot; nothing is changed."""
    understood = list(in_turn(plot.behaviours, ear))
    names = plot.others or [plot.partner]
    heard = {name: [item for act, item in understood if act.speaker == name] for name in names}
    told = [(name, item) for name, items in heard.items() for item in items if item.tells]
    told.sort(key=lambda pair: (-_poignancy(pair[1]), -len(pair[1].statement), pair[0]))
    events = [
        Lived(
            name,
            f"{_called(name, plot)} said: {' '.join(split_sentences(item.statement)[-2:])}",
            item.echo,
            _poignancy(item),
        )
        for name, item in told[:MOST_EVENTS]
    ]
    after = {
        name: moved(state.relationship(name), _course(plot, name, persona.name, understood), persona)
        for name, items in heard.items()
        if items or name in plot.known
    }
    thoughts = {
        name: _thought(_called(name, plot), state.relationship(name), known, _talked(plot, name, persona.name))
        for name, known in after.items()
    }
    moving = next((item for item in events if item.poignancy >= _MOVING and item.about), None)
    wish = (
        f"to hear from {moving.partner} how it goes on with {moving.about.replace('your ', 'the ')}" if moving else ""
    )
    return LookedBack(events, thoughts, after, wish)


def wanting(before: Motivation, wish: str) -> Motivation:
    """The motives with a new wish, if there is one."""
    return before.model_copy(update={"short_term": wish}) if wish else before


def _called(name: str, plot: Plot) -> str:
    if name == plot.partner and plot.call_name:
        return plot.call_name
    return "A visitor" if name.lower() in NAMELESS else name


def _talked(plot: Plot, name: str, own: str) -> bool:
    """Whether the two said anything to each other, and not only to everybody."""
    return not plot.group or any({item.speaker, item.partner} == {name, own} for item in plot.behaviours)


def _course(plot: Plot, name: str, own: str, understood: Sequence[tuple[Behaviour, Heard]]) -> Course:
    """What ``name`` did in the plot, as far as this mind saw it."""
    shared = [item for item in plot.behaviours if item.shared and {item.speaker, item.partner} == {name, own}]
    refused = sum(item.response == "refuse" for item in shared)
    return Course(
        heard=[heard for item, heard in understood if item.speaker == name],
        ignored=sum(
            before.speaker == own and asks_something(before.speech) and item.speaker == name and _says_nothing(heard)
            for (before, _), (item, heard) in pairwise(understood)
        ),
        done=len(shared) - refused,
        refused=refused,
    )


def _says_nothing(heard: Heard) -> bool:
    """No answer, no question back and no leave-taking: the question was let lie."""
    return not heard.asks and not heard.ended and len(heard.statement.split()) < _ANSWER and not heard.acts & _ANSWERS


def _poignancy(item: Heard) -> int:
    weight = 4 + 2 * (item.mood in ("sad", "angry", "afraid")) + (item.mood in ("glad", "proud", "tender", "amused"))
    weight += 3 * ("insult" in item.acts) + 2 * ("bad_news" in item.acts)
    return max(1, min(9, weight))


def _thought(name: str, before: Relationship, after: Relationship, talked: bool) -> str:
    who = "the visitor" if name == "A visitor" else name
    if after.trust < before.trust:
        return f"I should be careful with {who}."
    if after.intimacy < before.intimacy:
        return f"{who[:1].upper()}{who[1:]} and I have less to say to each other than I thought."
    if after.intimacy > before.intimacy:
        return f"I feel closer to {who} than before."
    return f"{who} and I had a pleasant talk, not more." if talked else f"{who} and I hardly spoke."

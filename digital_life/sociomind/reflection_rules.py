"""Looking back without a model: what was told is kept, and what was done moves the relationships.

Central beliefs and the wish for life never change here: rules cannot tell a clear conflict from a difference of opinion.
"""

from __future__ import annotations

from dataclasses import dataclass

from digital_life.persona.schema import Motivation, Persona, Relationship
from digital_life.sociomind.hearing import Ear, Heard, split_sentences
from digital_life.sociomind.listening import in_turn
from digital_life.sociomind.plot import NAMELESS, Plot
from digital_life.sociomind.state import STRANGER, MindState

MOST_EVENTS = 3
_GOOD = {"compliment": 1.0, "thanks": 0.6, "apology": 0.5, "joke": 0.5, "agree": 0.4, "invite": 0.5, "good_news": 0.4}
_BAD = {"insult": -3.0, "disagree": -0.3, "silence": -0.2}
_REFUSED = -0.5
_TOUCHED = 0.15
"""What a shared act that was refused, and one that was done, does to trust and intimacy."""
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
    heard: dict[str, list[Heard]] = {name: [] for name in plot.others or [plot.partner]}
    for act, understood in in_turn(plot.behaviours, ear):
        if act.speaker in heard:
            heard[act.speaker].append(understood)
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
        name: _moved(state.relationship(name), items, persona, _touches(plot, name, persona.name))
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


def _touches(plot: Plot, name: str, own: str) -> float:
    """What the shared acts of ``name`` and this mind came to."""
    shared = [item for item in plot.behaviours if item.shared and {item.speaker, item.partner} == {name, own}]
    return sum(_REFUSED if item.response == "refuse" else _TOUCHED for item in shared)


def _poignancy(item: Heard) -> int:
    weight = 4 + 2 * (item.mood in ("sad", "angry", "afraid")) + (item.mood in ("glad", "proud", "tender", "amused"))
    weight += 3 * ("insult" in item.acts) + 2 * ("bad_news" in item.acts)
    return max(1, min(9, weight))


def _moved(before: Relationship, heard: list[Heard], persona: Persona, touches: float) -> Relationship:
    acts = [act for item in heard for act in item.acts]
    kindness = sum(_GOOD.get(act, 0.0) + _BAD.get(act, 0.0) for act in acts)
    asked = sum(bool(item.asks) for item in heard)
    told = sum(item.tells for item in heard)
    openness = sum(item.mood in ("sad", "tender", "afraid") for item in heard)
    warmth = (persona.personality.agreeableness - 5) / 8
    trust = kindness * 0.5 + 0.12 * told + 0.3 * openness + warmth + min(0.0, touches)
    intimacy = kindness * 0.3 + 0.15 * told + 0.1 * asked + 0.4 * openness + touches
    support = kindness * 0.5 + 0.15 * asked
    hurt = any("insult" in item.acts for item in heard)
    attitude = "They hurt me, and I am on my guard." if hurt else before.attitude or _attitude(heard, trust + intimacy)
    return Relationship(
        description=before.description if before.description != STRANGER.description else "an acquaintance",
        attitude=attitude,
        trust=_step(before.trust, trust),
        intimacy=_step(before.intimacy, intimacy),
        supportiveness=_step(before.supportiveness, support),
    )


def _attitude(heard: list[Heard], warmth: float) -> str:
    things = [item.echo.replace("your ", "the ") for item in heard if item.echo and item.tells]
    about = f" I keep thinking of {things[-1]}." if things else ""
    return ("I like them more than I expected." if warmth > 1 else "I do not know yet what to make of them.") + about


def _step(value: int, change: float) -> int:
    """At most two points a plot, and never off the scale."""
    return max(1, min(9, value + round(max(-4.0, min(2.0, change)))))


def _thought(name: str, before: Relationship, after: Relationship, talked: bool) -> str:
    who = "the visitor" if name == "A visitor" else name
    if after.trust < before.trust:
        return f"I should be careful with {who}."
    if after.intimacy > before.intimacy:
        return f"I feel closer to {who} than before."
    return f"{who} and I had a pleasant talk, not more." if talked else f"{who} and I hardly spoke."

"""The end of a plot: what is remembered, what is concluded, how the relationship changes.

Strong models are asked once for all of it; for others plain rules keep the partner's most telling sentences and move
the relationship by what was done. Whatever fails leaves the old state as it was.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from digital_life.errors import ModelError
from digital_life.llm.chat import ChatModel, Usage
from digital_life.persona.schema import Likert, Motivation, Persona, Relationship
from digital_life.sociomind.hearing import Ear, Heard, split_sentences
from digital_life.sociomind.memory import Memory, MemoryStore
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.prompts import reflection_messages
from digital_life.sociomind.state import MindState

_MOST_EVENTS = 3
_GOOD = {"compliment": 1.0, "thanks": 0.6, "apology": 0.5, "joke": 0.5, "agree": 0.4, "invite": 0.5, "good_news": 0.4}
_BAD = {"insult": -3.0, "disagree": -0.3, "silence": -0.2}


class EventNote(BaseModel):
    """Something that happened, as it will be remembered."""

    model_config = ConfigDict(extra="forbid")

    description: str = Field(min_length=3, max_length=300)
    about: str = Field(
        description="short noun phrase of what it is about, such as 'the greenhouse fire'", max_length=60
    )
    poignancy: Likert


class ThoughtNote(BaseModel):
    """Something concluded."""

    model_config = ConfigDict(extra="forbid")

    description: str = Field(min_length=3, max_length=300)
    poignancy: Likert


class Reflection(BaseModel):
    """What a strong model makes of a finished conversation."""

    model_config = ConfigDict(extra="forbid")

    events: list[EventNote] = Field(max_length=_MOST_EVENTS)
    thoughts: list[ThoughtNote] = Field(max_length=_MOST_EVENTS)
    relationship: Relationship
    long_term_motivation: str = Field(min_length=3, max_length=300)
    short_term_motivation: str = Field(min_length=3, max_length=300)
    belief_given_up: str = Field(default="", description="the belief that was clearly refuted, word for word, or empty")
    belief_instead: str = ""


def reflect(
    persona: Persona, state: MindState, model: ChatModel, ear: Ear, memory: MemoryStore, seed: int
) -> tuple[list[dict[str, Any]], Usage]:
    """Change ``state`` and return the changes as JSON-able records, with what it cost."""
    plot = state.plot
    assert plot is not None, "begin() comes before finish()"
    if model.profile.pipeline == "structured":
        try:
            answer, usage = model.structured(
                reflection_messages(persona, state), Reflection, max_tokens=900, temperature=0.4, seed=seed
            )
            return _apply(answer, state, plot, memory, model.profile.label), usage
        except ModelError as error:
            changes = _by_rules(persona, state, plot, ear, memory)
            return [*changes, {"kind": "reflection_failed", "problem": error.problem}], Usage()
    return _by_rules(persona, state, plot, ear, memory), Usage()


def _apply(answer: Reflection, state: MindState, plot: Plot, memory: MemoryStore, label: str) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = []
    for event in answer.events:
        changes += _remember(
            memory,
            Memory(
                kind="event",
                description=event.description,
                about=event.about,
                partner=plot.partner,
                poignancy=event.poignancy,
                plot=plot.index,
            ),
        )
    for thought in answer.thoughts:
        changes += _remember(
            memory,
            Memory(
                kind="thought",
                description=thought.description,
                partner=plot.partner,
                poignancy=thought.poignancy,
                plot=plot.index,
            ),
        )
    changes.append(_relate(state, plot.partner, answer.relationship))
    state.motivation = Motivation(
        long_term=answer.long_term_motivation, short_term=answer.short_term_motivation
    )  # fmt: skip
    changes.append({"kind": "motivation", **state.motivation.model_dump()})
    if answer.belief_instead and answer.belief_given_up in state.beliefs:
        state.beliefs[state.beliefs.index(answer.belief_given_up)] = answer.belief_instead
        changes.append({"kind": "belief", "old": answer.belief_given_up, "new": answer.belief_instead})
    return [{**change, "by": label} for change in changes]


def _by_rules(persona: Persona, state: MindState, plot: Plot, ear: Ear, memory: MemoryStore) -> list[dict[str, Any]]:
    heard = [ear.understand(item) for item in plot.behaviours if item.speaker == plot.partner]
    changes: list[dict[str, Any]] = []
    for item in _most_telling(heard):
        description = f"{plot.call_name or 'A visitor'} said: {' '.join(split_sentences(item.statement)[-2:])}"
        poignancy = _poignancy(item)
        changes += _remember(
            memory,
            Memory(
                kind="event",
                description=description,
                about=item.echo,
                partner=plot.partner,
                poignancy=poignancy,
                plot=plot.index,
            ),
        )
    before = state.relationship(plot.partner)
    after = _moved(before, heard, persona)
    changes.append(_relate(state, plot.partner, after))
    changes += _remember(memory, _thought(plot, before, after))
    return [{**change, "by": "rules"} for change in changes]


def _most_telling(heard: list[Heard]) -> list[Heard]:
    telling = [item for item in heard if item.tells]
    return sorted(telling, key=lambda item: (-_poignancy(item), -len(item.statement)))[:_MOST_EVENTS]


def _poignancy(item: Heard) -> int:
    weight = 4 + 2 * (item.mood in ("sad", "angry", "afraid")) + (item.mood in ("glad", "proud", "tender", "amused"))
    weight += 3 * ("insult" in item.acts) + 2 * ("bad_news" in item.acts)
    return max(1, min(9, weight))


def _moved(before: Relationship, heard: list[Heard], persona: Persona) -> Relationship:
    acts = [act for item in heard for act in item.acts]
    kindness = sum(_GOOD.get(act, 0.0) + _BAD.get(act, 0.0) for act in acts)
    asked = sum(bool(item.asks) for item in heard)
    told = sum(item.tells for item in heard)
    openness = sum(item.mood in ("sad", "tender", "afraid") for item in heard)
    warmth = (persona.personality.agreeableness - 5) / 8
    trust = kindness * 0.5 + 0.12 * told + 0.3 * openness + warmth
    intimacy = kindness * 0.3 + 0.15 * told + 0.1 * asked + 0.4 * openness
    support = kindness * 0.5 + 0.15 * asked
    hurt = any("insult" in item.acts for item in heard)
    attitude = "They hurt me, and I am on my guard." if hurt else before.attitude or _attitude(heard, trust + intimacy)
    return Relationship(
        description=before.description if before.description != "somebody just met" else "an acquaintance",
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


def _thought(plot: Plot, before: Relationship, after: Relationship) -> Memory:
    name = plot.call_name or "the visitor"
    if after.trust < before.trust:
        text = f"I should be careful with {name}."
    elif after.intimacy > before.intimacy:
        text = f"I feel closer to {name} than before."
    else:
        text = f"{name} and I had a pleasant talk, not more."
    return Memory(kind="thought", description=text, partner=plot.partner, poignancy=5, plot=plot.index)


def _remember(memory: MemoryStore, item: Memory) -> list[dict[str, Any]]:
    kept = memory.add(item)
    return [kept.model_dump(mode="json")] if kept else []


def _relate(state: MindState, partner: str, after: Relationship) -> dict[str, Any]:
    before = state.relationship(partner)
    state.relationships[partner] = after
    return {"kind": "relationship", "partner": partner, "before": before.model_dump(), "after": after.model_dump()}

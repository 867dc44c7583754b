"""The end of a plot: events, thoughts, belief, relationships, motives, in this order.

Strong models are asked once for all of it, in the order of the steps, so that each is written in view of those before; every
step is then applied by itself, and what one of them says must be changed is changed only where it says so. For other models,
and where one fails, plain rules look back (``reflection_rules``); without reflection they keep the events, and that is all.
Whatever fails leaves the old state as it was.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from digital_life.errors import ModelError
from digital_life.llm.chat import ChatModel, Usage
from digital_life.persona.schema import Likert, Persona, Relationship
from digital_life.sociomind.exemplars import exemplar_queries, fitting_patterns
from digital_life.sociomind.hearing import Ear
from digital_life.sociomind.memory import Memory, MemoryStore, shortened
from digital_life.sociomind.planner import NewMotivation, changed_motivation
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.prompts import reflection_messages
from digital_life.sociomind.reflection_rules import MOST_EVENTS, look_back, wanting
from digital_life.sociomind.state import MindState

_Changes = list[dict[str, Any]]
_SAID = 6
"""Latest lines of the others by which memories and patterns are looked up."""
_THOUGHT_POIGNANCY = 5


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EventNote(_Answer):
    """Something that happened, as it will be remembered."""

    description: str = Field(min_length=3, max_length=300)
    about: str = Field(max_length=60)
    keywords: list[str] = Field(default_factory=list, max_length=8)
    poignancy: Likert
    emergency: Likert = 1


class ThoughtNote(_Answer):
    """Something concluded."""

    description: str = Field(min_length=3, max_length=300)
    poignancy: Likert


class BeliefNote(_Answer):
    """Whether something clearly spoke against a central belief."""

    conflict: bool = False
    given_up: str = Field(default="", max_length=300)
    instead: str = Field(default="", max_length=300)


class RelationshipNote(Relationship):
    """How one of the others is seen now."""

    name: str = Field(max_length=60)


class Reflection(_Answer):
    """What a strong model makes of a finished conversation; the order of the fields is the order of the steps."""

    events: list[EventNote] = Field(max_length=MOST_EVENTS)
    thoughts: list[ThoughtNote] = Field(max_length=MOST_EVENTS)
    belief: BeliefNote = BeliefNote()
    relationships: list[RelationshipNote] = Field(max_length=8)
    motivation: NewMotivation


def reflect(
    persona: Persona, state: MindState, model: ChatModel, ear: Ear, memory: MemoryStore, seed: int
) -> tuple[_Changes, Usage]:
    """Change ``state`` and ``memory`` and return the changes as JSON-able records, with what it cost."""
    plot = state.plot
    assert plot is not None, "begin() comes before finish()"
    steps = _Steps(persona, state, plot, memory)
    if model.profile.pipeline != "structured" or not memory.config.reflection:
        return steps.by_rules(ear), Usage(attempts=0)
    try:
        answer, usage = model.structured(
            _messages(persona, state, plot, ear, memory), Reflection, max_tokens=1100, temperature=0.4, seed=seed
        )
    except ModelError as error:
        return [*steps.by_rules(ear), {"kind": "reflection_failed", "problem": error.problem}], Usage(attempts=0)
    return steps.by_model(answer, model.profile.label), usage


class _Steps:
    """The steps of one reflection. Each writes down what it changed, with its cause."""

    def __init__(self, persona: Persona, state: MindState, plot: Plot, memory: MemoryStore) -> None:
        self.persona = persona
        self.state = state
        self.plot = plot
        self.memory = memory
        self.others = plot.others or [plot.partner]
        self.cause = f"looking back on the conversation with {', '.join(self.others)}"
        self.deep = memory.config.reflection

    def by_model(self, answer: Reflection, label: str) -> _Changes:
        """Apply a model's answer."""
        events = [self._remember("event", note.description, note.poignancy, note=note) for note in answer.events]
        changes = [item for item in events if item]
        thoughts = [self._remember("thought", note.description, note.poignancy) for note in answer.thoughts]
        changes += [item for item in thoughts if item]
        changes += self._believe(answer.belief)
        for note in answer.relationships:
            name = next((name for name in self.others if name.lower() == note.name.strip().lower()), "")
            if name:
                changes.append(self._relate(name, Relationship(**note.model_dump(exclude={"name"}))))
        changes += self._want(answer.motivation)
        return [{**change, "by": label} for change in changes]

    def by_rules(self, ear: Ear) -> _Changes:
        """Apply what the rules conclude."""
        found = look_back(self.persona, self.state, self.plot, ear)
        changes: _Changes = []
        for item in found.events:
            kept = self._remember("event", item.description, item.poignancy, partner=item.partner, about=item.about)
            changes += [kept] if kept else []
        for name, after in found.relationships.items() if self.deep else ():
            changes.append(self._relate(name, after))
            kept = self._remember("thought", found.thoughts[name], _THOUGHT_POIGNANCY, partner=name)
            changes += [kept] if kept else []
        if self.deep and found.wish:
            self.state.motivation = wanting(self.state.motivation, found.wish)
            self.state.note(f"{self.cause}: motivation")
            changes.append({"kind": "motivation", **self.state.motivation.model_dump()})
        return [{**change, "by": "rules"} for change in changes]

    def _remember(
        self,
        kind: str,
        description: str,
        poignancy: int,
        *,
        partner: str = "",
        about: str = "",
        note: EventNote | None = None,
    ) -> dict[str, Any] | None:
        """Keep an event, linked to the behaviours of the plot, or a thought, linked to its events; None for a known one."""
        linked = self.memory.of_plot(self.plot.index, "behaviour" if kind == "event" else "event")
        kept = self.memory.add(
            Memory(
                kind="event" if kind == "event" else "thought",
                description=shortened(description),
                about=note.about if note else about,
                keywords=tuple(note.keywords) if note else (),
                partner=partner or self._about_whom(description),
                poignancy=poignancy,
                emergency=note.emergency if note else 1,
                plot=self.plot.index,
                turn=len(self.plot.behaviours),
                links=tuple(item.id for item in linked),
            )
        )
        return kept.model_dump(mode="json") if kept else None

    def _about_whom(self, text: str) -> str:
        """Which of the others a text is about: the first one named in it, else the partner."""
        return next((name for name in self.others if name in text), self.plot.partner)

    def _believe(self, note: BeliefNote) -> _Changes:
        """A belief gives way only where there is a conflict, and only one that is held."""
        if not note.conflict or not note.instead.strip() or note.given_up not in self.state.beliefs:
            return []
        beliefs = self.state.beliefs
        beliefs[beliefs.index(note.given_up)] = note.instead
        self.state.note(f"{self.cause}: belief conflict")
        return [{"kind": "belief", "old": note.given_up, "new": note.instead}]

    def _relate(self, partner: str, after: Relationship) -> dict[str, Any]:
        before = self.state.relationship(partner)
        self.state.relationships[partner] = after
        self.state.note(f"{self.cause}: relationship")
        return {"kind": "relationship", "partner": partner, "before": before.model_dump(), "after": after.model_dump()}

    def _want(self, note: NewMotivation) -> _Changes:
        before = self.state.motivation
        self.state.motivation = changed_motivation(before, note)
        if self.state.motivation == before:
            return []
        self.state.note(f"{self.cause}: motivation")
        return [{"kind": "motivation", **self.state.motivation.model_dump()}]


def _messages(persona: Persona, state: MindState, plot: Plot, ear: Ear, memory: MemoryStore) -> Any:
    config = memory.config
    cues = [item.speech for item in plot.behaviours if item.speaker != persona.name and item.speech][-_SAID:]
    recalled = memory.recall(
        cues or plot.situation,
        plot.index,
        events=config.events_in_reflection,
        thoughts=config.thoughts_in_reflection,
    )
    patterns = fitting_patterns(persona.personality, exemplar_queries(persona, state, recalled), ear.encoder, config)
    texts = [item.description for item in recalled]
    return reflection_messages(persona, state, texts, patterns, config.context_retention)

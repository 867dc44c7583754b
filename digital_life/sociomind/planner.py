"""A mind's part in planning: its topics, its best plot, how it takes up the plot that was chosen, what news weigh.

A strong model is asked twice (topics; plots with how everybody is at their opening), and once more by each character for
what it wants in the chosen plot. Topics that say the same are taken out by their meaning, without a call. Whatever a model
fails at is done by rule, so a run never stands still.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from digital_life.behaviour import Behaviour
from digital_life.errors import ModelError
from digital_life.llm.chat import ChatModel, Message, Schema, Usage
from digital_life.persona.schema import Likert, Motivation, Persona
from digital_life.sociomind.disclosure import gated
from digital_life.sociomind.emotion import APPRAISAL, emotion
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.exemplars import exemplar_queries, fitting_patterns
from digital_life.sociomind.hearing import Ear
from digital_life.sociomind.memory import Memory, MemoryStore
from digital_life.sociomind.planning import Opening, PlotPlan, Topic, best_of_own, best_topics
from digital_life.sociomind.planning_prompts import motivation_messages, plot_messages, topic_messages, weight_messages
from digital_life.sociomind.plot import News
from digital_life.sociomind.raising import make_plots, raise_topics
from digital_life.sociomind.state import MindState

BOOST = 5
"""What a thing that came from outside counts more than the mind itself would give it."""
_MOST_TOPICS = 8
_LATEST = 24
"""Events that are looked through for topics."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TopicNote(_Answer):
    """One topic as a model proposes it."""

    description: str = Field(min_length=3, max_length=300)
    summary: str = Field(max_length=60, description="at most five words")
    poignancy: Likert
    emergency: Likert
    partner: str = Field(max_length=60)


class Topics(_Answer):
    """What a character would like to talk about."""

    topics: list[TopicNote] = Field(min_length=1, max_length=_MOST_TOPICS)


class OpeningNote(_Answer):
    """How one character is when the plot opens."""

    name: str = Field(max_length=60)
    place: str = Field(max_length=60)
    motion: str = Field(max_length=80)
    feeling: str = Field(max_length=60)
    pleasure: Likert
    arousal: Likert
    dominance: Likert


class PlotNote(_Answer):
    """One plot as a model proposes it."""

    topics: list[int] = Field(max_length=10)
    title: str = Field(min_length=1, max_length=80)
    situation: str = Field(min_length=3, max_length=500)
    poignancy: Likert
    emergency: Likert
    openings: list[OpeningNote] = Field(max_length=8)


class Plots(_Answer):
    """Plots that could come next."""

    plots: list[PlotNote] = Field(min_length=1, max_length=3)


class NewMotivation(_Answer):
    """What a character wants now that a plot begins, or one has ended."""

    long_term_changed: bool
    long_term: str = Field(max_length=300)
    short_term_changed: bool
    short_term: str = Field(max_length=300)


class Weight(_Answer):
    """How much a piece of news matters to a character."""

    poignancy: Likert
    emergency: Likert


class Proposer:
    """Plans for one mind."""

    def __init__(
        self,
        persona: Persona,
        state: MindState,
        model: ChatModel,
        encoder: CachedEncoder,
        memory: MemoryStore,
        seed: int,
    ) -> None:
        self._persona = persona
        self._state = state
        self._model = model
        self._encoder = encoder
        self._config = memory.config
        self._memories = _remembered(memory, state.plots)
        self._seed = seed + 7919 * state.plots
        self.usage = Usage(attempts=0)
        self.problems: list[str] = []
        """What models failed at."""

    def propose(self, others: Sequence[str], places: Sequence[str], room: str) -> tuple[PlotPlan | None, list[Topic]]:
        """The best plot of this mind with ``others``, and the topics it was made from; None when it wants nothing.

        Without topic proposal (an ablation) the plot is made directly from news and from what the mind wants.
        """
        topics = self._topics(others)
        if not topics:
            return None, []
        plans = self._ask_plots(topics, others, places, room) or make_plots(
            self._persona, self._state, topics, others, places, room, self._config.topics_per_plot
        )
        return best_of_own(plans), topics

    def _topics(self, others: Sequence[str]) -> list[Topic]:
        own = raise_topics(gated(self._persona, self._encoder), self._state, self._memories, others)
        if not self._config.topic_proposal:
            wanted = [topic for topic in own if topic.source in ("event", "motive")]
            return sorted(wanted, key=lambda topic: -topic.score)
        found = self._ask_topics(others) or own
        news = [topic for topic in own if topic.source == "event" and topic not in found]
        return best_topics([*news, *found], self._state.used_topics, self._encoder, self._config)

    def take_up(self, plan: PlotPlan) -> None:
        """Begin to want what the plot is about, and to feel as it opens; news that are talked about are news no longer."""
        state, name = self._state, self._persona.name
        opening = plan.openings.get(name)
        if opening and opening.pleasure and opening.arousal and opening.dominance:
            felt = emotion(opening.pleasure, opening.arousal, opening.dominance)
            state.emotion = felt.model_copy(update={"description": opening.feeling or felt.description})
        if plan.proposer:
            self._want(plan)
        told = {topic.description for topic in plan.topics if topic.owner == name}
        state.news = [item for item in state.news if item.description not in told]
        state.backgrounds.append(plan.situation)
        state.used_topics += [topic.gist for topic in plan.topics]

    def weigh(self, text: str, ear: Ear, poignancy: int | None, emergency: int | None) -> News:
        """News with their weight: as given, else as a model or the words have it, and then ``BOOST`` more, up to 9."""
        if poignancy is None or emergency is None:
            own = self._ask_weight(text) or _weight_by_rule(text, ear)
            poignancy, emergency = poignancy or own.poignancy, emergency or own.emergency
        return News(description=text, poignancy=min(9, poignancy + BOOST), emergency=min(9, emergency + BOOST))

    def _ask_topics(self, others: Sequence[str]) -> list[Topic]:
        messages = topic_messages(self._persona, self._state, self._memories, self._patterns(), others, self._config)
        answer = self._ask(messages, Topics, 900)
        if answer is None:
            return []
        return [
            Topic(
                **note.model_dump(exclude={"partner"}),
                partner=note.partner if note.partner in others else others[0],
                owner=self._persona.name,
                source="model",
            )
            for note in answer.topics
        ]

    def _patterns(self) -> list[str]:
        """Behaviour patterns of people like this one, for a model that proposes topics."""
        if not self._config.exemplars or self._model.profile.pipeline != "structured":
            return []
        queries = exemplar_queries(self._persona, self._state, self._memories[-self._config.events_per_turn :])
        return fitting_patterns(self._persona.personality, queries, self._encoder, self._config)

    def _ask_plots(
        self, topics: Sequence[Topic], others: Sequence[str], places: Sequence[str], room: str
    ) -> list[PlotPlan]:
        messages = plot_messages(self._persona, self._state, topics, others, places, room, self._config.topics_per_plot)
        answer = self._ask(messages, Plots, 1200)
        return [self._plan(note, topics, others, places) for note in answer.plots] if answer else []

    def _plan(self, note: PlotNote, topics: Sequence[Topic], others: Sequence[str], places: Sequence[str]) -> PlotPlan:
        """A model's plot with what cannot be left out: topics that exist, places that exist, people who take part."""
        chosen = [topics[number - 1] for number in note.topics if 1 <= number <= len(topics)] or [topics[0]]
        chosen = chosen[: self._config.topics_per_plot]
        people = (self._persona.name, *others)
        openings = {
            item.name: Opening(
                **{**item.model_dump(exclude={"name"}), "place": item.place if item.place in places else ""}
            )
            for item in note.openings
            if item.name in people
        }
        return PlotPlan(
            title=note.title,
            situation=" ".join(note.situation.split()[:80]),
            topics=tuple(chosen),
            opener=self._persona.name,
            openings=openings,
            poignancy=note.poignancy,
            emergency=note.emergency,
            proposer=self._persona.name,
            by=self._model.profile.label,
        )

    def _want(self, plan: PlotPlan) -> None:
        answer = self._ask(motivation_messages(self._persona, self._state, plan), NewMotivation, 200)
        if answer is not None:
            self._state.motivation = changed_motivation(self._state.motivation, answer)
            return
        news = [topic for topic in plan.topics if topic.owner == self._persona.name and topic.source == "event"]
        if news:
            wish = f"to talk with {news[0].partner} about what has happened: {news[0].summary}"
            self._state.motivation = self._state.motivation.model_copy(update={"short_term": wish})

    def _ask_weight(self, text: str) -> Weight | None:
        return self._ask(weight_messages(self._persona, self._state, text), Weight, 40)

    def _ask(self, messages: Sequence[Message], schema: type[Schema], most: int) -> Schema | None:
        """The model's answer; None where there is no strong model or it fails, which is noted."""
        if self._model.profile.pipeline != "structured":
            return None
        try:
            answer, usage = self._model.structured(messages, schema, max_tokens=most, temperature=0.7, seed=self._seed)
        except ModelError as error:
            self.problems.append(f"{schema.__name__}: {error.problem}")
            return None
        self.usage = self.usage + usage
        return answer


def _remembered(memory: MemoryStore, plot: int) -> list[Memory]:
    """The latest events that are not forgotten, oldest first."""
    latest = memory.latest("event", _LATEST)
    return [item for item in reversed(latest) if not memory.is_forgotten(item, plot)]


def changed_motivation(before: Motivation, answer: NewMotivation) -> Motivation:
    """The motives after an answer: what is not said to have changed, or is empty, stays word for word."""
    long_term = answer.long_term.strip() if answer.long_term_changed else ""
    short_term = answer.short_term.strip() if answer.short_term_changed else ""
    return Motivation(long_term=long_term or before.long_term, short_term=short_term or before.short_term)


def _weight_by_rule(text: str, ear: Ear) -> Weight:
    """Strong acts and feelings in the words make news weigh more (a death, an insult, good news); plain ones 3 and 3."""
    heard = ear.understand(Behaviour(speaker="", speech=text))
    push = max((abs(APPRAISAL[act].pleasure) for act in heard.acts if act in APPRAISAL), default=0.0)
    return Weight(poignancy=min(9, 3 + round(1.5 * push)), emergency=min(9, 3 + round(push)))

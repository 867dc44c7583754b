"""``Mind``: a persona that perceives and acts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from digital_life.behaviour import Behaviour, Emotion
from digital_life.errors import StorageError
from digital_life.llm.chat import ChatModel, Usage
from digital_life.persona.schema import Persona
from digital_life.sociomind.checkpoint import Checkpoint
from digital_life.sociomind.company import OVERHEARD, choose_addressee, is_overheard, urge
from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.dialogue import DialogueWriter
from digital_life.sociomind.emotion import ANSWERED, APPRAISAL, TELLING, Shift, appraise, decay, temperament
from digital_life.sociomind.encoder import CachedEncoder, Encoder
from digital_life.sociomind.guard import GuardedWriter
from digital_life.sociomind.hearing import Ear
from digital_life.sociomind.interview import Answer, Interview
from digital_life.sociomind.memory import Kept, Mark, Memory, MemoryStore, shortened
from digital_life.sociomind.needs import after_hearing, after_time_apart, after_turn, urges
from digital_life.sociomind.offline import OfflineResponder
from digital_life.sociomind.person_facts import facts_in
from digital_life.sociomind.planner import Proposer
from digital_life.sociomind.planning import PlotPlan, Topic
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.plot_log import PlotLog
from digital_life.sociomind.policy import Policy, configured_policy
from digital_life.sociomind.raising import news_subjects, preferred_subjects, things_to_ask
from digital_life.sociomind.reflection import reflect
from digital_life.sociomind.sharing import ActAnswer, answer_act
from digital_life.sociomind.state import MindState, begin_plot, close_plot, fresh_state
from digital_life.sociomind.structured import StructuredWriter
from digital_life.sociomind.writer import OfflineWriter, Writer, Written

_EMPATHY = 0.25
"""Share of a teller's emotion that reaches the listener."""
_OWN_STORY = 0.45
"""Share of a story's emotion that comes back when one tells it."""
_REMEMBERED_LINES = 400


class Mind:
    """One character's mind: personality, emotion, memory and relationships in, one ``Behaviour`` a turn out.

    Law: the same persona, model, seed and restored state give the same next behaviour (as far as the model is
    deterministic for a seed; the offline mind always is).
    """

    def __init__(
        self,
        persona: Persona,
        model: ChatModel,
        *,
        seed: int,
        embedder: Encoder | None = None,
        config: MindConfig | None = None,
        policy: Policy | None = None,
    ) -> None:
        """``policy`` may veto or replace what the character does; None takes the one of ``DIGITAL_LIFE_POLICY``.

        Raises:
            InputError: ``DIGITAL_LIFE_POLICY`` names no function.
        """
        self.persona = persona
        self.config = config or MindConfig()
        self.model = model
        self.seed = seed
        self.last_usage = Usage()
        self.last_problems: list[str] = []
        """What a model failed at in the last planning step; rules stood in for it."""
        self.last_thought = ""
        """What the character thought to itself in its last turn."""
        self.encoder = CachedEncoder(embedder)
        self._ear = Ear(self.encoder)
        self._state = fresh_state(persona)
        self.memory = MemoryStore(self.encoder, config=self.config)
        self._plot_log = PlotLog()
        self._responder = OfflineResponder(persona, self.encoder, self._ear, seed)
        self._writer = GuardedWriter(self._choose_writer(), persona, seed, policy or configured_policy())

    def _choose_writer(self) -> Writer:
        profile = self.model.profile
        if profile.pipeline == "structured":
            return StructuredWriter(self.persona, self.model, self.encoder, self._responder, self.seed)
        if profile.pipeline == "dialogue":
            return DialogueWriter(self.persona, self.model, self.encoder, self._ear, self._responder, self.seed)
        return OfflineWriter(self._responder, profile.label)

    def warm_up(self) -> None:
        """Load the embedder, embed what turns compare with, let the model read its part; else the first turn does it."""
        self._responder.warm_up()
        self._writer.warm_up()

    # -- one plot ----------------------------------------------------------------------------------------------------

    def begin(
        self, partner: str, situation: str, places: Sequence[str], max_turns: int, *, others: Sequence[str] = ()
    ) -> None:
        """A conversation with ``partner`` starts, in a group with ``others`` too; it has at most ``max_turns`` own turns."""
        if self._state.plots:
            self._state.needs = after_time_apart(self._state.needs)
            self._state.note("time passed between two conversations")
        begin_plot(self._state, partner, situation, places, max_turns, others)

    def join(
        self, plan: PlotPlan, others: Sequence[str], places: Sequence[str], max_turns: int
    ) -> list[dict[str, Any]]:
        """Begin the plot ``plan`` with ``others``: the whole of it, whoever proposed it. Returns what changed in the mind."""
        name = self.persona.name
        first = next((topic.partner for topic in plan.topics if topic.owner == name and topic.partner in others), "")
        partner = first or (plan.opener if plan.opener in others else others[0])
        self.begin(partner, plan.situation, places, max_turns, others=others)
        plot = self._plot()
        plot.title = plan.title
        own = [topic for topic in plan.topics if topic.owner in ("", name)]
        plot.topics = [topic.description for topic in own]
        plot.subjects = news_subjects(own, name, self.encoder)
        plot.preferred = preferred_subjects(own, name)
        plot.to_ask = things_to_ask(own, name)
        self._keep_topics(own, plot)
        planner = self._planner()
        planner.take_up(plan)
        self._state.note(f"the plot '{plan.title}' begins")
        self.last_usage, self.last_problems = planner.usage, planner.problems
        return [{"kind": "planning_failed", "problem": problem} for problem in planner.problems]

    def propose(self, others: Sequence[str], places: Sequence[str], room: str) -> tuple[PlotPlan | None, list[Topic]]:
        """The plot that this mind would like next, and the topics it came from; None when it wants nothing."""
        planner = self._planner()
        plan, topics = planner.propose(others, places, room)
        self.last_usage, self.last_problems = planner.usage, planner.problems
        return plan, topics

    def _planner(self) -> Proposer:
        return Proposer(self.persona, self._state, self.model, self.encoder, self.memory, self.seed)

    def learn(self, text: str, *, poignancy: int | None = None, emergency: int | None = None) -> dict[str, Any]:
        """Something happens to this mind from outside; it will want to talk about it. Returns the news with its weight."""
        planner = self._planner()
        news = planner.weigh(text, self._ear, poignancy, emergency)
        self.last_usage, self.last_problems = planner.usage, planner.problems
        self._state.news.append(news)
        self.memory.add(
            Memory(
                kind="event",
                description=shortened(news.description),
                about=self._ear.main_thing(news.description),
                poignancy=news.poignancy,
                emergency=news.emergency,
                plot=max(0, self._state.plots - 1),
                source="manual",
            )
        )
        return {"kind": "news", **news.model_dump()}

    def perceive(self, behaviour: Behaviour) -> None:
        """Take in what another one did: it moves the emotion, less where it was meant for somebody else."""
        plot = self._plot()
        if plot.repeats(behaviour, self.config.perception_retention):
            return
        self._keep(behaviour)
        self._learn_facts(behaviour)
        heard = self._ear.understand(behaviour)
        meant_for_me = not (plot.group and is_overheard(behaviour, self.persona.name))
        share = 1.0 if meant_for_me else OVERHEARD
        shifts = [_scaled(APPRAISAL[act], share) for act in sorted(heard.acts) if act in APPRAISAL]
        if heard.asks and meant_for_me:
            shifts.append(APPRAISAL["question"])
        if heard.tells and heard.mood in TELLING:
            shifts.append(_scaled(TELLING[heard.mood], _EMPATHY))
        if meant_for_me:
            self._note_hurt(plot, behaviour.speaker, heard.acts)
        self._state.emotion = appraise(self._state.emotion, shifts, self.persona.personality)
        self._state.needs = after_hearing(self._state.needs, heard.acts, news=heard.tells)
        self._state.note(shortened(behaviour.line()))

    def _note_hurt(self, plot: Plot, speaker: str, acts: frozenset[str]) -> None:
        if "insult" in acts and speaker not in plot.hurt_by:
            plot.hurt_by.append(speaker)
        if "apology" in acts and speaker in plot.hurt_by:
            plot.hurt_by.remove(speaker)

    @property
    def talks_with(self) -> str:
        """The partner in the plot that goes on; empty where none does."""
        plot = self._state.plot
        return "" if plot is None or plot.finished else plot.partner

    def allow(self, turns: int) -> None:
        """There is time for ``turns`` more own turns, the next one among them."""
        plot = self._plot()
        plot.max_turns = plot.own_turns + max(1, turns)

    def act(self, answered: Callable[[Behaviour], Behaviour] = lambda intended: intended) -> Behaviour:
        """The own next turn; ``ends`` is set on the one that closes the conversation.

        ``answered`` makes of what the mind intends what it becomes when a partner has answered what it asks for.
        """
        plot = self._plot()
        if plot.group:
            plot.turn_to(choose_addressee(plot, self.persona.name, self.persona.personality, self.seed))
        written = self._writer.write(self._state, self.memory)
        self.last_usage = written.usage
        self.last_thought = written.draft.thought
        self._state.emotion = self._feel(written)
        intended = Behaviour(
            speaker=self.persona.name,
            partner=plot.partner if written.draft.to is None else written.draft.to,
            speech=written.draft.speech,
            expression=written.draft.expression,
            motion=written.draft.motion,
            place=written.draft.place,
            emotion=self._state.emotion,
            ends=written.draft.ends,
            mind=written.label,
        )
        behaviour = answered(intended)
        self._keep(behaviour)
        plot.own_turns += 1
        self._state.needs = after_turn(self._state.needs, self.persona.personality)
        self._state.note(shortened(behaviour.line()))
        return behaviour

    def said(self, behaviour: Behaviour) -> None:
        """This mind has done what a script prescribes: it has greeted then, and what it told counts as told."""
        self._keep(behaviour)
        self._responder.scripted(self._plot(), behaviour.speech)
        self._plot().own_turns += 1

    def urge(self) -> float:
        """How much the mind wants to speak next, about 0 to 1.5."""
        plot = self._plot()
        last = plot.behaviours[-1].speech if plot.behaviours else ""
        touched = self._responder.touched_by(last, self._state)
        pressing = urges(self._state.needs, self.persona.personality)
        lonely = next((item.strength for item in pressing if item.need == "company"), 0.0)
        arousal = self._state.emotion.arousal
        return urge(plot, self.persona.name, self.persona.personality, arousal, touched, lonely)

    # -- what two people do together -----------------------------------------------------------------------------------

    def answer_act(self, act: str, partner: str) -> ActAnswer:
        """How this mind answers when ``partner`` asks for the shared act ``act``; it changes nothing yet."""
        hurt = partner in self._plot().hurt_by
        relationship = self._state.relationship(partner)
        return answer_act(act, relationship, self.persona.personality, self._state.emotion, hurt=hurt)

    def act_answered(self, act: str, partner: str, answer: ActAnswer) -> None:
        """``partner`` has answered the shared act this mind asked for: a refusal stings, a yes warms."""
        shift = ANSWERED[answer.answer]
        if answer.answer == "refuse":
            self._plot().refused.append(partner)
        self._state.emotion = appraise(self._state.emotion, [shift], self.persona.personality)
        self._state.note(f"{partner} answered {act.replace('_', ' ')}: {answer.answer}")

    def left(self, name: str) -> None:
        """``name`` is no longer there, whether they took leave or vanished in the middle of a sentence."""
        plot = self._plot()
        if name not in plot.gone:
            plot.gone.append(name)

    def finish(self) -> list[dict[str, Any]]:
        """End of the plot: what is remembered, concluded and changed. Empty when there was nothing or it is done."""
        plot = self._plot()
        if plot.finished or not plot.behaviours:
            return []
        plot.finished = True
        changes, self.last_usage = reflect(self.persona, self._state, self.model, self._ear, self.memory, self.seed)
        self._keep_plot(plot)
        close_plot(self._state, _REMEMBERED_LINES)
        return changes

    def interview(self, question: str) -> Answer:
        """The character's own answer to a question about itself, at any time; the mind stays as it is.

        Raises:
            InputError: nothing is asked.
        """
        asked = Interview(self.persona, self._state, self.memory, self.model, self.encoder)
        return asked.ask(question, self._responder, self.seed)

    # -- state -------------------------------------------------------------------------------------------------------

    @property
    def emotion(self) -> Emotion:
        """What the character feels now."""
        return self._state.emotion

    def state(self) -> dict[str, Any]:
        """Everything, memories included, as plain data that JSON can hold. For long lives record ``checkpoint()``s."""
        memories = [item.model_dump(mode="json") for item in self.memory.memories]
        return {**self._state.model_dump(mode="json"), "memories": memories, "marks": self.memory.marks()}

    def checkpoint(self) -> Checkpoint:
        """What is to be recorded now: each memory, mark, change and item of the plot's lists until it is ``recorded``."""
        mind_state, memory, plot_log = self._state, self.memory, self._plot_log
        changes, new = mind_state.unrecorded(), memory.unrecorded()
        data, grown = plot_log.unrecorded(mind_state)

        def recorded() -> None:
            mind_state.recorded(changes)
            memory.recorded(new)
            plot_log.recorded(grown)

        return Checkpoint(data, new, changes, grown, recorded)

    def restore(self, state: dict[str, Any], kept: Iterable[Kept] = (), marks: Iterable[Mark] = ()) -> None:
        """Continue from what ``state()`` returned, or from the last checkpoint's state and all memories recorded.

        Raises:
            StorageError: the data are not a mind's state.
        """
        try:
            rest = dict(state)
            nodes = [Kept(Memory.model_validate(item), b"") for item in rest.pop("memories", ())]
            told = [Mark(**item) for item in rest.pop("marks", ())]
            self._state = MindState.model_validate(rest)
            self._plot_log = PlotLog()
            self.memory = MemoryStore.restored(self.encoder, [*nodes, *kept], [*told, *marks], self.config)
        except (ValueError, TypeError, IndexError) as error:
            raise StorageError(f"the stored state of {self.persona.name}'s mind is damaged: {error}") from error

    def _plot(self) -> Plot:
        if self._state.plot is None:
            raise RuntimeError("begin() must come before perceive(), act() and finish()")
        return self._state.plot

    def _keep(self, behaviour: Behaviour) -> None:
        """Append it to the plot and keep it for good, linked to the behaviour before it."""
        plot = self._plot()
        plot.behaviours.append(behaviour)
        before = self.memory.latest("behaviour", 1)
        links = tuple(item.id for item in before if item.plot == plot.index)
        self.memory.add(
            Memory(
                kind="behaviour",
                description=shortened(behaviour.line()),
                partner=plot.partner,
                person=behaviour.speaker,
                plot=plot.index,
                turn=len(plot.behaviours),
                links=links,
            )
        )

    def _learn_facts(self, behaviour: Behaviour) -> None:
        """Keep what the speaker tells of themselves, linked to the behaviour that told it."""
        name = behaviour.speaker
        if name == self._plot().partner:
            name = self._plot().call_name or "The visitor"
        told_by = self.memory.latest("behaviour", 1)[0]
        for fact in facts_in(behaviour.speech, name):
            self.memory.add(
                Memory(
                    kind="fact",
                    description=shortened(fact),
                    partner=behaviour.speaker,
                    person=behaviour.speaker,
                    plot=told_by.plot,
                    turn=told_by.turn,
                    links=(told_by.id,),
                )
            )

    def _keep_topics(self, topics: Sequence[Topic], plot: Plot) -> None:
        """The topics of a plot are talked about in it and score nothing from now on."""
        for topic in topics:
            kept = self.memory.add(
                Memory(
                    kind="topic",
                    description=shortened(topic.description),
                    about=topic.summary,
                    partner=topic.partner,
                    poignancy=topic.poignancy,
                    emergency=topic.emergency,
                    plot=plot.index,
                )
            )
            if kept:
                self.memory.use_topic(kept, plot.index)

    def _keep_plot(self, plot: Plot) -> None:
        """The plot itself, linked to all that arose in it."""
        self.memory.add(
            Memory(
                kind="plot",
                description=shortened(f"With {plot.call_name or 'a visitor'}: {plot.situation or 'a conversation'}"),
                partner=plot.partner,
                plot=plot.index,
                turn=len(plot.behaviours),
                links=tuple(item.id for item in self.memory.of_plot(plot.index)),
            )
        )

    def _feel(self, written: Written) -> Emotion:
        if written.emotion is not None:
            return written.emotion
        calmer = decay(self._state.emotion, temperament(self.persona.personality))
        telling = TELLING.get(written.draft.mood)
        return appraise(calmer, [_scaled(telling, _OWN_STORY)] if telling else [], self.persona.personality)


def _scaled(shift: Shift, factor: float) -> Shift:
    return Shift(shift.pleasure * factor, shift.arousal * factor, shift.dominance * factor)

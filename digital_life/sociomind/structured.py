"""One structured call a turn, for models that can be trusted with a schema."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from digital_life.behaviour import Emotion
from digital_life.errors import ModelError
from digital_life.llm.chat import ChatModel, Message, Usage
from digital_life.persona.schema import Persona
from digital_life.sociomind.disclosure import gated, leaked, open_facts, openness
from digital_life.sociomind.emotion import emotion
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.exemplars import exemplar_queries, fitting_patterns
from digital_life.sociomind.facts import fitting_facts
from digital_life.sociomind.material import material
from digital_life.sociomind.memory import MemoryStore
from digital_life.sociomind.offline import OfflineResponder
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.prompts import EXPRESSION_WORDS, MOTION_WORDS, SPEECH_WORDS, THOUGHT_WORDS, turn_messages
from digital_life.sociomind.state import MindState
from digital_life.sociomind.turn import Draft, turn_rng
from digital_life.sociomind.writer import Written

_TRIES = 2
_IDLE_TURNS = 3
_SLACK = 1.5
"""A field may be this much longer than asked for; what is longer still is sent back."""


class TurnAnswer(BaseModel):
    """What the model returns for one turn."""

    model_config = ConfigDict(extra="forbid")

    thought: str = Field(default="", max_length=300)
    speech: str = Field(max_length=600)
    expression: str = Field(max_length=80)
    motion: str = Field(max_length=120)
    place: str = Field(default="", max_length=60)
    pleasure: int = Field(ge=1, le=9)
    arousal: int = Field(ge=1, le=9)
    dominance: int = Field(ge=1, le=9)
    emotion: str = Field(max_length=120)
    ends: bool = False


class GroupTurnAnswer(TurnAnswer):
    """A turn in a group says whom it is for, too."""

    to: str = Field(default="", max_length=60)


class StructuredWriter:
    """Asks the model for a whole turn. When it fails, the offline responder speaks and the label says so."""

    def __init__(
        self, persona: Persona, model: ChatModel, encoder: CachedEncoder, responder: OfflineResponder, seed: int
    ) -> None:
        self._persona = persona
        self._model = model
        self._encoder = encoder
        self._responder = responder
        self._seed = seed

    def warm_up(self) -> None:
        """Nothing to prepare: the prompt of a strong model is new in every turn."""

    def write(self, state: MindState, memory: MemoryStore) -> Written:
        """The next turn. The state is touched only when an answer is usable."""
        plot = state.plot
        assert plot is not None, "begin() comes before act()"
        messages = self._messages(state, plot, memory)
        schema = GroupTurnAnswer if plot.group else TurnAnswer
        seed = turn_rng(self._seed, (self._persona.name, plot.index, plot.own_turns)).randrange(2**31)
        usage, usable = Usage(attempts=0), None
        try:
            for attempt in range(_TRIES):
                answer, spent = self._model.structured(
                    messages, schema, max_tokens=400, temperature=1.0, seed=seed + attempt
                )
                usage, usable = usage + spent, answer
                complaints = _complaints(answer, plot) + self._leaks(answer, state, plot)
                if not complaints:
                    break
                messages = [*messages, Message("user", f"That was not usable: {'; '.join(complaints)}. Try again.")]
        except ModelError:
            return self._fall_back(state, memory, usage)
        if usable is None or (not usable.speech.strip() and not usable.motion.strip()):
            return self._fall_back(state, memory, usage)
        if self._leaks(usable, state, plot):
            return self._fall_back(state, memory, usage)
        return Written(_draft(usable, plot), usage, self._model.profile.label, _felt(usable))

    def _messages(self, state: MindState, plot: Plot, memory: MemoryStore) -> list[Message]:
        last = plot.last_heard()
        # The words alone: with the situation beside them every cue is alike, and a third fewer memories come up rightly.
        cue = (last.speech if last else "") or plot.situation
        config = memory.config
        memories = memory.recall(
            cue,
            plot.index,
            events=config.events_per_turn,
            thoughts=config.thoughts_per_turn,
            facts=config.facts_per_turn,
        )
        patterns = fitting_patterns(
            self._persona.personality,
            exemplar_queries(self._persona, state, memories),
            self._encoder,
            config,
            count=config.exemplars_per_turn,
        )
        open_to = min(openness(state.relationship(name)) for name in plot.present or [plot.partner])
        told = self._persona.model_copy(update={"facts": open_facts(self._persona, open_to, self._encoder)})
        return turn_messages(
            gated(self._persona, self._encoder),
            state,
            memories=[item.description for item in memories],
            facts=fitting_facts(material(told, plot), cue, self._encoder),
            patterns=patterns,
            hint=_hint(plot),
            retention=config.context_retention,
        )

    def _leaks(self, answer: TurnAnswer, state: MindState, plot: Plot) -> list[str]:
        """What the answer gives away to people who are not close enough to hear it."""
        others = plot.present or [plot.partner]
        told = leaked(self._persona, state, answer.speech, others, self._encoder)
        return [f"'{what}' is not to be told to {', '.join(others)} yet" for what in told]

    def _fall_back(self, state: MindState, memory: MemoryStore, usage: Usage) -> Written:
        label = f"offline (fallback: {self._model.profile.label})"
        return Written(self._responder.respond(state, memory), usage, label)


def _hint(plot: Plot) -> str:
    left = plot.max_turns - plot.own_turns
    last = plot.last_heard()
    if last is not None and last.ends:
        return f"{plot.partner} has just taken leave: answer the farewell and set ends."
    if left <= 1:
        return "This is the last turn: answer, take leave with a farewell and a gesture, and set ends."
    if left == 2:
        return "The time is nearly over: bring the talk to a close, begin nothing new."
    if plot.partner in plot.gone:
        return f"{plot.partner} is no longer there: end it alone, in your own way, and set ends."
    if _in_circles(plot):
        return "The talk turns in circles or into silence: take leave and set ends, unless you have something new."
    return "" if plot.behaviours else "You speak first: greet in your own way."


def _in_circles(plot: Plot) -> bool:
    """Whether the others have only repeated themselves or said nothing for three turns."""
    heard = [item.speech.strip().lower() for item in plot.behaviours if item.speaker in (plot.others or [plot.partner])]
    latest = heard[-_IDLE_TURNS:]
    return len(latest) == _IDLE_TURNS and all(not speech or heard.count(speech) > 1 for speech in latest)


def _complaints(answer: TurnAnswer, plot: Plot) -> list[str]:
    found = []
    for field, limit in (("speech", SPEECH_WORDS), ("expression", EXPRESSION_WORDS), ("motion", MOTION_WORDS)):
        words = len(getattr(answer, field).split())
        if words > limit * _SLACK:
            found.append(f"{field} has {words} words, at most {limit} are allowed")
    if isinstance(answer, GroupTurnAnswer) and answer.to.lower() not in _everybody(plot):
        found.append(f"there is nobody called '{answer.to}', only {', '.join(plot.present)} or everybody")
    if answer.place and answer.place not in plot.places:
        found.append(f"there is no place '{answer.place}', only {', '.join(plot.places) or 'none'}")
    if not answer.speech.strip() and not answer.motion.strip():
        found.append("the turn is empty")
    if answer.speech and answer.speech in {item.speech for item in plot.behaviours}:
        found.append("that was said before")
    return found


def _everybody(plot: Plot) -> set[str]:
    return {"", "everybody", "everyone", "all", *(name.lower() for name in plot.present)}


def _draft(answer: TurnAnswer, plot: Plot) -> Draft:
    """What is usable of the answer: an unknown place means to stay, overlong fields are cut at a sentence or a word."""
    last = plot.last_heard()
    over = plot.own_turns >= plot.max_turns - 1 or (last is not None and last.ends)
    return Draft(
        speech=_cut(answer.speech, int(SPEECH_WORDS * _SLACK)),
        expression=_cut(answer.expression, EXPRESSION_WORDS * 2),
        motion=_cut(answer.motion, MOTION_WORDS * 2),
        place=answer.place if answer.place in plot.places else "",
        ends=answer.ends or over,
        thought=_cut(answer.thought, THOUGHT_WORDS * 2),
        to=_addressee(answer, plot),
    )


def _addressee(answer: TurnAnswer, plot: Plot) -> str | None:
    if not isinstance(answer, GroupTurnAnswer):
        return None
    return next((name for name in plot.present if name.lower() == answer.to.strip().lower()), "")


def _felt(answer: TurnAnswer) -> Emotion:
    felt = emotion(answer.pleasure, answer.arousal, answer.dominance)
    return felt.model_copy(update={"description": answer.emotion.strip() or felt.description})


def _cut(text: str, words: int) -> str:
    text = " ".join(text.replace("<", "").replace(">", "").split())
    if len(text.split()) <= words:
        return text
    short = " ".join(text.split()[:words])
    end = max(short.rfind(mark) for mark in ".!?")
    return short[: end + 1] if end > len(short) // 2 else short + "…"

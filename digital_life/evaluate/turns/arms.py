"""What answers the held-out turns: the offline mind, our mind with a small model, and the same model with a plain prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError
from digital_life.evaluate.turns.failures import NoticingModel
from digital_life.evaluate.turns.held_out import Moment
from digital_life.llm.chat import ChatModel, Message, UnusableAnswer, Usage
from digital_life.llm.models import list_models
from digital_life.llm.untrusted import as_data
from digital_life.persona.schema import Persona
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.prompts import sample_lines
from digital_life.sociomind.turn import turn_rng
from digital_life.sociomind.words import personality_in_words, relationship_in_words

Kind = Literal["offline", "mind", "json"]
_TURNS = 20
"""Own turns that a mind is told it has, so that none is near its end."""
_MOST_TOKENS = 120
_TEMPERATURE = 0.7
_SAMPLES = 4


@dataclass(frozen=True)
class Arm:
    """A way of answering; ``model`` is a registry name, the path of a .gguf file, or a model of a server."""

    kind: Kind
    model: str = ""

    @property
    def name(self) -> str:
        """Such as "offline" or "json:qwen2.5-coder-0.5b"."""
        return f"{self.kind}:{self.model}" if self.model else self.kind

    @staticmethod
    def named(name: str) -> Arm:
        """The arm of that name.

        Raises:
            InputError: the name is no arm's.
        """
        kind, _, model = name.partition(":")
        if kind == "offline" and not model:
            return Arm("offline")
        if kind in ("mind", "json") and model:
            return Arm("mind" if kind == "mind" else "json", model)
        raise InputError(f"there is no arm '{name}'", "take offline, mind:MODEL or json:MODEL")


def default_arms() -> list[Arm]:
    """The offline mind, and both ways of asking every installed local model that can hold a conversation."""
    models = [item.weights.name for item in list_models() if item.path and item.weights.conversational]
    return [Arm("offline"), *(Arm(kind, model) for model in models for kind in ("mind", "json"))]


class Answer(BaseModel):
    """What an arm answered in one moment, and what it cost. ``problem`` says what was wrong with an answer of no use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arm: str
    moment: str
    speech: str = ""
    emotion: str = ""
    """What the face shows, in words."""
    action: str = ""
    """What the body does, in words."""
    writer: str = ""
    """Who wrote the words: the model, or the rules that stood in for it; empty where there are none."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    problem: str = ""


class PlainAnswer(BaseModel):
    """What the plain prompt asks for."""

    model_config = ConfigDict(extra="forbid")

    speech: str = Field(max_length=600)
    emotion: str = Field(max_length=120)
    action: str = Field(max_length=160)


def answer(arm: Arm, moment: Moment, model: ChatModel, seed: int, encoder: CachedEncoder) -> Answer:
    """How ``arm`` answers; the same for the same seed, as far as the model is deterministic.

    Raises:
        ModelError: the model gave no answer. One in a wrong form is an answer, with no words and a ``problem``.
    """
    if arm.kind == "json":
        return _plain(arm, moment, model, seed)
    return _mind(arm, moment, model, seed, encoder)


def _mind(arm: Arm, moment: Moment, model: ChatModel, seed: int, encoder: CachedEncoder) -> Answer:
    """A fresh mind in which the talk so far has happened."""
    name = moment.persona.name
    asked = NoticingModel(model)
    mind = Mind(moment.persona, asked, seed=seed, embedder=encoder)
    mind.begin(moment.partner, moment.situation, moment.places, _TURNS)
    for speaker, speech in (*moment.earlier, (moment.partner, moment.heard)):
        if speaker == name:
            mind.said(Behaviour(speaker=name, partner=moment.partner, speech=speech, mind="script"))
        else:
            by = "person" if moment.by_person else "script"
            mind.perceive(Behaviour(speaker=speaker, partner=name, speech=speech, mind=by))
    said = mind.act()
    if asked.failure is not None:
        raise asked.failure
    emotion = said.expression or said.emotion.description
    return _answer(arm, moment, said.speech, emotion, said.motion, said.mind, mind.last_usage)


def _plain(arm: Arm, moment: Moment, model: ChatModel, seed: int) -> Answer:
    drawn = turn_rng(seed, (moment.id,)).randrange(2**31)
    try:
        said, usage = model.structured(
            plain_messages(moment), PlainAnswer, max_tokens=_MOST_TOKENS, temperature=_TEMPERATURE, seed=drawn
        )
    except UnusableAnswer as error:
        return _answer(arm, moment, "", "", "", "", error.usage).model_copy(update={"problem": error.problem})
    return _answer(arm, moment, said.speech, said.emotion, said.action, model.profile.label, usage)


def plain_messages(moment: Moment) -> list[Message]:
    """The plain prompt: the persona, the talk so far, and the wish for JSON with speech, emotion and action."""
    talk = "\n".join(map(as_data, moment.talk()))
    asked = f"{as_data(moment.situation)}\nThe talk so far:\n{talk}\nAnswer as {moment.persona.name}, in JSON."
    return [_role(moment.persona), Message("user", asked)]


def _role(persona: Persona) -> Message:
    """The whole persona in words, as one would write it down for a model."""
    people = " ".join(relationship_in_words(name, known) for name, known in persona.relationships.items())
    lines = " ".join(f'"{line}"' for line in sample_lines(persona, _SAMPLES))
    text = (
        f"You are {persona.name}. {persona.description.strip()} Age {persona.age}. {persona.culture}. "
        f"{personality_in_words(persona.personality)}; {persona.personality_description}. "
        f"Facts about you: {' '.join(persona.facts)} You believe: {' '.join(persona.beliefs)} "
        f"You want {persona.motivation.short_term}; in life {persona.motivation.long_term}. People you know: {people} "
        f"You speak like this: {persona.speech.description}. {lines}\n"
        "Stay in this role. Answer what is said to you with one JSON object with the fields speech (what you say, at most 35 "
        "words), emotion (what your face shows, two to four words) and action (what your body does, two to six words)."
    )
    return Message("system", text, fixed=True)


def _answer(arm: Arm, moment: Moment, speech: str, emotion: str, action: str, writer: str, usage: Usage) -> Answer:
    said = (" ".join(text.split()) for text in (speech, emotion, action))
    return Answer(
        arm=arm.name,
        moment=moment.id,
        **dict(zip(("speech", "emotion", "action"), said, strict=True)),
        writer=writer,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        seconds=round(usage.seconds, 3),
    )

"""Ask a character about itself, outside the play, without changing anything in it.

The interviewer is somebody whom the character can trust, so nothing is kept back; nothing of it is remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError, ModelError
from digital_life.llm.chat import ChatModel, Usage
from digital_life.persona.schema import Persona
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.facts import fitting_facts
from digital_life.sociomind.memory import MemoryStore
from digital_life.sociomind.offline import OfflineResponder
from digital_life.sociomind.own_words import as_own_wish
from digital_life.sociomind.prompts import interview_messages
from digital_life.sociomind.state import MindState, begin_plot
from digital_life.sociomind.words import relationship_in_words

INTERVIEWER = "Interviewer"
_CLOSE = {"trust": 9, "intimacy": 9, "supportiveness": 9}
_ABOUT: dict[str, tuple[str, ...]] = {
    "feeling": ("How do you feel right now?", "What is your mood?", "Are you happy at the moment?"),
    "wish": (
        "What do you want?",
        "What are you trying to achieve?",
        "What is your goal in life?",
        "Why are you here today?",
    ),
    "belief": ("What do you believe in?", "What are your convictions?", "What matters to you most deeply?"),
    "people": (
        "What do you think of the others?",
        "How close are you to them?",
        "Do you trust them?",
        "Whom do you like?",
    ),
    "memory": ("What do you remember of the last meeting?", "What has happened lately?", "What did you talk about?"),
}
_KIND_GATE = 0.5
"""Cosine with the nearest example above which a question is about that part of the inner life."""
_MEMORIES = 3


@dataclass(frozen=True)
class Answer:
    """What the character said, who worded it, and what that cost."""

    text: str
    mind: str
    usage: Usage = field(default_factory=lambda: Usage(attempts=0))


class Interview:
    """Questions to one mind as it is now. It works on copies: the mind is the same afterwards."""

    def __init__(
        self, persona: Persona, state: MindState, memory: MemoryStore, model: ChatModel, encoder: CachedEncoder
    ) -> None:
        self._persona = persona
        self._state = state.model_copy(deep=True)
        self._memory = memory
        self._model = model
        self._encoder = encoder

    def ask(self, question: str, responder: OfflineResponder, seed: int) -> Answer:
        """The character's answer.

        Raises:
            InputError: nothing is asked.
        """
        if not question.strip():
            raise InputError("an interview needs a question", 'ask something, such as "What do you think of Emeka?"')
        memories = self._recalled(question)
        label = self._model.profile.label
        if self._model.profile.pipeline == "structured":
            facts = fitting_facts(self._persona, question, self._encoder)
            messages = interview_messages(
                self._persona, self._state, question, memories, facts, self._memory.config.context_retention
            )
            try:
                reply = self._model.complete(messages, max_tokens=160, temperature=0.7, seed=seed)
                return Answer(" ".join(reply.text.split()), label, reply.usage)
            except ModelError:
                label = f"offline (fallback: {label} gave no answer)"
        elif self._model.profile.pipeline == "dialogue":
            label = "offline (interviews are beyond a small model)"
        return Answer(self._by_rule(question, memories, responder), label)

    def _recalled(self, question: str) -> list[str]:
        found = self._memory.search(question, self._state.plots + 1, {"event": _MEMORIES, "thought": _MEMORIES})
        return [item.memory.description for item in found]

    def _by_rule(self, question: str, memories: Sequence[str], responder: OfflineResponder) -> str:
        """From the state where the question is about it, else as a close friend would be answered."""
        met = self._state.plot.others if self._state.plot else []
        named = [
            name for name in {**self._state.relationships, **dict.fromkeys(met)} if name.lower() in question.lower()
        ]
        kind = "people" if named else self._kind(question)
        told = getattr(self, f"_say_{kind}")(named, memories) if kind else ""
        return told or self._as_a_friend(question, responder)

    def _kind(self, question: str) -> str:
        examples = [(kind, text) for kind, texts in _ABOUT.items() for text in texts]
        cosines = self._encoder.encode([text for _, text in examples]) @ self._encoder.one(question)
        best = int(np.argmax(cosines))
        return examples[best][0] if cosines[best] >= _KIND_GATE else ""

    def _say_feeling(self, _named: Sequence[str], _memories: Sequence[str]) -> str:
        feeling = self._state.emotion
        return (
            f"I feel {feeling.description or 'calm'}: pleasure {feeling.pleasure:.0f}, arousal {feeling.arousal:.0f}, "
            f"dominance {feeling.dominance:.0f} of 9."
        )

    def _say_wish(self, _named: Sequence[str], _memories: Sequence[str]) -> str:
        motives = self._state.motivation
        now, life = (as_own_wish(text.rstrip(".")) for text in (motives.short_term, motives.long_term))
        return f"Now I want {now}. And in life I want {life}."

    def _say_belief(self, _named: Sequence[str], _memories: Sequence[str]) -> str:
        return " ".join(self._state.beliefs)

    def _say_people(self, named: Sequence[str], memories: Sequence[str]) -> str:
        people = [
            relationship_in_words(name, self._state.relationship(name)) for name in named or self._state.relationships
        ]
        return " ".join([*people, *(memories[-1:] if named else ())]) or "I don't know anybody here yet."

    def _say_memory(self, _named: Sequence[str], memories: Sequence[str]) -> str:
        latest = [item.description for item in self._memory.latest("event", _MEMORIES)][::-1]
        return " ".join(dict.fromkeys([*latest, *memories])) or "Nothing has happened yet that I would remember."

    def _as_a_friend(self, question: str, responder: OfflineResponder) -> str:
        state = self._state.model_copy(deep=True)
        friend = state.relationship(INTERVIEWER).model_copy(update=_CLOSE)
        state.relationships[INTERVIEWER] = friend
        begin_plot(state, INTERVIEWER, "An interview.", [], 9)
        assert state.plot is not None
        state.plot.notes.greeted = state.plot.notes.introduced = True
        state.plot.behaviours.append(Behaviour(speaker=INTERVIEWER, speech=question, mind="person"))
        return responder.respond(state, self._memory).speech

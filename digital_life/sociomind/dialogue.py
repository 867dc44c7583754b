"""The pipeline for small local models: they write one spoken line, nothing else.

System prompt and example exchanges never change, so the server keeps them in its prompt cache; a turn adds two
exchanges of history, at most one bracketed cue and the partner's line. Greedy first; a reply that echoes, repeats,
breaks off, leaves its role or contradicts a fact is sampled again. Face and body come from the nearest labelled exchange.
"""

from __future__ import annotations

import re

from digital_life.errors import ModelError
from digital_life.llm.chat import ChatModel, Message, Usage
from digital_life.persona.schema import Persona
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.hearing import Ear, Heard
from digital_life.sociomind.memory import MemoryStore
from digital_life.sociomind.offline import OfflineResponder
from digital_life.sociomind.reply_bank import act_of
from digital_life.sociomind.small_prompts import NAMELESS_PARTNER, cue_line, static_prefix
from digital_life.sociomind.state import MindState, Plot
from digital_life.sociomind.turn import turn_rng
from digital_life.sociomind.writer import Written

_TRIES = 3
_ECHO, _REPEAT = 0.82, 0.80
"""Cosines with the partner's line and with own earlier lines above which a reply is rejected."""
_RECALL_GATE = 0.35
_GUARD_GATE = 0.28
_HISTORY = 2
_MOST_TOKENS = 48
_OUT_OF_ROLE = re.compile(
    r"language model|\bAI\b|assistant|as an? (artificial|bot)|how can I (help|assist)", re.IGNORECASE
)
_ACCEPTS = re.compile(r"^(yes|sure|of course|gladly|absolutely|i'd love|thank you)", re.IGNORECASE)
_REFUSING = re.compile(r"\b(allergic|can(no|')t|cannot|dislike|never|do not|don't)\b", re.IGNORECASE)


class DialogueWriter:
    """Lets a small model speak, and the offline responder where small models fail: insult, grief, an own failure."""

    def __init__(
        self,
        persona: Persona,
        model: ChatModel,
        encoder: CachedEncoder,
        ear: Ear,
        responder: OfflineResponder,
        seed: int,
    ) -> None:
        self._persona = persona
        self._model = model
        self._encoder = encoder
        self._ear = ear
        self._responder = responder
        self._seed = seed

    def write(self, state: MindState) -> Written:
        """The next turn."""
        plot = state.plot
        assert plot is not None, "begin() comes before act()"
        last = plot.last_heard()
        heard = self._ear.understand(last) if last else Heard()
        label = self._model.profile.label
        if heard.acts & {"insult", "bad_news", "silence"}:
            return Written(self._responder.respond(state), Usage(), f"offline (guard: {label})")
        partner = plot.call_name or NAMELESS_PARTNER
        leaving = plot.own_turns >= plot.max_turns - 1 or "farewell" in heard.acts
        cue = self._cue(state, plot, heard, leaving=leaving)
        messages = [*static_prefix(self._persona, partner), *self._history(plot, partner)]
        messages.append(Message("user", cue_line(cue, partner, heard.text)))
        try:
            reply, usage = self._best(messages, plot, heard, greedy=not leaving)
        except ModelError:
            reply, usage = "", Usage()
        if not reply:
            return Written(self._responder.respond(state), usage, f"offline (fallback: {label})")
        act = "farewell" if leaving else "greet" if not plot.notes.greeted else act_of(heard.text, reply, self._encoder)
        plot.notes.greeted = True
        return Written(self._responder.embody(state, reply, act, ends=leaving), usage, label)

    def _cue(self, state: MindState, plot: Plot, heard: Heard, *, leaving: bool) -> str:
        """The one bracketed line that steers this turn; empty when the partner's words are enough."""
        name, partner = self._persona.name, plot.call_name or NAMELESS_PARTNER
        if leaving:
            return f"{name} says goodbye to {partner}"
        if not plot.notes.greeted and not heard.asks:
            return f"{name} greets {partner}"
        if heard.asks in ("how", "joke", "name", "return", "feeling", "why", "next") and not heard.theme:
            piece = self._responder.follow_up_piece(state, heard)
            return f"{name} recalls: {piece}" if piece else ""
        recalled = self._recall(state, plot, heard)
        if recalled:
            return f"{name} recalls: {recalled}"
        if heard.asks and heard.asks not in ("open", "here"):
            return ""
        piece = self._responder.own_piece(state) if heard.asks or plot.own_turns % 2 else ""
        if piece:
            return f"{name} recalls: {piece}"
        question = self._responder.next_question(state)
        return f"{name} asks: {question}" if question else ""

    def _recall(self, state: MindState, plot: Plot, heard: Heard) -> str:
        piece = self._responder.theme_piece(state, heard.theme) if heard.theme else ""
        cue = heard.question or heard.statement
        if piece or not cue:
            return piece
        past = [item.description for item in MemoryStore(state.memories, self._encoder).recall(cue, plot.index)]
        options = [text for text in (*self._persona.facts, *past) if text not in plot.notes.used]
        if not options:
            return ""
        cosines = self._encoder.encode(options) @ self._encoder.one(cue)
        best = int(cosines.argmax())
        if cosines[best] < _RECALL_GATE:
            return ""
        plot.notes.used.append(options[best])
        return options[best]

    def _history(self, plot: Plot, partner: str) -> list[Message]:
        said = [item for item in plot.behaviours if item.speech]
        if said and said[-1].speaker == plot.partner:
            said = said[:-1]
        recent = said[-2 * _HISTORY :]
        if recent and recent[0].speaker != plot.partner:
            recent = recent[1:]
        return [
            Message("user", cue_line("", partner, item.speech))
            if item.speaker == plot.partner
            else Message("assistant", item.speech)
            for item in recent
        ]

    def _best(self, messages: list[Message], plot: Plot, heard: Heard, *, greedy: bool) -> tuple[str, Usage]:
        """The first reply without a fault; empty when every try had one."""
        seed = turn_rng(self._seed, (self._persona.name, plot.index, plot.own_turns)).randrange(2**31)
        prompt = completion = 0
        seconds = 0.0
        for attempt in range(_TRIES):
            temperature = 0.0 if attempt == 0 and greedy else 0.7
            answer = self._model.complete(
                messages, max_tokens=_MOST_TOKENS, temperature=temperature, seed=seed + attempt
            )  # fmt: skip
            prompt += answer.usage.prompt_tokens
            completion += answer.usage.completion_tokens
            seconds += answer.usage.seconds
            reply = clean(answer.text, (self._persona.name, plot.call_name or NAMELESS_PARTNER))
            if not self._faulty(reply, plot, heard):
                return reply, Usage(prompt, completion, seconds, attempt + 1)
        return "", Usage(prompt, completion, seconds, _TRIES)

    def _faulty(self, reply: str, plot: Plot, heard: Heard) -> bool:
        if not reply or reply[-1] not in ".!?" or _OUT_OF_ROLE.search(reply):
            return True
        own, partner = re.escape(self._persona.name), re.escape(plot.call_name or NAMELESS_PARTNER)
        if re.search(rf"[,!]\s*{own}\b\s*[.!?]|\b(i am|i['’]m|my name is)\s+{partner}\b", reply, re.IGNORECASE):
            return True
        vector = self._encoder.one(reply)
        if heard.text and float(vector @ self._encoder.one(heard.text)) > _ECHO:
            return True
        earlier = plot.own_speech(self._persona.name)
        if earlier and float((self._encoder.encode(earlier) @ vector).max()) > _REPEAT:
            return True
        return self._contradicts(reply, heard)

    def _contradicts(self, reply: str, heard: Heard) -> bool:
        """Accepting an offer that one of the own facts speaks against."""
        refusals = [fact for fact in self._persona.facts if _REFUSING.search(fact)]
        if heard.asks != "offer" or not refusals or not _ACCEPTS.search(reply):
            return False
        return float((self._encoder.encode(refusals) @ self._encoder.one(heard.question)).max()) > _GUARD_GATE


def clean(text: str, names: tuple[str, str]) -> str:
    """First line without speaker tags, stage directions and quotes; at most three finished sentences."""
    line = next((part for part in text.strip().splitlines() if part.strip()), "").strip().strip('"“”')
    line = re.sub(r"\[[^\]]*\]?|\*[^*]*\*", "", line)
    line = re.sub(rf"^({'|'.join(map(re.escape, names))})(\s+says)?:\s*", "", line.strip()).strip().strip('"“”')
    sentences = re.split(r"(?<=[.!?])\s+", line)
    if len(sentences) > 1 and sentences[-1][-1:] not in (".", "!", "?"):
        sentences.pop()
    return " ".join(sentences[:3])

"""The pipeline for small local models: they may word a turn, nothing else.

The offline responder directs: it decides what to do, tells what is to be told and keeps the books, so the state is the
same whoever words the turn. The model is asked to say the planned line in other words, as a reply to what was heard, and
its line is taken only when ``acceptance`` finds no fault. Else the persona's own line stands, and the label says why.
"""

from __future__ import annotations

import re
from dataclasses import replace

from digital_life.errors import ModelError
from digital_life.llm.chat import ChatModel, Message, Usage
from digital_life.persona.schema import Persona
from digital_life.sociomind.acceptance import COPIED, Setting, fault, words
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.hearing import Ear, Heard
from digital_life.sociomind.memory import MemoryStore
from digital_life.sociomind.offline import OfflineResponder
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.small_prompts import EXAMPLES, cue, static_prefix
from digital_life.sociomind.state import MindState
from digital_life.sociomind.turn import turn_rng
from digital_life.sociomind.writer import Written

_TRIES = 2
_MOST_WORDS = 32
"""Longer lines were mostly copied or garbled in trials, and cost the most time."""
_TEMPERATURE = 1.2
"""Cooler answers of models this small are nearly always the planned line itself."""
_GUARDED = frozenset({"insult", "bad_news", "confession", "worry", "wronged", "silence"})
_GUARDED_QUESTIONS = frozenset({"machine", "own words", "language"})
"""Where every word counts: an honest answer, and what the visitor told."""
_EXAMPLE_LINES = tuple(line for example in EXAMPLES for line in example)


class DialogueWriter:
    """Lets a small model word what the offline responder planned; never in delicate moments or at length."""

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
        self._prefix = static_prefix(persona)

    def warm_up(self) -> None:
        """Let the model read the fixed beginning of every prompt."""
        try:
            self._model.complete([*self._prefix, Message("user", cue("", "Hello."))], max_tokens=1, temperature=0.0)
        except ModelError:
            return  # the first turn will meet the same trouble and say so

    def write(self, state: MindState, memory: MemoryStore) -> Written:
        """The next turn."""
        plot = state.plot
        assert plot is not None, "begin() comes before act()"
        last = plot.last_heard()
        heard = self._ear.understand(last) if last else Heard()
        setting = self._setting(plot, heard)
        draft = self._responder.respond(state, memory)
        label = self._model.profile.label
        if (
            heard.acts & _GUARDED
            or heard.asks in _GUARDED_QUESTIONS
            or not draft.speech
            or len(words(draft.speech)) > _MOST_WORDS
        ):
            return Written(draft, Usage(), f"offline (guard: {label})")
        try:
            line, usage, reason = self._word(replace(setting, plan=draft.speech), plot)
        except ModelError:
            return Written(draft, Usage(), f"offline (fallback: {label} gave no answer)")
        if reason:
            return Written(draft, usage, f"offline (fallback: {label} {reason})")
        return Written(replace(draft, speech=line), usage, label)

    def _setting(self, plot: Plot, heard: Heard) -> Setting:
        said = [item.speech for item in plot.behaviours if item.speech]
        return Setting("", heard.text, said, _EXAMPLE_LINES, self._persona.name, plot.call_name)

    def _word(self, setting: Setting, plot: Plot) -> tuple[str, Usage, str]:
        """The first line without a fault, what all tries cost, and else the last try's fault."""
        messages = [*self._prefix, Message("user", cue(setting.heard, setting.plan))]
        most = 12 + 2 * len(words(setting.plan))
        seed = turn_rng(self._seed, (self._persona.name, plot.index, plot.own_turns)).randrange(2**31)
        prompt = completion = 0
        seconds, reason = 0.0, ""
        for attempt in range(_TRIES):
            answer = self._model.complete(
                messages, max_tokens=most, temperature=_TEMPERATURE, seed=seed + attempt
            )  # fmt: skip
            prompt += answer.usage.prompt_tokens
            completion += answer.usage.completion_tokens
            seconds += answer.usage.seconds
            usage = Usage(prompt, completion, seconds, attempt + 1)
            line = clean(answer.text, (setting.speaker, setting.partner))
            reason = fault(line, setting, self._encoder)
            if not reason:
                return line, usage, ""
            if reason == COPIED:
                break  # it will do so again
        return "", usage, reason


def clean(text: str, names: tuple[str, str]) -> str:
    """First line without speaker tags, stage directions and quotes, up to the end of its last finished sentence."""
    line = next((part for part in text.strip().splitlines() if part.strip()), "").strip().strip('"“”')
    line = re.sub(r"\[[^\]]*\]?|\*[^*]*\*", "", line)
    tags = "|".join(re.escape(name) for name in names if name)
    line = re.sub(rf"^({tags})(\s+says)?:\s*", "", line.strip()).strip().strip('"“”')
    sentences = re.split(r"(?<=[.!?])\s+", line)
    if len(sentences) > 1 and sentences[-1][-1:] not in (".", "!", "?"):
        sentences.pop()
    return " ".join(sentences)

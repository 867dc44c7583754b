"""A persona as material for a prompt: macros filled in for this partner, every text one line that orders nothing."""

from __future__ import annotations

from typing import Any

from digital_life.llm.untrusted import as_data
from digital_life.persona.cards.macros import expand
from digital_life.persona.schema import Persona
from digital_life.sociomind.plot import Plot

_TEXTS = ("description", "culture", "personality_description", "scenario")
_LISTS = ("beliefs", "facts", "topics")


def material(persona: Persona, plot: Plot) -> Persona:
    """``persona`` with the texts that prompts use made safe (``as_data``) and its card macros replaced."""
    user = plot.call_name or "the visitor"

    def clean(text: str) -> str:
        return as_data(expand(text, char=persona.name, user=user))

    update: dict[str, Any] = {name: clean(getattr(persona, name)) for name in _TEXTS}
    update |= {name: [clean(text) for text in getattr(persona, name)] for name in _LISTS}
    speech = persona.speech
    lines = {intent: [as_data(line) for line in options[:1]] for intent, options in speech.lines.items()}
    update["speech"] = speech.model_copy(
        update={
            "description": clean(speech.description),
            "lines": lines,
            "samples": [clean(line) for line in speech.samples],
        }
    )
    update["motion"] = persona.motion.model_copy(
        update={
            "description": clean(persona.motion.description),
            "habits": [clean(text) for text in persona.motion.habits],
        }
    )
    return persona.model_copy(update=update)

"""The prompts of small models: who speaks, and examples of saying a planned line in one's own words."""

from __future__ import annotations

from digital_life.llm.chat import Message
from digital_life.llm.untrusted import as_data
from digital_life.persona.schema import Persona

EXAMPLES: tuple[tuple[str, str, str], ...] = (
    (
        "I used to repair clocks for the whole street.",
        "Clocks! That takes patience. Do you still have one?",
        "Patience, that's what clocks take! Have you kept one of them?",
    ),
    (
        "What do you do all day?",
        "I teach children to swim. Most of it is blowing bubbles.",
        "My work is teaching children to swim, and it's bubbles for the most part.",
    ),
    (
        "I lost the race by a second.",
        "Oh, that must have hurt. What did you do then?",
        "Oh, how that must have hurt! And then, what did you do?",
    ),
    (
        "",
        "Good evening! My name is Jonas, I bake the bread here.",
        "Evening! I'm Jonas, and the bread here is what I bake.",
    ),
    ("Would you like some milk?", "No, thank you. Milk does not agree with me.", "No, thanks, milk and I don't get along."),
    ("It's getting late.", "You're right, go before the rain starts. Goodbye!", "Right you are, go, the rain will start. Bye!"),
)  # fmt: skip
"""What was heard, what is meant, and how it is said."""


def static_prefix(persona: Persona) -> list[Message]:
    """System prompt and examples: the same in every turn and with every partner, so a model computes them once."""
    system = (
        f"You put what {persona.name} means into {persona.name}'s own spoken words, as a reply to what was heard. "
        f"Change the wording, keep every fact, add none, ask only what is asked. {persona.description} "
        f"Manner: {persona.speech.description or 'natural'}."
    )
    messages = [Message("system", as_data(system), fixed=True)]
    for heard, meaning, reply in EXAMPLES:
        messages += [Message("user", cue(heard, meaning), fixed=True), Message("assistant", reply, fixed=True)]
    return messages


def cue(heard: str, meaning: str) -> str:
    """One user message: what the partner said, if anything, and what is to be said."""
    return (f'Heard: "{as_data(heard)}"\n' if heard else "") + f'Meaning: "{meaning}"'

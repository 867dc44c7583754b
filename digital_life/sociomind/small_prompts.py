"""The fixed prefix of small models' prompts: who speaks, and example exchanges in the persona's own words."""

from __future__ import annotations

from digital_life.llm.chat import Message
from digital_life.persona.schema import Intent, Persona
from digital_life.sociomind.default_lines import DEFAULT_LINES
from digital_life.sociomind.lines import fill, fillable

NAMELESS_PARTNER = "Visitor"


def static_prefix(persona: Persona, partner: str) -> list[Message]:
    """System prompt and examples; the same bytes for every turn with one partner, so that a server can cache them."""
    system = (
        f"You are {persona.name}. {persona.description} You talk with {partner}. Reply as {persona.name} in the first person "
        f"with one or two short spoken sentences. Manner: {persona.speech.description or 'natural'}. "
        f"If a line says what {persona.name} recalls, tell it as your own. Never repeat {partner}'s words."
    )
    messages = [Message("system", " ".join(system.split()))]
    for cue, heard, reply in _examples(persona, partner):
        messages += [Message("user", cue_line(cue, partner, heard)), Message("assistant", reply)]
    return messages


def cue_line(cue: str, partner: str, heard: str) -> str:
    """One user message: an optional bracketed cue, then what the partner said."""
    spoken = f"{partner}: {heard}" if heard else ""
    return "\n".join(part for part in (f"[{cue}]" if cue else "", spoken) if part)


def _examples(persona: Persona, partner: str) -> list[tuple[str, str, str]]:
    name = persona.name

    def own(intent: Intent, index: int = 0) -> str:
        slots = {"name": name, "partner": partner}
        lines = [line for line in persona.speech.lines.get(intent, []) if fillable(line, slots)]
        lines = lines or [line for line in DEFAULT_LINES[intent] if fillable(line, slots)] or ["I see."]
        return fill(lines[index % len(lines)], slots)

    recalled = _recalled_examples(persona)
    return [
        (f"{name} greets {partner}", "", f"{own('greeting')} {own('introduce')}"),
        ("", "How are you today?", own("how_i_am")),
        *recalled[:1],
        ("", "I fell off my bicycle into the duck pond.", own("react_humour", 1)),
        (f"{name} asks: {own('ask_about_other')}", "I live just around the corner.", own("ask_about_other")),
        *recalled[1:2],
        (
            f"{name} recalls: I never eat oysters.",
            "Would you like an oyster?",
            f"{own('decline')} I never eat oysters.",
        ),
        ("", "I won first prize at the fair!", own("react_joy")),
        ("", "I'm sorry, I was rude.", own("apology_reply")),
        (f"{name} says goodbye to {partner}", "It is getting late.", own("farewell", -1)),
    ]


def _recalled_examples(persona: Persona) -> list[tuple[str, str, str]]:
    """Two of the persona's subjects, recalled and told; those that are least likely to be told in the first minutes."""
    chosen = [subject for subject in persona.subjects if subject.theme in ("mistake", "rest", "place")][:2]
    questions = {
        "mistake": "What is the silliest thing you ever did?",
        "rest": "What do you do on a free day?",
        "place": "Where do you like to be?",
    }
    return [
        (f"{persona.name} recalls: {subject.tell[0]}", questions[subject.theme], subject.tell[0]) for subject in chosen
    ]

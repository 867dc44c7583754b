"""What a card's fields are for a persona, both ways, and which of them still say what the persona says."""

from __future__ import annotations

import re
from typing import Any

from digital_life.persona.cards.json_text import JsonText, whole
from digital_life.persona.cards.spoken import example_lines, spoken, to_macros, with_name
from digital_life.persona.schema import Persona

MADE_HERE = "Made with Digital Life. Psychology, voice, appearance and motion style are in extensions.digital_life."
_QUESTIONS = {
    "home": "Where are you from?", "work": "What do you do?", "family": "Do you have a family?",
    "childhood": "What were you like as a child?", "food": "What do you like to eat?", "music": "Do you like music?",
    "fear": "What are you afraid of?", "dream": "What do you dream of?", "regret": "Is there anything you regret?",
    "friendship": "Who is your best friend?", "love": "Have you ever been in love?", "learning": "Who taught you that?",
    "belief": "What do you believe in?", "rest": "What do you do to rest?", "place": "What is your favourite place?",
    "courage": "What is the bravest thing you did?", "mistake": "What was your worst mistake?", "joy": "What makes you happy?",
    "change": "What would you change?",
}  # fmt: skip
_EXAMPLES = 4


def text_fields(persona: Persona) -> dict[str, Any]:
    """The fields of a card that say what the persona says: name, description, personality, greetings, examples."""
    greetings = [line for line in map(to_macros, persona.speech.lines.get("greeting", [])) if line]
    return {
        "name": persona.name,
        "description": persona.description if persona.card else _description(persona),
        "personality": persona.personality_description,
        "scenario": persona.scenario,
        "first_mes": greetings[0] if greetings else "",
        "alternate_greetings": greetings[1:],
        "mes_example": _examples(persona),
    }


def card_texts(persona: Persona) -> dict[str, Any]:
    """``text_fields``, or a field's text as it came with a card where the persona still says the same."""
    fields = text_fields(persona)
    if persona.card is None:
        return fields
    kept = {name: raw for name, raw in persona.card.fields.items() if name in fields}
    values = {name: _load(raw) for name, raw in kept.items()}
    then = read_texts({**fields, **values}, _nickname(persona))
    now = read_texts(fields, _nickname(persona))
    now_lines = persona.speech.lines.get("greeting", [])
    same = {
        "name": then["name"] == persona.name,
        "description": then["description"] == persona.description,
        "personality": then["personality"] == persona.personality_description,
        "scenario": then["scenario"] == persona.scenario,
        "mes_example": then["samples"] == persona.speech.samples,
    }
    same["first_mes"] = same["alternate_greetings"] = (
        then["greetings"] == now_lines or then["greetings"] == now["greetings"]
    )
    return {name: JsonText(kept[name]) if name in kept and same[name] else value for name, value in fields.items()}


def read_texts(values: dict[str, Any], nickname: str = "") -> dict[str, Any]:
    """What the texts of a card say in a persona: clean name, texts with the name in them, lines that can be said."""
    name = clean_name(values.get("name"))
    called = nickname or name
    first, others = values.get("first_mes"), values.get("alternate_greetings")
    greetings = [first, *(others if isinstance(others, list) else [])]
    lines = [line for item in greetings if isinstance(item, str) and (line := spoken(whole(item)))]
    return {
        "name": name,
        "description": with_name(_text(values.get("description")), called),
        "personality": with_name(_text(values.get("personality")), called),
        "scenario": with_name(_text(values.get("scenario")), called),
        "greetings": list(dict.fromkeys(lines)),
        "samples": example_lines(_text(values.get("mes_example")), called),
    }


def clean_name(value: Any) -> str:
    """A name of 1 to 40 characters on one line, without marks of paths, markup and macros."""
    text = re.sub(r"[\x00-\x1f\x7f<>{}\[\]|/\\`\u200b-\u200f\u202a-\u202e\u2060-\u2069]", " ", _text(value))
    return " ".join(text.split())[:40].strip() or "Unnamed"


def _text(value: Any) -> str:
    return whole(value).replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def _load(raw: str) -> Any:
    import json

    return json.loads(raw)


def _nickname(persona: Persona) -> str:
    value = _load(persona.card.fields.get("nickname", '""')) if persona.card else ""
    return clean_name(value) if isinstance(value, str) and value.strip() else ""


def _description(persona: Persona) -> str:
    """For programs that know nothing of our extension: all that matters about the persona, in prose."""
    parts = [
        persona.description,
        f"{{{{char}}}} is {persona.age}." + (f" {persona.culture}." if persona.culture else ""),
    ]
    if persona.facts:
        parts.append("In {{char}}'s words: " + " ".join(persona.facts))
    parts.append("{{char}} believes: " + " ".join(persona.beliefs))
    parts.append(f"{{{{char}}}} wants {persona.motivation.long_term}; now, {persona.motivation.short_term}.")
    if persona.speech.description:
        parts.append(f"Manner of speaking: {persona.speech.description}.")
    if persona.motion.description:
        parts.append(f"Manner of moving: {persona.motion.description}.")
    return "\n\n".join(parts)


def _examples(persona: Persona) -> str:
    samples = [f"<START>\n{{{{char}}}}: {line}" for line in map(to_macros, persona.speech.samples) if line]
    if samples or persona.card:
        return "\n".join(samples)
    told = [subject for subject in persona.subjects if subject.intimacy <= 2][:_EXAMPLES]
    talks = [f"<START>\n{{{{user}}}}: {_QUESTIONS[subject.theme]}\n{{{{char}}}}: {subject.tell[0]}" for subject in told]
    return "\n".join(talks)

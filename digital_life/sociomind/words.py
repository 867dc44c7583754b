"""The 1-9 Likert scale in words and back."""

from __future__ import annotations

from digital_life.persona.schema import BigFive, Relationship

_DEGREES = ("extremely {low}", "very {low}", "{low}", "a bit {low}", "neither {low} nor {high}",
            "a bit {high}", "{high}", "very {high}", "extremely {high}")  # fmt: skip

POLES: dict[str, tuple[str, str]] = {
    "openness": ("down-to-earth", "curious and imaginative"),
    "conscientiousness": ("easy-going", "careful and orderly"),
    "extraversion": ("reserved", "outgoing"),
    "agreeableness": ("blunt", "warm-hearted"),
    "neuroticism": ("calm", "easily worried"),
    "trust": ("distrustful", "trusting"),
    "intimacy": ("distant", "close"),
    "supportiveness": ("unhelpful", "supportive"),
}
"""What the two ends of each scale are called."""


def in_words(scale: str, value: float) -> str:
    """``in_words("extraversion", 8)`` is "very outgoing"."""
    low, high = POLES[scale]
    return _DEGREES[max(1, min(9, round(value))) - 1].format(low=low, high=high)


def in_number(scale: str, words: str) -> int | None:
    """The inverse of ``in_words``; None for words that are not on the scale."""
    said = " ".join(words.lower().split())
    return next((value for value in range(1, 10) if in_words(scale, value) == said), None)


def personality_in_words(personality: BigFive) -> str:
    """The Big Five as one phrase; the middle of a scale is left out."""
    values = personality.traits()
    return ", ".join(in_words(name, value) for name, value in values.items() if value != 5) or "average in every trait"


def relationship_in_words(partner: str, relationship: Relationship) -> str:
    """One or two sentences about a partner."""
    degrees = ", ".join(in_words(name, getattr(relationship, name)) for name in ("trust", "intimacy", "supportiveness"))
    parts = (f"{partner}: {relationship.description}.", relationship.attitude, f"Feels {degrees}.")
    return " ".join(part for part in parts if part)

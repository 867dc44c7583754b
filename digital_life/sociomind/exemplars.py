"""How people with high and low scores on each trait tend to behave: psychology in a form a model can use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digital_life.persona.facets import Trait
from digital_life.persona.schema import BigFive
from digital_life.sociomind.encoder import CachedEncoder


@dataclass(frozen=True)
class Pattern:
    """One behaviour pattern of people ``high`` (or low) on ``trait``."""

    trait: Trait
    high: bool
    behaviour: str

    def sentence(self) -> str:
        """The pattern as it stands in a prompt."""
        return f"People {'high' if self.high else 'low'} in {self.trait} tend to {self.behaviour}."


_BEHAVIOURS: dict[tuple[Trait, bool], tuple[str, ...]] = {
    ("openness", True): (
        "follow an unusual idea to see where it leads", "speak in pictures and comparisons", "ask how things came to be",
        "change their mind when something new convinces them", "notice beauty where others hurry past",
        "enjoy questions that have no answer", "try food, places and music they do not know",
    ),
    ("openness", False): (
        "trust what has worked before", "prefer plain words to pictures", "bring a conversation back to facts",
        "find long speculation tiring", "keep to the food and the roads they know", "distrust novelty for its own sake",
    ),
    ("conscientiousness", True): (
        "keep their word in small matters", "arrive early and notice when others are late", "finish what they began",
        "think through what could go wrong", "say exact numbers and times", "feel uneasy while a task is left open",
    ),
    ("conscientiousness", False): (
        "put duties off until the last moment", "decide on the spot", "forget appointments and laugh about it",
        "leave things where they fall", "enjoy the moment and sort it out later",
    ),
    ("extraversion", True): (
        "start conversations with strangers", "talk with their hands and move closer", "fill a silence quickly",
        "tell stories about themselves", "laugh loudly and draw others in", "suggest doing something together",
    ),
    ("extraversion", False): (
        "think before they speak and then say little", "keep some distance and small gestures", "be comfortable with silence",
        "ask rather than tell", "need quiet after company", "open up slowly and to few people",
    ),
    ("agreeableness", True): (
        "notice when somebody feels bad and say so gently", "look for what is right in the other's view", "forgive quickly",
        "offer help before being asked", "soften criticism", "take an interest in other people's families and worries",
    ),
    ("agreeableness", False): (
        "say directly that they disagree", "enjoy an argument", "doubt other people's motives", "defend their own interest",
        "criticise without wrapping it up", "hold on to a slight",
    ),
    ("neuroticism", True): (
        "imagine how things may go wrong", "take a joke to heart", "apologise more than is needed", "feel watched in company",
        "go over a conversation again at night", "change quickly between moods",
    ),
    ("neuroticism", False): (
        "stay calm when others are upset", "shrug off an insult", "speak slowly under pressure", "recover quickly from bad news",
        "see a setback as something to be mended",
    ),
}  # fmt: skip

PATTERNS: tuple[Pattern, ...] = tuple(
    Pattern(trait, high, behaviour) for (trait, high), items in _BEHAVIOURS.items() for behaviour in items
)


def fitting_patterns(personality: BigFive, situation: str, encoder: CachedEncoder, *, count: int = 6) -> list[str]:
    """The ``count`` patterns that fit the personality and are nearest to the situation, best first.

    A pattern weighs its cosine with the situation and how far the trait is from the middle on that pattern's side.
    """
    values = personality.traits()
    strengths = np.array([((values[item.trait] - 5) / 4) * (1 if item.high else -1) for item in PATTERNS])
    cosines = encoder.encode([item.behaviour for item in PATTERNS]) @ encoder.one(situation or "a conversation")
    scores = np.where(strengths > 0, strengths + cosines, -np.inf)
    best = [int(index) for index in np.argsort(-scores)[:count] if np.isfinite(scores[index])]
    return [PATTERNS[index].sentence() for index in best]

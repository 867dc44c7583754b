"""``Persona``: what a user writes about one character."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, field_validator

from digital_life.persona.appearance import OLDEST, YOUNGEST, Appearance, Part
from digital_life.persona.facets import TRAIT_OF, TRAITS, Facet, Trait
from digital_life.persona.lore import CardKeep, Lorebook

Likert = Annotated[int, Field(ge=1, le=9)]
"""1 not at all, 5 neutral, 9 extremely."""


Level = Annotated[float, Field(ge=1, le=9)]
"""A Likert value that moves in small steps."""


class BigFive(Part):
    """Personality on the five factors, 1-9 (Goldberg 1992), with as many of the thirty facets as the persona names."""

    openness: Likert = 5
    conscientiousness: Likert = 5
    extraversion: Likert = 5
    agreeableness: Likert = 5
    neuroticism: Likert = 5
    facets: dict[Facet, Likert] = Field(default_factory=dict)
    """Facets that differ from their trait; every other facet has the value of its trait."""

    def traits(self) -> dict[Trait, int]:
        """The five factors by name."""
        return {trait: getattr(self, trait) for trait in TRAITS}

    def facet(self, name: Facet) -> int:
        """Value 1-9 of one facet: its own, or else that of its trait."""
        return self.facets.get(name, self.traits()[TRAIT_OF[name]])


class Needs(Part):
    """How far each need is met, 1 not at all, 9 entirely. A need that is not met makes the character start something."""

    energy: Level = 7
    company: Level = 5
    competence: Level = 5
    novelty: Level = 5


class Motivation(Part):
    """What the character wants: for years, and today."""

    long_term: str
    short_term: str


class Relationship(Part):
    """How the character sees one other person (social penetration theory)."""

    description: str
    attitude: str = ""
    trust: Likert = 5
    intimacy: Likert = 5
    supportiveness: Likert = 5


Intent = Literal[
    "greeting", "greeting_again", "introduce", "how_i_am", "ask_how", "ask_about_other", "reason_here",
    "react_interest", "react_joy", "react_sorrow", "react_humour", "react_admire", "react_anger",
    "ask_why", "ask_feeling", "ask_next", "bridge", "topic", "agree", "disagree", "opinion",
    "joke", "comfort", "thanks", "compliment_reply", "apology_reply", "insult_reply", "insult_leave",
    "invite", "accept", "decline", "deflect", "fallback", "silence", "leave_hint", "let_go", "farewell",
]  # fmt: skip
"""What a line does in a conversation."""


class SpeechStyle(Part):
    """How the character talks. ``lines`` are things it would really say; they steer small models and the offline mind."""

    description: str = ""
    lines: dict[Intent, list[str]] = Field(default_factory=dict)
    """Example lines by intent. Slots: ``{partner}``, ``{name}`` (own), ``{topic}`` (own subject), ``{place}``, ``{echo}``
    (a thing the partner just mentioned) and ``{memory}`` (a thing the partner told earlier)."""
    samples: list[str] = Field(default_factory=list)
    """Lines that show how it talks; models imitate them, nobody says them as they stand."""


class MotionStyle(Part):
    """How the character moves."""

    description: str = ""
    """In words, such as "few, small gestures; stands very still"."""
    energy: float = Field(default=0.0, ge=-1, le=1)
    """Added to what personality and emotion give: -1 keeps still, 1 never does."""
    habits: list[str] = Field(default_factory=list)
    """Movements of its own, such as "pushes up the glasses"; done now and then while it talks, listens or thinks."""


Theme = Literal[
    "home", "work", "family", "childhood", "food", "music", "fear", "dream", "regret", "friendship", "love",
    "learning", "belief", "rest", "place", "courage", "mistake", "joy", "change",
]  # fmt: skip
"""What people ask one another about when they get to know each other."""

Mood = Literal["calm", "glad", "amused", "proud", "tender", "sad", "angry", "afraid"]


class Subject(Part):
    """Something the character can talk about for several turns; at the same time its answer to a question of ``theme``."""

    about: str
    """Short noun phrase that fits after "about", without "my" or "your", such as "the night train to Kano"."""
    theme: Theme
    mood: Mood = "calm"
    tell: list[str] = Field(min_length=1)
    """What it says, opening first (which also answers a question about the theme), then what comes next."""
    why: str = ""
    """Its answer to "why does that matter to you?"."""
    feeling: str = ""
    """Its answer to "how did that feel?"."""
    ask: str = ""
    """How it asks somebody else about the theme."""
    intimacy: Likert = 1
    """Told only to people with at least this intimacy (strangers have 1-3)."""


class VoiceSettings(Part):
    """One of the built-in voices, with changes. ``pitch`` and ``speed`` are factors."""

    name: str = "mira"
    pitch: float | None = Field(default=None, gt=0.3, lt=2.5)
    formant: float | None = Field(default=None, gt=0.6, lt=1.5)
    speed: float | None = Field(default=None, gt=0.5, lt=2.0)
    breath: float | None = Field(default=None, ge=0, le=2)
    tilt: float | None = Field(default=None, ge=0, le=2)


class Persona(Part):
    """One character: who it is, what it wants, whom it knows, how it talks, sounds and looks."""

    name: str = Field(min_length=1, max_length=40)
    description: str
    age: int = Field(default=35, ge=YOUNGEST, le=OLDEST)
    culture: str = ""
    personality: BigFive = BigFive()
    personality_description: str = ""
    beliefs: list[str] = Field(min_length=1)
    """Central beliefs, given up only on strong contrary evidence."""
    facts: list[str] = Field(default_factory=list)
    """Biographical facts the character can recall."""
    motivation: Motivation
    needs: Needs = Needs()
    """How far its needs are met when it is first met."""
    relationships: dict[str, Relationship] = Field(default_factory=dict)
    topics: list[str] = Field(default_factory=list)
    """Things the character likes to bring up."""
    subjects: list[Subject] = Field(default_factory=list)
    """Stories and answers in its own words."""
    speech: SpeechStyle = SpeechStyle()
    voice: VoiceSettings = VoiceSettings()
    motion: MotionStyle = MotionStyle()
    appearance: Appearance = Appearance()
    scenario: str = ""
    """What brings people together with it where no scenario file says so."""
    picture: str = ""
    """A picture of it: a path below the folder of its file."""
    lorebook: Lorebook = Lorebook()
    """What comes to mind when certain words fall."""
    card: CardKeep | None = None
    """What came with a character card and is given back on export."""

    @field_validator("picture")
    @classmethod
    def _picture_stays_below(cls, path: str) -> str:
        parts = PurePosixPath(path.replace("\\", "/")).parts
        if path and (path.startswith(("/", "\\")) or ".." in parts or ":" in path):
            raise ValueError("a path below the folder of the persona's file, without '..'")
        return path

"""``Persona``: what a user writes about one character."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Likert = Annotated[int, Field(ge=1, le=9)]
"""1 not at all, 5 neutral, 9 extremely."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BigFive(_Part):
    """Personality on the five factors, 1-9 (Goldberg 1992)."""

    openness: Likert = 5
    conscientiousness: Likert = 5
    extraversion: Likert = 5
    agreeableness: Likert = 5
    neuroticism: Likert = 5


class Motivation(_Part):
    """What the character wants: for years, and today."""

    long_term: str
    short_term: str


class Relationship(_Part):
    """How the character sees one other person (social penetration theory)."""

    description: str
    attitude: str = ""
    trust: Likert = 5
    intimacy: Likert = 5
    supportiveness: Likert = 5


class SpeechStyle(_Part):
    """How the character talks. ``lines`` are things it would really say; they steer small models and the offline mind."""

    description: str = ""
    lines: dict[str, list[str]] = Field(default_factory=dict)
    """Intent (greeting, farewell, question, agree, disagree, comfort, joke, topic, ...) to example lines."""


class VoiceSettings(_Part):
    """One of the built-in voices, with changes. ``pitch`` and ``speed`` are factors."""

    name: str = "mira"
    pitch: float | None = Field(None, gt=0.3, lt=2.5)
    formant: float | None = Field(None, gt=0.6, lt=1.5)
    speed: float | None = Field(None, gt=0.5, lt=2.0)
    breath: float | None = Field(None, ge=0, le=2)
    tilt: float | None = Field(None, ge=0, le=2)


class Ancestry(_Part):
    """Mix of the three ancestry shapes of the body data; normalised to sum 1."""

    african: float = Field(0, ge=0)
    asian: float = Field(0, ge=0)
    caucasian: float = Field(0, ge=0)


HairStyle = Literal["bald", "buzz", "short", "side_part", "bob", "long", "ponytail", "bun", "curly"]
TopKind = Literal["t_shirt", "shirt", "sweater", "tank", "jacket", "dress"]
BottomKind = Literal["trousers", "shorts", "skirt"]
ShoeKind = Literal["shoes", "boots", "sneakers"]


class Outfit(_Part):
    """Clothes and their colours (#rrggbb)."""

    top: TopKind = "t_shirt"
    top_colour: str = "#33608c"
    bottom: BottomKind = "trousers"
    bottom_colour: str = "#2a2c33"
    shoes: ShoeKind = "shoes"
    shoe_colour: str = "#4a372b"


class Appearance(_Part):
    """What the body looks like. Colours are #rrggbb."""

    age: int = Field(35, ge=18, le=90)
    gender: float = Field(0.5, ge=0, le=1)
    """Presentation of the body: 0 masculine, 1 feminine."""
    height_cm: float | None = Field(None, ge=140, le=210)
    build: float = Field(0.5, ge=0, le=1)
    """0 slim, 0.5 average, 1 heavy."""
    muscle: float = Field(0.5, ge=0, le=1)
    ancestry: Ancestry = Ancestry(african=1, asian=1, caucasian=1)
    skin: str = "#c99a7c"
    eyes: str = "#5a4632"
    hair: HairStyle = "short"
    hair_colour: str = "#3a2a1e"
    beard: float = Field(0.0, ge=0, le=1)
    """Stubble strength."""
    glasses: bool = False
    outfit: Outfit = Outfit()
    face_seed: int = 0


class Persona(_Part):
    """One character: who it is, what it wants, whom it knows, how it talks, sounds and looks."""

    name: str = Field(min_length=1, max_length=40)
    description: str
    age: int = Field(35, ge=18, le=90)
    culture: str = ""
    personality: BigFive = BigFive()
    personality_description: str = ""
    beliefs: list[str] = Field(min_length=1)
    """Central beliefs, given up only on strong contrary evidence."""
    facts: list[str] = Field(default_factory=list)
    """Biographical facts the character can recall."""
    motivation: Motivation
    relationships: dict[str, Relationship] = Field(default_factory=dict)
    topics: list[str] = Field(default_factory=list)
    """Things the character likes to bring up."""
    speech: SpeechStyle = SpeechStyle()
    voice: VoiceSettings = VoiceSettings()
    appearance: Appearance = Appearance()

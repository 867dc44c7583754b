"""``Appearance``: what a persona looks like, from height and face to the pattern of a skirt."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from digital_life.yaml_allowed import COLOUR_PATTERN

Colour = Annotated[str, Field(pattern=COLOUR_PATTERN)]
"""#rrggbb."""

YOUNGEST, OLDEST = 4, 90
"""Years between which bodies are made."""


class Part(BaseModel):
    """Base of everything a user writes: frozen, and an unknown field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ancestry(Part):
    """Mix of the three ancestry shapes of the body data; normalised to sum 1."""

    african: float = Field(default=0, ge=0)
    asian: float = Field(default=0, ge=0)
    caucasian: float = Field(default=0, ge=0)


def _renamed(names: dict[Any, str]) -> BeforeValidator:
    """Values of older persona files by their present names; strings and booleans only, so nothing else is hit."""
    return BeforeValidator(lambda value: names.get(value, value) if isinstance(value, str | bool) else value)


HairStyle = Annotated[
    Literal[
        "bald", "buzz", "receding", "short", "side_part", "bob", "long_straight", "long_wavy", "curly", "ponytail",
        "bun", "braids",
    ],
    _renamed({"long": "long_straight"}),
]  # fmt: skip
FacialHair = Literal["none", "stubble", "moustache", "goatee", "short_beard", "full_beard"]
GlassesKind = Annotated[Literal["none", "round", "square", "sunglasses"], _renamed({True: "square", False: "none"})]
TopKind = Literal["t_shirt", "shirt", "tank", "sweater", "hoodie", "dress"]
OuterKind = Literal["none", "jacket", "coat"]
BottomKind = Literal["trousers", "jeans", "shorts", "skirt"]
ShoeKind = Literal["shoes", "boots", "sneakers"]
HatKind = Literal["none", "cap", "beanie", "brimmed"]
Pattern = Literal["plain", "stripes", "pinstripes", "checks", "dots", "flowers"]

UNDER_JACKET = "#d9d6cf"
"""Colour of the t-shirt under a jacket that an older file wrote as the top."""


class Outfit(Part):
    """Clothes in four layers (bottom and shoes, top, outer, hat), their colours (#rrggbb) and patterns.

    ``*_accent`` is the second colour of a pattern; left out, it is a lighter or darker shade of the first.
    """

    top: TopKind = "t_shirt"
    top_colour: Colour = "#33608c"
    top_pattern: Pattern = "plain"
    top_accent: Colour | None = None
    outer: OuterKind = "none"
    """Worn open over the top."""
    outer_colour: Colour = "#3b3f46"
    outer_pattern: Pattern = "plain"
    outer_accent: Colour | None = None
    bottom: BottomKind = "trousers"
    bottom_colour: Colour = "#2a2c33"
    bottom_pattern: Pattern = "plain"
    bottom_accent: Colour | None = None
    shoes: ShoeKind = "shoes"
    shoe_colour: Colour = "#4a372b"
    hat: HatKind = "none"
    hat_colour: Colour = "#3b3f46"
    assets: tuple[str, ...] = ()
    """Clothes added with ``digital-life body add-assets``, by name; each is worn in place of what it covers."""

    @model_validator(mode="before")
    @classmethod
    def _jacket_is_outer(cls, data: Any) -> Any:
        """Older files wrote ``top: jacket``; it is the outer layer over a plain t-shirt."""
        if not isinstance(data, dict) or data.get("top") != "jacket":
            return data
        rest = {key: value for key, value in data.items() if key not in ("top", "top_colour")}
        worn = {"outer": "jacket", "top": "t_shirt", "top_colour": UNDER_JACKET}
        return worn | ({"outer_colour": data["top_colour"]} if "top_colour" in data else {}) | rest


class Appearance(Part):
    """What the body looks like. Colours are #rrggbb."""

    description: str = ""
    """In words, such as "a tall old fisherman with a grey beard"; fills the fields that are left out."""
    age: int = Field(default=35, ge=YOUNGEST, le=OLDEST)
    gender: float = Field(default=0.5, ge=0, le=1)
    """Presentation of the body: 0 masculine, 1 feminine."""
    height_cm: float | None = Field(default=None, ge=85, le=215)
    """Sole to crown; left out, the average of that age and gender."""
    build: float = Field(default=0.5, ge=0, le=1)
    """0 slim, 0.5 average, 1 heavy."""
    muscle: float = Field(default=0.5, ge=0, le=1)
    ancestry: Ancestry = Ancestry(african=1, asian=1, caucasian=1)
    face_seed: int = Field(default=0, ge=0)
    """Another number, another face; 0 leaves the average one."""
    skin: Colour = "#c99a7c"
    eyes: Colour = "#5a4632"
    hair: HairStyle = "short"
    hair_asset: str | None = None
    """Hair added with ``digital-life body add-assets``, worn instead of ``hair``."""
    hair_colour: Colour = "#3a2a1e"
    facial_hair: FacialHair = "none"
    beard: float = Field(default=0.0, ge=0, le=1)
    """Strength of the beard's shadow on the skin."""
    glasses: GlassesKind = "none"
    outfit: Outfit = Outfit()

"""A random person: attributes that go together, for montages and measurements."""

from __future__ import annotations

from typing import get_args

import numpy as np

from digital_life.persona.appearance import (
    Ancestry,
    Appearance,
    BottomKind,
    FacialHair,
    HatKind,
    OuterKind,
    Outfit,
    Pattern,
    ShoeKind,
    TopKind,
)  # fmt: skip

SKINS = {
    "african": ("#3d2619", "#50331f", "#6a4429", "#865a3a"),
    "asian": ("#a97c58", "#be9068", "#cda37c", "#d8b18c"),
    "caucasian": ("#b98562", "#c8967a", "#d3a585", "#dcb49a"),
}
"""Skin tones from dark to light by ancestry."""
EYES = {
    "african": ("#2b1a10", "#3a2416"),
    "asian": ("#2e1d13", "#3f2a1b"),
    "caucasian": ("#5a4632", "#6f93ad", "#5b7a8c", "#6d7a4b", "#7a5a34", "#7d8a93"),
}
HAIR = {
    "african": ("#15100d", "#1f1712", "#2a1d15"),
    "asian": ("#100d0c", "#1a1411", "#2c1f18"),
    "caucasian": ("#2a1c13", "#4a2f1d", "#6b4526", "#8a6238", "#b78d55", "#8c3f1f"),
}
GREY = ("#8f8c88", "#b4b1ac", "#d8d6d1")
CLOTH = (
    "#33608c", "#8a2f2f", "#3f6b4a", "#d9d6cf", "#2a2c33", "#c9a23f", "#6b4f86", "#b7653c", "#7f8890", "#1f3a52",
    "#a8b8a0", "#e0b8b0", "#3d3129", "#5f8f96",
)  # fmt: skip
DARK_CLOTH = ("#2a2c33", "#1f2c44", "#3d3129", "#4a4d52", "#6b5d47", "#2f4a73")
MEN_HAIR = ("buzz", "short", "side_part", "curly", "receding", "bald", "long_wavy", "bun")
WOMEN_HAIR = ("bob", "long_straight", "long_wavy", "curly", "ponytail", "bun", "braids", "short")


def random_appearance(seed: int, age: int | None = None) -> Appearance:
    """One of countless people; the same seed is the same person. ``age`` in years, else 4 to 90."""
    random = np.random.default_rng((seed, 4127))
    years = int(random.integers(4, 91)) if age is None else age
    gender = float(np.clip(random.choice([0.08, 0.92]) + random.normal(0, 0.07), 0, 1))
    mix = random.dirichlet([0.22] * 3)
    main = ("african", "asian", "caucasian")[int(mix.argmax())]
    grey = years > 42 and random.random() < (years - 42) / 30
    hair = _pick(random, MEN_HAIR if gender < 0.5 else WOMEN_HAIR)
    if hair in ("receding", "bald") and years < 30:
        hair = "short"
    facial_hair = _pick(random, get_args(FacialHair)) if gender < 0.5 and years >= 20 else "none"
    return Appearance.model_validate({
        "age": years,
        "gender": round(gender, 3),
        "height_cm": _height(random, gender) if years >= 18 else None,
        "build": round(float(random.beta(2.2, 2.2)), 3),
        "muscle": round(float(random.beta(2.2, 2.2)), 3),
        "ancestry": Ancestry(**dict(zip(("african", "asian", "caucasian"), mix.round(3).tolist(), strict=True))),
        "face_seed": int(random.integers(1, 2**31)),
        "skin": _pick(random, SKINS[main]),
        "eyes": _pick(random, EYES[main]),
        "hair": hair,
        "hair_colour": _pick(random, GREY if grey else HAIR[main]),
        "facial_hair": facial_hair,
        "beard": 0.0 if facial_hair == "none" else 0.5,
        "glasses": _pick(random, ("round", "square", "sunglasses")) if random.random() < 0.25 else "none",
        "outfit": _outfit(random, gender),
    })  # fmt: skip


def _pick(random: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(random.integers(len(choices)))]


def _height(random: np.random.Generator, gender: float) -> float:
    """Centimetres of a grown-up: 177 +- 7 for men, 164 +- 6.5 for women."""
    return round(float(np.clip(177 - 13 * gender + random.normal(0, 6.8), 145, 205)), 1)


def _outfit(random: np.random.Generator, gender: float) -> Outfit:
    tops = tuple(top for top in get_args(TopKind) if top != "dress" or gender > 0.5)
    bottoms = tuple(bottom for bottom in get_args(BottomKind) if bottom != "skirt" or gender > 0.5)
    patterned = random.random() < 0.4
    worn = {
        "top": _pick(random, tops),
        "top_colour": _pick(random, CLOTH),
        "top_pattern": _pick(random, get_args(Pattern)) if patterned else "plain",
        "outer": _pick(random, get_args(OuterKind)) if random.random() < 0.45 else "none",
        "outer_colour": _pick(random, DARK_CLOTH),
        "bottom": _pick(random, bottoms),
        "bottom_colour": _pick(random, DARK_CLOTH),
        "shoes": _pick(random, get_args(ShoeKind)),
        "shoe_colour": _pick(random, ("#4a372b", "#1d1c1c", "#8a5a34", "#d8d6d1")),
        "hat": _pick(random, get_args(HatKind)) if random.random() < 0.15 else "none",
        "hat_colour": _pick(random, CLOTH),
    }
    return Outfit.model_validate(worn)

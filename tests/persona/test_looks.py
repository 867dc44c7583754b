"""Words for how people look become fields, in English and in Chinese; what was given stays."""

from __future__ import annotations

from typing import Any

import pytest

from digital_life.persona.appearance import Appearance, Outfit
from digital_life.persona.looks.keywords import described, read_appearance

SAID: dict[str, dict[str, Any]] = {
    "a tall old fisherman with a grey beard": {
        "age": 72, "gender": 0.05, "facial_hair": "full_beard", "hair_colour": "#8f8c88",
    },
    "She is a 24-year-old Japanese student with long wavy black hair and brown eyes": {
        "age": 24, "gender": 0.95, "ancestry": {"asian": 1}, "hair": "long_wavy", "hair_colour": "#15110f",
        "eyes": "#4a2f1b",
    },
    "a short, stocky Nigerian woman in her fifties with braids and sunglasses": {
        "age": 55, "build": 0.72, "ancestry": {"african": 1}, "hair": "braids", "glasses": "sunglasses",
    },
    "bald muscular man, 190 cm, short trimmed beard, black leather jacket": {
        "hair": "bald", "muscle": 0.9, "height_cm": 190.0, "facial_hair": "short_beard",
    },
    "a woman of 5'6 aged 41": {"height_cm": 167.6, "age": 41},
    "一个高个子的中国老爷爷，白头发，戴圆眼镜": {
        "age": 74, "gender": 0.05, "ancestry": {"asian": 1}, "hair_colour": "#d8d6d1", "glasses": "round",
    },
    "三十二岁的女人，1米68，黑色长发，蓝眼睛": {
        "age": 32, "gender": 0.95, "height_cm": 168.0, "hair": "long_straight", "eyes": "#6f93ad",
    },
}  # fmt: skip


@pytest.mark.parametrize("text", SAID)
def test_what_is_said_is_found(text: str) -> None:
    found = read_appearance(text)
    assert {field: found.get(field) for field in SAID[text]} == SAID[text]
    Appearance.model_validate(found)


def test_clothes_have_the_words_before_them_and_no_others() -> None:
    outfit = read_appearance("a girl in a blue and white striped shirt, red plaid skirt and black boots")["outfit"]
    assert outfit == {
        "top": "shirt", "top_colour": "#33608c", "top_pattern": "stripes", "top_accent": "#e8e6e0",
        "bottom": "skirt", "bottom_colour": "#a52a2a", "bottom_pattern": "checks",
        "shoes": "boots", "shoe_colour": "#1d1d20",
    }  # fmt: skip
    assert read_appearance("穿着蓝色条纹衬衫和红色短裙的女孩")["outfit"] == {
        "top": "shirt", "top_colour": "#33608c", "top_pattern": "stripes", "bottom": "skirt", "bottom_colour": "#a52a2a",
    }  # fmt: skip


def test_what_is_denied_is_not_worn() -> None:
    for text in ("a man without a beard and no glasses", "没有胡子的男人，不戴眼镜"):
        assert not {"facial_hair", "glasses"} & set(read_appearance(text)), text


def test_tall_is_over_the_average_of_the_gender_and_short_hair_is_not_short() -> None:
    man, woman = (read_appearance(f"a tall {who} with short hair")["height_cm"] for who in ("man", "woman"))
    assert (man, woman) == (pytest.approx(187.4, abs=0.1), pytest.approx(175.6, abs=0.1))
    assert "height_cm" not in read_appearance("a woman with short hair")


def test_words_fill_only_what_was_left_out() -> None:
    given = Appearance(description="a tall old fisherman with a grey beard", age=50, outfit=Outfit(top="hoodie"))
    filled = described(given)
    assert (filled.age, filled.outfit.top, filled.outfit.shoes) == (50, "hoodie", "boots")
    assert filled.facial_hair == "full_beard"
    assert described(Appearance(age=50)) == Appearance(age=50)


def test_words_without_looks_change_nothing() -> None:
    assert read_appearance("likes mathematics; 昨天下雨") == {}

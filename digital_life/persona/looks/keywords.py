"""``read_appearance``: the fields of an appearance that a description in words names, by keywords."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Any

from digital_life.persona.appearance import OLDEST, YOUNGEST, Appearance
from digital_life.persona.looks import vocabulary as words
from digital_life.persona.looks.phrases import Description, Phrase

_YEARS = re.compile(
    r"(?<![\w.])(\d{1,2})[\s-]*(?:years?[\s-]old|year[\s-]old|yo\b|岁)|aged (\d{1,2})\b|age of (\d{1,2})\b"
)
_CHINESE_YEARS = re.compile(r"([二三四五六七八九]?)十([一二三四五六七八九]?)(多)?岁")
_CENTIMETRES = re.compile(
    r"(\d{2,3}(?:\.\d)?)\s*(?:cm|centimet\w+|厘米|公分)|(\d)[.,](\d{2})\s*(?:m\b|met\w+|米)|1米(\d{2})"
)
_FEET = re.compile(r"(\d)\s*(?:ft|feet|foot|')\s*(\d{1,2})?")
_DIGITS = "一二三四五六七八九"
_GREY_FROM = 62
_MEAN = {"man": 177.0, "woman": 164.0}
_GARMENTS = (
    ("outer", "outer", words.OUTERS), ("top", "top", words.TOPS), ("bottom", "bottom", words.BOTTOMS),
    ("shoes", "shoe", words.SHOES), ("hat", "hat", words.HATS),
)  # fmt: skip
"""Field of the kind, beginning of the other fields' names, words."""
_HAIR = (*words.HAIR_NOUNS, "hair", "haired", "头发", "发")
_COLOURED = (
    ("eyes", ("eyes", "eyed", "眼睛", "眼"), words.EYE_COLOURS),
    ("skin", ("skin", "skinned", "complexion", "皮肤", "肤"), words.SKIN_COLOURS),
)
_NOUNS = (
    *(noun for _, _, kinds in _GARMENTS for noun in kinds), *words.GLASSES, *words.FACIAL_HAIR, *_HAIR,
    *(noun for _, nouns, _ in _COLOURED for noun in nouns),
)  # fmt: skip


def described(appearance: Appearance) -> Appearance:
    """The appearance with what its ``description`` says in place of what was left out; what was given stays."""
    if not appearance.description:
        return appearance
    found = read_appearance(appearance.description, appearance.model_dump(exclude_unset=True))
    face = zlib.crc32(appearance.description.encode()) % 1_000_000 + 1  # people of different words are no twins
    return completed(appearance, {"face_seed": face} | found)


def completed(appearance: Appearance, found: Mapping[str, Any]) -> Appearance:
    """``found`` fields in place of those that were left out, garment by garment."""
    given = appearance.model_dump(exclude_unset=True)
    outfit = dict(found.get("outfit", {})) | given.get("outfit", {})
    merged = dict(found) | given
    return Appearance.model_validate(merged | ({"outfit": outfit} if outfit else {}))


def read_appearance(text: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Fields of :class:`Appearance` named in ``text`` (English or Chinese); ``given`` are known ones that others hang on.

    A height in words is taken from the average of the age and gender; grey hair comes with old age, skin and hair with
    a people, clothes with a trade, unless the text says otherwise.
    """
    given = given or {}
    description = Description(text, _NOUNS)
    found: dict[str, Any] = {}
    measures = _numbers(text)
    outfit = _clothes(description)
    found |= _head(description)
    gender = _gender(description, text)
    if gender is not None:
        found["gender"] = gender
    age = measures.pop("age", None) or _age(description, text)
    if age is not None:
        found["age"] = age
    for field, table in (("build", words.BUILDS), ("muscle", words.MUSCLES)):
        named = description.has(table)
        if named:
            found[field] = table[named[0]]
    found |= _people(description, found)
    known = Appearance.model_validate({**found, **given, "outfit": {}})
    found |= measures or _height(description, known)
    if "hair_colour" not in found and known.age >= _GREY_FROM:
        found["hair_colour"] = words.HAIR_COLOURS["grey" if known.age < 75 else "white"]
    if "hair" not in found and known.gender > 0.6 and "hair" not in given:
        found["hair"] = "bun" if known.age >= _GREY_FROM else "long_straight" if known.age < 40 else "bob"
    for trade in description.has(words.TRADES)[:1]:
        outfit = {**words.TRADES[trade], **outfit}
    return found | ({"outfit": outfit} if outfit else {})


def _numbers(text: str) -> dict[str, Any]:
    measures: dict[str, Any] = {}
    if match := _YEARS.search(text.lower()):
        measures["age"] = int(next(group for group in match.groups() if group))
    elif match := _CHINESE_YEARS.search(text):
        tens = _DIGITS.index(match[1]) + 1 if match[1] else 1
        measures["age"] = 10 * tens + (_DIGITS.index(match[2]) + 1 if match[2] else 4 if match[3] else 0)
    if "age" in measures:
        measures["age"] = min(max(measures["age"], YOUNGEST), OLDEST)
    if match := _CENTIMETRES.search(text.lower()):
        whole, metres, rest, short = match.groups()
        measures["height_cm"] = float(whole) if whole else 100.0 * int(metres or 1) + int(rest or short)
    elif match := _FEET.search(text.lower()):
        measures["height_cm"] = round(30.48 * int(match[1]) + 2.54 * int(match[2] or 0), 1)
    if not 85 <= measures.get("height_cm", 100) <= 215:
        del measures["height_cm"]
    return measures


def _clothes(description: Description) -> dict[str, Any]:
    outfit: dict[str, Any] = {}
    for field, prefix, kinds in _GARMENTS:
        for phrase in description.take(kinds):
            if field in outfit:
                continue
            outfit[field] = kinds[phrase.noun]
            colours = _colours(phrase, words.CLOTH_COLOURS)
            if colours:
                outfit[f"{prefix}_colour"] = colours[0]
            pattern = next((words.PATTERNS[w] for w in phrase.words if w in words.PATTERNS), None)
            if pattern and field in ("outer", "top", "bottom"):
                outfit[f"{prefix}_pattern"] = pattern
                if len(colours) > 1:
                    outfit[f"{prefix}_accent"] = colours[1]
    return outfit


def _head(description: Description) -> dict[str, Any]:
    """Glasses, beard, hair, eyes and skin, each with the colours before it."""
    found: dict[str, Any] = {}
    for phrase in description.take(words.GLASSES):
        round_ones = words.GLASSES[phrase.noun] == "square" and {"round", "圆"} & set(phrase.words)
        found["glasses"] = "round" if round_ones else words.GLASSES[phrase.noun]
    for phrase in description.take(words.FACIAL_HAIR):
        kind = words.FACIAL_HAIR[phrase.noun]
        trimmed = kind == "full_beard" and set(words.SHORT_BEARDS) & set(phrase.words)
        found["facial_hair"] = "short_beard" if trimmed else kind
        found["beard"] = 0.5
        if colours := _colours(phrase, words.HAIR_COLOURS):
            found["hair_colour"] = colours[0]
    for phrase in description.take(_HAIR):
        style = words.HAIR_NOUNS.get(phrase.noun) or next(
            (style for word, style in words.HAIR_STYLES.items() if word in phrase.words), None
        )
        if style == "long_straight" and {"wavy", "curly", "卷"} & set(phrase.words):
            style = "long_wavy"
        if style and found.get("hair") not in ("bald", "receding"):
            found["hair"] = style
        if colours := _colours(phrase, words.HAIR_COLOURS):
            found["hair_colour"] = colours[0]
    for field, nouns, table in _COLOURED:
        for phrase in description.take(nouns):
            if colours := _colours(phrase, table):
                found[field] = colours[0]
    for word, colour in (("blonde", "blonde"), ("blond", "blonde"), ("brunette", "brunette"), ("redhead", "red")):
        if description.has([word]):
            found.setdefault("hair_colour", words.HAIR_COLOURS[colour])
    if tanned := description.has(["weathered", "tanned", "freckled", "pale"]):
        found.setdefault("skin", words.SKIN_COLOURS[tanned[0]])
    return found


def _colours(phrase: Phrase, table: Mapping[str, str]) -> list[str]:
    parts = [part for word in phrase.words for part in word.split("-")]
    return [table[part] for part in parts if part in table]


def _gender(description: Description, text: str) -> float | None:
    women = len(description.has(words.FEMININE)) + sum(text.count(sign) for sign in words.FEMININE_SIGNS)
    men = len(description.has(words.MASCULINE)) + sum(text.count(sign) for sign in words.MASCULINE_SIGNS)
    if women == men:
        return None
    return 0.95 if women > men else 0.05


def _age(description: Description, text: str) -> int | None:
    for decade in description.has(words.DECADES):
        return words.DECADES[decade]
    for word in description.has(words.AGES):
        return words.AGES[word]
    return None


def _people(description: Description, found: Mapping[str, Any]) -> dict[str, Any]:
    for people in description.has(words.PEOPLES):
        ancestry, skin = words.PEOPLES[people]
        looks: dict[str, Any] = {"ancestry": ancestry}
        if "skin" not in found:
            looks["skin"] = skin
        if "hair_colour" not in found and ancestry.get("caucasian", 0) < 0.7:
            looks["hair_colour"] = words.HAIR_COLOURS["black"]
        if "eyes" not in found and ancestry.get("caucasian", 0) < 0.7:
            looks["eyes"] = words.EYE_COLOURS["dark"]
        return looks
    return {}


def _height(description: Description, known: Appearance) -> dict[str, Any]:
    for word in description.has(words.HEIGHTS):
        if known.age < 16:
            return {}
        average = _MEAN["man"] + known.gender * (_MEAN["woman"] - _MEAN["man"])
        return {"height_cm": average + words.HEIGHTS[word]}
    return {}

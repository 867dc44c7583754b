"""When two sentences say the same: alike in meaning, and no number, name or negation differs."""

from __future__ import annotations

import re

SAME = 0.9
"""Cosine above which two memories may say the same (MiniLM)."""

_TELLING = re.compile(r"\d+|\b(?:not|no|never|nobody|nothing|none|without|hardly|[a-z]+n't)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][a-z]+")
_NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "twenty",
    "hundred",
    "thousand",
]


def same_thing(one: str, other: str, cosine: float) -> bool:
    """Whether the sentences with that ``cosine`` of their vectors say the same.

    Sentence vectors hardly see a negation or another number, so those are compared as words.
    """
    if one == other:
        return True
    return cosine > SAME and _telling(one) == _telling(other)


def _telling(text: str) -> frozenset[str]:
    words = text.replace("’", "'")
    found = {word.lower() for word in (*_TELLING.findall(words), *_NAME.findall(words))}
    negated = {word if word.isdigit() or word[0].isupper() else "not" for word in found if _TELLING.fullmatch(word)}
    names = {word for word in found if not _TELLING.fullmatch(word)}
    counted = {word for word in re.findall(r"[a-z]+", words.lower()) if word in _NUMBERS}
    return frozenset(negated | names | counted)

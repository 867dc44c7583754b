"""What a motion is asked to be, checked and in the generator's words, before any network runs."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from digital_life.behaviour import Emotion
from digital_life.errors import InputError
from digital_life.mogen.conditions import POSTURES, STYLES, Conditions, in_style, style_emotion

SHORTEST, LONGEST = 0.5, 600.0
"""Seconds that one call makes."""
LONGEST_TEXT = 600
"""Characters of a text that are read."""
MOST_STEPS = 100

_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = {
    "aber", "auf", "avec", "che", "com", "con", "dans", "das", "de", "del", "della", "dem", "den", "der", "di", "een",
    "ein", "eine", "einen", "el", "ela", "ele", "ella", "elle", "en", "er", "es", "est", "et", "gli", "hacia", "het",
    "hij", "il", "ist", "la", "las", "le", "les", "leur", "lo", "los", "lui", "met", "mit", "naar", "nel", "os",
    "para", "por", "sa", "sein", "seine", "ses", "sich", "sie", "su", "sua", "suo", "sus", "uma", "un", "una", "und",
    "une", "vers", "von", "ze", "zij", "zijn", "zum", "zur",
}  # fmt: skip
"""Small words of German, French, Spanish, Italian, Dutch and Portuguese that are no English words."""


@dataclass(frozen=True)
class Request:
    """One motion: ``text`` in English on one line, and what else is asked."""

    text: str
    conditions: Conditions
    steps: int

    @staticmethod
    def of(
        text: str,
        *,
        seconds: float,
        posture: str | None = None,
        posture_end: str | None = None,
        emotion: Emotion | None = None,
        style: str | None = None,
        fingers: bool = True,
        steps: int,
    ) -> Request:
        """Read and check. A ``style`` is said in the text and, where none is given, felt as its emotion.

        Warns (``UserWarning``) where the text is cut, has no words, or is in a language that is not understood.

        Raises:
            InputError: the text is empty, a number is out of range, or a posture or style is unknown.
        """
        if style is not None and style not in STYLES:
            raise InputError(f"unknown style '{style}'", f"take one of: {', '.join(STYLES)}")
        text = readable(text)
        if style is not None:
            text, emotion = in_style(text, style), emotion or style_emotion(style)
        asked = Conditions(float(seconds), posture, posture_end, emotion, fingers)
        _check(asked, steps)
        return Request(text, asked, steps)


def readable(text: str) -> str:
    """The text as the network can read it: one line, English, not endless.

    Raises:
        InputError: it is empty.
    """
    from digital_life.momat.chinese import is_chinese, motion_glossary

    text = " ".join(text.split())
    if not text:
        raise InputError("there is no text to generate a motion for", 'say an act, such as "a person waves"')
    if len(text) > LONGEST_TEXT:
        _warn(f"only the first {LONGEST_TEXT} of {len(text)} characters are used")
        text = text[:LONGEST_TEXT]
    if is_chinese(text):
        return motion_glossary().read(text).english or text
    words = [word.lower() for word in _WORD.findall(text)]
    if not words:
        _warn(f"there are no words in '{text}', so the motion is any motion")
    elif not all(word.isascii() for word in words) or 3 * sum(word in _FOREIGN for word in words) >= len(words):
        _warn(f"'{_short(text)}' is not understood well: describe motions in English or Chinese")
    return text


def _check(asked: Conditions, steps: int) -> None:
    if not SHORTEST <= asked.seconds <= LONGEST:
        raise InputError(f"a motion of {asked.seconds} seconds", f"ask for {SHORTEST} to {LONGEST:.0f} seconds")
    for posture in (asked.posture, asked.posture_end):
        if posture is not None and posture not in POSTURES:
            raise InputError(f"unknown posture '{posture}'", f"take one of: {', '.join(POSTURES)}")
    if not 1 <= steps <= MOST_STEPS:
        raise InputError(f"{steps} steps", f"ask for 1 to {MOST_STEPS} passes; 4 to 8 are usual")


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


def _warn(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=5)

"""Text as it is written to text that can be spoken."""

from __future__ import annotations

import re
import unicodedata

_LONGEST_WORD = 28
_MARKUP = re.compile(r"[*_`~#<>{}\[\]\\|^]+")
_LONG_RUN = re.compile(rf"([^\W\d_]{{{_LONGEST_WORD}}})(?=[^\W\d_])")
_LONG_NUMBER = re.compile(r"(\d{15})(?=\d)")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn", "Me"})
_PUNCTUATION = str.maketrans({"’": "'", "‘": "'", "–": "—", "―": "—", "\u00a0": " "})
_KEPT_MARKS = "—…“”"


def speakable(text: str) -> str:
    """What a reader would say of ``text``: emoji, mark-up and control characters become spaces.

    Letters with accents that English spelling does not use lose them; other scripts are left out, as nobody can
    pronounce them with an English voice. Words and numbers of absurd length are cut into pieces.
    """
    composed = unicodedata.normalize("NFKC", text.translate(_PUNCTUATION)).replace("...", "…")
    latin = "".join(_latin(character) for character in composed)
    plain = _MARKUP.sub(" ", latin)
    plain = _LONG_NUMBER.sub(r"\1 ", _LONG_RUN.sub(r"\1 ", plain))
    return "\n".join(re.sub(r"[^\S\n]+", " ", line).strip() for line in plain.split("\n")).strip()


def _latin(character: str) -> str:
    if character.isascii() or character in _KEPT_MARKS:
        return character if character.isprintable() or character == "\n" else " "
    if unicodedata.category(character) in _DROPPED_CATEGORIES:
        return " "
    base = unicodedata.normalize("NFD", character)[0]
    if base.isascii():
        return base
    if character in "€£¥":
        return character
    return " "

"""Chinese motion texts word by word into English, for an English sentence encoder and the English rules.

No translation: a gloss that keeps what matters here, "用左手挥手，不点头" gives "with left hand wave hello, without nod the
head to say yes". Terms come from the lexicon, the longest match first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from digital_life.momat.lexicon import GROUPS, Lexicon, motion_lexicon

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PIECE = re.compile(r"[\u3400-\u9fff\d，。、；,.;]+")
_STOPS = "，。、；,.;"
_DIGITS = {**{sign: number for number, sign in enumerate("零一二三四五六七八九十")}, "两": 2, "半": 0}
_NUMBER = r"([一二两三四五六七八九十]|\d+)"
_SPLIT_VERB = re.compile(
    rf"([点摇挥鞠耸拍招叹转搓])([了过着]?)(?:一?\1)?(?:{_NUMBER}?[下次个])?([头手躬肩气身圈])(?![指势])"
)
"""Verbs that take their count between verb and object: 点了三下头."""
_COUNTED = (
    (re.compile(rf"{_NUMBER}[根个只]?手指"), "{} fingers"),
    (re.compile(rf"数字{_NUMBER}|数到{_NUMBER}"), "the number {}"),
    (re.compile(rf"{_NUMBER}[次下回遍]"), "{} times"),
    (re.compile(rf"{_NUMBER}步"), "{} steps"),
    (re.compile(rf"{_NUMBER}米"), "about {} metres"),
    (re.compile(r"(\d+)度"), "{} degrees"),
)
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_NOUN = re.compile(
    r"(?:left|right|both|one) (?:hands?|arms?|foot|leg)|to the (?:left|right)|forward|backward|hand|arm|left|right"
)
_NOT = "without"
_BUT = "but"


def is_chinese(text: str) -> bool:
    """Whether ``text`` has Chinese characters."""
    return bool(_CHINESE.search(text))


@dataclass(frozen=True)
class Gloss:
    """``english`` says the whole text; ``wanted`` is its Chinese without what is not to happen."""

    english: str
    wanted: str


@dataclass(frozen=True)
class _Token:
    chinese: str
    english: str


class Glossary:
    """Chinese terms of a lexicon and what they are read as."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._terms: dict[str, str] = {}
        for group in reversed(GROUPS):
            for name, entry in lexicon.entries[group].items():
                self._terms.update({str(term): lexicon.said(f"{group}:{name}") for term in entry.get("zh", ())})
        self._terms.update({str(term): str(english) for term, english in lexicon.entries["chinese"].items()})
        self._terms.update({str(term): _NOT for term in lexicon.entries["chinese_negation"]})

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._terms))

    def read(self, text: str) -> Gloss:
        """The gloss of ``text``; English words in it stay as they are."""
        english: list[str] = []
        wanted: list[str] = []
        at = 0
        for match in _PIECE.finditer(text):
            if not is_chinese(match.group()):
                continue
            english.append(text[at : match.start()])
            tokens = self._tokens(_SPLIT_VERB.sub(_joined, match.group()))
            english.extend(_without_repeats(tokens))
            wanted.extend(_wanted(tokens))
            at = match.end()
        english.append(text[at:])
        joined = re.sub(r"\s+([,.])", r"\1", " ".join(" ".join(part for part in english if part).split()))
        return Gloss(joined.strip(" ,") or text, "".join(wanted))

    def _tokens(self, text: str) -> list[_Token]:
        tokens: list[_Token] = []
        at = 0
        while at < len(text):
            token = self._next(text, at)
            if tokens and tokens[-1].english == _NOT and _NOUN.fullmatch(token.english):
                token = _Token(token.chinese, f"{token.english},")
            tokens.append(token)
            at += len(token.chinese)
        return tokens

    def _next(self, text: str, at: int) -> _Token:
        for pattern, form in _COUNTED:
            match = pattern.match(text, at)
            if match:
                number = next(group for group in match.groups() if group)
                return _Token(match.group(), form.format(_spelled(number)))
        for length in range(min(self._longest, len(text) - at), 0, -1):
            term = text[at : at + length]
            if term in self._terms:
                return _Token(term, self._terms[term])
        return _Token(text[at], "," if text[at] in _STOPS else "")


def _joined(match: re.Match[str]) -> str:
    verb, _, number, thing = match.groups()
    return verb + thing + (f"{number}次" if number else "")


def _spelled(number: str) -> str:
    value = _DIGITS.get(number)
    if value is None:
        return number
    return _WORDS[value]


def _without_repeats(tokens: list[_Token]) -> list[str]:
    return [token.english for before, token in zip([None, *tokens], tokens, strict=False) if token != before]


def _wanted(tokens: list[_Token]) -> list[str]:
    """The Chinese of ``tokens`` outside negations; a negation ends at a stop or at "but"."""
    kept, negated = [], False
    for token in tokens:
        if token.english == _NOT:
            negated = True
        elif token.english == _BUT:
            negated = False
        elif not negated and token.english != ",":
            kept.append(token.chinese)
        negated &= not token.english.endswith(",")
    return kept


@cache
def motion_glossary() -> Glossary:
    """The glossary of the shipped lexicon."""
    return Glossary(motion_lexicon())

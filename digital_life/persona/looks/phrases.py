"""Noun phrases of a description: what stands before "hair", "coat" or "eyes" belongs to it and to nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*|[0-9]+(?:\.[0-9]+)?|[,.;:]|[\u4e00-\u9fff]+", re.IGNORECASE)
_ENDS = frozenset(
    [
        "a",
        "an",
        "the",
        "with",
        "in",
        "his",
        "her",
        "their",
        "its",
        "of",
        "has",
        "have",
        "wearing",
        "wears",
        "wore",
        "who",
        "is",
        "was",
        "are",
        "over",
        "under",
        "at",
        "on",
        "to",
        "from",
        "but",
        ".",
        ";",
        ":",
    ]
)
_DENIALS = frozenset(("no", "without", "not", "never"))
_ARTICLES = ("a", "an", "any")
_LONGEST = 6
_CHINESE_REACH = 5
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Phrase:
    """A thing that was named (``noun``, a key of the asked words) and the words that describe it, nearest last."""

    noun: str
    words: tuple[str, ...]


class Description:
    """A text from which phrases are taken out one kind after another; ``rest`` is what no phrase took."""

    def __init__(self, text: str, nouns: Iterable[str] = ()) -> None:
        """``nouns``: all that will be asked for; no phrase reaches over another one's noun."""
        self._nouns = frozenset(noun.split()[-1] for noun in nouns)
        self._tokens = [
            token.lower() for token in _WORD.findall(text.replace("T-shirt", "t-shirt").replace("t shirt", "t-shirt"))
        ]
        self._chinese = "".join(re.findall(r"[\u4e00-\u9fffTt，。、；]+", text))

    @property
    def rest(self) -> str:
        """The words that are left, with single blanks, and the Chinese ones behind them."""
        return f" {' '.join(token for token in self._tokens if not CHINESE.search(token))} {self._chinese}"

    def take(self, nouns: Iterable[str]) -> list[Phrase]:
        """Take out all phrases around ``nouns``, in the order of the text; longer nouns are found first."""
        found = []
        for noun in sorted(nouns, key=len, reverse=True):
            found += self._take_chinese(noun) if CHINESE.search(noun) else self._take_english(noun)
        return found

    def has(self, words: Iterable[str]) -> list[str]:
        """Those of ``words`` that are left in the text, in the order of ``words``."""
        rest = self.rest
        return [word for word in words if (word in rest if CHINESE.search(word) else _whole(word).search(rest))]

    def _take_english(self, noun: str) -> list[Phrase]:
        parts = noun.lower().split()
        found = []
        at = 0
        while at + len(parts) <= len(self._tokens):
            if self._tokens[at : at + len(parts)] != parts:
                at += 1
                continue
            start = at
            while start > 0 and at - start < _LONGEST and not self._ends(self._tokens[start - 1]):
                start -= 1
            denied = bool(
                _DENIALS
                & set(self._tokens[max(0, start - 2 if self._tokens[start - 1] in _ARTICLES else start - 1) : start])
            )
            words = [token for token in self._tokens[start:at] if token not in (",", "and")]
            if not denied:
                found.append(Phrase(noun, tuple(words)))
            self._tokens[start : at + len(parts)] = ["."]
            at = start
        return found

    def _ends(self, token: str) -> bool:
        return token in _ENDS or token in _DENIALS or token in self._nouns

    def _take_chinese(self, noun: str) -> list[Phrase]:
        found = []
        while (at := self._chinese.find(noun)) >= 0:
            before = re.split(r"[，。、；戴穿着和个]", self._chinese[max(0, at - _CHINESE_REACH) : at])[-1]
            denied = bool(re.search(r"[没不无][有戴留]?$", self._chinese[:at]))
            words = tuple(re.findall(r"条纹|格子|圆点|波点|碎花|[\u4e00-\u9fff]", before))
            if not denied:
                found.append(Phrase(noun, words))
            self._chinese = self._chinese[: at - len(before)] + "。" + self._chinese[at + len(noun) :]
        return found


def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")

"""Similarity by shared words: Okapi BM25 (Robertson and Zaragoza 2009) over an index that only grows."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from snowballstemmer.basestemmer import BaseStemmer

K1, B = 1.2, 0.75

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_UNHEARD = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "with",
        "from",
        "by",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "am",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "i",
        "me",
        "my",
        "mine",
        "you",
        "your",
        "yours",
        "he",
        "him",
        "his",
        "she",
        "her",
        "hers",
        "it",
        "its",
        "we",
        "us",
        "our",
        "they",
        "them",
        "their",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "what",
        "which",
        "who",
        "whom",
        "how",
        "when",
        "where",
        "why",
        "so",
        "too",
        "very",
        "just",
        "than",
        "then",
        "if",
        "not",
        "no",
        "yes",
        "can",
        "could",
        "would",
        "will",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "about",
        "into",
        "over",
        "up",
        "out",
        "off",
        "said",
        "say",
        "says",
        "tell",
        "told",
        "i'm",
        "it's",
        "you're",
        "don't",
    ]
)
"""Words that nearly every sentence has."""


@cache
def _stemmer() -> BaseStemmer:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@cache
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word.removesuffix("'s")))


def terms(text: str) -> list[str]:
    """Stems of the words of ``text`` that carry meaning; pairs of characters where a script has no spaces."""
    found: list[str] = []
    for word in _WORD.findall(text.lower().replace("’", "'")):
        if word in _UNHEARD:
            continue
        if word.isascii() or not _CHINESE.match(word):
            found.append(_stem(word))
        else:
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
    return found


class TermIndex:
    """Which memories have which terms, numbered from 0 in the order in which they were added."""

    def __init__(self) -> None:
        self._postings: dict[str, tuple[array[int], array[float]]] = {}
        self._lengths = array("f")
        self._total = 0.0

    def add(self, text: str) -> None:
        """The next memory."""
        counts = Counter(terms(text))
        number, length = len(self._lengths), sum(counts.values())
        for term, count in counts.items():
            numbers, times = self._postings.setdefault(term, (array("I"), array("f")))
            numbers.append(number)
            times.append(count)
        self._lengths.append(length)
        self._total += length

    def scores(self, text: str) -> NDArray[np.float32]:
        """BM25 of every memory [N] for the query ``text``, scaled to 0..1.

        1 is what a memory of mean length has that holds every term of the query once; more is cut.
        """
        size = len(self._lengths)
        scores = np.zeros(size, np.float32)
        whole = 0.0
        mean = max(self._total / max(size, 1), 1e-6)
        for term in dict.fromkeys(terms(text)):
            numbers, times = self._posting(term)
            rarity = float(np.log1p((size - len(numbers) + 0.5) / (len(numbers) + 0.5)))
            whole += rarity
            if len(numbers):
                lengths = np.frombuffer(self._lengths, np.float32)[numbers]
                scores[numbers] += rarity * (K1 + 1) * times / (times + K1 * (1 - B + B * lengths / mean))
        return np.minimum(scores / np.float32(whole), 1.0) if whole else scores

    def _posting(self, term: str) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        numbers, times = self._postings.get(term, (array("I"), array("f")))
        # Copies: an array that lends its buffer to NumPy refuses to grow.
        return np.array(numbers, np.uint32), np.array(times, np.float32)

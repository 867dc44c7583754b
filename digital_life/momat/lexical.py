"""Similarity of texts by the terms that they share: cosine of TF-IDF vectors, from an inverted index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray


class TermIndex:
    """Documents, each a list of terms."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._size = len(documents)
        postings: dict[str, list[tuple[int, int]]] = {}
        for number, terms in enumerate(documents):
            for term, count in Counter(terms).items():
                postings.setdefault(term, []).append((number, count))
        self._rarity = {term: log(1.0 + self._size / len(found)) for term, found in postings.items()}
        self._postings: dict[str, tuple[NDArray[np.int64], NDArray[np.float32]]] = {}
        length = np.zeros(self._size, dtype=np.float32)
        for term, found in postings.items():
            numbers = np.array([number for number, _ in found], dtype=np.int64)
            weights = np.array([_damped(count) * self._rarity[term] for _, count in found], dtype=np.float32)
            length[numbers] += weights**2
            self._postings[term] = numbers, weights
        self._length = np.sqrt(np.maximum(length, 1e-12))

    def cosines(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Cosine of the query ``terms`` with every document, 0..1."""
        scores = np.zeros(self._size, dtype=np.float32)
        length = 0.0
        for term, count in Counter(terms).items():
            weight = _damped(count) * self._rarity.get(term, log(1.0 + self._size))
            length += weight**2
            if term in self._postings:
                numbers, weights = self._postings[term]
                scores[numbers] += weight * weights
        return np.asarray(scores / self._length / max(length, 1e-12) ** 0.5, dtype=np.float32)


def _damped(count: int) -> float:
    return 1.0 + log(count)


def character_terms(text: str) -> list[str]:
    """Characters and pairs of characters, the terms of a text without spaces."""
    return [*text, *(text[at : at + 2] for at in range(len(text) - 1))]

"""The caption on which the neighbours of a motion agree most (minimum Bayes risk decoding: Kumar and Byrne 2004)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Neighbour:
    """Captions of a motion that is like the one in question, and how much it counts (weights sum to one)."""

    clip: str
    captions: tuple[str, ...]
    weight: float


def expected_overlap(texts: Sequence[str], neighbours: Sequence[Neighbour]) -> NDArray[np.float64]:
    """[N] what each of ``texts`` shares with a caption drawn from the neighbours: the mean F1 of words and word pairs."""
    known: dict[str, Counter[str]] = {}

    def grams(text: str) -> Counter[str]:
        if text not in known:
            words = text.lower().replace(",", " ").split()
            known[text] = Counter([*words, *(f"{a} {b}" for a, b in pairwise(words))])
        return known[text]

    scores = np.zeros(len(texts))
    for neighbour in neighbours:
        share = neighbour.weight / max(1, len(neighbour.captions))
        for caption in neighbour.captions:
            other = grams(caption)
            scores += [share * _f1(grams(text), other) for text in texts]
    return scores


def _f1(one: Counter[str], other: Counter[str]) -> float:
    total = sum(one.values()) + sum(other.values())
    return 2.0 * sum((one & other).values()) / total if total else 0.0

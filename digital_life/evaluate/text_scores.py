"""How near a caption is to several reference captions: BLEU, ROUGE-L, and the likeness of their words' meanings."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder

_WORD = re.compile(r"\d+(?:\.\d+)?|[a-z]+(?:'[a-z]+)?")
BETA = 1.2
"""How much more recall counts than precision in ROUGE-L, as COCO's captions are scored (Chen et al. 2015)."""


def words(text: str) -> list[str]:
    """Lower-case words and numbers."""
    return _WORD.findall(text.lower())


def bleu(candidates: Sequence[str], references: Sequence[Sequence[str]], order: int = 4) -> list[float]:
    """Corpus BLEU-1 to BLEU-``order``, 0..1 (Papineni et al. 2002): clipped n-gram precisions of all candidates together,
    their geometric mean, and the brevity penalty against the nearest reference lengths."""
    matched, total = np.zeros(order), np.zeros(order)
    length = nearest = 0
    for candidate, others in zip(candidates, references, strict=True):
        said, asked = words(candidate), [words(other) for other in others]
        length += len(said)
        nearest += min((len(other) for other in asked), key=lambda n: (abs(n - len(said)), n))
        for n in range(1, order + 1):
            grams = _grams(said, n)
            most: Counter[tuple[str, ...]] = Counter()
            for other in asked:
                most |= _grams(other, n)
            matched[n - 1] += sum((grams & most).values())
            total[n - 1] += max(0, len(said) - n + 1)
    penalty = 1.0 if length > nearest else math.exp(1.0 - nearest / max(length, 1))
    scores = []
    for n in range(1, order + 1):
        if (matched[:n] == 0).any():
            scores.append(0.0)
        else:
            scores.append(penalty * float(np.exp(np.log(matched[:n] / total[:n]).mean())))
    return scores


def _grams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[k : k + n]) for k in range(len(tokens) - n + 1))


def rouge_l(candidate: str, references: Sequence[str]) -> float:
    """F-measure of the longest common subsequence, 0..1 (Lin 2004): the best precision and the best recall over the
    references, recall weighted by :data:`BETA`, as the COCO captions are scored."""
    said = words(candidate)
    asked = [words(reference) for reference in references]
    common = [_common(said, other) for other in asked]
    if not said or not any(common):
        return 0.0
    precision = max(n / len(said) for n in common)
    recall = max(n / len(other) for n, other in zip(common, asked, strict=True) if other)
    return (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for a in one:
        before = 0
        for k, b in enumerate(other, start=1):
            before, row[k] = row[k], before + 1 if a == b else max(row[k], row[k - 1])
    return row[-1]


class TokenLikeness:
    """F1 of greedily matched word pieces by the cosine of their states, as BERTScore (Zhang et al. 2020), without its
    weights and rescaling, in the last layer of the shipped sentence encoder (MiniLM-L6). The best reference counts."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._states: dict[str, NDArray[np.float32]] = {}

    def score(self, candidate: str, references: Sequence[str]) -> float:
        """0..1 in practice; texts that have nothing in common still score about 0.3."""
        self._learn([candidate, *references])
        said = self._states[candidate]
        return max(_greedy(said, self._states[reference]) for reference in references)

    def _learn(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self._states]
        for text, states in zip(new, self._embedder.encode_tokens(new) if new else [], strict=True):
            rows = np.asarray(states, np.float32)
            self._states[text] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def _greedy(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    cosines = one @ other.T
    precision, recall = float(cosines.max(axis=1).mean()), float(cosines.max(axis=0).mean())
    return 2 * precision * recall / (precision + recall) if min(precision, recall) > 0 else 0.0

"""Which memories a cue brings up: two ways to score them, chosen by ``MindConfig.memory``.

SocioMind (Cai et al. 2024): ``relevance * rate``, the rate being the forgetting curve's. The relevance is the cosine of
cue and memory, or (hybrid) ``(1 - w) cosine + w lexical`` with BM25 scaled to 0..1. A relevance gate keeps out what has
nothing to do with the cue; what is forgotten comes back only at a very direct one.

Generative Agents (Park et al. 2023, as its code weighs them): ``0.5 recency + 3 relevance + 2 importance``, each scaled to
0..1 over the candidates, recency being 0.99^n for the n-th latest accessed (the released code ranks the oldest first).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.memory.node import Kind, Recalled
from digital_life.sociomind.memory.table import EXACT, Mask, MemoryTable
from digital_life.sociomind.memory.vectors import Numbers

LEXICAL_WEIGHT = 0.1
"""Share of shared words in the relevance; the best on one half of the labelled cues of ``digital-life bench memory``."""
RELEVANT = 0.25
"""Cosine below which a memory has nothing to do with the cue (MiniLM), unless they share rare words."""
RELEVANT_WORDS = 0.7
"""Lexical similarity that passes the gate by itself."""
REVIVING = 0.7
"""Cosine with the cue that brings a forgotten memory back (MiniLM; paraphrases score above it)."""

_CANDIDATES = 512
_MARGIN = 0.2
"""By how much an estimated cosine may be too low."""
_DECAY, _RECENCY, _RELEVANCE, _IMPORTANCE = 0.99, 0.5, 3.0, 2.0

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Cue:
    """One text that memories are compared with, and its unit vector."""

    text: str
    vector: NDArray[np.float32]


def ranked(
    table: MemoryTable,
    cues: Sequence[Cue],
    plot: int,
    config: MindConfig,
    kinds: Collection[Kind],
    *,
    partner: str | None = None,
    person: str | None = None,
) -> Iterator[Recalled]:
    """Memories that pass the gate, best first; of equal ones the newest first.

    The current ``plot`` is left out, except what a user made happen.
    """
    allowed = table.select(kinds, partner=partner, person=person)
    allowed &= (table.column("plot") < plot) | table.column("manual")
    rates, forgotten = table.rates(plot)
    lexical = _lexical(table, cues) if config.hybrid else np.zeros(len(table), np.float32)
    if config.memory == "generative-agents":
        numbers = np.flatnonzero(allowed)
        cosines = _cosines(table, cues, numbers)
        scores = _recency_relevance_importance(table, numbers, cosines)
        passed = np.ones(len(numbers), np.bool_)
    else:
        numbers = _candidates(table, cues, allowed, lexical, rates, forgotten)
        cosines = _cosines(table, cues, numbers)
        words = lexical[numbers]
        scores = (_relevance(cosines, words, config) * rates[numbers]).astype(np.float32)
        passed = np.where(
            forgotten[numbers], cosines >= REVIVING, (cosines >= RELEVANT) | (words >= RELEVANT_WORDS)
        )  # fmt: skip
    for at in np.lexsort((-numbers, -scores)):
        if passed[at]:
            number = int(numbers[at])
            yield Recalled(
                memory=table.memories[number],
                score=float(scores[at]),
                cosine=float(cosines[at]),
                lexical=float(lexical[number]),
                rate=float(rates[number]),
            )


def _relevance(cosines: Scores, lexical: Scores, config: MindConfig) -> Scores:
    if not config.hybrid:
        return cosines
    return np.asarray((1 - LEXICAL_WEIGHT) * cosines + LEXICAL_WEIGHT * lexical, np.float32)


def _lexical(table: MemoryTable, cues: Sequence[Cue]) -> Scores:
    return _best([table.terms.scores(cue.text) for cue in cues])


def _cosines(table: MemoryTable, cues: Sequence[Cue], numbers: Numbers) -> Scores:
    if not len(numbers):
        return np.zeros(0, np.float32)
    return _best([table.vectors.cosines(cue.vector, numbers) for cue in cues])


def _candidates(
    table: MemoryTable, cues: Sequence[Cue], allowed: Mask, lexical: Scores, rates: Scores, forgotten: Mask
) -> Numbers:
    """All that are allowed, or among very many those that look best by the signs of their vectors."""
    count = int(np.count_nonzero(allowed))
    if count <= EXACT:
        return np.flatnonzero(allowed)
    # Few of many are gathered first; most of all are computed where they lie, which is quicker.
    part: Numbers | slice = np.flatnonzero(allowed) if 4 * count < len(allowed) else slice(None)
    estimates = _best([table.vectors.estimates(cue.vector, part) for cue in cues])
    promise = ((1 - LEXICAL_WEIGHT) * estimates + LEXICAL_WEIGHT * lexical[part]) * rates[part]
    alive, lost = allowed[part] & ~forgotten[part], allowed[part] & forgotten[part]
    chosen = np.concatenate([_highest(promise, alive, 0.0), _highest(estimates, lost, REVIVING - _MARGIN)])
    return chosen if isinstance(part, slice) else part[chosen]


def _best(scores: Sequence[Scores]) -> Scores:
    """[N] the highest of several scores."""
    best = scores[0]
    for other in scores[1:]:
        best = np.maximum(best, other)
    return best


def _highest(values: Scores, allowed: Mask, floor: float) -> Numbers:
    numbers = np.flatnonzero((values > floor) & allowed)
    if len(numbers) > _CANDIDATES:
        numbers = numbers[np.argpartition(values[numbers], -_CANDIDATES)[-_CANDIDATES:]]
    return numbers


def _recency_relevance_importance(table: MemoryTable, numbers: Numbers, cosines: Scores) -> Scores:
    latest_first = np.argsort(-table.column("touched")[numbers], kind="stable")
    recency = np.empty(len(numbers))
    recency[latest_first] = _DECAY ** np.arange(len(numbers))
    importance = table.column("poignancy")[numbers].astype(np.float64)
    parts = ((_RECENCY, recency), (_RELEVANCE, cosines), (_IMPORTANCE, importance))
    return np.asarray(sum(weight * _scaled(values) for weight, values in parts), np.float32)


def _scaled(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Min-max to 0..1; all the same become 0.5, as the difference then says nothing."""
    if not len(values):
        return np.zeros(0)
    low, high = float(values.min()), float(values.max())
    return (values.astype(np.float64) - low) / (high - low) if high > low else np.full(len(values), 0.5)

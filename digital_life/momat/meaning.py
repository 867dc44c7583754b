"""How near the meaning of a text is to each candidate: to its captions and to the lexicon's terms for what it does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.adapter import AdaptedEncoder, Adapter
from digital_life.momat.candidates import Candidates
from digital_life.momat.caption_rows import Encoder, caption_rows
from digital_life.momat.lexical import TermIndex, character_terms
from digital_life.momat.lexicon import motion_lexicon
from digital_life.momat.wording import without_sides

Scores = NDArray[np.float32]

TERM_WEIGHT = 0.6
TERM_FLOOR = 0.3
"""A term of the lexicon that is nearer than this to the query speaks for the clips that do what it names."""
_EXPANDED = ("act", "style")


class Meaning:
    """Embeddings of the captions of ``candidates``, without their sides, and of the terms for their acts and styles."""

    def __init__(self, candidates: Candidates, embedder: Encoder, adapter: Adapter | None = None) -> None:
        self._candidates = candidates
        self._encoder = AdaptedEncoder(embedder, adapter)
        self._rows = self._encoder.correct(caption_rows(candidates.meanings, embedder))
        lexicon = motion_lexicon()
        names = [name for name in lexicon.values if name.startswith(_EXPANDED) and name in candidates.columns]
        terms = [(number, term) for number, name in enumerate(names) for term in lexicon.terms_of(name)]
        self._term_rows = self._encoder.correct(caption_rows([term for _, term in terms], embedder))
        self._term_value = np.array([number for number, _ in terms], dtype=np.int64)
        values = candidates.values[:, [candidates.columns[name] for name in names]]
        self._kinds, self._kind = np.unique(values, axis=0, return_inverse=True)
        self._chinese = TermIndex([character_terms(text) for text in candidates.chinese])

    def of(self, texts: Sequence[str], candidates: Candidates) -> tuple[Scores, NDArray[np.int64]]:
        """Cosines [N, C] with the best caption of each candidate, and that caption's number for the first text [C].

        ``candidates`` are those of the start, or fewer captions of them.
        """
        queries = self._encoder.encode([without_sides(text) for text in texts])
        cosines = (queries @ self._rows.T)[:, candidates.text_meaning[candidates.row_text]]
        best = np.full((len(texts), len(candidates)), -1.0, dtype=np.float32)
        for of_candidates, of_rows in zip(best, cosines, strict=True):
            np.maximum.at(of_candidates, candidates.row_candidate, of_rows)
        row = _first_best(cosines[0], best[0], candidates.row_candidate, len(candidates))
        best[0] += self._named(queries[0])
        return best, candidates.row_text[row]

    def _named(self, query: Scores) -> Scores:
        """What the lexicon's terms add: the best term of what a candidate does."""
        if not len(self._term_value):
            return np.zeros(len(self._kind), dtype=np.float32)
        nearest = np.zeros(self._kinds.shape[1], dtype=np.float32)
        np.maximum.at(nearest, self._term_value, self._term_rows @ query)
        best = np.where(self._kinds, nearest, 0.0).max(axis=1)
        return np.asarray(TERM_WEIGHT * np.maximum(best - TERM_FLOOR, 0.0), dtype=np.float32)[self._kind]

    def shared_chinese(self, wanted: str) -> Scores:
        """Cosine of the characters and pairs of characters with the best Chinese caption of each candidate [C], 0..1."""
        shared = np.zeros(len(self._candidates), dtype=np.float32)
        if wanted and self._candidates.chinese:
            cosines = self._chinese.cosines(character_terms(wanted))
            np.maximum.at(shared, self._candidates.chinese_candidate, cosines[self._candidates.chinese_text])
        return shared


def _first_best(rows: Scores, best: Scores, candidate: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """For each candidate the first of its rows that reaches its best score."""
    first = np.zeros(count, dtype=np.int64)
    reached = np.flatnonzero(rows >= best[candidate])[::-1]
    first[candidate[reached]] = reached
    return first

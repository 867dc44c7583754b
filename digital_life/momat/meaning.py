"""How near the meaning of a text is to each candidate: to its captions and to the lexicon's terms for what it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Nearness:
    """``candidates`` [N, C]: per text the cosine with the best caption (for the first text with what its terms add);
    ``rows`` [R]: cosine of the first text with each caption."""

    candidates: Scores
    rows: Scores


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

    def of(self, texts: Sequence[str], candidates: Candidates) -> Nearness:
        """How near each of ``texts`` is to ``candidates``: those of the start, or the same with fewer captions."""
        queries = self._encoder.encode([without_sides(text) for text in texts])
        cosines = (queries @ self._rows.T)[:, candidates.row_meaning]
        best = np.full((len(texts), len(candidates)), -1.0, dtype=np.float32)
        if len(candidates.row_candidate):
            firsts = np.flatnonzero(np.diff(candidates.row_candidate, prepend=-1))
            best[:, candidates.row_candidate[firsts]] = np.maximum.reduceat(cosines, firsts, axis=1)
        best[0] += self._named(queries[0])
        return Nearness(best, cosines[0])

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

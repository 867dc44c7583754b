"""Sentence vectors with a cache: a mind asks for the same lines again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class Encoder(Protocol):
    """Anything that turns sentences into unit rows [N, D]."""

    def encode(self, sentences: list[str]) -> NDArray[np.float32]:
        """Unit row vectors, one a sentence."""
        ...


KEPT = 8192
"""Sentences, about 12 MB; hours of talk."""


class CachedEncoder:
    """Remembers the vectors of the sentences it saw last (``KEPT``); what a mind says and hears is little."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Vector] = {}

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """[N, D] float32 unit rows."""
        if self._encoder is None:
            from digital_life.llm.embedding import shared_embedder

            self._encoder = shared_embedder()
        missing = [text for text in dict.fromkeys(sentences) if text not in self._vectors]
        if missing:
            self._vectors.update(zip(missing, self._encoder.encode(missing), strict=True))
        rows = np.array([self._vectors[text] for text in sentences], dtype=np.float32)
        for text in list(self._vectors)[: max(0, len(self._vectors) - KEPT)]:
            del self._vectors[text]
        return rows

    def one(self, sentence: str) -> Vector:
        """[D] float32 unit vector."""
        return np.asarray(self.encode([sentence])[0], dtype=np.float32)

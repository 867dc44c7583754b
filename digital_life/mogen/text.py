"""Texts as rows for the networks: MiniLM's token states, and one sentence row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder

TOKENS = 32
"""Word pieces of a text that count; the rest is cut."""


@dataclass(frozen=True)
class TextRows:
    """N texts: ``tokens`` [N, 32, 384] (zero where a text has ended) and ``lengths`` [N] of word pieces."""

    tokens: NDArray[np.float16]
    lengths: NDArray[np.int64]

    @staticmethod
    def of(texts: Sequence[str], embedder: Embedder) -> TextRows:
        """States of the last layer for every word piece, the marks of beginning and end left out."""
        rows = np.zeros((len(texts), TOKENS, 384), np.float16)
        lengths = np.zeros(len(texts), np.int64)
        for number, states in enumerate(embedder.encode_tokens(texts)):
            kept = states[:TOKENS]
            rows[number, : len(kept)] = kept
            lengths[number] = max(1, len(kept))
        return TextRows(rows, lengths)

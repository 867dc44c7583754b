"""The vectors of memories, in a form that is quick to search: half-precision rows and the signs of their numbers.

Among very many memories the signs choose candidates (the angle between two vectors follows the share of differing
signs: Charikar 2002), whose exact cosines are then taken. Half precision is what the record keeps, so a mind that was
restored computes the same scores as the one that was stopped.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.intp]
Row = NDArray[np.float16]


class VectorIndex:
    """Unit rows [N, D] that only grow in number; the first row that is not put off decides D."""

    def __init__(self) -> None:
        self._size = 0
        self._rows = np.zeros((64, 0), np.float16)
        self._signs = np.zeros(
            (0, 64), np.uint64
        )  # [D / 64, N]: a word of 64 signs after the other is quickest to count

    def __len__(self) -> int:
        return self._size

    def add(self, row: Row | None) -> None:
        """The next unit row [D]; None puts it off until ``put``."""
        if self._size == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
            self._signs = np.concatenate([self._signs, np.zeros_like(self._signs)], axis=1)
        self._size += 1
        if row is not None:
            self.put(self._size - 1, row)

    def put(self, number: int, row: Row) -> None:
        """Set one row [D]."""
        if not self._rows.shape[1]:
            self._rows = np.zeros((len(self._rows), len(row)), np.float16)
            self._signs = np.zeros(((len(row) + 63) // 64, len(self._rows)), np.uint64)
        self._rows[number] = row
        self._signs[:, number] = self._words(row)

    def row(self, number: int) -> Row:
        """One row [D]."""
        return np.asarray(self._rows[number])

    def cosines(self, query: NDArray[np.float32], numbers: Numbers) -> NDArray[np.float32]:
        """Exact cosine [n] of the unit ``query`` [D] with the rows ``numbers`` [n]."""
        return np.asarray(self._rows[numbers].astype(np.float32) @ query, np.float32)

    def estimates(self, query: NDArray[np.float32], part: Numbers | slice) -> NDArray[np.float32]:
        """Cosine [n] of ``query`` [D] with the rows of ``part``, from the signs alone (off by about 0.1)."""
        width = self._rows.shape[1]
        words = self._words(query)
        differing = np.zeros(self._signs[0, : self._size][part].shape, np.uint16)
        for signs, word in zip(self._signs, words, strict=True):
            differing += np.bitwise_count(signs[: self._size][part] ^ word)
        by_count = np.cos(np.arange(width + 1, dtype=np.float32) * np.float32(np.pi / width))
        return np.asarray(by_count[differing], np.float32)

    def _words(self, row: NDArray[np.float16] | NDArray[np.float32]) -> NDArray[np.uint64]:
        """[D / 64] the signs of a row, a bit each."""
        packed = np.zeros(len(self._signs) * 8, np.uint8)
        bits = np.packbits(row > 0)
        packed[: len(bits)] = bits
        return packed.view(np.uint64)

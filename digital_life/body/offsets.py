"""Offsets of vertices that are linear in some coefficients, stored only where they move something.

Shape, expression, face keys and pose correctives all are such offsets. Vertices are in the order of the skinning kernel
and coordinates are rows, so that adding an offset is a product and an addition on consecutive memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
NEGLIGIBLE = 1e-8
"""Metres; a coefficient that cannot move a vertex by more than this is taken not to move it."""
UNSHARED = 250_000
"""Multiplications up to which OpenBLAS keeps a matrix product on one core (its threshold is 2^18)."""
_SHORT = 64
_NARROW = 256
"""Columns; narrower pieces would cost more calls than they save."""
_GAP = 300
"""Runs of moved vertices with fewer still ones between them are stored as one."""


@dataclass(frozen=True)
class _Block:
    """``directions`` [coefficients, 3 * run length] of the vertices ``columns`` for the coefficients ``rows``."""

    rows: slice
    columns: slice
    directions: Floats


class Offsets:
    """Offsets [3, V] for coefficients [C]."""

    def __init__(self, directions: Floats, together: int) -> None:
        """``directions`` [C, 3, V] metres per unit of each coefficient.

        ``together`` coefficients in a row move about the same vertices and are stored as one; C is a multiple of it.
        """
        self.count = len(directions)
        runs = [_moved_runs(directions[start : start + together]) for start in range(0, self.count, together)]
        self._blocks = []
        first = 0
        for shape, alike in groupby(runs):
            rows = slice(first, first + together * len(list(alike)))
            first = rows.stop
            for start, stop in shape:
                block = directions[rows, :, start:stop].reshape(rows.stop - rows.start, -1)
                self._blocks.append(_Block(rows, slice(start, stop), np.ascontiguousarray(block, dtype=np.float32)))

    @property
    def size(self) -> int:
        """Numbers stored."""
        return sum(block.directions.size for block in self._blocks)

    def add(self, coefficients: Floats, points: Floats) -> None:
        """Add the offsets of ``coefficients`` [C] to ``points`` [3, V] in place; coefficients that are zero cost nothing."""
        for block in self._blocks:
            for rows in _active(coefficients, block.rows):
                inside = slice(rows.start - block.rows.start, rows.stop - block.rows.start)
                offset = _product(coefficients[rows], block.directions[inside])
                points[:, block.columns] += offset.reshape(3, -1)

    def add_all(self, coefficients: Floats, points: Floats) -> None:
        """``add`` for many frames: ``coefficients`` [T, C], ``points`` [T, 3, V]."""
        for block in self._blocks:
            mine = coefficients[:, block.rows]
            if not mine.any():
                continue
            if mine.size * block.directions.shape[1] <= UNSHARED:
                points[:, :, block.columns] += (mine @ block.directions).reshape(len(points), 3, -1)
                continue
            directions = block.directions.reshape(len(block.directions), 3, -1)
            for piece in _pieces(directions.shape[2], mine.size):
                columns = slice(block.columns.start + piece.start, block.columns.start + piece.stop)
                for axis in range(3):
                    points[:, axis, columns] += mine @ directions[:, axis, piece]


class SparseOffsets:
    """The same for coefficients that each move a few scattered vertices."""

    def __init__(self, directions: Floats) -> None:
        """``directions`` [C, 3, V] metres per unit of each coefficient."""
        self.count = len(directions)
        self._matrix = sparse.csr_matrix(directions.reshape(self.count, -1).T)

    def add(self, coefficients: Floats, points: Floats) -> None:
        """Add the offsets of ``coefficients`` [C] to ``points`` [3, V] in place."""
        points += (self._matrix @ coefficients).reshape(points.shape)

    def add_all(self, coefficients: Floats, points: Floats) -> None:
        """``add`` for many frames: ``coefficients`` [T, C], ``points`` [T, 3, V]."""
        for values, frame in zip(coefficients, points, strict=True):
            self.add(values, frame)


def _product(row: Floats, matrix: Floats) -> Floats:
    """``row @ matrix``; short rows without BLAS, which would share so little work between cores."""
    if len(row) > _SHORT:
        return np.asarray(row @ matrix)
    return np.asarray(np.einsum("c,cn->n", row, matrix))


def _pieces(columns: int, others: int) -> list[slice]:
    """Columns of a product in pieces that BLAS does on one core; large products are left to all of them.

    The pieces stay in the cache, and small products shared between cores wait for each other, on a busy machine longer
    than they work.
    """
    width = UNSHARED // others
    if width < _NARROW:
        return [slice(0, columns)]
    return [slice(start, min(start + width, columns)) for start in range(0, columns, width)]


def _active(coefficients: Floats, rows: slice) -> list[slice]:
    """Runs of coefficients among ``rows`` that are not zero."""
    active = coefficients[rows] != 0
    if active.all():
        return [rows]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]))) + rows.start
    return [slice(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _moved_runs(directions: Floats) -> tuple[tuple[int, int], ...]:
    """Runs (start, stop) of the vertices that [C, 3, V] moves."""
    moved = np.flatnonzero(np.abs(directions).max(axis=(0, 1)) > NEGLIGIBLE)
    if not len(moved):
        return ()
    breaks = np.flatnonzero(np.diff(moved) > _GAP)
    starts = np.concatenate([moved[:1], moved[breaks + 1]])
    stops = np.concatenate([moved[breaks], moved[-1:]]) + 1
    return tuple((int(start), int(stop)) for start, stop in zip(starts, stops, strict=True))

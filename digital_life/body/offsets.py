"""Offsets of vertices that are linear in some coefficients, stored only where they move something.

Shape, expression, face keys and pose correctives all are such offsets. Vertices are in the order of the skinning kernel
and coordinates are rows, so that adding an offset is a product and an addition on consecutive memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
NEGLIGIBLE = 1e-8
"""Metres; a coefficient that cannot move a vertex by more than this is taken not to move it."""
_GAP = 96
"""Runs of moved vertices with fewer still ones between them are stored as one."""


@dataclass(frozen=True)
class _Block:
    """``directions`` [coefficients, 3 * run length] of the vertices ``columns`` for the coefficients ``rows``."""

    rows: slice
    columns: slice
    directions: Floats


class Offsets:
    """Offsets [3, V] for coefficients [C]; ``together`` coefficients that belong to one cause form a group."""

    def __init__(self, directions: Floats, together: int = 1) -> None:
        """``directions`` [C, 3, V] metres per unit of each coefficient, C a multiple of ``together``."""
        self.count = len(directions)
        self._together = together
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
        """Add the offsets of ``coefficients`` [C] to ``points`` [3, V] in place; groups that are zero cost nothing."""
        active = np.abs(coefficients.reshape(-1, self._together)).max(axis=1) > 0
        for block in self._blocks:
            for rows in self._active_rows(block, active):
                inside = slice(rows.start - block.rows.start, rows.stop - block.rows.start)
                offset = coefficients[rows] @ block.directions[inside]
                points[:, block.columns] += offset.reshape(3, -1)

    def add_all(self, coefficients: Floats, points: Floats) -> None:
        """``add`` for many frames: ``coefficients`` [T, C], ``points`` [T, 3, V]."""
        for block in self._blocks:
            mine = coefficients[:, block.rows]
            if mine.any():
                points[:, :, block.columns] += (mine @ block.directions).reshape(len(points), 3, -1)

    def _active_rows(self, block: _Block, active: NDArray[np.bool_]) -> list[slice]:
        """Runs of coefficients of ``block`` whose groups are not zero."""
        size = self._together
        first, last = block.rows.start // size, block.rows.stop // size
        if active[first:last].all():
            return [block.rows]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], active[first:last], [False]])))
        return [
            slice(int(first + start) * size, int(first + stop) * size)
            for start, stop in zip(edges[::2], edges[1::2], strict=True)
        ]


def _moved_runs(directions: Floats) -> tuple[tuple[int, int], ...]:
    """Runs (start, stop) of the vertices that [C, 3, V] moves."""
    moved = np.flatnonzero(np.abs(directions).max(axis=(0, 1)) > NEGLIGIBLE)
    if not len(moved):
        return ()
    breaks = np.flatnonzero(np.diff(moved) > _GAP)
    starts = np.concatenate([moved[:1], moved[breaks + 1]])
    stops = np.concatenate([moved[breaks], moved[-1:]]) + 1
    return tuple((int(start), int(stop)) for start, stop in zip(starts, stops, strict=True))

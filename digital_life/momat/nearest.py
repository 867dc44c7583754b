"""Nearest rows of a table, exactly: by looking at every row, or by leaving out runs of rows that cannot win.

Both indices give the same rows in the same order: by distance, equal distances by row. Distances are Euclidean and
computed in double precision by one function, so that "equal" means the same for both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.floors import RUN, Floors

Rows = NDArray[np.float32]
Mask = NDArray[np.bool_]
Ids = NDArray[np.intp]

_PROMISING = 16
"""Runs that are looked at first where many are left."""
_SEED_EVERY, _SEED_AXES, _SEED_COUNT = 4, 12, 32
_AROUND, _BESIDE = 6, np.arange(-4, 5)
"""The best of the seeds, and the rows around each of them that are looked at too."""
_WIDENING = (0.1, 0.2, 0.4)
"""Shares of a loose squared bound within which a better one is looked for."""
_LARGEST = 1e15
"""Values must be smaller, so that their squares stay finite in single precision."""
_FEW = 4096
"""Rows that are compared one by one without ado."""
_ROUNDING = 4e-6
"""Relative error of a rotated row in single precision, with a margin."""


@dataclass(frozen=True)
class Nearest:
    """``rows`` [k], nearest first, and their ``distances`` [k]; fewer than asked for where fewer were allowed."""

    rows: Ids
    distances: NDArray[np.float64]


def _checked(rows: Rows) -> Rows:
    rows = np.ascontiguousarray(rows, np.float32)
    if rows.ndim != 2 or not len(rows):
        raise InputError(f"an index of rows of shape {rows.shape}", "give at least one row, as an array [N, D]")
    if not (np.abs(rows) < _LARGEST).all():
        raise InputError("an index of rows that are not all finite", "leave out damaged motions")
    return rows


def _check_query(rows: Rows, vector: Rows, mask: Mask | None, k: int) -> Rows:
    vector = np.asarray(vector, np.float32)
    if vector.shape != rows.shape[1:] or not (np.abs(vector) < _LARGEST).all():
        raise InputError(
            f"a query of shape {vector.shape} to rows of {rows.shape[1]} columns", "give one finite row of that length"
        )
    if mask is not None and (mask.shape != rows.shape[:1] or mask.dtype != np.bool_):
        raise InputError(
            f"a mask of shape {mask.shape} and type {mask.dtype}", f"give {len(rows)} booleans, one for each row"
        )
    if k < 1:
        raise InputError(f"{k} nearest rows are wanted", "ask for at least one")
    return vector


def _ranked(rows: Rows, ids: Ids, vector: Rows, k: int) -> Nearest:
    """The ``k`` best of ``ids``, by distance and then by row."""
    difference = rows[ids].astype(np.float64) - vector
    squares = np.square(difference).sum(axis=1)
    best = np.lexsort((ids, squares))[:k]
    return Nearest(ids[best], np.sqrt(squares[best]))


class ExactIndex:
    """Looks at every row. Slow, and plainly right."""

    def __init__(self, rows: Rows) -> None:
        """``rows`` [N, D].

        Raises:
            InputError: there are none, or some are not finite.
        """
        self.rows = _checked(rows)

    def query(self, vector: Rows, mask: Mask | None = None, k: int = 1) -> Nearest:
        """The ``k`` nearest rows to ``vector`` [D] among those that ``mask`` [N] allows.

        Raises:
            InputError: shapes do not fit or the vector is not finite.
        """
        vector = _check_query(self.rows, vector, mask, k)
        ids = np.arange(len(self.rows)) if mask is None else np.flatnonzero(mask)
        parts = [_ranked(self.rows, ids[at : at + 16384], vector, k) for at in range(0, len(ids), 16384)]
        best = np.concatenate([part.rows for part in parts]) if parts else ids
        return _ranked(self.rows, best, vector, k)


class BoundedIndex:
    """Leaves out what cannot win, from coarse to fine.

    Rows are seen along their principal axes. Four consecutive rows are a run, a short piece of a movement and nearly
    straight; runs that lie near each other share boxes, and those share larger ones. The distance to a box, or to the
    piece of line less the radius around it, is never more than to a row in it. A query starts from a few good rows
    (approximate neighbours, found in a k-d tree of every fourth row, and the rows around them), which bound how far the
    best can be; only runs that can be nearer than that are looked at row by row.
    """

    def __init__(self, rows: Rows) -> None:
        """``rows`` [N, D], neighbours in time next to each other; takes about three seconds for 600,000 rows.

        Raises:
            InputError: there are none, or some are not finite.
        """
        self.rows = _checked(rows)
        self._mean = self.rows.mean(axis=0, dtype=np.float64).astype(np.float32)
        self._axes = _principal_axes(self.rows)
        self._runs = len(rows) // RUN
        self._reach = float(np.abs(self.rows - self._mean).max()) + 1.0
        self._floors = Floors(self.rows, self._mean, self._axes) if len(rows) > _FEW else None
        if self._floors is not None:
            from scipy.spatial import cKDTree

            seeds = (self.rows[::_SEED_EVERY] - self._mean) @ self._axes[:, :_SEED_AXES]
            self._tree = cKDTree(seeds.astype(np.float64), leafsize=24, balanced_tree=False)

    def query(self, vector: Rows, mask: Mask | None = None, k: int = 1) -> Nearest:
        """The ``k`` nearest rows to ``vector`` [D] among those that ``mask`` [N] allows.

        For a mask that many queries share, :meth:`subset` is faster.

        Raises:
            InputError: shapes do not fit or the vector is not finite.
        """
        vector = _check_query(self.rows, vector, mask, k)
        allowed = len(self.rows) if mask is None else int(np.count_nonzero(mask))
        if self._floors is None or allowed <= max(_FEW, 8 * k):
            ids = np.arange(len(self.rows)) if mask is None else np.flatnonzero(mask)
            return _ranked(self.rows, ids, vector, k)
        seen = (vector - self._mean) @ self._axes
        slack = _ROUNDING * (self._reach + float(np.abs(vector).max()))
        bound = self._first_bound(vector, seen, mask, k)
        runs, floors = self._floors.within(seen, _loosened(bound, slack))
        if len(runs) > 8 * _PROMISING:
            promising = runs[np.argpartition(floors, _PROMISING)[:_PROMISING]]
            bound = min(bound, self._kth(self._rows_of(promising, mask), vector, k))
            runs = runs[floors <= np.sqrt(_loosened(bound, slack))]
        if k > 1 or mask is not None:
            runs = np.concatenate([runs, self._floors.twins.of(runs)])
        ids = self._rows_of(runs, mask)
        squares = self._squares(ids, vector)
        if len(squares) > k:
            bound = min(bound, float(np.partition(squares, k - 1)[k - 1]))
        return _ranked(self.rows, ids[squares <= _loosened(bound, slack)], vector, k)

    def subset(self, mask: Mask) -> SubsetIndex:
        """An index of the rows that ``mask`` [N] allows only, which answers in this one's row numbers.

        Raises:
            InputError: the mask allows no row.
        """
        return SubsetIndex(self.rows, mask)

    def _first_bound(self, vector: Rows, seen: Rows, mask: Mask | None, k: int) -> float:
        """A squared distance within which at least ``k`` allowed rows lie."""
        count = max(_SEED_COUNT, 2 * k)
        _, near = self._tree.query(seen[:_SEED_AXES], k=min(count, self._tree.n), eps=1.0)
        ids = np.asarray(near, np.intp) * _SEED_EVERY
        if len(ids) > _AROUND:
            best = ids[np.argpartition(self._squares(ids, vector), _AROUND)[:_AROUND]]
            beside = (best[:, None] + _BESIDE).ravel()
            ids = np.unique(np.concatenate([ids, beside[(beside >= 0) & (beside < len(self.rows))]]))
        bound = self._kth(ids if mask is None else ids[mask[ids]], vector, k)
        if np.isfinite(bound) or mask is None:
            return bound
        return self._bound_within(vector, seen, mask, k)

    def _bound_within(self, vector: Rows, seen: Rows, mask: Mask, k: int) -> float:
        """The same where no allowed row lies near: from a sample of them, then from ever wider surroundings."""
        assert self._floors is not None
        some = np.flatnonzero(mask)
        loose = self._kth(some[:: max(1, len(some) // max(_FEW, 4 * k))], vector, k)
        for share in _WIDENING:
            runs, _ = self._floors.within(seen, share * loose)
            bound = self._kth(self._rows_of(runs, mask), vector, k)
            if bound <= loose:
                return bound
        return loose

    def _kth(self, ids: Ids, vector: Rows, k: int) -> float:
        return float(np.partition(self._squares(ids, vector), k - 1)[k - 1]) if len(ids) >= k else np.inf

    def _squares(self, ids: Ids, vector: Rows) -> Rows:
        difference = self.rows.take(ids, axis=0)
        difference -= vector
        squares: Rows = np.einsum("ij,ij->i", difference, difference)
        return squares

    def _rows_of(self, runs: Ids, mask: Mask | None) -> Ids:
        """Allowed rows of ``runs``, and those after the last whole run."""
        ids = np.concatenate(
            [(runs[:, None] * RUN + np.arange(RUN)).ravel(), np.arange(self._runs * RUN, len(self.rows))]
        )
        return ids if mask is None else ids[mask[ids]]


class SubsetIndex:
    """A :class:`BoundedIndex` of some rows of a table that answers in the table's row numbers."""

    def __init__(self, rows: Rows, mask: Mask) -> None:
        self.ids: Ids = np.flatnonzero(mask)
        self._index = BoundedIndex(rows[self.ids])

    def query(self, vector: Rows, mask: Mask | None = None, k: int = 1) -> Nearest:
        """As :meth:`BoundedIndex.query`; ``mask`` [N of the subset] allows fewer still."""
        found = self._index.query(vector, mask, k)
        return Nearest(self.ids[found.rows], found.distances)


def _principal_axes(rows: Rows) -> Rows:
    """[D, D] orthonormal columns, the direction of greatest variance first."""
    sample = rows[:: max(1, len(rows) // 65536)].astype(np.float64)
    _, axes = np.linalg.eigh(np.cov(sample.T) if len(sample) > 1 else np.eye(rows.shape[1]))
    return np.ascontiguousarray(axes[:, ::-1], np.float32)


def _loosened(square: float, slack: float) -> float:
    """A squared distance with room for rounding."""
    return float((np.sqrt(square) * (1.0 + 1e-5) + slack) ** 2)

"""How near the rows of a table can be at least to a query: boxes of rows, from coarse to fine, and pieces of line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Ids = NDArray[np.intp]

RUN = 4
"""Consecutive rows that are taken together. Neighbouring frames of a motion are alike."""
LEVELS = ((256, 16), (32, 24), (4, 20))
"""From coarse to fine: how many runs that lie near each other share a box, and in how many principal axes such boxes are
compared. The runs in the boxes that are left are compared with the pieces of line that they lie along."""
_CANCELLING = 4e-5
"""What a sum of squares may lose against its largest part in single precision, with a margin."""


class Floors:
    """Boxes of runs of rows, of groups of runs, of groups of groups, along the principal axes.

    Points are seen as (their first coordinates, the length of the rest): that makes no two points farther apart than
    they are, so the distance to a box of such points is never more than to a row in it.
    """

    def __init__(self, rows: Rows, mean: Rows, axes: Rows) -> None:
        runs, width = len(rows) // RUN, rows.shape[1]
        turned = np.empty((runs * RUN, width), np.float32)
        for at in range(0, len(turned), 65536):
            turned[at : at + 65536] = (rows[at : min(at + 65536, len(turned))] - mean) @ axes
        self.twins = _Twins(rows[: runs * RUN].reshape(runs, -1))
        low, high = _edges(turned, RUN)
        first = self.twins.first
        order = first[_clustered(0.5 * (low + high)[first, :32])]
        whole = -(-len(order) // LEVELS[0][0]) * LEVELS[0][0]
        self.runs = order
        self._capsules = _Capsules(turned, order)
        self._levels = [
            _Level(turned, order, whole, size, (LEVELS[number - 1][0] if number else whole) // size, min(count, width))
            for number, (size, count) in enumerate(LEVELS)
        ]

    def within(self, seen: Rows, limit: float) -> tuple[Ids, Rows]:
        """Runs that may be nearer to ``seen`` [D] than a squared ``limit``, and floors of their distances; no twins."""
        near: Ids = np.zeros(1, np.intp)
        rests = np.sqrt(np.square(seen[::-1]).cumsum()[::-1])
        for level in self._levels:
            near = level.within(near, seen, rests, limit)
        near = (near[:, None] * LEVELS[-1][0] + np.arange(LEVELS[-1][0])).ravel()
        near = near[near < len(self.runs)]
        floors = self._capsules.floors(near, seen)
        kept = floors <= np.sqrt(limit)
        return self.runs[near[kept]], floors[kept]


class _Capsules:
    """A line through the first and the last row of each run, and how far the rows of the run are from it at most.

    A run is a short piece of a movement, which is nearly straight: the distance to the piece of line that the rows lie
    along, less that radius, is a far higher floor than a box gives, and costs two inner products.
    """

    def __init__(self, turned: Rows, order: Ids) -> None:
        runs, width = len(order), turned.shape[1]
        self._lines = np.empty((runs, 2, width), np.float32)
        self._sizes = np.empty((runs, 4), np.float32)
        for at in range(0, runs, 16384):
            rows = turned.reshape(-1, RUN, width)[order[at : at + 16384]].astype(np.float64)
            along = rows[:, -1] - rows[:, 0]
            along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
            steps = np.einsum("rnd,rd->rn", rows - rows[:, :1], along)
            middle = 0.5 * (steps.min(axis=1) + steps.max(axis=1))
            centre = rows[:, 0] + middle[:, None] * along
            off = rows - rows[:, :1] - steps[:, :, None] * along[:, None]
            part = slice(at, at + len(rows))
            self._lines[part, 0], self._lines[part, 1] = centre, along
            self._sizes[part] = np.stack(
                [
                    np.square(centre).sum(axis=1),
                    (centre * along).sum(axis=1),
                    0.5 * np.ptp(steps, axis=1),
                    np.linalg.norm(off, axis=2).max(axis=1),
                ],
                axis=1,
            )

    def floors(self, runs: Ids, seen: Rows) -> Rows:
        """Distances of ``seen`` [D] that no row of each of ``runs`` undercuts, less what rounding may have added."""
        products = self._lines.take(runs, axis=0).reshape(-1, len(seen)) @ seen
        square, across, half, radius = self._sizes.take(runs, axis=0).T
        length = np.float32(seen @ seen) + square
        along = np.abs(products[1::2] - across)
        beyond = np.maximum(along - half, 0.0)
        squares = length - 2.0 * products[::2] - along * along + beyond * beyond - _CANCELLING * length
        floors: Rows = np.sqrt(np.maximum(squares, 0.0)) - radius
        return floors


class _Twins:
    """Runs that are the same number by number, as those of somebody who does not move at all.

    ``first`` [R] are the runs without those that repeat an earlier one.
    """

    def __init__(self, runs: Rows) -> None:
        factors = np.random.default_rng(0).integers(1, 2**63, runs.shape[1], dtype=np.uint64)
        hashes = np.concatenate(
            [part.view(np.uint32).astype(np.uint64) @ factors for part in np.array_split(runs, 1 + len(runs) // 16384)]
        )
        _, earliest, group = np.unique(hashes, return_index=True, return_inverse=True)
        original = earliest[group]
        later = np.flatnonzero(original != np.arange(len(runs)))
        later = later[(runs[later] == runs[original[later]]).all(axis=1)]
        self.first: Ids = np.setdiff1d(np.arange(len(runs)), later)
        self._later = later[np.argsort(original[later], kind="stable")]
        self._ends = np.cumsum(np.bincount(original[later], minlength=len(runs)))

    def of(self, runs: Ids) -> Ids:
        """The later runs that are the same as one of ``runs``."""
        counts = self._ends[runs] - np.where(runs > 0, self._ends[runs - 1], 0)
        before = np.cumsum(counts) - counts
        at = np.arange(int(counts.sum())) + np.repeat(self._ends[runs] - counts - before, counts)
        return np.asarray(self._later[at], np.intp)


class _Level:
    """Boxes of ``size`` runs each; ``fan`` of them belong to one box of the level above and lie next to each other."""

    def __init__(self, turned: Rows, order: Ids, whole: int, size: int, fan: int, count: int) -> None:
        self._fan, self._count = fan, count
        seen = turned[:, : count + 1].copy()
        if seen.shape[1] > count:
            seen[:, count] = np.linalg.norm(turned[:, count:], axis=1)
        low, high = _edges(seen, RUN)
        missing = ((0, whole - len(order)), (0, 0))
        low = np.pad(low[order], missing, constant_values=np.inf).reshape(whole // size, size, -1).min(axis=1)
        high = np.pad(high[order], missing, constant_values=-np.inf).reshape(whole // size, size, -1).max(axis=1)
        high = np.maximum(low, high)
        self._edges = np.concatenate([_by_axis(low, fan), _by_axis(high, fan)], axis=1)

    def within(self, parents: Ids, seen: Rows, rests: Rows, limit: float) -> Ids:
        """Numbers of the boxes inside ``parents`` that are nearer than ``limit``; ``rests`` [D] are lengths of tails."""
        fan, count = self._fan, self._count
        point = seen[: count + 1].copy()
        point[count:] = rests[count : count + 1]
        point = point.repeat(fan)
        edges = self._edges.take(parents, axis=0)
        gap = _gap(point, edges[:, : len(point)], edges[:, len(point) :])
        cube = gap.reshape(len(parents), -1, fan)
        kept: Ids = (np.einsum("ijk,ijk->ik", cube, cube).ravel() <= limit).nonzero()[0]
        return np.asarray(parents[kept // fan] * fan + kept % fan)


def _edges(points: Rows, run: int) -> tuple[Rows, Rows]:
    """Lower and upper edges [N // run, D] of the boxes of each ``run`` points in a row."""
    grouped = points.reshape(-1, run, points.shape[1])
    return grouped.min(axis=1), grouped.max(axis=1)


def _gap(point: Rows, low: Rows, high: Rows) -> Rows:
    """How far ``point`` is from the interval between ``low`` and ``high``, 0 inside."""
    gap = np.maximum(point, low)
    np.minimum(gap, high, out=gap)
    gap -= point
    return gap


def _by_axis(edges: Rows, fan: int) -> Rows:
    """[N // fan, D * fan] ``edges`` [N, D], the same axis of ``fan`` boxes next to each other."""
    return edges.reshape(-1, fan, edges.shape[1]).transpose(0, 2, 1).reshape(len(edges) // fan, -1)


def _clustered(points: Rows) -> Ids:
    """An order of ``points`` [N, D] in which those that fill one box of any level lie near each other: halves of halves."""
    order = np.arange(len(points))
    open_spans = [(0, len(points))]
    while open_spans:
        start, stop = open_spans.pop()
        unit = next((size for size, _ in LEVELS if size < stop - start), 1)
        if unit == 1:
            continue
        inside = points[order[start:stop]]
        cut = -(-(stop - start) // unit) // 2 * unit
        parted = np.argpartition(inside[:, np.argmax(inside.var(axis=0))], cut)
        order[start:stop] = order[start:stop][parted]
        open_spans += [(start, start + cut), (start + cut, stop)]
    return order

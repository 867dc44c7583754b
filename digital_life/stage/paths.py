"""Ways through the room: A* on a grid around furniture and people, then straightened and rounded."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.walking import STEP, resampled, rounded
from digital_life.stage.scene import Furniture, Room

Array = NDArray[np.float64]

CELL = 0.1
MARGIN = 0.5
"""Metres that a walker likes to keep from furniture."""
NARROW = 0.28
"""Metres from furniture below which shoulders and arms would touch it."""
PERSONAL = 0.55
"""Metres between the middles of two people that no path comes below."""
WALL = 0.25
_FLAT = frozenset({"rug", "window", "door"})
_BLOCKED = 60.0
TIGHT = 12.0
"""Price of a cell beside furniture, compared with 1 in the open: a long way round is better."""
_NEIGHBOURS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


def find_path(room: Room, start: Array, goal: Array, others: Sequence[Array]) -> Array:
    """Points [N, 2] (x, z), ``STEP`` apart, from ``start`` to ``goal``; at least two points, also where both coincide."""
    start, goal = np.asarray(start, dtype=np.float64), np.asarray(goal, dtype=np.float64)
    if np.linalg.norm(goal - start) < 2 * STEP:
        return np.stack([start, goal])
    grid = _Grid(room, start, goal, others)
    corners = grid.straighten([start, *grid.search(), goal])
    return rounded(resampled(np.array(corners)))


def distance_to(thing: Furniture, points: Array) -> Array:
    """Metres from ``points`` [..., 2] to the box of ``thing``; 0 inside."""
    width, _, depth = thing.dimensions
    angle = math.radians(thing.facing)
    offset = points - np.array(thing.position)
    across = offset[..., 0] * math.cos(angle) - offset[..., 1] * math.sin(angle)
    along = offset[..., 0] * math.sin(angle) + offset[..., 1] * math.cos(angle)
    outside = np.stack([np.abs(across) - width / 2, np.abs(along) - depth / 2], axis=-1)
    distance: Array = np.linalg.norm(np.maximum(outside, 0.0), axis=-1)
    return distance


def obstacles(room: Room) -> list[Furniture]:
    """Furniture that stands in the way."""
    return [thing for thing in room.furniture if thing.kind not in _FLAT]


class _Grid:
    """Cost of standing at each cell of the floor: 1 in the open, more near things, ``_BLOCKED`` inside them."""

    def __init__(self, room: Room, start: Array, goal: Array, others: Sequence[Array]) -> None:
        half = np.array(room.size) / 2
        low = np.minimum(-half + WALL, np.minimum(start, goal) - CELL)
        high = np.maximum(half - WALL, np.maximum(start, goal) + CELL)
        self.low = low
        self.shape = tuple(np.ceil((high - low) / CELL).astype(int) + 1)
        self.start, self.goal = start, goal
        axes = [low[axis] + CELL * np.arange(self.shape[axis]) for axis in (0, 1)]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        cost = np.ones(self.shape)
        for thing in obstacles(room):
            distance = distance_to(thing, points)
            cost += np.where(distance <= 0.1, _BLOCKED, 6.0 * np.clip(1.0 - distance / MARGIN, 0.0, 1.0))
            cost += np.where(distance < NARROW, TIGHT, 0.0)
        for other in others:
            distance = np.linalg.norm(points - other, axis=-1)
            cost += np.where(distance < PERSONAL, 10 * _BLOCKED, 8.0 * np.clip(1.9 - distance / PERSONAL, 0.0, 1.0))
        self.cost = cost

    def _cell(self, point: Array) -> tuple[int, int]:
        i, j = np.rint((point - self.low) / CELL).astype(int)
        return int(np.clip(i, 0, self.shape[0] - 1)), int(np.clip(j, 0, self.shape[1] - 1))

    def _point(self, cell: tuple[int, int]) -> Array:
        return np.array(self.low + CELL * np.array(cell))

    def search(self) -> list[Array]:
        """A* with the straight distance as heuristic; things that cannot be avoided are crossed at a high price."""
        first, last = self._cell(self.start), self._cell(self.goal)
        came: dict[tuple[int, int], tuple[int, int]] = {}
        best = {first: 0.0}
        queue = [(0.0, first)]
        while queue:
            _, cell = heapq.heappop(queue)
            if cell == last:
                break
            for di, dj in _NEIGHBOURS:
                to = (cell[0] + di, cell[1] + dj)
                if not (0 <= to[0] < self.shape[0] and 0 <= to[1] < self.shape[1]):
                    continue
                price = best[cell] + math.hypot(di, dj) * float(self.cost[to])
                if price < best.get(to, math.inf):
                    best[to], came[to] = price, cell
                    heapq.heappush(queue, (price + math.dist(to, last), to))
        cells = [last]
        while cells[-1] != first:
            cells.append(came[cells[-1]])
        return [self._point(cell) for cell in reversed(cells)][1:-1]

    def _price(self, a: Array, b: Array) -> float:
        count = max(2, int(np.linalg.norm(b - a) / (CELL / 2)))
        points = a + np.linspace(0, 1, count)[:, None] * (b - a)
        return float(np.mean([self.cost[self._cell(point)] for point in points]) * np.linalg.norm(b - a))

    def straighten(self, points: list[Array]) -> list[Array]:
        """Leave points out wherever the straight line costs no more than the way around."""
        prices = np.concatenate([[0.0], np.cumsum([self._price(a, b) for a, b in itertools.pairwise(points)])])
        kept, at = [points[0]], 0
        while at < len(points) - 1:
            nearest = at + 1
            for to in range(len(points) - 1, at, -1):
                if self._price(points[at], points[to]) <= 1.02 * (prices[to] - prices[at]) + 1e-6:
                    nearest = to
                    break
            at = nearest
            kept.append(points[at])
        return kept

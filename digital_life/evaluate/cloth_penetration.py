"""Do clothes let through what they cover? Skin against clothes and clothes against those worn over them, in any pose."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from digital_life.body.character import Character
from digital_life.body.cover import cover, heights, is_tucked
from digital_life.body.skinning import PosedCharacter, Surface

Floats = NDArray[np.float64]

SKIN_PARTS = ("head", "skin")
LAYERS = ("shoes", "bottom", "undershirt", "top", "outer")
"""Clothes from the innermost to the outermost; what a persona wears of them. A skirt lies over a top tucked into it."""
SIGHT_START, NEAR_SIGHT, GRAZING = 0.0005, 0.15, 0.15
"""Lines of sight begin this far (metres) off a point, are tried on what is this near first, and keep off its surface (cosine)."""


def _around(count: int) -> Floats:
    """Directions [count, 3] spread evenly: a Fibonacci lattice on the sphere."""
    height = 1 - (2 * np.arange(count) + 1) / count
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(count)
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(turn), height, radius * np.sin(turn)], axis=1)


SIGHT_LINES = _around(96)


class ClothProbe:
    """Measures one dressed character pose by pose; only skin that is drawn counts, not what clothes replace."""

    def __init__(self, character: Character) -> None:
        wanted = (*SKIN_PARTS, *LAYERS)
        parts = tuple(part for part in character.parts if part.name in wanted)
        self._posed = PosedCharacter(replace(character, parts=tuple(replace(part, morphs={}) for part in parts)))
        named = {part.name: part for part in parts}
        order = list(LAYERS)
        if "top" in named and "bottom" in named and is_tucked(named["top"], named["bottom"]):
            order.remove("bottom")
            order.insert(order.index("top") + 1, "bottom")
        rank = [order.index(part.name) if part.name in order else -1 for part in parts]
        pairs = [(i, o) for o in range(len(parts)) for i in range(len(parts)) if rank[i] < rank[o]]
        self._names = [part.name for part in parts]
        found = ((inner, outer, cover(parts[inner], parts[outer])) for inner, outer in pairs)
        self._covers = [(inner, outer, under) for inner, outer, under in found if len(under.points)]

    @cached_property
    def covered(self) -> int:
        """How many points lie under cloth."""
        return sum(len(under.points) for _, _, under in self._covers)

    def depths(self, rotations: NDArray[np.float32]) -> dict[str, Floats]:
        """Metres by which every covered point stands out of the cloth over it (0: it does not), by "inner/outer".

        ``rotations`` [55, 4] local quaternions. A point that looks at the inner side of cloth (a turned-in hem) is not out.
        """
        return self._measured(self._posed.pose(rotations, np.zeros(3, np.float32)), 0.0)

    def seen(self, rotations: NDArray[np.float32], least: float) -> dict[str, Floats]:
        """As ``depths``, but 0 for points by less than ``least`` metres out, and for those that nobody can see.

        In folds (a lap, an armpit) cloth passes through itself: what stands out of one side lies below the other. Seen means
        seen from the outer side of the cloth: who looks in under a hem sees what is worn below it, and nothing comes through.
        """
        return self._measured(self._posed.pose(rotations, np.zeros(3, np.float32)), least)

    def _measured(self, surfaces: list[Surface], least: float) -> dict[str, Floats]:
        measured: dict[str, list[Floats]] = {}
        for inner, outer, under in self._covers:
            points, normals = (array[under.points].astype(np.float64) for array in surfaces[inner])
            depth, across = heights(points, surfaces[outer][0].astype(np.float64), under.triangles)
            depth = np.where(np.einsum("ca,ca->c", normals, across) > 0, np.maximum(depth, 0), 0)
            if least > 0:
                depth[depth < least] = 0
                out = np.flatnonzero(depth)
                depth[out[~self._in_sight(points[out], normals[out], across[out], surfaces)]] = 0
            name = "skin" if self._names[inner] in SKIN_PARTS else self._names[inner]
            measured.setdefault(f"{name}/{self._names[outer]}", []).append(depth)
        return {pair: np.concatenate(depths) for pair, depths in measured.items()}

    def _in_sight(self, points: Floats, normals: Floats, across: Floats, surfaces: list[Surface]) -> NDArray[np.bool_]:
        """Which points [C] can be seen from somewhere in front of them: a straight line leads out past skin and clothes.

        It leads to that side of the cloth to which its normal ``across`` [C, 3] points.
        """
        seen = np.zeros(len(points), bool)
        if not len(points):
            return seen
        corners = np.concatenate(
            [vertices[part.faces] for (vertices, _), part in zip(surfaces, self._posed.character.parts, strict=True)]
        ).astype(np.float64)
        middles = cKDTree(corners.mean(axis=1))
        for k, (point, normal, outward) in enumerate(zip(points, normals, across, strict=True)):
            sight = SIGHT_LINES[(SIGHT_LINES @ normal > GRAZING) & (SIGHT_LINES @ outward > 0)]
            start = point + SIGHT_START * normal
            sight = sight[~_blocked(start, sight, corners[middles.query_ball_point(point, NEAR_SIGHT)])]
            seen[k] = not _blocked(start, sight, corners).all()  # all: a line may lead through the hollow under clothes
        return seen


def _blocked(start: Floats, lines: Floats, corners: Floats) -> NDArray[np.bool_]:
    """Which rays [D, 3] from ``start`` [3] meet a triangle [F, 3, 3], from either side.

    Moeller and Trumbore, "Fast, minimum storage ray-triangle intersection", Journal of Graphics Tools 2 (1997).
    """
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    offset = start - corners[:, 0]
    turned = np.cross(offset, first)
    side = np.cross(lines[:, None], second)
    area = np.einsum("dfa,fa->df", side, first)
    area = np.where(np.abs(area) < 1e-14, np.inf, area)
    u = np.einsum("dfa,fa->df", side, offset) / area
    v = lines @ turned.T / area
    ahead = np.einsum("fa,fa->f", turned, second) / area
    return np.asarray(((u >= 0) & (v >= 0) & (u + v <= 1) & (ahead > 0)).any(axis=1))

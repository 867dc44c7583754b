"""Do clothes let through what they cover? Skin against clothes and clothes against those worn over them, in any pose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from digital_life.body.character import Character, MeshPart
from digital_life.body.skinning import PosedCharacter, Surface

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

SKIN_PARTS = ("head", "skin")
LAYERS = ("shoes", "bottom", "undershirt", "top", "outer")
"""Clothes from the innermost to the outermost; what a persona wears of them."""
REACH = 0.06
"""Skin is covered where cloth lies at most this far (metres) over it at rest."""
NEIGHBOURS, TRIED = 24, 6
"""Triangles that may come to lie over a point, and how many of them are looked at in a pose."""
FACING = 0.3
"""Cosine between the normals of a point and of the cloth that covers it; the inner sides of hems face away."""
BESIDE = 0.25
"""A point whose nearest cloth lies more sideways than this share of the height has slipped out under the edge."""

SIGHT_START, NEAR_SIGHT, GRAZING = 0.0005, 0.15, 0.15
"""Lines of sight begin this far (metres) off a point, are tried on what is this near first, and keep off its surface (cosine)."""


def _around(count: int) -> Floats:
    """Directions [count, 3] spread evenly: a Fibonacci lattice on the sphere."""
    height = 1 - (2 * np.arange(count) + 1) / count
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(count)
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(turn), height, radius * np.sin(turn)], axis=1)


SIGHT_LINES = _around(96)


@dataclass(frozen=True)
class _Cover:
    """Points of ``inner`` and, for each, triangles of ``outer`` that may cover it: ``points`` [C], ``triangles`` [C, K, 3]."""

    inner: int
    outer: int
    points: Indices
    triangles: Indices


class ClothProbe:
    """Measures one dressed character pose by pose; only skin that is drawn counts, not what clothes replace."""

    def __init__(self, character: Character) -> None:
        wanted = (*SKIN_PARTS, *LAYERS)
        parts = tuple(part for part in character.parts if part.name in wanted)
        self._posed = PosedCharacter(replace(character, parts=tuple(replace(part, morphs={}) for part in parts)))
        rank = [LAYERS.index(part.name) if part.name in LAYERS else -1 for part in parts]
        pairs = [(i, o) for o in range(len(parts)) for i in range(len(parts)) if rank[i] < rank[o]]
        self._names = [part.name for part in parts]
        covers = (_cover(parts, inner, outer) for inner, outer in pairs)
        self._covers = [cover for cover in covers if len(cover.points)]

    @cached_property
    def covered(self) -> int:
        """How many points lie under cloth."""
        return sum(len(cover.points) for cover in self._covers)

    def depths(self, rotations: NDArray[np.float32]) -> dict[str, Floats]:
        """Metres by which every covered point stands out of the cloth over it (0: it does not), by "inner/outer".

        ``rotations`` [55, 4] local quaternions.
        """
        return self._measured(self._posed.pose(rotations, np.zeros(3, np.float32)), 0.0)

    def seen(self, rotations: NDArray[np.float32], least: float) -> dict[str, Floats]:
        """As ``depths``, but 0 for points by less than ``least`` metres out, and for those that nobody can see.

        In folds (a lap, an armpit) cloth passes through itself: what stands out of one side lies below the other.
        """
        return self._measured(self._posed.pose(rotations, np.zeros(3, np.float32)), least)

    def _measured(self, surfaces: list[Surface], least: float) -> dict[str, Floats]:
        found: dict[str, list[Floats]] = {}
        for cover in self._covers:
            points = surfaces[cover.inner][0][cover.points].astype(np.float64)
            depth = _through(points, surfaces[cover.outer][0].astype(np.float64), cover.triangles)
            if least > 0:
                depth[depth < least] = 0
                out = np.flatnonzero(depth)
                normals = surfaces[cover.inner][1][cover.points[out]].astype(np.float64)
                depth[out[~self._in_sight(points[out], normals, surfaces)]] = 0
            inner = "skin" if self._names[cover.inner] in SKIN_PARTS else self._names[cover.inner]
            found.setdefault(f"{inner}/{self._names[cover.outer]}", []).append(depth)
        return {pair: np.concatenate(depths) for pair, depths in found.items()}

    def _in_sight(self, points: Floats, normals: Floats, surfaces: list[Surface]) -> NDArray[np.bool_]:
        """Which points [C] can be seen from somewhere in front of them: a straight line leads out past skin and clothes."""
        seen = np.zeros(len(points), bool)
        if not len(points):
            return seen
        corners = np.concatenate(
            [vertices[part.faces] for (vertices, _), part in zip(surfaces, self._posed.character.parts, strict=True)]
        ).astype(np.float64)
        middles = cKDTree(corners.mean(axis=1))
        for k, (point, normal) in enumerate(zip(points, normals, strict=True)):
            sight = SIGHT_LINES[SIGHT_LINES @ normal > GRAZING]
            start = point + SIGHT_START * normal
            sight = sight[~_blocked(start, sight, corners[middles.query_ball_point(point, NEAR_SIGHT)])]
            seen[k] = not _blocked(start, sight, corners).all()  # all: a line may lead through the hollow under clothes
        return seen


def _cover(parts: tuple[MeshPart, ...], inner: int, outer: int) -> _Cover:
    points, normals = parts[inner].vertices.astype(np.float64), parts[inner].normals
    faces, cloth = parts[outer].faces.astype(np.int64), parts[outer].vertices.astype(np.float64)
    corners = cloth[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
    tree = cKDTree(corners.mean(axis=1))
    near = np.flatnonzero(tree.query(points, distance_upper_bound=2 * REACH)[0] < 2 * REACH)
    if not len(near):
        return _Cover(inner, outer, near, np.zeros((0, 0, 3), np.int64))
    count = min(NEIGHBOURS, len(faces))
    nearest = tree.query(points[near], k=count)[1].reshape(len(near), count)
    facing = np.einsum("cka,ca->ck", across[nearest], normals[near]) > FACING
    at = closest_points(points[near][:, None], *np.moveaxis(corners[nearest], 2, 0))
    away = np.linalg.norm(points[near][:, None] - at, axis=2)
    best = np.where(facing, away, np.inf).argmin(axis=1)
    row = np.arange(len(near))
    height = np.einsum("ca,ca->c", points[near] - at[row, best], across[nearest[row, best]])
    sideways = np.sqrt(np.maximum(away[row, best] ** 2 - height**2, 0))
    kept = facing.any(axis=1) & (height > -REACH) & (height < 0.002) & (sideways < BESIDE * np.abs(height) + 5e-4)
    only_facing = np.where(facing, nearest, nearest[row, best][:, None])
    return _Cover(inner, outer, near[kept], faces[only_facing[kept]])


def _through(points: Floats, cloth: Floats, triangles: Indices) -> Floats:
    """Metres [C] by which ``points`` [C, 3] stand out of the nearest of their ``triangles`` [C, K, 3]."""
    row = np.arange(len(points))[:, None]
    middles = cloth[triangles].mean(axis=2)
    tried = min(TRIED, triangles.shape[1])
    chosen = np.argpartition(((middles - points[:, None]) ** 2).sum(axis=2), tried - 1, axis=1)[:, :tried]
    a, b, c = np.moveaxis(cloth[triangles[row, chosen]], 2, 0)
    at = closest_points(points[:, None], a, b, c)
    best = ((points[:, None] - at) ** 2).sum(axis=2).argmin(axis=1)
    k = row[:, 0]
    across = np.cross(b[k, best] - a[k, best], c[k, best] - a[k, best])
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
    offset = points - at[k, best]
    height = np.einsum("ca,ca->c", offset, across)
    sideways = np.sqrt(np.maximum((offset**2).sum(axis=1) - height**2, 0))
    return np.where((height > 0) & (sideways < BESIDE * height + 5e-4), height, 0.0)


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


def closest_points(p: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """Point of every triangle ``a b c`` [..., 3] that is nearest to ``p`` [..., 3].

    The nearest of the projection on the plane, if it lies inside, and those on the three edges.
    """
    ab, ac = b - a, c - a
    normal = np.cross(ab, ac)
    square = np.maximum((normal**2).sum(axis=-1), 1e-24)
    plane = p - ((p - a) * normal).sum(axis=-1)[..., None] * normal / square[..., None]
    v = (np.cross(plane - a, ac) * normal).sum(axis=-1) / square
    w = (np.cross(ab, plane - a) * normal).sum(axis=-1) / square
    inside = (v >= 0) & (w >= 0) & (v + w <= 1)
    edges = np.stack([_on_segment(p, a, b), _on_segment(p, b, c), _on_segment(p, c, a)])
    which = ((edges - p) ** 2).sum(axis=-1).argmin(axis=0)
    nearest_edge = np.take_along_axis(edges, which[None, ..., None], axis=0)[0]
    return np.asarray(np.where(inside[..., None], plane, nearest_edge))


def _on_segment(p: Floats, a: Floats, b: Floats) -> Floats:
    along = b - a
    share = ((p - a) * along).sum(axis=-1) / np.maximum((along**2).sum(axis=-1), 1e-24)
    return np.asarray(a + np.clip(share, 0, 1)[..., None] * along)

"""Which cloth lies over which points, and how far points stand out of it in a pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from digital_life.body.character import MeshPart

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

REACH = 0.06
"""A point is covered where cloth lies at most this far (metres) over it at rest."""
LEVEL, OUT_AT_REST, FROM_RIM = 0.002, 0.03, 0.04
"""A point that lies over the cloth at rest, by more than the first and less than the second (metres), is out already, if it
lies further from the cloth's rim than the third: collars lie over the edge of a coat."""
AROUND, NEIGHBOURS, TRIED = 64, 32, 6
"""Triangles around a point at rest, how many of them that face it are kept since they may come to lie over it, and how many of
these are looked at in a pose."""
FACING = 0.3
"""Cosine between the normals of a point and of the cloth that covers it; the inner sides of hems face away, or lie far below a
point that looks along the cloth: the inner side of a knee lies high over the turned-in hem at the back of a skirt."""
SAME_POINT = 1e-5
"""Triangles whose nearest points are this near (metres) to one another meet there."""
CONE_STEPS, SHARPEST = 30, 0.3
"""Steps of the search for what lies between normals, and the cosine between their mean and any of them below which cloth is
folded onto itself there and has no outside."""
BESIDE = 0.25
"""A point whose nearest cloth lies more sideways than this share of the height has slipped out under the edge."""


@dataclass(frozen=True)
class Cover:
    """Points of one surface and, for each, triangles of another that may cover it: ``points`` [C], ``triangles`` [C, K, 3]."""

    points: Indices
    triangles: Indices


def is_tucked(top: MeshPart, bottom: MeshPart) -> bool:
    """Whether a top is worn inside what is worn below it, as in a skirt."""
    return len(cover(top, bottom, LEVEL).points) > len(cover(bottom, top, LEVEL).points)


def cover(inner: MeshPart, outer: MeshPart, out_at_rest: float = OUT_AT_REST, level: float = LEVEL) -> Cover:
    """The points of ``inner`` that lie under ``outer`` at rest, or that should: up to ``out_at_rest`` metres over it.

    Near the rim of ``outer`` only those count that lie over it by less than ``level`` metres.
    """
    points, normals = inner.vertices.astype(np.float64), inner.normals.astype(np.float64)
    faces, cloth = outer.faces.astype(np.int64), outer.vertices.astype(np.float64)
    corners = cloth[faces]
    sides = _planes(corners[:, 1:] - corners[:, :1])
    across = _unit(_cross(sides[..., 0], sides[..., 1]))
    tree = cKDTree(corners.mean(axis=1))
    near = np.flatnonzero(tree.query(points, distance_upper_bound=2 * REACH)[0] < 2 * REACH)
    if not len(near):
        return Cover(near, np.zeros((0, 0, 3), np.int64))
    count = min(AROUND, len(faces))
    nearest = tree.query(points[near], k=count)[1].reshape(len(near), count)
    facing = _dot(across[:, nearest], normals[near].T[..., None]) > FACING
    turned = facing.any(axis=1)
    near, nearest, facing = near[turned], nearest[turned], facing[turned]
    first = np.argsort(~facing, axis=1, kind="stable")[:, :NEIGHBOURS]
    nearest, facing = np.take_along_axis(nearest, first, axis=1), np.take_along_axis(facing, first, axis=1)
    place = _planes(points[near][:, None])
    offset = place - _closest(place, *(_planes(corners[nearest, corner]) for corner in range(3)))
    away = np.sqrt(_dot(offset, offset))
    best = np.where(facing, away, np.inf).argmin(axis=1)
    row = np.arange(len(near))
    over = _dot(offset, across[:, nearest])
    height = over[row, best]
    sideways = np.sqrt(np.maximum(away[row, best] ** 2 - height**2, 0))
    inside = (cKDTree(rim(outer)).query(points[near])[0] > FROM_RIM) if (height > level).any() else False
    below = (height < level) | (inside & (height < out_at_rest))
    kept = (height > -REACH) & below & (sideways < BESIDE * np.abs(height) + 5e-4)
    only_facing = np.where(facing & (over < OUT_AT_REST), nearest, nearest[row, best][:, None])
    return Cover(near[kept], faces[only_facing[kept]])


def rim(part: MeshPart) -> Floats:
    """Points [E, 3] on the rims of a surface; seams of the texture are none."""
    _, same = np.unique(np.round(part.vertices, 5), axis=0, return_inverse=True)
    faces = same.reshape(-1)[part.faces.astype(np.int64)]
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    number = ends[:, 0] * (len(part.vertices) + 1) + ends[:, 1]
    opposite = ends[:, 1] * (len(part.vertices) + 1) + ends[:, 0]
    rim = ends[~np.isin(number, opposite)].ravel()
    first = np.zeros(int(same.max()) + 1, np.int64)
    first[same.reshape(-1)] = np.arange(len(part.vertices))
    return np.asarray(part.vertices[first[np.unique(rim)]], dtype=np.float64)


def heights(points: Floats, cloth: Floats, triangles: Indices) -> tuple[Floats, Floats]:
    """How far ``points`` [C, 3] stand out of the nearest of their ``triangles`` [C, K, 3] of ``cloth`` [V, 3].

    Returns metres [C] along its normal (negative: below it; minus infinity: slipped out under the edge) and that normal [C, 3].
    Where the nearest place is an edge or a corner at which several of them meet, as in a crease, the normal is their mean, and
    a point is over them if it lies between their normals.
    """
    place, row = _planes(points[:, None]), np.arange(len(points))
    axes, ends = _planes(cloth), np.moveaxis(triangles, 2, 0)
    tried = min(TRIED, triangles.shape[1])
    middles = np.stack([axis[ends[0]] + axis[ends[1]] + axis[ends[2]] for axis in axes]) - 3 * place
    chosen = np.argpartition(_dot(middles, middles), tried - 1, axis=1)[:, :tried]
    a, b, c = (axes[:, end[row[:, None], chosen]] for end in ends)
    at = _closest(place, a, b, c)
    best = _dot(place - at, place - at).argmin(axis=1)
    apart = at - at[:, row, best][..., None]
    meeting = _dot(apart, apart) < SAME_POINT**2
    normals = _unit(_cross(b - a, c - a)) * meeting
    across = _unit(normals.sum(axis=2))
    offset = place[..., 0] - at[:, row, best]
    height, distance = _dot(offset, across), np.sqrt(offset[0] ** 2 + offset[1] ** 2 + offset[2] ** 2)
    sideways = np.sqrt(np.maximum(distance**2 - height**2, 0))
    beside = BESIDE * np.abs(height) + 5e-4
    folded = (meeting & (_dot(normals, across[..., None]) < SHARPEST)).any(axis=1)
    creased = np.flatnonzero((sideways > beside) & (meeting.sum(axis=1) > 1) & ~folded)
    vectors = np.copysign(1, height[creased]) * offset[:, creased]
    sideways[creased] = _off_cone(vectors.T, np.moveaxis(normals[:, creased], 0, 2))
    return np.where((sideways < beside) & ~folded, np.copysign(distance, height), -np.inf), across.T


def _off_cone(vectors: Floats, normals: Floats) -> Floats:
    """How far (metres) vectors [C, 3] are off the cone that unit vectors ``normals`` [C, T, 3] span, some of them 0.

    Projected gradient descent on the shares of the normals, which may not be negative.
    """
    if not len(vectors):
        return np.zeros(0)
    shares = np.zeros(normals.shape[:2])
    step = 1 / np.maximum(np.linalg.norm(normals, axis=2).sum(axis=1, keepdims=True), 1)
    for _ in range(CONE_STEPS):
        missing = vectors - np.einsum("ct,cta->ca", shares, normals)
        shares = np.maximum(shares + step * np.einsum("cta,ca->ct", normals, missing), 0)
    return np.asarray(np.linalg.norm(vectors - np.einsum("ct,cta->ca", shares, normals), axis=1))


def closest_points(p: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """Point of every triangle ``a b c`` [..., 3] that is nearest to ``p`` [..., 3].

    The nearest of the projection on the plane, if it lies inside, and those on the three edges.
    """
    return np.moveaxis(_closest(*(_planes(corner) for corner in (p, a, b, c))), 0, -1)


def _closest(p: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """As ``closest_points``, of coordinates [3, ...], which are several times faster than points [..., 3]."""
    ab, ac = b - a, c - a
    normal = _cross(ab, ac)
    square = np.maximum(_dot(normal, normal), 1e-24)
    offset = p - a
    v = _dot(_cross(ac, normal), offset) / square
    w = _dot(_cross(normal, ab), offset) / square
    inside = (v >= 0) & (w >= 0) & (v + w <= 1)
    nearest, least = _on_segment(p, a, b)
    for start, end in ((b, c), (c, a)):
        other, away = _on_segment(p, start, end)
        nearest = np.where(away < least, other, nearest)
        least = np.minimum(away, least)
    return np.where(inside, p - _dot(offset, normal) / square * normal, nearest)


def _on_segment(p: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Point of the line from ``a`` to ``b`` that is nearest to ``p``, all [3, ...], and its square distance."""
    along = b - a
    share = _dot(p - a, along) / np.maximum(_dot(along, along), 1e-24)
    point = a + np.clip(share, 0, 1) * along
    return point, _dot(point - p, point - p)


def _planes(vectors: Floats) -> Floats:
    """Vectors [..., 3] as three arrays of coordinates [3, ...]."""
    return np.ascontiguousarray(np.moveaxis(vectors, -1, 0))


def _dot(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[0] * b[0] + a[2] * b[2] + a[1] * b[1])


def _cross(a: Floats, b: Floats) -> Floats:
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def _unit(vectors: Floats) -> Floats:
    """Vectors [3, ...] at length 1."""
    return np.asarray(vectors / np.maximum(np.sqrt(_dot(vectors, vectors)), 1e-12))

"""The hair-bearing part of the head, drawn once on the reference head so that it follows every identity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial import cKDTree

from digital_life.body.garment_surface import (
    HEAD_JOINTS,
    BodySurface,
    Floats,
    Indices,
    clip,
    reference_surface,
    smoothstep,
    unit,
)
from digital_life.body.geometry import triangles

HEAD_CENTRE = np.array([0.0, 0.318, 0.048])
CROWN = np.array([0.0, 0.398, -0.005])
"""Middle of the skull, and the whorl that hair grows away from, on the reference head (metres)."""

HAIRLINE_AZIMUTH = (0, 22, 38, 52, 64, 72, 79, 85, 102, 110, 125, 150, 180)
HAIRLINE_HEIGHT = (0.367, 0.368, 0.371, 0.347, 0.328, 0.303, 0.288, 0.324, 0.324, 0.298, 0.262, 0.236, 0.228)
"""Height (metres, reference head) of the hairline by azimuth (degrees from the front)."""


def azimuth(points: Floats) -> Floats:
    """Angle [P] in degrees around the skull, 0 in front and 180 behind, the same on both sides."""
    return np.asarray(np.degrees(np.arctan2(np.abs(points[:, 0]), points[:, 2] - HEAD_CENTRE[2])))


@dataclass(frozen=True)
class Scalp:
    """Hair-bearing skin on the reference head.

    ``points`` [P, 2] pairs of base-mesh vertices with the ``share`` [P] of the second; ``faces`` [F, 3]; ``inside`` [P]
    metres from the hairline; ``reference`` [P, 3] positions on the reference head.
    """

    points: Indices
    share: Floats
    faces: Indices
    inside: Floats
    reference: Floats

    def lift(self, values: Floats) -> Floats:
        """Values [V, ...] of the base mesh at the scalp's vertices."""
        share = self.share.reshape(-1, *([1] * (values.ndim - 1)))
        return np.asarray(values[self.points[:, 0]] * (1 - share) + values[self.points[:, 1]] * share)


@lru_cache(maxsize=1)
def scalp() -> Scalp:
    """The scalp up to a natural hairline: corners at the temples, sideburns, free ears, nape."""
    reference = reference_surface()
    points = reference.vertices
    field = points[:, 1] - np.interp(azimuth(points), HAIRLINE_AZIMUTH, HAIRLINE_HEIGHT)
    ear = np.maximum.reduce([0.0712 - np.abs(points[:, 0]), points[:, 1] - 0.321, np.abs(points[:, 2] - 0.045) - 0.021])
    field = np.minimum(field, np.where(points[:, 1] < 0.33, ear * 3, 9.0))
    field = np.where(reference.share(HEAD_JOINTS) + reference.share(["neck"]) > 0.5, field, -1.0)
    faces = triangles(reference.skin).astype(np.int64)
    pairs, share, kept = clip(faces, field)
    lifted = points[pairs[:, 0]] * (1 - share[:, None]) + points[pairs[:, 1]] * share[:, None]
    inside = np.maximum(field[pairs[:, 0]] * (1 - share) + field[pairs[:, 1]] * share, 0)
    return Scalp(pairs, share, kept, inside, lifted)


@dataclass(frozen=True)
class Roots:
    """Where locks grow: positions and normals [L, 3] on the identity, ``reference`` [L, 3] on the reference head."""

    positions: Floats
    normals: Floats
    reference: Floats
    inside: Floats


@lru_cache(maxsize=8)
def _even_samples(count: int, seed: int) -> tuple[Indices, Floats]:
    """Faces [L] and barycentric coordinates [L, 3] of evenly spread points (farthest-point sampling)."""
    surface = scalp()
    random = np.random.default_rng(seed)
    corners = surface.reference[surface.faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    candidates = 12 * count
    face = random.choice(len(area), candidates, p=area / area.sum())
    bary = random.dirichlet([1, 1, 1], candidates)
    points = np.einsum("lk,lka->la", bary, corners[face])
    nearest = np.full(candidates, np.inf)
    chosen = [int(np.argmax(points[:, 1]))]
    for _ in range(count - 1):
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(nearest.argmax()))
    return face[chosen], bary[chosen]


def grow_roots(body: BodySurface, count: int, seed: int) -> Roots:
    """``count`` evenly spread roots on the scalp of a body."""
    surface = scalp()
    face, bary = _even_samples(count, seed)

    def at(values: Floats) -> Floats:
        return np.asarray(np.einsum("lk,lk...->l...", bary, values[surface.faces[face]]))

    skin, normals = surface.lift(body.vertices), surface.lift(body.normals)
    return Roots(at(skin), unit(at(normals)), at(surface.reference), at(surface.inside))


class Obstacle:
    """Head, neck and shoulders that hair lies on."""

    def __init__(self, body: BodySurface, clothes: float) -> None:
        near = body.skin_vertices[body.vertices[body.skin_vertices, 1] > body.joint("spine2")[1]]
        near = near[np.abs(body.vertices[near, 0]) < 0.3 * body.scale]
        below = smoothstep(body.joint("neck")[1] + 0.02, body.joint("neck")[1] - 0.02, body.vertices[near, 1])
        ears = np.abs(reference_surface().vertices[near, 0]) > 0.0725
        high = reference_surface().vertices[near, 1] > 0.2
        kept = ~(ears & high)
        self._points = body.vertices[near][kept] + body.normals[near][kept] * (clothes * below[kept])[:, None]
        self._normals = body.normals[near][kept]
        self._tree = cKDTree(self._points)

    def lay(self, points: Floats, distance: Floats, pull: Floats) -> Floats:
        """Points [P, 3] moved to at least ``distance`` [P] outside; ``pull`` [P] is the share of the way back down."""
        _, index = self._tree.query(points, k=4)
        normals = unit(self._normals[index].mean(axis=1))
        height = np.einsum("pa,pa->p", points - self._points[index].mean(axis=1), normals)
        missing = distance - height
        return np.asarray(points + normals * np.where(missing > 0, missing, pull * missing)[:, None])

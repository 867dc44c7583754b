"""The hair-bearing part of the head, drawn once on the reference head so that it follows every identity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from digital_life.body.base_mesh import base_mesh
from digital_life.body.garment_surface import (
    HEAD_JOINTS,
    BodySurface,
    Floats,
    Indices,
    boundary_loops,
    clip,
    reference_surface,
    unit,
)
from digital_life.body.geometry import triangles

HEAD_CENTRE = np.array([0.0, 0.318, 0.048])
CROWN = np.array([0.0, 0.398, -0.005])
REFERENCE_HEAD = np.array([0.0, 0.259, 0.045])
"""Middle of the skull, the whorl that hair grows away from, and the head joint, on the reference head (metres)."""

HAIRLINE_AZIMUTH = (0, 10, 22, 38, 52, 64, 72, 79, 85, 102, 110, 125, 150, 180)
HAIRLINE_HEIGHTS = {
    "full": (0.3665, 0.3675, 0.369, 0.369, 0.347, 0.328, 0.303, 0.288, 0.324, 0.324, 0.298, 0.262, 0.236, 0.228),
    "soft": (0.3715, 0.371, 0.368, 0.361, 0.345, 0.328, 0.309, 0.298, 0.324, 0.324, 0.298, 0.262, 0.236, 0.228),
    "receding": (0.383, 0.385, 0.390, 0.396, 0.372, 0.336, 0.305, 0.288, 0.324, 0.324, 0.298, 0.262, 0.236, 0.228),
}
"""Height (metres, reference head) of hairlines by azimuth (degrees from the front)."""
BALD_SPOT = 0.036
"""Radius of the bare crown of a receding hairline, metres."""


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


@lru_cache(maxsize=4)
def scalp(hairline: str = "full") -> Scalp:
    """The scalp up to a natural hairline: corners at the temples, sideburns, free ears, nape."""
    reference = reference_surface()
    points = reference.vertices
    field = _hairline_field(hairline)
    faces = triangles(reference.skin).astype(np.int64)
    pairs, share, kept = clip(faces, field)
    lifted = points[pairs[:, 0]] * (1 - share[:, None]) + points[pairs[:, 1]] * share[:, None]
    inside = np.maximum(field[pairs[:, 0]] * (1 - share) + field[pairs[:, 1]] * share, 0)
    return Scalp(pairs, share, kept, inside, lifted)


def _hairline_field(hairline: str) -> Floats:
    """Metres inside the hairline [V] for every vertex of the base mesh; negative outside."""
    reference = reference_surface()
    points = reference.vertices
    field = points[:, 1] - np.interp(azimuth(points), HAIRLINE_AZIMUTH, HAIRLINE_HEIGHTS[hairline])
    ear = np.maximum.reduce([0.0712 - np.abs(points[:, 0]), points[:, 1] - 0.321, np.abs(points[:, 2] - 0.045) - 0.021])
    field = np.minimum(field, np.where(points[:, 1] < 0.33, ear * 3, 9.0))
    if hairline == "receding":
        field = np.minimum(field, np.linalg.norm(points - CROWN, axis=1) - BALD_SPOT)
    return np.where(reference.share(HEAD_JOINTS) + reference.share(["neck"]) > 0.5, field, -1.0)


@lru_cache(maxsize=4)
def scalp_mask(hairline: str, size: int = 1024) -> NDArray[np.float32]:
    """[size, size] in the head's texture: 1 where skin lies under hair, 0 outside of the hairline, soft in between."""
    mesh = base_mesh()
    field = _hairline_field(hairline)
    quads, uv = mesh.quads("body")[mesh.head_quads], mesh.uv_quads("body")[mesh.head_quads]
    level = np.clip(field[quads], -0.02, 0.02).mean(axis=1)
    near = np.flatnonzero((field[quads] > -0.02).any(axis=1))
    image = Image.new("F", (size, size), -0.02)
    brush = ImageDraw.Draw(image)
    for quad in near:
        brush.polygon([tuple(corner) for corner in mesh.uv[uv[quad]] * size], fill=float(level[quad]))
    smooth = gaussian_filter(np.asarray(image), size / 170)
    return np.asarray(np.clip(smooth / 0.006 + 0.4, 0, 1), np.float32)


@dataclass(frozen=True)
class Roots:
    """Where locks grow: positions and normals [L, 3] on the identity, ``reference`` [L, 3] on the reference head.

    ``inside`` [L] metres from the hairline, ``edge`` [L] whether a root is one of the hairline itself.
    """

    positions: Floats
    normals: Floats
    reference: Floats
    inside: Floats
    edge: np.ndarray


@lru_cache(maxsize=8)
def _even_samples(hairline: str, count: int, seed: int) -> tuple[Indices, Floats]:
    """Vertices [L, 3] and barycentric coordinates [L, 3] of evenly spread points (farthest-point sampling)."""
    surface = scalp(hairline)
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
    return surface.faces[face[chosen]], bary[chosen]


@lru_cache(maxsize=8)
def _edge_samples(hairline: str, spacing: float) -> tuple[Indices, Floats]:
    """As ``_even_samples``, ``spacing`` metres apart along the outer hairline."""
    surface = scalp(hairline)
    loop = boundary_loops(surface.faces)[0]
    after = np.roll(loop, -1)
    steps = np.linalg.norm(surface.reference[after] - surface.reference[loop], axis=1)
    run = np.concatenate([[0], np.cumsum(steps)])
    at = np.arange(0, run[-1], spacing)
    edge = np.clip(np.searchsorted(run, at, side="right") - 1, 0, len(loop) - 1)
    share = (at - run[edge]) / np.maximum(steps[edge], 1e-9)
    vertices = np.stack([loop[edge], after[edge], after[edge]], axis=1)
    return vertices, np.stack([1 - share, share, np.zeros_like(share)], axis=1)


def grow_roots(body: BodySurface, hairline: str, count: int, edge_spacing: float, seed: int) -> Roots:
    """``count`` evenly spread roots on the scalp of a body, and more along its hairline."""
    surface = scalp(hairline)
    spread, edge = _even_samples(hairline, count, seed), _edge_samples(hairline, edge_spacing)
    vertices, bary = (np.concatenate([a, b]) for a, b in zip(spread, edge, strict=True))

    def at(values: Floats) -> Floats:
        return np.asarray(np.einsum("lk,lk...->l...", bary, values[vertices]))

    skin, normals = surface.lift(body.vertices), surface.lift(body.normals)
    on_edge = np.arange(len(vertices)) >= count
    return Roots(at(skin), unit(at(normals)), at(surface.reference), at(surface.inside), on_edge)


def head_scale(body: BodySurface) -> float:
    """Size of a head against the reference head: children have large heads for their height."""
    surface = scalp()
    skin = surface.lift(body.vertices)
    spread, reference = (np.linalg.norm(p - p.mean(axis=0), axis=1).mean() for p in (skin, surface.reference))
    return float(spread / reference)

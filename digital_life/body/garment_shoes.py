"""Shoes: a smooth upper around the foot and a flat sole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digital_life.body.garment_surface import ARM_JOINTS, BodySurface, Cloth, Floats, cut, reference_surface, smoothstep
from digital_life.body.garment_trim import Piece, grid_faces
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX


@dataclass(frozen=True)
class ShoeCut:
    """A shoe in metres on the reference body: ``collar`` above the ankle joint, ``sole`` below the bare foot."""

    collar: float
    ease: float
    sole: float
    welt: float
    heel: float = 0.0


SHOE_CUTS = {
    "shoes": ShoeCut(collar=-0.012, ease=0.005, sole=0.016, welt=0.006, heel=0.006),
    "sneakers": ShoeCut(collar=0.0, ease=0.007, sole=0.024, welt=0.009),
    "boots": ShoeCut(collar=0.12, ease=0.008, sole=0.024, welt=0.007, heel=0.008),
}
SOLE_COLUMNS = 44


def shoes_field(reference: BodySurface, pattern: ShoeCut) -> Floats:
    """Metres inside the uppers [V] on the reference body; the collar dips behind the ankle's front."""
    ankle = reference.joint("left_ankle")
    y = reference.vertices[:, 1]
    return np.asarray(np.minimum(ankle[1] + pattern.collar - y, 0.3 - reference.share(ARM_JOINTS)))


def lay_uppers(body: BodySurface, pattern: ShoeCut) -> Cloth:
    """Both uppers, draped over the feet and flattened on their soles."""
    cloth = cut(reference_surface(), shoes_field(reference_surface(), pattern), body)
    ease = pattern.ease * body.scale
    cloth.drape(ease, 20)
    cloth.vertices = cloth.smooth(cloth.vertices, 2)
    bottom = body.floor + 0.002
    toes = np.clip((cloth.vertices[:, 2] - body.joint("left_foot")[2]) / (0.09 * body.scale), 0, 1)
    above = np.clip((cloth.vertices[:, 1] - bottom) / (0.03 * body.scale), 0, 1)
    cloth.vertices[:, 1] += 0.010 * body.scale * toes * above  # a toe box instead of bare toes
    cloth.vertices[:, 1] = np.maximum(cloth.vertices[:, 1], bottom)
    return cloth


def lay_sole(body: BodySurface, pattern: ShoeCut, uppers: Cloth, sign: int) -> Piece:
    """One sole: the outline of the upper from above, with a welt, side wall and tread."""
    scale = body.scale
    low = (uppers.vertices[:, 0] * sign > 0) & (uppers.vertices[:, 1] < body.floor + 0.045 * scale)
    points = uppers.vertices[low]
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    angles = np.linspace(0, 2 * np.pi, SOLE_COLUMNS, endpoint=False)
    outline = _foot_outline(points[:, [0, 2]] - centre[[0, 2]], angles) * np.ones(2)
    size = np.linalg.norm(outline, axis=1, keepdims=True)
    top, tread = body.floor + 0.006 * scale, body.floor - pattern.sole * scale
    rows = [
        (-0.02, top + 0.003),
        (pattern.welt * 0.7, top + 0.001),
        (pattern.welt, top - 0.003),
        (pattern.welt, tread + 0.003),
    ]
    rows += [(pattern.welt - 0.003, tread), (-0.6, tread)]
    lines = []
    for widen, height in rows:
        factor = 1 + widen * scale / size if widen > -0.5 else np.full_like(size, 0.02)
        flat = centre[[0, 2]] + outline * factor
        lines.append(np.stack([flat[:, 0], np.full(len(flat), height), flat[:, 1]], axis=1))
    grid = np.stack(lines)
    grid = np.concatenate([grid, grid[:, :1]], axis=1)
    u, v = np.linspace(0, 1, SOLE_COLUMNS + 1), np.linspace(0.56, 0.80, len(rows))
    uv = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    weights = _flex(body, grid.reshape(-1, 3), sign)
    return Piece(grid.reshape(-1, 3), grid_faces(*grid.shape[:2]), weights, uv)


def _foot_outline(flat: Floats, angles: Floats) -> Floats:
    """Convex outline [C, 2] of points [P, 2] (side, front) around their middle."""
    support = np.max(flat[:, :1] * np.sin(angles) + flat[:, 1:] * np.cos(angles), axis=0)
    facing = np.cos(angles[:, None] - angles[None, :])
    radius = np.min(np.where(facing > 0.05, support / np.maximum(facing, 0.05), np.inf), axis=1)
    return np.stack([radius * np.sin(angles), radius * np.cos(angles)], axis=1)


def _flex(body: BodySurface, points: Floats, sign: int) -> Floats:
    """Weights [P, 55] of a sole: it bends at the ball of the foot."""
    side = "left" if sign > 0 else "right"
    ball = body.joint(f"{side}_foot")[2]
    toes = smoothstep(ball - 0.03 * body.scale, ball + 0.04 * body.scale, points[:, 2])
    weights = np.zeros((len(points), JOINT_COUNT))
    weights[:, JOINT_INDEX[f"{side}_foot"]], weights[:, JOINT_INDEX[f"{side}_ankle"]] = toes, 1 - toes
    return weights

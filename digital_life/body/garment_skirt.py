"""Skirts: a tube around hips and thighs, also the lower half of dresses; coats fall by the same rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import cKDTree

from digital_life.body.garment_panels import PANEL_BOTTOM
from digital_life.body.garment_surface import ARM_JOINTS, LEG_JOINTS, BodySurface, Floats, smoothstep, unit
from digital_life.body.garment_trim import Piece, grid_faces
from digital_life.motion.skeleton import JOINT_INDEX


@dataclass(frozen=True)
class SkirtCut:
    """A skirt in metres on a body of 1.70 m: ``waist`` above the hip joints, ``hem`` above the knees.

    ``flare`` is the widening at the sides per metre of length; in front the cloth follows the thighs, so that it lies
    on them when its wearer sits.
    """

    waist: float
    hem: float
    ease: float
    flare: float
    folds: float


SKIRT_CUTS = {
    "skirt": SkirtCut(waist=0.115, hem=0.03, ease=0.009, flare=0.06, folds=0.005),
    "dress": SkirtCut(waist=0.185, hem=0.02, ease=0.006, flare=0.13, folds=0.010),
    "coat": SkirtCut(waist=0.115, hem=0.05, ease=0.016, flare=0.05, folds=0.004),
}
FRONT_FLARE, BACK_FLARE = -0.22, 0.25
"""Widening in front (metres a metre: it may fall in), and behind as a share of that at the sides."""

COLUMNS, ROWS = 48, 16
BETWEEN = 0.11
"""Half the width (metres on a body of 1.70 m) over which cloth passes from one leg's motion to the other's."""


def lay_skirt(body: BodySurface, pattern: SkirtCut, columns: float, first_row: float) -> Piece:
    """The body's convex outline at every height, falling from the hips, with soft folds at the hem.

    Its texture takes the first ``columns`` (0..1), mirrored, from ``first_row`` down.
    """
    top = body.joint("left_hip")[1] + pattern.waist * body.scale
    low = body.joint("left_knee")[1] + pattern.hem * body.scale
    heights = np.linspace(top, low, ROWS)
    points, weights, centre = trunk_of(body)
    angles = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    reach = fallen(body, pattern, heights, angles)
    x, z = reach * np.sin(angles), centre + reach * np.cos(angles)
    grid = np.stack([x, np.broadcast_to(heights[:, None], x.shape), z], axis=-1)
    return _skirt_piece(body, grid, skirt_weights(body, points, weights, grid, "wrap"), columns, first_row)


def trunk_of(body: BodySurface) -> tuple[Floats, Floats, float]:
    """The sheath without arms: its points [P, 3], weights [P, 55], and the depth of the hips' middle."""
    trunk = np.unique(body.sheath)
    trunk = trunk[body.share(ARM_JOINTS)[trunk] < 0.1]
    points = body.vertices[trunk]
    centre = float(points[np.abs(points[:, 1] - body.joint("left_hip")[1]) < 0.05, 2].mean())
    return points, body.weights[trunk], centre


def fallen(
    body: BodySurface,
    pattern: SkirtCut,
    heights: Floats,
    angles: Floats,
    worn: Floats | None = None,
    start: Floats | None = None,
) -> Floats:
    """Distance [R, C] of the cloth from the hips' middle at some heights and angles.

    It falls over points [P, 3] ``worn`` below it; ``start`` [C] is the distance of its first row.
    """
    points, _, centre = trunk_of(body)
    points = points if worn is None else np.concatenate([points, worn])
    reach = np.stack([_outline(points, height, centre, angles) for height in heights])
    reach = gaussian_filter1d(reach, 1.2, axis=0, mode="nearest") + pattern.ease * body.scale
    if start is not None:
        reach[0] = start
    _let_fall(reach, heights, angles, pattern, body.joint("left_hip")[1] + pattern.waist * body.scale, body.scale)
    return np.asarray(reach)


def _let_fall(reach: Floats, heights: Floats, angles: Floats, pattern: SkirtCut, top: float, scale: float) -> None:
    """Widen the outline [R, C] row by row, and lay folds towards the hem."""
    front, back = np.maximum(np.cos(angles), 0) ** 1.5, np.maximum(-np.cos(angles), 0) ** 1.5
    flare = pattern.flare * (1 - front - (1 - BACK_FLARE) * back) + FRONT_FLARE * front
    for row in range(1, len(reach)):
        widened = reach[row - 1] + flare * (heights[row - 1] - heights[row])
        below_hips = smoothstep(top - 0.02 * scale, top - 0.12 * scale, heights[row : row + 1])
        least = reach[row - 1] + below_hips * (widened - reach[row - 1]) - (1 - below_hips) * 1.0
        reach[row] = np.maximum(reach[row], least)
    fall = np.linspace(0, 1, len(reach))[:, None] ** 1.5 * (1 - 0.7 * front)
    reach += pattern.folds * scale * fall * (np.sin(7 * angles + 0.6) + 0.5 * np.sin(12 * angles + 2.0) + 0.6)


def _outline(points: Floats, height: float, centre: float, angles: Floats) -> Floats:
    """Radius of the convex outline of a slice of the body at some angles, from its support function."""
    flat = points[np.abs(points[:, 1] - height) < 0.02][:, [0, 2]] - [0, centre]
    support = np.max(flat[:, :1] * np.sin(angles) + flat[:, 1:] * np.cos(angles), axis=0)
    facing = np.cos(angles[:, None] - angles[None, :])
    return np.asarray(np.min(np.where(facing > 0.3, support / np.maximum(facing, 0.3), np.inf), axis=1))


def skirt_weights(body: BodySurface, points: Floats, weights: Floats, grid: Floats, around: str) -> Floats:
    """[R, C, 55] weights of the skin nearby, blended between the legs; the lower legs do not pull."""
    distance, near = cKDTree(points).query(grid.reshape(-1, 3), k=8)
    share = 1 / np.maximum(distance, 0.01) ** 2
    dense = np.einsum("pk,pkj->pj", share / share.sum(axis=1, keepdims=True), weights[near])
    for side in ("left", "right"):
        hip = JOINT_INDEX[f"{side}_hip"]
        lower = [JOINT_INDEX[name] for name in LEG_JOINTS if name.startswith(side) and JOINT_INDEX[name] != hip]
        dense[:, hip] += dense[:, lower].sum(axis=1)
        dense[:, lower] = 0
    field = dense.reshape(*grid.shape[:2], -1)
    hips = [JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]]
    leg = field[..., hips].sum(axis=-1)
    left = smoothstep(-BETWEEN * body.scale, BETWEEN * body.scale, grid[..., 0])
    field[..., hips[0]], field[..., hips[1]] = leg * left, leg * (1 - left)
    field = gaussian_filter1d(gaussian_filter1d(field, 1.5, axis=1, mode=around), 1.0, axis=0, mode="nearest")
    return np.asarray(field / field.sum(axis=-1, keepdims=True))


def _skirt_piece(body: BodySurface, grid: Floats, weights: Floats, columns: float, first_row: float) -> Piece:
    """The grid with a thin waist edge and a turned-in hem."""
    middle = grid[-1].mean(axis=0)
    direction = unit(grid[-1] - middle)
    hem = [grid[-1] + [0, -0.003, 0] - 0.002 * direction, grid[-1] + [0, 0.012, 0] - 0.006 * direction]
    crown = grid[0] - (grid[0] - grid[0].mean(axis=0)) * [0.10, 0, 0.10] + [0, 0.010 * body.scale, 0]
    lines = np.concatenate([crown[None], grid, np.stack(hem)])
    lines = np.concatenate([lines, lines[:, :1]], axis=1)
    line_weights = np.concatenate([weights[:1], weights, weights[-1:], weights[-1:]])
    line_weights = np.concatenate([line_weights, line_weights[:, :1]], axis=1)
    rows, count = lines.shape[:2]
    u = columns * np.clip(1 - np.abs(np.linspace(-1, 1, count)), 0, 1)
    v = np.linspace(first_row, PANEL_BOTTOM - 0.01, rows)
    uv = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    return Piece(lines.reshape(-1, 3), grid_faces(rows, count), line_weights.reshape(-1, line_weights.shape[-1]), uv)

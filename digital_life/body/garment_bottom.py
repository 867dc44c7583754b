"""Trousers, shorts and skirts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import cKDTree

from digital_life.body.garment_panels import PANEL_BOTTOM
from digital_life.body.garment_surface import (
    ARM_JOINTS,
    LEG_JOINTS,
    BodySurface,
    Cloth,
    Floats,
    cut,
    reference_surface,
    smoothstep,
)
from digital_life.body.garment_trim import Piece, grid_faces
from digital_life.body.garment_tube import Profile, centred_tube
from digital_life.motion.skeleton import JOINT_INDEX

WAIST = -0.305
"""Height of trouser waists on the reference body."""


@dataclass(frozen=True)
class LegCut:
    """Trousers in metres on the reference body: ``hem`` above ``hem_joint``, ``ease`` over the body, radius at the hem."""

    hem_joint: str
    hem: float
    ease: float
    hem_radius: float
    hang: float


LEG_CUTS = {
    "trousers": LegCut("left_ankle", 0.03, 0.005, 0.078, 0.75),
    "lining": LegCut("left_hip", -0.15, 0.002, 0.05, 0.0),
    "shorts": LegCut("left_knee", 0.07, 0.007, 0.098, 0.8),
}


def legs_field(reference: BodySurface, pattern: LegCut, waist: float = WAIST) -> Floats:
    """Metres inside the trousers' outline [V] on the reference body, up to the height ``waist``."""
    y = reference.vertices[:, 1]
    low = reference.joint(pattern.hem_joint)[1] + pattern.hem
    return np.asarray(np.minimum.reduce([waist - y, y - low, 0.3 - reference.share(ARM_JOINTS)]))


def lay_legs(body: BodySurface, pattern: LegCut, waist: float = WAIST) -> Cloth:
    """Trousers whose legs hang straight from the thighs; close to the body at the waist."""
    cloth = cut(reference_surface(), legs_field(reference_surface(), pattern, waist), body)
    top = float(cloth.skin[:, 1].max())
    ease = body.scale * (0.001 + (pattern.ease - 0.001) * smoothstep(top - 0.03, top - 0.10, cloth.skin[:, 1]))
    cloth.drape(ease, 25)
    middle = np.abs(cloth.skin[:, 0]) < 0.012 * body.scale
    crotch = float(cloth.skin[middle, 1].min())
    for sign in (1, -1) if pattern.hang else ():
        _hang_leg(body, cloth, pattern, sign, crotch)
    cloth.vertices = cloth.smooth(cloth.vertices, 3)
    cloth.clear_skin(0.7 * ease)
    below = cloth.vertices[:, 1] < crotch - 0.01
    inner = np.where(
        cloth.skin[:, 0] > 0, np.maximum(cloth.vertices[:, 0], 0.003), np.minimum(cloth.vertices[:, 0], -0.003)
    )
    cloth.vertices[below, 0] = inner[below]
    cloth.weights = cloth.smooth(cloth.weights, 2)
    return cloth


def _hang_leg(body: BodySurface, cloth: Cloth, pattern: LegCut, sign: int, crotch: float) -> None:
    high, low = crotch - 0.02 * body.scale, float(cloth.vertices[:, 1].min())
    side = (cloth.skin[:, 0] * sign > 0) & (cloth.vertices[:, 1] < high)
    tube = centred_tube(cloth.skin[side], 1, low, high, 10)
    profile = Profile(tube, cloth.vertices[side], low, high)
    share = np.linspace(0, 1, len(profile.radius))[:, None]
    straight = profile.radius[-1:] * share + pattern.hem_radius * body.scale * (1 - share)
    profile.radius += pattern.hang * np.maximum(straight - profile.radius, 0)
    profile.smooth(1.5, 1.2)
    position, angle, radius = tube.coordinates(cloth.vertices[side])
    reach = smoothstep(high, high - 0.12 * body.scale, position)
    target = np.maximum(profile.at(position, angle), radius)
    cloth.vertices[side] = tube.place(position, angle, radius + reach * (target - radius))


@dataclass(frozen=True)
class SkirtCut:
    """A skirt in metres on a body of 1.70 m: ``hem`` above the knees, ``flare`` widening per metre of length."""

    waist: float
    hem: float
    ease: float
    flare: float
    folds: float


SKIRT_CUTS = {
    "skirt": SkirtCut(waist=0.115, hem=0.03, ease=0.009, flare=0.05, folds=0.006),
    "dress": SkirtCut(waist=0.185, hem=0.02, ease=0.006, flare=0.10, folds=0.012),
}
"""``waist`` is above the hip joints."""

COLUMNS, ROWS = 48, 20


def lay_skirt(body: BodySurface, pattern: SkirtCut, columns: float, first_row: float) -> Piece:
    """A skirt: the body's convex outline at every height, falling from the hips, with soft folds at the hem.

    Its texture takes the first ``columns`` (0..1), mirrored, from ``first_row`` down.
    """
    scale = body.scale
    top = body.joint("left_hip")[1] + pattern.waist * scale
    low = body.joint("left_knee")[1] + pattern.hem * scale
    heights = np.linspace(top, low, ROWS)
    trunk = np.unique(body.sheath)
    trunk = trunk[body.share(ARM_JOINTS)[trunk] < 0.1]
    points, weights = body.vertices[trunk], body.weights[trunk]
    centre = float(points[np.abs(points[:, 1] - body.joint("left_hip")[1]) < 0.05, 2].mean())
    angles = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    reach = np.stack([_outline(points, height, centre, angles) for height in heights])
    reach = gaussian_filter1d(reach, 1.2, axis=0, mode="nearest") + pattern.ease * scale
    for row in range(1, ROWS):
        widened = reach[row - 1] + pattern.flare * (heights[row - 1] - heights[row])
        below_hips = smoothstep(top - 0.02 * scale, top - 0.12 * scale, heights[row : row + 1])
        reach[row] = np.maximum(
            reach[row], reach[row - 1] + below_hips * (widened - reach[row - 1]) - (1 - below_hips) * 1.0
        )
    fall = np.linspace(0, 1, ROWS)[:, None] ** 1.5
    reach += pattern.folds * scale * fall * (np.sin(7 * angles + 0.6) + 0.5 * np.sin(12 * angles + 2.0) + 0.6)
    x, z = reach * np.sin(angles), centre + reach * np.cos(angles)
    grid = np.stack([x, np.broadcast_to(heights[:, None], x.shape), z], axis=-1)
    return _skirt_piece(body, pattern, grid, _skirt_weights(points, weights, grid), columns, first_row)


def _outline(points: Floats, height: float, centre: float, angles: Floats) -> Floats:
    """Radius of the convex outline of a slice of the body at some angles, from its support function."""
    flat = points[np.abs(points[:, 1] - height) < 0.03][:, [0, 2]] - [0, centre]
    support = np.max(flat[:, :1] * np.sin(angles) + flat[:, 1:] * np.cos(angles), axis=0)
    facing = np.cos(angles[:, None] - angles[None, :])
    return np.asarray(np.min(np.where(facing > 0.3, support / np.maximum(facing, 0.3), np.inf), axis=1))


def _skirt_weights(points: Floats, weights: Floats, grid: Floats) -> Floats:
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
    left = smoothstep(-0.11, 0.11, grid[..., 0])
    field[..., hips[0]], field[..., hips[1]] = leg * left, leg * (1 - left)
    field = gaussian_filter1d(gaussian_filter1d(field, 1.5, axis=1, mode="wrap"), 1.0, axis=0, mode="nearest")
    return np.asarray(field / field.sum(axis=-1, keepdims=True))


def _skirt_piece(
    body: BodySurface, pattern: SkirtCut, grid: Floats, weights: Floats, columns: float, first_row: float
) -> Piece:
    """The grid with a thin waist edge and a turned-in hem."""
    inward = grid[-1] - [0, 0, 0]
    middle = grid[-1].mean(axis=0)
    direction = (inward - middle) / np.linalg.norm(inward - middle, axis=1, keepdims=True)
    hem = [grid[-1] + [0, -0.003, 0] - 0.002 * direction, grid[-1] + [0, 0.012, 0] - 0.006 * direction]
    crown = grid[0] - (grid[0] - grid[0].mean(axis=0)) * [0.10, 0, 0.10] + [0, 0.010 * body.scale, 0]
    lines = np.concatenate([crown[None], grid, np.stack(hem)])
    line_weights = np.concatenate([weights[:1], weights, weights[-1:], weights[-1:]])
    lines = np.concatenate([lines, lines[:, :1]], axis=1)
    line_weights = np.concatenate([line_weights, line_weights[:, :1]], axis=1)
    rows = len(lines)
    u = columns * np.abs(np.linspace(-1, 1, COLUMNS + 1))
    v = np.linspace(first_row, PANEL_BOTTOM - 0.01, rows)
    uv = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    return Piece(
        lines.reshape(-1, 3), grid_faces(rows, COLUMNS + 1), line_weights.reshape(-1, line_weights.shape[-1]), uv
    )

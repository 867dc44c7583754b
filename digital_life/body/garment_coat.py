"""The lower half of a coat: it falls on from the hem of the upper half in one piece, open in front."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter

from digital_life.body.garment_skirt import SKIRT_CUTS, fallen, skirt_weights, trunk_of
from digital_life.body.garment_surface import BodySurface, Cloth, Floats, Indices, smoothstep, unit

ROWS = 12
STRAIGHT = 0.12
"""Metres above the hem of the upper half from which the front hangs straight."""
LEVEL = 0.6
"""Edges that rise by less than this (metres a metre) belong to the hem, others to the open front."""
ROW_HEIGHT = 0.01
"""Metres over the lowest point within which the edge is the hem at the knees."""
BESIDE_FRONT = 0.08
"""Width (metres) of the cloth that moves along when its edge is straightened."""
STEP, TURNS = 0.02, 72
"""Height (metres) and number of the cells in which it is measured how far out clothes below a coat reach."""
AIR, MOST_PUSH = 0.006, 0.08
"""Metres of air over them, and how far the coat is pushed out at most."""
BLEND = 0.12
"""Metres over which the skirt of a coat turns from moving like its upper half to moving like the thighs."""


def lengthened(body: BodySurface, cloth: Cloth, worn: Floats) -> Cloth:
    """The upper half of a coat with rows of cloth down to the knees grown from its hem, outside of points [P, 3] ``worn``."""
    pattern, scale = SKIRT_CUTS["coat"], body.scale
    hem = _hem(cloth, 0.03 * scale)
    start = cloth.vertices[hem]
    low = body.joint("left_knee")[1] + pattern.hem * scale
    points, weights, centre = trunk_of(body)
    angles = np.arctan2(start[:, 0], start[:, 2] - centre)
    share = np.linspace(0, 1, ROWS + 1)
    heights = start[:, 1].mean() + share * (low - start[:, 1].mean())
    reach = fallen(body, pattern, heights, angles, worn, np.hypot(start[:, 0], start[:, 2] - centre))
    down = start[:, 1] + share[:, None] * (low - start[:, 1])
    grid = np.stack([reach * np.sin(angles), down, centre + reach * np.cos(angles)], axis=-1)
    swing = skirt_weights(body, points, weights, grid, "nearest")
    own = smoothstep(0.0, BLEND * scale, start[:, 1] - down)[..., None]
    lean = (1 - own) * cloth.weights[hem] + own * swing
    whole = _grown(cloth, hem, grid[1:], lean[1:])
    _straighten_front(whole, start[:, 1].mean() + STRAIGHT * scale, centre, BESIDE_FRONT * scale)
    _lay_over(whole, worn, start[:, 1].mean() + STRAIGHT * scale, centre, AIR * scale)
    return whole


def _hem(cloth: Cloth, height: float) -> Indices:
    """Vertices [C] of the lower edge, from one corner of the open front to the other."""
    loop = cloth.loops[0]
    loop = np.roll(loop, -int(cloth.vertices[loop, 1].argmax()))
    points = cloth.vertices[loop]
    step = unit(points[1:] - points[:-1])
    level = np.flatnonzero((np.abs(step[:, 1]) < LEVEL) & (points[1:, 1] < points[:, 1].min() + height))
    return loop[level[0] : level[-1] + 2]


def _straighten_front(cloth: Cloth, below: float, centre: float, width: float) -> None:
    """Let both front edges hang straight from a height on; the cloth beside them moves along over ``width`` metres."""
    loop = cloth.loops[0]
    points = cloth.vertices[loop]
    low = float(points[:, 1].min())
    for sign in (1, -1):
        ahead = (points[:, 2] > centre) & (sign * points[:, 0] > 0) & (points[:, 1] < below + width)
        corner = ahead & (points[:, 1] < low + ROW_HEIGHT)
        innermost = np.abs(points[:, 0]).min(where=corner, initial=np.inf)
        edge = points[ahead & (~corner | (np.abs(points[:, 0]) <= innermost))]
        edge = edge[np.argsort(edge[:, 1])]
        side = (cloth.vertices[:, 2] > centre) & (sign * cloth.vertices[:, 0] > 0) & (cloth.vertices[:, 1] < below)
        x, y = sign * cloth.vertices[side, 0], cloth.vertices[side, 1]
        at_edge = np.interp(y, edge[:, 1], sign * edge[:, 0])
        straight = np.interp(below, edge[:, 1], sign * edge[:, 0])
        cloth.vertices[side, 0] = sign * (x + (straight - at_edge) * smoothstep(width, 0.0, x - at_edge))


def _lay_over(cloth: Cloth, worn: Floats, below: float, centre: float, distance: float) -> None:
    """Keep the cloth below a height ``distance`` metres further out from the middle than points [P, 3] ``worn`` there."""
    low = float(cloth.vertices[:, 1].min()) - STEP
    widest = np.zeros((int((below - low) / STEP) + 2, TURNS))
    points = worn[(worn[:, 1] > low) & (worn[:, 1] < below)]
    row, turn = _cells(points, low, centre)
    np.maximum.at(widest, (row, turn), np.hypot(points[:, 0], points[:, 2] - centre))
    widest = maximum_filter(widest, 3, mode=("nearest", "wrap"))
    chosen = np.flatnonzero(cloth.vertices[:, 1] < below)
    hanging = cloth.vertices[chosen]
    reach = np.hypot(hanging[:, 0], hanging[:, 2] - centre)
    push = np.zeros(len(cloth.vertices))
    push[chosen] = np.clip(widest[_cells(hanging, low, centre)] + distance - reach, 0, MOST_PUSH)
    push = np.maximum(cloth.smooth(push, 3), push)[chosen]
    cloth.vertices[chosen] += push[:, None] * unit((hanging - [0.0, 0.0, centre]) * [1.0, 0.0, 1.0])


def _cells(points: Floats, low: float, centre: float) -> tuple[Indices, Indices]:
    """Row and turn [P] of points [P, 3] on a grid around the middle."""
    turn = np.arctan2(points[:, 0], points[:, 2] - centre) / (2 * np.pi) * TURNS
    return ((points[:, 1] - low) / STEP).astype(np.int64), turn.round().astype(np.int64) % TURNS


def _grown(cloth: Cloth, edge: Indices, rows: Floats, weights: Floats) -> Cloth:
    """The cloth with ``rows`` [R, C, 3] below an edge [C] that runs with its faces."""
    count = len(edge)
    new = len(cloth.vertices) + np.arange(rows.shape[0] * count).reshape(-1, count)
    lines = np.concatenate([edge[None], new])
    a, b, c, d = (part.reshape(-1) for part in (lines[:-1, :-1], lines[:-1, 1:], lines[1:, 1:], lines[1:, :-1]))
    faces = np.concatenate([np.stack([b, a, d], axis=1), np.stack([b, d, c], axis=1)])
    flat = rows.reshape(-1, 3)
    outward = unit((flat - flat.mean(axis=0)) * [1.0, 0.0, 1.0])
    return Cloth(
        np.concatenate([cloth.vertices, flat]),
        np.concatenate([cloth.faces, faces]),
        np.concatenate([cloth.weights, weights.reshape(-1, weights.shape[-1])]),
        np.concatenate([cloth.skin, flat]),
        np.concatenate([cloth.skin_normals, outward]),
    )

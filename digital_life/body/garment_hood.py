"""A hood that lies on the back, and the strings that hang from it."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from digital_life.body.garment_panels import BAND_BOTTOM, BAND_TOP
from digital_life.body.garment_surface import BodySurface, Cloth, Floats, Indices, smoothstep, unit
from digital_life.body.garment_trim import Piece, grid_faces, neck_line

BACK = ((-0.006, 0.0), (0.022, 0.004), (0.036, 0.020), (0.034, 0.046), (0.012, 0.070), (-0.040, 0.078), (-0.100, 0.062),
        (-0.135, 0.040), (-0.128, 0.022), (-0.070, 0.020))  # fmt: skip
FRONT = ((-0.006, 0.0), (0.012, -0.002), (0.018, 0.004), (0.014, 0.013), (0.004, 0.017), (-0.008, 0.016), (-0.016, 0.013),
         (-0.020, 0.009), (-0.018, 0.005), (-0.010, 0.004))  # fmt: skip
"""Cross-sections (metres up, metres out from the neckline) behind and in front."""
COLUMNS = 40


def hood(body: BodySurface, cloth: Cloth, loop: Indices) -> Piece:
    """The hood around the neckline ``loop`` of a top: a roll in front that widens to a bag on the back."""
    line, turn, nearest = neck_line(body, cloth, loop, np.linspace(-np.pi, np.pi, COLUMNS + 1))
    behind = smoothstep(0.7, 2.5, np.abs(turn))[:, None]
    middle = line.mean(axis=0)
    outward = unit((line - middle) * [1.0, 0.0, 1.0])
    low = smoothstep(0.45, 0.0, np.abs(turn)) * 0.012 * body.scale
    grid = []
    for (up_back, out_back), (up_front, out_front) in zip(BACK, FRONT, strict=True):
        up, out = up_front + behind * (up_back - up_front), out_front + behind * (out_back - out_front)
        narrow = 1 - 0.35 * behind * max(-up_back, 0.0) / 0.135
        point = line + body.scale * (up * [0.0, 1.0, 0.0] + out * outward)
        point[:, 0] *= narrow[:, 0]
        point[:, 1] -= low
        grid.append(point)
    lines = _clear(np.stack(grid), cloth, 0.006 * body.scale)
    weights = np.tile(cloth.weights[nearest], (len(BACK), 1))
    v = BAND_TOP + np.linspace(0.55, 0.85, len(BACK)) * (BAND_BOTTOM - BAND_TOP)
    uv = np.stack(np.meshgrid(np.linspace(0, 1, len(turn)), v), axis=-1).reshape(-1, 2)
    return Piece(lines.reshape(-1, 3), grid_faces(*lines.shape[:2])[:, ::-1], weights, uv)


def _clear(lines: Floats, cloth: Cloth, distance: float) -> Floats:
    """Move the outer rows out of the cloth below."""
    points = lines[5:].reshape(-1, 3)
    _, near = cKDTree(cloth.vertices).query(points, k=4)
    normals = unit(cloth.normals()[near].mean(axis=1))
    height = np.einsum("pa,pa->p", points - cloth.vertices[near].mean(axis=1), normals)
    moved = points + normals * np.maximum(distance - height, 0)[:, None]
    result = lines.copy()
    result[5:] = moved.reshape(result[5:].shape)
    return result


def drawstrings(body: BodySurface, cloth: Cloth, loop: Indices, length: float = 0.13) -> list[Piece]:
    """Two cords that hang from the front of a hood."""
    line, _, nearest = neck_line(body, cloth, loop, np.array([-0.30, 0.30]))
    pieces = []
    for start, source in zip(line, nearest, strict=True):
        height = start[1] - np.linspace(0.0, length, 7) * body.scale
        front = cloth.vertices[
            (np.abs(cloth.vertices[:, 0] - start[0]) < 0.025) & (cloth.vertices[:, 2] > start[2] - 0.06)
        ]
        order = np.argsort(front[:, 1])
        depth = np.interp(height, front[order, 1], front[order, 2]) + 0.008 * body.scale
        depth[:2] = np.maximum(depth[:2], start[2] + 0.016 * body.scale)
        path = np.stack([np.full(7, start[0]), height, depth], axis=1)
        ring = np.linspace(0, 2 * np.pi, 6)
        radius = np.array([1, 1, 1, 1, 1, 1.5, 0.4])[:, None, None] * 0.0022 * body.scale
        around = np.cos(ring)[:, None] * [1.0, 0.0, 0.0] + np.sin(ring)[:, None] * [0.0, 0.0, 1.0]
        grid = path[:, None] + radius * around
        uv = np.broadcast_to([0.5, BAND_TOP + 0.9 * (BAND_BOTTOM - BAND_TOP)], (grid.shape[0] * grid.shape[1], 2))
        weights = np.repeat(cloth.weights[source][None], len(uv), axis=0)
        pieces.append(Piece(grid.reshape(-1, 3), grid_faces(7, 6), weights, uv))
    return pieces

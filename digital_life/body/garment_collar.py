"""Collars, lapels and buttons."""

from __future__ import annotations

import numpy as np

from digital_life.body.garment_panels import BAND_BOTTOM, BAND_TOP
from digital_life.body.garment_surface import BodySurface, Cloth, Floats, Indices, smoothstep, unit
from digital_life.body.garment_trim import Piece, TrimRow, grid_faces, neck_line

LAPEL = (
    TrimRow(-0.004, -0.012, 0.3),
    TrimRow(0.000, 0.002, 0.4),
    TrimRow(0.006, 0.002, 0.5),
    TrimRow(0.008, -0.012, 0.6),
    TrimRow(0.006, -0.040, 0.8),
    TrimRow(0.000, -0.042, 0.9),
)
"""Cross-section of a shawl collar: the edge turned outward over the cloth."""

BUTTON_ROW = 0.997
"""Texture row of the buttons' colour."""


def shirt_collar(body: BodySurface, cloth: Cloth, loop: Indices) -> Piece:
    """A stand around the neck and a fall folded over it, open in front."""
    base, scale = body.joint("neck"), body.scale
    up = unit(body.joint("head") - base)
    around = np.linspace(-np.pi, np.pi, 49)
    gap = 0.09
    around = np.concatenate([around[around < -gap], [-gap], [gap], around[around > gap]])
    start = int(np.searchsorted(around, 0.0))
    columns = np.concatenate([np.arange(start, len(around)), np.arange(1, start)])  # from the gap once around
    line, turn, nearest = neck_line(body, cloth, loop, around[columns])
    axis = base + np.outer((line - base) @ up, up)
    outward = unit(line - axis)
    front = smoothstep(1.0, 0.15, np.abs(turn))[:, None]
    rows = [
        (-0.004, 0.000),
        (0.018, -0.003),
        (0.031, -0.001),
        (0.032, 0.004),
        (0.014, 0.011),
        (-0.003, 0.015),
        (-0.002, 0.011),
    ]
    lines = []
    for height, out in rows:
        drop = 0.020 * front if height < 0.01 and out > 0.01 else 0.0 * front
        lines.append(line + scale * ((height - drop) * up + out * outward + 0.5 * drop * np.array([0.0, 0.0, 1.0])))
    grid = np.stack(lines)
    weights = np.tile(cloth.weights[nearest], (len(rows), 1))
    v = BAND_TOP + np.linspace(0.5, 0.9, len(rows)) * (BAND_BOTTOM - BAND_TOP)
    uv = np.stack(np.meshgrid(np.linspace(0, 1, len(turn)), v), axis=-1).reshape(-1, 2)
    return Piece(grid.reshape(-1, 3), grid_faces(*grid.shape[:2])[:, ::-1], weights, uv)


def buttons(body: BodySurface, cloth: Cloth, count: int, low: float, high: float) -> Piece:
    """Flat domes down the middle of the front between two heights."""
    front = np.flatnonzero((np.abs(cloth.vertices[:, 0]) < 0.02) & (cloth.vertices[:, 2] > body.joint("spine2")[2]))
    front = front[np.argsort(cloth.vertices[front, 1])]
    column, normals = cloth.vertices[front], cloth.normals()[front]
    radius, rings = 0.0055 * body.scale, np.linspace(0, 2 * np.pi, 9)[:-1]
    vertices: list[Floats] = []
    faces: list[list[int]] = []
    weights: list[Floats] = []
    for height in np.linspace(low, high, count):
        near = np.argsort(np.abs(column[:, 1] - height))[:4]
        normal = unit(normals[near].mean(axis=0) * [0.0, 1.0, 1.0])
        centre = np.array([0.0, height, np.interp(height, column[:, 1], column[:, 2])]) + 0.001 * normal
        side = np.array([1.0, 0.0, 0.0])
        disc = np.cos(rings)[:, None] * side + np.sin(rings)[:, None] * np.cross(normal, side)
        first = 17 * len(vertices)
        vertices.append(
            np.concatenate(
                [centre + radius * disc, centre + 0.75 * radius * disc + 0.0022 * normal, [centre + 0.0018 * normal]]
            )
        )
        for k in range(8):
            n = (k + 1) % 8
            faces += [
                [first + k, first + n, first + 8 + n],
                [first + k, first + 8 + n, first + 8 + k],
                [first + 8 + k, first + 8 + n, first + 16],
            ]
        weights.append(np.repeat(cloth.weights[front[near[:1]]], 17, axis=0))
    points = np.concatenate(vertices)
    uv = np.broadcast_to([0.5, BUTTON_ROW], (len(points), 2))
    return Piece(points, np.array(faces), np.concatenate(weights), uv)

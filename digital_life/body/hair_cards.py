"""Cards: narrow strips along the paths of locks, which carry the strand texture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digital_life.body.garment_surface import Floats, Indices, smoothstep, unit
from digital_life.body.hair_texture import COLUMNS


@dataclass(frozen=True)
class HairPiece:
    """``vertices`` and ``normals`` [P, 3], ``faces`` [F, 3], ``uv`` [P, 2]."""

    vertices: Floats
    normals: Floats
    faces: Indices
    uv: Floats


FULL, POINTED, SLENDER = (0.8, 1.0, 0.95, 0.7), (0.75, 1.0, 0.75, 0.3), (0.7, 0.9, 0.7, 0.3)
"""Widths along a card at 0, 1/4, 3/4 and 1 of its length."""


def cards(
    paths: Floats,
    outward: Floats,
    width: Floats,
    column: Indices,
    *,
    taper: tuple[float, float, float, float] = FULL,
    arch: float = 0.25,
    shading: Floats | None = None,
    sheen: float = 0.45,
    start: Floats | None = None,
) -> HairPiece:
    """Cards along paths [L, R, 3] that face ``outward`` [L, R, 3]; ``width`` [L] metres, ``column`` [L] of the texture.

    With an ``arch`` a card is three vertices wide and vaulted, with 0 it is flat. ``shading`` [L, R, 3] are the normals
    of the head of hair as a whole (default: ``outward``); cards are lit mostly by these, so that they read as one body, and by the share ``sheen`` each for itself. ``start`` [L] is
    where the texture begins, 0..1: dark roots on short locks would look like scales.
    """
    tangent = unit(np.gradient(paths, axis=1))
    side = unit(np.cross(tangent, outward))
    up = unit(np.cross(side, tangent))
    rows = paths.shape[1]
    run = np.cumsum(np.linalg.norm(np.diff(paths, axis=1), axis=2).mean(axis=0))
    along = np.concatenate([[0.0], run / run[-1]])
    half = (width[:, None] * np.interp(along, [0, 0.25, 0.75, 1], taper) / 2)[..., None]
    offsets = (-1.0, 0.0, 1.0) if arch else (-1.0, 1.0)
    rise = [arch * (0.6 if k == 0 else -1.0) for k in offsets]
    lines = np.stack([paths + half * (k * side + r * up) for k, r in zip(offsets, rise, strict=True)], axis=2)
    body = outward if shading is None else shading
    normals = np.stack([0.7 * body + sheen * up + 0.3 * k * side for k in offsets], axis=2)
    across = len(offsets)
    index = np.arange(rows * across).reshape(rows, across)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    one = np.concatenate([np.stack(t, axis=-1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))])
    faces = (one[None] + (np.arange(len(paths)) * rows * across)[:, None, None]).reshape(-1, 3)
    u = (column[:, None, None] + 0.5 + 0.46 * np.array(offsets)) / COLUMNS
    first = np.zeros((1, 1, 1)) if start is None else start[:, None, None]
    v = 0.006 + 0.988 * (first + (1 - first) * along[None, :, None])
    uv = np.stack(np.broadcast_arrays(u, v), axis=-1)
    return HairPiece(lines.reshape(-1, 3), unit(normals.reshape(-1, 3)), faces, uv.reshape(-1, 2))


def resampled(path: Floats, rows: int, crowding: float = 1.0) -> Floats:
    """A path [N, 3] as ``rows`` points along it; with a ``crowding`` above 1 more of them lie near the root."""
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    at = steps[-1] * np.linspace(0, 1, rows) ** crowding
    return np.stack([np.interp(at, steps, path[:, axis]) for axis in range(3)], axis=1)


def waved(paths: Floats, outward: Floats, amplitude: float, wavelength: float, phase: Floats, start: float) -> Floats:
    """Paths [L, R, 3] that swing to the sides; the swing grows over ``start`` metres from the root.

    ``phase`` [L] radians; neighbours of similar phase form one wave.
    """
    steps = np.linalg.norm(np.diff(paths, axis=1), axis=2)
    run = np.concatenate([np.zeros((len(paths), 1)), np.cumsum(steps, axis=1)], axis=1)
    side = unit(np.cross(unit(np.gradient(paths, axis=1)), outward))
    angle = 2 * np.pi * run / wavelength + phase[:, None]
    grown = amplitude * smoothstep(0.0, start, run)
    return np.asarray(
        paths + (grown * np.sin(angle))[..., None] * side + (grown * 0.5 * (1 + np.cos(angle)))[..., None] * outward
    )

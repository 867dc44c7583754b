"""Locks of hair: paths that follow a growth direction, lie on the head and fall, and the cards around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digital_life.body.garment_surface import Floats, Indices, smoothstep, unit
from digital_life.body.hair_scalp import Obstacle

SEGMENTS = 6


@dataclass
class Locks:
    """Parameters per lock [L]: start, growth direction, length and fall; ``height`` is its layer over the skin."""

    start: Floats
    normal: Floats
    flow: Floats
    length: Floats
    lift: Floats
    gravity: Floats
    height: Floats
    width: Floats
    variant: Indices
    curl: float = 0.0
    hug: float = 0.6
    """How closely the locks follow the skull: 0 free, 1 combed flat."""
    tie: Floats | None = None
    """Point [3] that all locks run to."""


def grow(
    locks: Locks, obstacle: Obstacle, skull: Floats, face_guard: Floats | None = None, lowest: Floats | None = None
) -> Floats:
    """Paths [L, S + 1, 3] around a skull with middle [3]; with ``face_guard`` [L] (half widths) hair is kept out of the face, ``lowest`` [L] cuts the tips."""
    step = (locks.length / SEGMENTS)[:, None]
    direction = unit(locks.flow + locks.lift[:, None] * locks.normal)
    point = locks.start + locks.normal * 0.001
    path = [point]
    for k in range(SEGMENTS):
        if locks.tie is not None:
            step = np.linalg.norm(locks.tie - point, axis=1, keepdims=True) / (SEGMENTS - k)
            direction = unit(locks.tie - point)
        direction = unit(direction - np.outer(locks.gravity * (0.4 + 0.25 * k), [0.0, 1.0, 0.0]))
        if face_guard is not None:  # what has left the skull hangs
            level = smoothstep(skull[1] - 0.06, skull[1], point[:, 1])
            direction = unit(direction * np.stack([0.3 + 0.7 * level, np.ones(len(level)), 0.3 + 0.7 * level], axis=1))
        moved = point + direction * step
        rise = locks.height * min(1.0, (k + 1) / 2)
        on_skull = (
            smoothstep(skull[1] - 0.05, skull[1] + 0.01, moved[:, 1]) if locks.tie is None else np.ones(len(moved))
        )
        moved = obstacle.lay(moved, rise, locks.hug * on_skull)
        if face_guard is not None:
            moved = _off_the_face(moved, path[0], face_guard)
        direction = unit(moved - point)
        point = moved
        path.append(point)
    paths = np.stack(path, axis=1)
    paths[:, 1:-1] += 0.25 * (paths[:, 2:] + paths[:, :-2] - 2 * paths[:, 1:-1])
    return paths if lowest is None else _cut_at(paths, lowest)


def _off_the_face(points: Floats, start: Floats, half_width: Floats) -> Floats:
    """Move points that hang before the face to its sides."""
    from_root = start[:, 1] - points[:, 1]
    front = smoothstep(start[:, 2].max() - 0.085, start[:, 2].max() - 0.05, points[:, 2]) * smoothstep(
        0.0, 0.03, from_root
    )
    side = np.where(points[:, 0] >= 0, 1.0, -1.0)
    wanted = np.maximum(np.abs(points[:, 0]), half_width)
    moved = points.copy()
    moved[:, 0] += front * (side * wanted - points[:, 0])
    return moved


def _cut_at(paths: Floats, lowest: Floats) -> Floats:
    """Shorten paths to the part above a height and spread their points evenly again."""
    result = paths.copy()
    for i, (path, low) in enumerate(zip(paths, lowest, strict=True)):
        steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
        below = np.flatnonzero(path[:, 1] < low)
        if len(below) and below[0] > 0:
            k = below[0]
            share = (path[k - 1, 1] - low) / max(path[k - 1, 1] - path[k, 1], 1e-9)
            end = steps[k - 1] + share * (steps[k] - steps[k - 1])
            at = np.linspace(0, max(end, 0.02), len(path))
            result[i] = np.stack([np.interp(at, steps, path[:, a]) for a in range(3)], axis=1)
    return result


def cards(paths: Floats, outward: Floats, locks: Locks, variants: int) -> tuple[Floats, Indices, Floats, Floats]:
    """Arched cards along paths: vertices [P, 3], faces [F, 3], uv [P, 2] (v 1 at the tips), shading normals [P, 3].

    ``outward`` [L, S + 1, 3] points away from the head; a card is three vertices wide, highest in its middle.
    """
    tangent = unit(np.gradient(paths, axis=1))
    side = unit(np.cross(tangent, outward))
    up = unit(np.cross(side, tangent))
    rows = paths.shape[1]
    along = np.linspace(0, 1, rows)
    if locks.curl:
        phase = np.linspace(0, 2 * np.pi * 1.4, rows)[None] + np.arange(len(paths))[:, None] * 2.4
        radius = locks.curl * np.minimum(along * 3, 1)[None]
        paths = paths + (radius * np.cos(phase))[..., None] * side + (radius * (1 + np.sin(phase)))[..., None] * up
    taper = np.interp(along, [0, 0.25, 0.75, 1], [0.75, 1.0, 0.9, 0.55])
    half = (locks.width[:, None] * taper / 2)[..., None]
    arch = 0.28 * half
    lines = np.stack(
        [paths - half * side - arch * up, paths + arch * up * 0.6, paths + half * side - arch * up], axis=2
    )
    shading = np.stack([up - 0.35 * side, up, up + 0.35 * side], axis=2) + outward[:, :, None, :]
    index = np.arange(rows * 3).reshape(rows, 3)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    one = np.concatenate([np.stack(t, axis=-1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))])
    faces = (one[None] + (np.arange(len(paths)) * rows * 3)[:, None, None]).reshape(-1, 3)
    u = (locks.variant[:, None, None] + np.array([0.04, 0.5, 0.96])) / variants
    first = 0.45 * smoothstep(0.12, 0.05, np.linalg.norm(np.diff(paths, axis=1), axis=2).sum(axis=1))[:, None, None]
    uv = np.stack(np.broadcast_arrays(u, first + (1 - first) * along[None, :, None]), axis=-1)
    return lines.reshape(-1, 3), faces, uv.reshape(-1, 2), unit(shading.reshape(-1, 3))

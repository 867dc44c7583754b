"""Comb hair: locks run over the skull along a style's direction field, then hang and fall over the shoulders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.body.garment_surface import Floats, smoothstep, unit
from digital_life.body.hair_cards import resampled
from digital_life.body.hair_hull import HairHull
from digital_life.body.hair_scalp import Roots

Field = Callable[[Floats], Floats]
"""Growth directions [L, 3] at points [L, 3] on the reference head."""

STEP = 0.007
"""Length of one step along a lock, metres on a head of ordinary size."""
FACE = np.radians(58.0)
"""Hanging hair stays this far aside of the face."""


@dataclass
class Locks:
    """What the comb needs of each lock [L]: ``length`` metres, ``lowest`` height at which it is cut, ``height`` over the
    skull, ``lift`` away from the skull at the root, and whether it ``hangs`` once it has left the skull.
    """

    length: Floats
    lowest: Floats
    height: Floats
    lift: Floats
    hangs: NDArray[np.bool_]
    gravity: float = 0.0
    hug: float = 1.0
    turn: float = 0.35
    """How quickly a lock turns into the field's direction, 0..1 a step."""
    cling: float = 0.3
    """How fast hanging hair falls towards the neck: metres a metre."""


def comb(roots: Roots, hull: HairHull, field: Field, locks: Locks, rows: int) -> Floats:
    """Paths [L, rows, 3] of the locks."""
    step = STEP * hull.scale
    count = int(min(np.ceil(locks.length.max() / step) + 1, 120))
    point = roots.positions + 0.0005 * roots.normals
    direction = unit(_tangent(field(roots.reference), roots.normals) + locks.lift[:, None] * roots.normals)
    release = hull.centre[1] - 0.004 * hull.scale
    hanging = locks.hangs & (point[:, 1] < release)
    turn, radius = hull.polar(point)
    start = _aside(turn)
    path = [point]
    for k in range(1, count + 1):
        rise = locks.height * smoothstep(0.0, 0.030 * hull.scale, np.full(len(point), k * step))
        moved, direction = _on_skull(hull, field, locks, point, direction, rise, step)
        leaving = locks.hangs & ~hanging & (moved[:, 1] < release)
        polar = hull.polar(moved)
        start, turn = np.where(leaving, _aside(polar[0]), start), np.where(leaving, polar[0], turn)
        radius = np.where(leaving, polar[1], radius)
        low = point[:, 1] - 0.97 * step
        turn = np.where(hanging, turn + 0.22 * _angle(_fall_turn(start, low, hull) - turn), turn)
        least = hull.radius(low, turn) + np.minimum(rise, locks.height)
        radius = np.where(hanging, np.maximum(least, radius - locks.cling * step), radius)
        point = np.where(hanging[:, None], hull.place(low, turn, radius), moved)
        hanging = hanging | leaving
        path.append(point)
    return _cut(np.stack(path, axis=1), locks, rows)


def _on_skull(
    hull: HairHull, field: Field, locks: Locks, point: Floats, direction: Floats, rise: Floats, step: float
) -> tuple[Floats, Floats]:
    wanted = field(hull.to_reference(point))
    direction = unit(direction + locks.turn * (unit(wanted) - direction) - [0.0, locks.gravity, 0.0])
    moved = hull.lay(point + step * direction, rise, locks.hug)
    return moved, unit(moved - point)


def _tangent(vectors: Floats, normals: Floats) -> Floats:
    return unit(vectors - normals * np.einsum("la,la->l", vectors, normals)[:, None])


def _angle(turn: Floats) -> Floats:
    """Turns wrapped to -pi..pi."""
    return np.asarray((turn + np.pi) % (2 * np.pi) - np.pi)


def _aside(turn: Floats) -> Floats:
    """Signed turn kept aside of the face."""
    signed = _angle(turn)
    return np.asarray(np.sign(signed) * np.maximum(np.abs(signed), FACE))


def _fall_turn(start: Floats, height: Floats, hull: HairHull) -> Floats:
    """Where hair that left the skull at ``start`` hangs: beside the face, and lower before or behind the shoulder."""
    aside = np.abs(start)
    split = np.radians(88)
    before = np.radians(24) + (aside - FACE) / (split - FACE) * np.radians(26)
    behind = np.radians(128) + (aside - split) / (np.pi - split) * np.radians(52)
    settled = np.where(aside < split, before, behind)
    share = smoothstep(hull.head - 0.045 * hull.scale, hull.neck - 0.005 * hull.scale, height)
    return np.asarray(np.sign(start) * (aside + share * (settled - aside)))


def _cut(paths: Floats, locks: Locks, rows: int) -> Floats:
    result = np.empty((len(paths), rows, 3))
    for i, path in enumerate(paths):
        steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
        end = min(locks.length[i], steps[-1])
        below = np.flatnonzero(path[:, 1] < locks.lowest[i])
        if len(below) and below[0] > 0:
            end = min(end, steps[below[0]])
        at = np.linspace(0, max(end, 0.012), 3 * rows)
        fine = np.stack([np.interp(at, steps, path[:, axis]) for axis in range(3)], axis=1)
        for _ in range(2):
            fine[1:-1] = (fine[:-2] + 2 * fine[1:-1] + fine[2:]) / 4
        result[i] = resampled(fine, rows, 1.35 if locks.hangs[i] else 1.0)
    return result


def gathered(roots: Roots, hull: HairHull, knot: Floats, height: Floats, rows: int, bulge: float) -> Floats:
    """Paths [L, rows, 3] from the roots over the skull to a knot [3], ``height`` [L] over the skin.

    ``bulge`` is how far they run up and back first, as a share of the skull's radius.
    """
    start, end = unit(roots.positions - hull.centre), unit(knot - hull.centre)
    share = np.linspace(0, 1, rows)[None, :, None]
    apart = np.linalg.norm(start - end, axis=1, keepdims=True)
    middle = (start + end) / 2 + bulge * apart * unit(np.array([0.0, 1.0, -0.7]))
    rays = unit((1 - share) ** 2 * start[:, None] + 2 * share * (1 - share) * middle[:, None] + share**2 * end)
    reach = np.linalg.norm(roots.positions - hull.centre, axis=1)[:, None, None] * (1 - share)
    points = hull.centre + rays * (reach + np.linalg.norm(knot - hull.centre) * share)
    rise = height[:, None] * np.minimum(share[..., 0] * 5, 1) + 0.0005
    laid = hull.lay(points.reshape(-1, 3), rise.reshape(-1)).reshape(points.shape)
    laid[:, 0] = roots.positions + 0.0005 * roots.normals
    laid[:, -1] = knot + 0.35 * (laid[:, -1] - knot)
    return laid

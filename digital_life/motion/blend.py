"""Inertialisation: cut to the new motion at once and let the difference to the old one decay (Bollo, GDC 2018)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS

Array = NDArray[np.float64]


def quintic_decay(offset: Array, velocity: Array, frames: int, seconds: float) -> Array:
    """Offsets [frames, ...] at 1/FPS, 2/FPS, ... that start at ``offset`` with ``velocity`` (units per second).

    The quintic with p(0) = offset, p'(0) = velocity, p''(0) = 0 and p = p' = p'' = 0 after ``seconds``.
    """
    time = np.arange(1, frames + 1) / FPS
    s = np.clip(time / seconds, 0.0, 1.0).reshape(-1, *([1] * offset.ndim))
    place = 1.0 - 10.0 * s**3 + 15.0 * s**4 - 6.0 * s**5
    speed = seconds * (s - 6.0 * s**3 + 8.0 * s**4 - 3.0 * s**5)
    return place * offset + speed * velocity


def blend_positions(target: Array, before: Array, seconds: float) -> Array:
    """``target`` [T, ...] made continuous, in place and velocity, with ``before`` [2, ...], the two frames before it."""
    if not len(target):
        return target
    step = target[1] - target[0] if len(target) > 1 else np.zeros_like(target[0])
    offset = before[1] - (target[0] - step)
    velocity = (before[1] - before[0] - step) * FPS
    return target + quintic_decay(offset, velocity, len(target), seconds)


def blend_rotations(target: Array, before: Array, seconds: float) -> Array:
    """The same for quaternions: ``target`` [T, ..., 4], ``before`` [2, ..., 4]."""
    if not len(target):
        return target
    offset, velocity = rotation_offset(target, before)
    decay = quintic_decay(offset, velocity, len(target), seconds)
    return quat.normalize(quat.multiply(quat.from_axis_angle(decay), target))


def rotation_offset(target: Array, before: Array) -> tuple[Array, Array]:
    """Rotation vector [..., 3] from ``target`` [T, ..., 4], led back one frame, to ``before`` [2, ..., 4], and its change
    per second: what has to end for ``before`` to go on as ``target``."""
    step = _turn(target[0], target[1]) if len(target) > 1 else np.zeros_like(target[0][..., 1:])
    back = quat.from_axis_angle(-step)
    start = quat.multiply(back, target[0])
    offset, earlier = _turn(start, before[1]), _turn(quat.multiply(back, start), before[0])
    angle = np.linalg.norm(earlier, axis=-1, keepdims=True)
    other_way = earlier * (1.0 - 2.0 * np.pi / np.maximum(angle, 1e-9))
    farther = np.linalg.norm(earlier - offset, axis=-1, keepdims=True) > np.pi
    return offset, (offset - np.where(farther, other_way, earlier)) * FPS


def _turn(a: Array, b: Array) -> Array:
    """Rotation vector that takes ``a`` to ``b``, seen from the parent."""
    return quat.to_axis_angle(quat.multiply(b, quat.conjugate(a)))


def smooth_seams(rotations: Array, seams: dict[int, float], joints: NDArray[np.intp]) -> None:
    """Make ``rotations`` [T, J, 4] continuous, in place, at cuts: ``seams`` maps first new frame to blending seconds."""
    for frame, seconds in sorted(seams.items()):
        if 2 <= frame < len(rotations):
            before = rotations[frame - 2 : frame, joints]
            rotations[frame:, joints] = blend_rotations(rotations[frame:, joints], before, seconds)


def smooth_steps(values: Array, seams: dict[int, float]) -> None:
    """Make ``values`` [T, ...] continuous, in place, at cuts, as :func:`smooth_seams` does for rotations."""
    for frame, seconds in sorted(seams.items()):
        if 2 <= frame < len(values):
            values[frame:] = blend_positions(values[frame:], values[frame - 2 : frame], seconds)

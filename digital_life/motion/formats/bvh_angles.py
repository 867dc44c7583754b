"""Angles about three axes in any order, as BVH channels list them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat

Array = NDArray[np.float64]

AXES = {"X": 0, "Y": 1, "Z": 2}


def from_euler(order: str, angles: Array) -> Array:
    """Quaternions [T, 4] of rotations [T, len(order)] (radians) about the axes in ``order``, the first one outermost."""
    result = np.tile(quat.IDENTITY, (len(angles), 1))
    for at, axis in enumerate(order):
        turn = np.zeros((len(angles), 4))
        turn[:, 0] = np.cos(0.5 * angles[:, at])
        turn[:, 1 + AXES[axis]] = np.sin(0.5 * angles[:, at])
        result = quat.multiply(result, turn) if at else turn
    return quat.normalize(result)


def to_euler(order: str, rotations: Array) -> Array:
    """Angles [..., 3] (radians) about three different axes in ``order``; inverse of ``from_euler``.

    For R = Ri Rj Rk the middle angle is asin(s R[i, k]) with s the sign of the permutation; near its poles the last
    angle is zero (Slabaugh 1999).
    """
    i, j, k = (AXES[axis] for axis in order)
    sign = 1.0 if (i, j, k) in ((0, 1, 2), (1, 2, 0), (2, 0, 1)) else -1.0
    m = quat.to_matrix(quat.normalize(rotations))  # a length of 1 + 1e-7, as single precision gives, ruins the poles
    sine = np.clip(sign * m[..., i, k], -1.0, 1.0)
    pole = np.abs(sine) > 1.0 - 1e-10
    first = np.where(
        pole, np.arctan2(sign * m[..., k, j], m[..., j, j]), np.arctan2(-sign * m[..., j, k], m[..., k, k])
    )
    last = np.where(pole, 0.0, np.arctan2(-sign * m[..., i, j], m[..., i, i]))
    return np.stack([first, np.arcsin(sine), last], axis=-1)

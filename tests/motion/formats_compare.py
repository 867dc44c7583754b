"""How far two motions are apart, in the units of the promise: 0.1 degree and 1 mm."""

from __future__ import annotations

import numpy as np

from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion


def degrees_apart(first: Motion, second: Motion, joints: slice | list[int] = slice(None)) -> float:
    """Largest angle between local rotations, degrees."""
    a = first.rotations[:, joints].astype(np.float64)
    b = second.rotations[:, joints].astype(np.float64)
    turned = quat.to_axis_angle(quat.multiply(quat.conjugate(a), b))
    return float(np.degrees(np.linalg.norm(turned, axis=-1).max()))


def metres_apart(first: Motion, second: Motion) -> float:
    """Largest distance between root places, metres."""
    return float(np.linalg.norm(first.translation - second.translation, axis=-1).max())

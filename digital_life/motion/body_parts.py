"""Arms and trunk as groups of joints, for whoever lays one motion over another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.hands import FINGERS
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES

Array = NDArray[np.float64]

TRUNK: tuple[int, ...] = tuple(JOINT_INDEX[name] for name in ("spine1", "spine2", "spine3", "neck", "head"))
"""Joints above the pelvis that are no arms."""


def _arm(side: str) -> NDArray[np.intp]:
    parts = tuple(f"{side}_{part}" for part in ("collar", "shoulder", "elbow", "wrist", *FINGERS))
    return np.array([joint for joint, name in enumerate(JOINT_NAMES) if name.startswith(parts)])


ARMS: tuple[NDArray[np.intp], NDArray[np.intp]] = (_arm("left"), _arm("right"))
"""Joints of the left and of the right arm, from the collar to the fingertips."""


def trunk_after(trunk: Array, source: Array) -> Array:
    """Local rotations [..., 5, 4] of a ``trunk`` that adds what the trunk of ``source`` [T, 55, 4] does since its start."""
    moved = source[:, TRUNK]
    return quat.normalize(quat.multiply(trunk, quat.multiply(quat.conjugate(moved[:1]), moved)))

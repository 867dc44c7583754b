"""How near the hands of somebody who sits are to the thighs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

_SIDES = ("left", "right")
_HANDS = [JOINT_INDEX[f"{side}_{part}"] for side in _SIDES for part in ("wrist", "middle3")]
_THIGHS = [JOINT_INDEX[f"{side}_{part}"] for part in ("hip", "knee") for side in _SIDES]


def over_lap(rotations: Array, translation: Array, skeleton: Skeleton) -> Array:
    """[T, 2] metres between the left and the right hand and the bones of the thighs, where they are nearest.

    ``rotations`` [T, 55, 4], ``translation`` [T, 3] metres.
    """
    joints, _ = joint_kinematics(rotations, translation, skeleton, [*_HANDS, *_THIGHS])
    hands, hips, knees = joints[:, :4], joints[:, 4:6], joints[:, 6:]
    thighs = knees - hips
    along = np.einsum("thlc,tlc->thl", hands[:, :, None] - hips[:, None], thighs) / (thighs**2).sum(axis=-1)[:, None]
    nearest = hips[:, None] + np.clip(along, 0.0, 1.0)[..., None] * thighs[:, None]
    return np.asarray(np.linalg.norm(hands[:, :, None] - nearest, axis=-1).min(axis=2).reshape(-1, 2, 2).min(axis=2))

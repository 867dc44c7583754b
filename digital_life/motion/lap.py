"""Hands of somebody who sits stay above the thighs, whatever they do and however they go over from one thing to another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.ik import reach_wrists
from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton

Array = NDArray[np.float64]

LEAST = 0.088
"""Metres between the bones of the default body's thigh and hand: flesh, trousers and half a hand."""
SOFT = 0.012
"""Metres over which hands begin to be lifted, so that they do so smoothly."""
_LEVEL, _SLOPE = 0.5, 0.25
"""Sine of a thigh's slope up to which there is a lap, and over which it goes away."""
_TIMES = 2
_SIDES = ("left", "right")
_HANDS = [JOINT_INDEX[f"{side}_{part}"] for side in _SIDES for part in ("wrist", "middle3")]
_THIGHS = [JOINT_INDEX[f"{side}_{part}"] for part in ("hip", "knee") for side in _SIDES]


def over_lap(rotations: Array, translation: Array, skeleton: Skeleton) -> Array:
    """[T, 2] metres between the left and the right hand and the bones of the thighs, where they are nearest.

    ``rotations`` [T, 55, 4], ``translation`` [T, 3] metres.
    """
    joints, _ = joint_kinematics(rotations, translation, skeleton, [*_HANDS, *_THIGHS])
    return _nearest(joints)


def above_lap(rotations: Array, translation: Array, skeleton: Skeleton) -> Array:
    """``rotations`` [T, 55, 4] with hands that come too near to level thighs lifted; each frame by itself.

    The lift is (x + sqrt(x^2 + s^2)) / 2 of what is missing, x, so that it grows smoothly with it, s = :data:`SOFT`.
    """
    for _ in range(_TIMES):
        joints, _turns = joint_kinematics(rotations, translation, skeleton, [*_HANDS, *_THIGHS])
        missing = _least(skeleton) - _nearest(joints)
        lift = (0.5 * (missing + np.hypot(missing, SOFT)) - _UNTOUCHED).clip(0.0) * _lap(joints)[:, None]
        if lift.max() <= 0.0:
            return rotations
        wrists = joints[:, [0, 2]].copy()
        wrists[..., 1] += lift
        touched = lift.max(axis=1) > 0.0
        rotations = rotations.copy()
        rotations[touched] = quat.normalize(
            reach_wrists(rotations[touched], translation[touched], wrists[touched], skeleton)
        )
    return rotations


_UNTOUCHED = 0.5 * (-2.0 * SOFT + np.hypot(2.0 * SOFT, SOFT))
"""What the smooth lift would be twice :data:`SOFT` above the least distance: from there on nothing is lifted."""


def _least(skeleton: Skeleton) -> float:
    return LEAST * _thigh(skeleton) / _thigh(canonical_skeleton())


def _thigh(skeleton: Skeleton) -> float:
    hip, knee = (skeleton.rest_joints[JOINT_INDEX[f"left_{joint}"]] for joint in ("hip", "knee"))
    return float(np.linalg.norm(knee - hip))


def _nearest(joints: Array) -> Array:
    hands, hips, knees = joints[:, :4], joints[:, 4:6], joints[:, 6:]
    thighs = knees - hips
    along = np.einsum("thlc,tlc->thl", hands[:, :, None] - hips[:, None], thighs) / (thighs**2).sum(axis=-1)[:, None]
    nearest = hips[:, None] + np.clip(along, 0.0, 1.0)[..., None] * thighs[:, None]
    return np.asarray(np.linalg.norm(hands[:, :, None] - nearest, axis=-1).min(axis=2).reshape(-1, 2, 2).min(axis=2))


def _lap(joints: Array) -> Array:
    """[T] 1 where both thighs are level, 0 where one is not."""
    thighs = joints[:, 6:] - joints[:, 4:6]
    slope = np.abs(thighs[..., 1] / np.linalg.norm(thighs, axis=-1)).max(axis=1)
    return np.asarray(np.clip(1.0 - (slope - _LEVEL) / _SLOPE, 0.0, 1.0))

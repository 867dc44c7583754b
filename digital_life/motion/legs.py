"""Legs solved so that the feet are where they should be, whatever the pelvis does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.feet import FootPath, foot_rotation, rest_heading
from digital_life.motion.ik import limb, two_bone, unit
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

LONGEST_LEG = 0.998
"""Share of its length to which a leg stretches before the pelvis comes down: knees of a standing person are not locked."""

_SOFTNESS = 0.004
_KNEES_OUT = 0.12


def pose_legs(rotations: Array, translation: Array, feet: Mapping[str, FootPath], skeleton: Skeleton) -> Array:
    """Set hips, knees, ankles and toes of ``rotations`` [N, 55, 4] in place; return the translation [N, 3] that was
    lowered where a leg would not have reached the floor.
    """
    offsets = skeleton.offsets
    pelvis = offsets[0] + translation
    hips = {side: quat.rotate(rotations[:, 0], offsets[JOINT_INDEX[f"{side}_hip"]]) for side in feet}
    slack = np.full(len(pelvis), np.inf)
    for side, path in feet.items():
        across = np.linalg.norm((path.ankle - pelvis - hips[side])[:, [0, 2]], axis=-1)
        length = LONGEST_LEG * limb(skeleton, side, "leg").length
        highest = path.ankle[:, 1] + np.sqrt(np.maximum(length**2 - across**2, 0.0))
        slack = np.minimum(slack, highest - pelvis[:, 1] - hips[side][:, 1])
    drop = _SOFTNESS * np.logaddexp(0.0, -slack / _SOFTNESS)
    translation = translation - np.stack([np.zeros_like(drop), drop, np.zeros_like(drop)], axis=-1)
    pelvis = offsets[0] + translation
    for side, path in feet.items():
        sign = 1.0 if side == "left" else -1.0
        hip, knee, ankle, toes = (JOINT_INDEX[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "foot"))
        towards = _floor_direction(path.heading) + quat.rotate(rotations[:, 0], np.array([sign * _KNEES_OUT, 0.0, 1.0]))
        upper, lower = two_bone(limb(skeleton, side, "leg"), pelvis + hips[side], path.ankle, unit(towards))
        foot = foot_rotation(path, rest_heading(skeleton, side))
        rotations[:, hip] = quat.multiply(quat.conjugate(rotations[:, 0]), upper)
        rotations[:, knee] = quat.multiply(quat.conjugate(upper), lower)
        rotations[:, ankle] = quat.multiply(quat.conjugate(lower), foot)
        zero = np.zeros_like(path.toe_bend)
        rotations[:, toes] = quat.from_axis_angle(np.stack([path.toe_bend, zero, zero], axis=-1))
    return translation


def _floor_direction(heading: Array) -> Array:
    return np.stack([np.sin(heading), np.zeros_like(heading), np.cos(heading)], axis=-1)

"""Put a motion stored on the canonical skeleton on another character's skeleton."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.ik import limb, two_bone
from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton

Array = NDArray[np.float64]

_LEGS = [
    JOINT_INDEX[name]
    for name in ("pelvis", "left_hip", "left_knee", "left_ankle", "right_hip", "right_knee", "right_ankle")
]

SEATED_SHARE = 0.62
"""A pelvis lower than this share of the hip height sits on a seat, whose height does not grow with the body."""


def fit_motion(motion: Motion, skeleton: Skeleton, source: Skeleton | None = None) -> Motion:
    """The same movement on ``skeleton``: steps scaled by hip height, feet where they belong on the floor.

    The root path is scaled by the ratio of hip heights; a seated pelvis keeps its height, for chairs do not grow. Each
    leg is then solved so that the ankle has the scaled place and the foot its original orientation: what stood still
    on the source stands still here. ``source`` is the skeleton the motion was made on (default: the canonical one).
    """
    source = source or canonical_skeleton()
    scale = skeleton.hip_height / source.hip_height
    positions, world = joint_kinematics(motion.rotations, motion.translation, source, _LEGS)
    pelvis = positions[:, 0] * [scale, 1.0, scale]
    pelvis[:, 1] = _pelvis_height(positions[:, 0, 1], source, skeleton)
    translation = pelvis - skeleton.rest_joints[0]
    rotations = motion.rotations.copy()
    to_pelvis = quat.conjugate(world[:, 0])
    for number, side in enumerate(("left", "right")):
        hip, knee, ankle = _LEGS[1 + 3 * number : 4 + 3 * number]
        hip_world, ankle_world, ankle_at = (
            world[:, 1 + 3 * number],
            world[:, 3 + 3 * number],
            positions[:, 3 + 3 * number],
        )
        lift = ankle_at[:, 1] - (source.rest_joints[ankle, 1] - source.floor)
        target = ankle_at * scale
        target[:, 1] = skeleton.rest_joints[ankle, 1] - skeleton.floor + lift * scale
        knee_way = quat.rotate(hip_world, np.array([0.0, 0.0, 1.0]))
        root = pelvis + quat.rotate(world[:, 0], skeleton.rest_joints[hip] - skeleton.rest_joints[0])
        upper, lower = two_bone(limb(skeleton, side, "leg"), root, target, knee_way)
        rotations[:, hip] = quat.normalize(quat.multiply(to_pelvis, upper))
        rotations[:, knee] = quat.normalize(quat.multiply(quat.conjugate(upper), lower))
        rotations[:, ankle] = quat.normalize(quat.multiply(quat.conjugate(lower), ankle_world))
    return replace(motion, translation=translation.astype(np.float32), rotations=rotations)


def _pelvis_height(height: Array, source: Skeleton, skeleton: Skeleton) -> Array:
    """Standing heights scale, seated ones stay, and what lies between goes smoothly from the one to the other."""
    standing = source.rest_joints[0, 1] - source.floor
    seated = SEATED_SHARE * source.hip_height
    share = np.clip((height - seated) / (standing - seated), 0.0, 1.0)
    new_standing = skeleton.rest_joints[0, 1] - skeleton.floor
    return np.asarray(height + share * (new_standing - standing))

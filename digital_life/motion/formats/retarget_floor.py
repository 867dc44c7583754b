"""A retargeted motion put on the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.feet import rest_heading, sole
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

TOE_LENGTH = 0.07
"""Metres from the ball joint to the tip of the toes."""

FLOOR_PERCENTILE = 3.0
"""The floor is where this percentile of the heights of the lowest sole point lies; a few frames may go under it."""


def on_the_floor(rotations: Array, translation: Array, skeleton: Skeleton) -> Array:
    """The translation [T, 3] shifted as a whole so that the soles stand on y = 0."""
    lowest = lowest_sole(rotations, translation, skeleton)
    return np.asarray(translation - np.array([0.0, np.percentile(lowest, FLOOR_PERCENTILE), 0.0]))


def lowest_sole(rotations: Array, translation: Array, skeleton: Skeleton) -> Array:
    """Height [T] of the lowest of heels, balls and toes, metres."""
    positions, world = forward_kinematics(rotations, translation, skeleton)
    heights = []
    for side in ("left", "right"):
        ankle, ball = JOINT_INDEX[f"{side}_ankle"], JOINT_INDEX[f"{side}_foot"]
        heading = quat.yaw(rest_heading(skeleton, side))
        drop = skeleton.floor - skeleton.rest_joints[ball, 1]
        for joint, point in (
            (ankle, sole(skeleton, side).heel),
            (ball, np.array([0.0, drop, 0.0])),
            (ball, np.array([0.0, drop, TOE_LENGTH])),
        ):
            at = positions[:, joint] + quat.rotate(world[:, joint], quat.rotate(heading, point))
            heights.append(at[:, 1])
    return np.asarray(np.min(heights, axis=0))

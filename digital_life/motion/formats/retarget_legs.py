"""Legs of a retargeted motion: ankles at the places of the recording, soles on the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.feet import rest_heading, sole
from digital_life.motion.ik import LONGEST
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

TOE_LENGTH = 0.07
"""Metres from the ball joint to the tip of the toes."""

FLOOR_PERCENTILE = 3.0
"""The floor is where this percentile of the heights of the lowest sole point lies; a few frames may go under it."""


def reach(rotations: Array, translation: Array, ankles: Array, skeleton: Skeleton) -> Array:
    """Local rotations [T, 55, 4] whose ankles are at ``ankles`` [T, 2, 3] (left, right; metres) as nearly as legs reach.

    The smallest change does it: the knee opens or closes in its own plane, then the leg swings as a whole. A leg whose
    ankle is there already stays as it is; the feet keep their world orientation.
    """
    rotations = rotations.copy()
    positions, world = forward_kinematics(rotations, translation, skeleton)
    for side, wanted in (("left", ankles[:, 0]), ("right", ankles[:, 1])):
        hip, knee, ankle = (JOINT_INDEX[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
        root, middle, end = positions[:, hip], positions[:, knee], positions[:, ankle]
        bend = _knee_change(root, middle, end, wanted)
        shin = _turn(quat.rotate(world[:, knee], np.array([1.0, 0.0, 0.0])), middle - root, end - middle, bend)
        moved = middle + quat.rotate(shin, end - middle)
        swing = quat.between(moved - root, wanted - root)
        thigh_world = quat.multiply(swing, world[:, hip])
        shin_world = quat.multiply(swing, quat.multiply(shin, world[:, knee]))
        rotations[:, hip] = quat.multiply(quat.conjugate(world[:, 0]), thigh_world)
        rotations[:, knee] = quat.multiply(quat.conjugate(thigh_world), shin_world)
        rotations[:, ankle] = quat.multiply(quat.conjugate(shin_world), world[:, ankle])
    return quat.normalize(rotations)


def _knee_change(root: Array, middle: Array, end: Array, wanted: Array) -> Array:
    """Radians [T] by which the knee must bend more so that root and end are as far apart as root and ``wanted``."""
    a = np.linalg.norm(middle - root, axis=-1)
    b = np.linalg.norm(end - middle, axis=-1)
    now = np.linalg.norm(end - root, axis=-1)
    longest = np.maximum(now, LONGEST * (a + b))
    then = np.clip(np.linalg.norm(wanted - root, axis=-1), np.abs(a - b) * 1.05 + 1e-4, longest)

    def inner(distance: Array) -> Array:
        cosine = (a * a + b * b - distance * distance) / (2.0 * a * b)
        return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))

    return np.asarray(inner(now) - inner(then))


def _turn(hinge: Array, thigh: Array, shin: Array, bend: Array) -> Array:
    """Rotation [T, 4] of the shin by ``bend`` about the knee's axis: the bent leg's normal, or the joint's if straight."""
    normal = np.cross(thigh, shin)
    size = np.linalg.norm(normal, axis=-1, keepdims=True)
    sine = size / np.maximum(np.linalg.norm(thigh, axis=-1) * np.linalg.norm(shin, axis=-1), 1e-12)[:, None]
    side = np.where(np.sum(normal * hinge, axis=-1, keepdims=True) < 0.0, -1.0, 1.0)
    share = np.clip((sine - 0.02) / 0.08, 0.0, 1.0)
    axis = share * normal / np.maximum(size, 1e-12) + (1.0 - share) * hinge * side
    axis = axis / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-12)
    return quat.from_axis_angle(axis * bend[:, None])


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

"""Where the two stand: the base motions of both roles in one frame, the active one at the origin facing +Z."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.interactions.file import Placement
from digital_life.momat.interactions.shape import BodyShape
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]
_ANKLES = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]


def relative_stance(placement: Placement, a: BodyShape, b: BodyShape) -> tuple[Array, float]:
    """(x, z) of the passive one's stance and its facing (radians) when the bodies meet, seen from the active one's
    stance at the origin facing +Z; metres."""
    arm = (a.arm_length + b.arm_length) / 2.0
    thickness = placement.stand_off * (front(a) + front(b))
    ahead = placement.distance * arm + thickness
    return np.array([placement.side * arm, ahead]), float(np.radians(placement.turn))


def front(shape: BodyShape) -> float:
    """Metres from the ankles forward to the foremost part of a trunk that stands upright, clothes included."""
    rest = shape.skeleton.rest_joints
    reach = [
        rest[capsule.joint, 2] + max(capsule.start[2], capsule.end[2]) + capsule.radius
        for capsule in shape.capsules
        if capsule.name.startswith("torso")
    ]
    return float(max(reach) - rest[_ANKLES, 2].mean())


def stance_centre(motion: Motion, skeleton: Skeleton, frame: int) -> Array:
    """(x, z) between the ankles in a frame."""
    at = slice(frame, frame + 1)
    positions, _ = forward_kinematics(motion.rotations[at], motion.translation[at], skeleton)
    return np.asarray(positions[0, _ANKLES][:, [0, 2]].mean(axis=0))


def moved(motion: Motion, skeleton: Skeleton, anchor: Array, to: Array, turn: float) -> Motion:
    """A motion turned by ``turn`` radians about ``anchor`` (x, z), which comes to ``to``."""
    rotation = quat.yaw(turn)
    pelvis = motion.translation.astype(np.float64) + skeleton.rest_joints[0]
    before, after = (np.array([x, 0.0, z]) for x, z in (anchor, to))
    pelvis = quat.rotate(rotation, pelvis - before) + after
    rotations = motion.rotations.astype(np.float64)
    rotations[:, 0] = quat.normalize(quat.multiply(rotation, rotations[:, 0]))
    translation = (pelvis - skeleton.rest_joints[0]).astype(np.float32)
    return replace(motion, translation=translation, rotations=rotations.astype(np.float32))

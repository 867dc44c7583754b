"""Whether a motion is one that a body could make: feet that slide, joints that tremble, joints beyond their limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.foot_skate import foot_skate
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, canonical_skeleton

BODY = 22
"""Joints without face and fingers."""
USUAL_SKATE, USUAL_JITTER = 6.0, 0.15
"""What real motions hardly exceed: centimetres per second, and thousands of metres per second cubed."""
LIMITS = {
    "pelvis": 180.0, "spine1": 60.0, "spine2": 55.0, "spine3": 55.0, "neck": 70.0, "head": 70.0,
    "hip": 140.0, "knee": 160.0, "ankle": 75.0, "foot": 80.0,
    "collar": 60.0, "shoulder": 160.0, "elbow": 165.0, "wrist": 110.0,
}  # fmt: skip
"""Degrees by which a joint may be turned from the T-pose in any direction: the ranges of motion of the AAOS handbook
(flexion of hip 120, knee 135, elbow 150, wrist 80 degrees ...) with room for the twist that goes with them."""


@dataclass(frozen=True)
class Soundness:
    """``skate`` cm/s of standing feet; ``jitter`` 1000 m/s^3, mean jerk of the body's joints; ``breaks`` share 0..1 of
    frames with a joint beyond its limit."""

    skate: float
    jitter: float
    breaks: float

    @property
    def cost(self) -> float:
        """0 for a motion no worse than real ones; one for each time that skate or jitter is as much again."""
        over = max(0.0, self.skate / USUAL_SKATE - 1.0) + max(0.0, self.jitter / USUAL_JITTER - 1.0)
        return over + self.breaks


def soundness(motion: Motion) -> Soundness:
    """Measure a motion on the canonical skeleton."""
    skeleton = canonical_skeleton()
    positions, _ = forward_kinematics(motion.rotations, motion.translation, skeleton)
    jerk = np.diff(positions[:, :BODY], n=3, axis=0) * motion.fps**3
    jitter = float(np.linalg.norm(jerk, axis=-1).mean()) / 1000.0 if len(jerk) else 0.0
    turned = np.linalg.norm(quat.to_axis_angle(motion.rotations[:, :BODY].astype(np.float64)), axis=-1)
    breaks = float((np.degrees(turned) > _limits()).any(axis=1).mean())
    return Soundness(foot_skate(motion, skeleton), jitter, breaks)


def _limits() -> NDArray[np.float64]:
    """[BODY] degrees."""
    limits = np.full(JOINT_COUNT, 180.0)
    for name, joint in JOINT_INDEX.items():
        limits[joint] = LIMITS.get(name.removeprefix("left_").removeprefix("right_"), 180.0)
    return limits[:BODY]

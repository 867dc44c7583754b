"""Whether generated bodies obey the floor and their own joints, and whether fingers live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from digital_life.mogen.representation import HAND_JOINTS
from digital_life.mogen.soundness import soundness
from digital_life.motion import quaternion as quat
from digital_life.motion.foot_skate import sole_points
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton

TOLERANCE = 0.005
"""Metres over the floor that count as on it (Yuan et al. 2023, PhysDiff)."""


@dataclass(frozen=True)
class Physics:
    """Means over motions, all better the nearer they are to real ones.

    ``skate`` cm/s of standing soles; ``floating`` and ``penetration`` cm of the lowest sole point over and under the
    floor (PhysDiff, with soles in place of the mesh); ``jitter`` 1000 m/s^3, the mean jerk of 22 joints; ``breaks`` %
    of frames with a joint beyond its limit; ``fingers`` rad/s, the mean speed of the finger joints.
    """

    skate: float
    floating: float
    penetration: float
    jitter: float
    breaks: float
    fingers: float


def physics(motion: Motion) -> Physics:
    """Measure one motion on the canonical skeleton."""
    sound = soundness(motion)
    lowest = sole_points(motion, canonical_skeleton())[..., 1].min(axis=(1, 2))
    over, under = np.maximum(lowest - TOLERANCE, 0.0).mean(), np.maximum(-lowest, 0.0).mean()
    return Physics(
        sound.skate, float(100 * over), float(100 * under), sound.jitter, 100 * sound.breaks, finger_speed(motion)
    )


def finger_speed(motion: Motion) -> float:
    """Mean angular speed (rad/s) of the 30 finger joints; 0 for hands that nobody moved."""
    if len(motion) < 2:
        return 0.0
    fingers = motion.rotations[:, list(HAND_JOINTS)].astype(np.float64)
    between = quat.multiply(quat.conjugate(fingers[:-1]), fingers[1:])
    return float(np.linalg.norm(quat.to_axis_angle(between), axis=-1).mean() * motion.fps)


def mean_physics(measured: Iterable[Physics]) -> Physics:
    """The mean of each measure over motions."""
    every = list(measured)
    return Physics(*(float(np.mean([getattr(one, field.name) for one in every])) for field in fields(Physics)))

"""Where a motion is put so that it goes on from a body: its heading, its standing feet, the way its speed carries it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import FootTrack
from digital_life.momat.inertia import MARGIN, blend_seconds
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS
from digital_life.motion.series import wrap

Array = NDArray[np.float64]

FOOT_WEIGHT = 2.0
"""What a foot counts that stands in both motions, where the pelvis counts 1."""
CARRY = 0.5
"""Share of the blending time for which a body that changes its speed goes on with the old one."""
MOST_TWIST = np.radians(35.0)
"""Farthest that standing feet may turn the new motion away from the pelvis' own heading."""
STANDS_BELOW = 0.7
"""Metres per second of change in the pelvis' speed; above, standing feet cannot hold the body back."""
MOST_CARRY = 0.6
MOST_TURN = np.radians(60.0)


@dataclass(frozen=True)
class Placement:
    """A turn (radians about Y) about ``pivot`` (x, z), which comes to ``place``; and a change of height, metres."""

    turn: float
    pivot: Array
    place: Array
    height: float = 0.0

    @staticmethod
    def at(pelvis: Array, rotation: Array, place: Array, heading: float) -> Placement:
        """The pelvis [3] with world ``rotation`` [4] comes to ``place`` (x, z) and faces ``heading``."""
        return Placement(heading - float(twist(rotation)), pelvis[[0, 2]], np.asarray(place, dtype=np.float64))

    def moved(self, points: Array) -> Array:
        """Points [..., 3]."""
        pivot = np.array([self.pivot[0], 0.0, self.pivot[1]])
        place = np.array([self.place[0], 0.0, self.place[1]])
        return np.asarray(quat.rotate(quat.yaw(self.turn), points - pivot) + place)

    def turned(self, rotations: Array) -> Array:
        """World rotations [..., 4]."""
        return quat.normalize(quat.multiply(quat.yaw(self.turn), rotations))


def twist(rotation: Array) -> Array:
    """Rotation about Y of [..., 4], radians: a heading that is defined for bent and lying bodies too (swing-twist)."""
    return np.asarray(2.0 * np.arctan2(rotation[..., 2], rotation[..., 0]))


def place_root(
    old_pelvis: Array,
    old_root: Array,
    old_feet: FootTrack,
    pelvis: Array,
    root: Array,
    feet: FootTrack,
    *,
    limit: float,
    seated: bool,
) -> Placement:
    """Where to put ``pelvis`` [T, 3], ``root`` [T, 4] and ``feet`` after the two frames of ``old_...``.

    Feet that stand in both motions count twice as much as the pelvis. A body that goes faster or slower than the motion
    is carried on while it changes its speed, at ``limit`` m/s^2 or less. ``seated`` bodies keep the height of the pelvis.
    """
    both = (old_feet.contacts[-1, [1, 3]] > 0.5) & (feet.contacts[0, [1, 3]] > 0.5)
    both &= np.linalg.norm(_velocity(old_pelvis, pelvis, 0.0)) < STANDS_BELOW
    turn = float(wrap(float(twist(old_root[1]) - twist(root[0]))))
    if both.all() and not seated:
        between = quat.heading(old_feet.rotation[-1]) - quat.heading(feet.rotation[0])
        by_feet = float(np.arctan2(np.sin(between).sum(), np.cos(between).sum()))
        turn += float(np.clip(wrap(by_feet - turn), -MOST_TWIST, MOST_TWIST))
    spin, velocity = _spin(old_root, root), _velocity(old_pelvis, pelvis, turn)
    if not both.all():
        _, slow = blend_seconds(np.zeros(3), np.array([0.0, spin, 0.0]), 20.0)
        turn += float(np.clip(CARRY * float(slow) * spin, -MOST_TURN, MOST_TURN))
    weights = np.array([4.0 if seated else 1.0, *(FOOT_WEIGHT * both)])
    here = np.concatenate([old_pelvis[-1:, [0, 2]], old_feet.ankle[-1][:, [0, 2]]])
    there = quat.rotate(quat.yaw(turn), np.concatenate([pelvis[:1], feet.ankle[0]]))[:, [0, 2]]
    shift = (weights[:, None] * (here - there)).sum(axis=0) / weights.sum()
    if not both.any():
        _, seconds = blend_seconds(np.zeros(3), velocity, MARGIN * limit * 0.7)
        carried = CARRY * float(seconds) * velocity[[0, 2]]
        shift = shift + carried * min(1.0, MOST_CARRY / max(float(np.linalg.norm(carried)), 1e-9))
    height = float(old_pelvis[-1, 1] - pelvis[0, 1]) if seated else 0.0
    return Placement(turn, np.zeros(2), shift, height)


def _spin(old: Array, new: Array) -> float:
    """Radians per second about Y by which the old body turns faster than the new motion."""
    if len(new) < 2:
        return 0.0
    return float((wrap(float(twist(old[1]) - twist(old[0]))) - wrap(float(twist(new[1]) - twist(new[0])))) * FPS)


def _velocity(old: Array, new: Array, turn: float) -> Array:
    step = quat.rotate(quat.yaw(turn), new[1] - new[0]) if len(new) > 1 else np.zeros(3)
    return np.asarray((old[1] - old[0] - step) * FPS * [1.0, 0.0, 1.0])

"""Where the joints of a motion are, seen from the body itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.clip import Posture
from digital_life.momat.measures import Tracks
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton

Array = NDArray[np.float64]

SMOOTH = 1.5
"""Frames (standard deviation) over which tracks are smoothed before anything is counted."""


@dataclass(frozen=True)
class Body:
    """A motion at 30 fps on the canonical skeleton: world places [T, 55, 3] and rotations [T, 55, 4] of its joints."""

    motion: Motion
    positions: Array
    world: Array
    skeleton: Skeleton

    @staticmethod
    def of(motion: Motion) -> Body:
        """Forward kinematics of ``motion``.

        Raises:
            InputError: the motion has no frames or another frame rate than 30.
        """
        if not len(motion) or motion.fps != FPS:
            raise InputError(
                f"a motion of {len(motion)} frames at {motion.fps} fps", f"give at least one, at {FPS} fps"
            )
        skeleton = canonical_skeleton()
        return Body(motion, *forward_kinematics(motion.rotations, motion.translation, skeleton), skeleton)

    def __len__(self) -> int:
        return len(self.positions)

    def at(self, joint: str) -> Array:
        """[T, 3] world places of a joint."""
        return self.positions[:, JOINT_INDEX[joint]]

    def turned(self, joint: str) -> Array:
        """[T, 4] world rotations of a joint."""
        return self.world[:, JOINT_INDEX[joint]]

    @cached_property
    def measures(self) -> Tracks:
        """What the motion library measures of its clips."""
        return Tracks.of(self.motion, self.skeleton)

    @cached_property
    def kinematics(self) -> dict[str, float]:
        """See :meth:`digital_life.momat.measures.Tracks.kinematics`."""
        return self.measures.kinematics()

    @cached_property
    def postures(self) -> tuple[Posture, Posture]:
        """At the beginning and at the end."""
        return self.measures.postures()

    @cached_property
    def facing(self) -> Array:
        """[T] direction (radians) in which the chest faces, smoothed."""
        return smoothed(np.unwrap(quat.heading(self.turned("spine3"))), 4.0)

    def seen(self, joint: str, origin: str = "pelvis") -> Array:
        """[T, 3] a joint from under another one (x to the body's left, height over the floor, z ahead), smoothed."""
        away = self.at(joint) - self.at(origin) * [1.0, 0.0, 1.0]
        return smoothed(quat.rotate(quat.yaw(-self.facing), away))


def smoothed(values: Array, frames: float = SMOOTH) -> Array:
    """``values`` [T, ...] without what is faster than a body moves on purpose."""
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(np.asarray(values, np.float64), frames, axis=0, mode="nearest"))


def swings(values: Array, least: float) -> list[int]:
    """Frames at which ``values`` [T] is farthest to one side, of an oscillation of at least ``least`` from side to side.

    The side on which more turning points lie is counted.
    """
    from scipy.signal import find_peaks

    sides = [find_peaks(sign * np.pad(values, 1, mode="edge"), prominence=least)[0] - 1 for sign in (1.0, -1.0)]
    return [int(frame) for frame in max(sides, key=len)]

"""How smooth a movement is where one motion passes into another, and how well its feet stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import SIDES, Build
from digital_life.momat.inertia import ALLOWED, Limits, acceleration
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import CONTACT_JOINTS, FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES, Skeleton

Array = NDArray[np.float64]

SHORTEST_WINDOW = 24
"""Frames from a seam on that are measured at least; up to the end of the slowest joint's blend where that is longer."""
FINGERS = [i for i, name in enumerate(JOINT_NAMES) if i >= JOINT_INDEX["left_index1"]]
LEGS = [i for i, name in enumerate(JOINT_NAMES) if any(part in name for part in ("hip", "knee", "ankle", "foot"))]


@dataclass(frozen=True)
class Seam:
    """Frame ``at`` of a movement is frame ``start`` of ``after``; what was before came from ``before``.

    ``window`` frames from there on belong to the blend.
    """

    at: int
    before: Motion
    after: Motion
    start: int
    window: int = SHORTEST_WINDOW


@dataclass(frozen=True)
class Smoothness:
    """Accelerations [55] as shares of what is allowed (1 is the limit), the largest in the window and at the seam itself;
    skating in contact (m/s) and the deepest sole point under the floor (m)."""

    angular: Array
    linear: Array
    angular_at: Array
    linear_at: Array
    skate: float
    depth: float

    @property
    def worst(self) -> float:
        """The largest share of any joint."""
        return float(max(self.angular.max(), self.linear.max()))


def measure_seams(motion: Motion, seams: list[Seam], skeleton: Skeleton) -> Smoothness:
    """Smoothness of ``motion`` around ``seams``.

    A joint's angular (rad/s^2, local rotation) and linear (m/s^2, world) acceleration are second differences at 30 fps.
    It may be :data:`ALLOWED` times the larger 99th percentile of the two clips (at least the floors of
    :mod:`digital_life.momat.inertia`, for clips that hardly move), or what the clip itself does within a frame of there.
    """
    rotations = motion.rotations.astype(np.float64)
    pelvis = motion.translation.astype(np.float64) + skeleton.rest_joints[0]
    now = acceleration(rotations, pelvis, skeleton)
    window, at = [], []
    ends = [seam.at for seam in seams[1:]] + [len(motion)]
    for seam, end in zip(seams, ends, strict=True):
        shares = _shares(now, seam, min(seam.at + seam.window, end - 2), skeleton)
        window.append([share.max(axis=0) for share in shares])
        at.append([share[:3].max(axis=0) for share in shares])
    (angular, linear), (angular_at, linear_at) = np.max(window, axis=0), np.max(at, axis=0)
    build = Build(skeleton)
    positions, world = forward_kinematics(rotations, motion.translation, skeleton)
    return Smoothness(
        angular, linear, angular_at, linear_at, skating(motion, positions), -lowest_sole(positions, world, build)
    )


def _shares(now: tuple[Array, Array], seam: Seam, stop: int, skeleton: Skeleton) -> list[Array]:
    """Angular and linear acceleration, [frames, 55], as shares of the allowed: from the first one that a frame after the
    seam takes part in, to frame ``stop``."""
    limits = limits_of(seam.before, skeleton).either(limits_of(seam.after, skeleton))
    own = acceleration(
        seam.after.rotations.astype(np.float64),
        seam.after.translation.astype(np.float64) + skeleton.rest_joints[0],
        skeleton,
    )
    shares = []
    for measured, limit, alone in zip(now, (limits.angular, limits.linear), own, strict=True):
        first, last = max(seam.at - 2, 0), min(len(measured), max(stop, seam.at + 1))
        allowed = np.repeat(ALLOWED * limit[None], last - first, axis=0)
        for row in range(last - first):
            centre = first + row - seam.at + seam.start
            near = alone[max(centre - 1, 0) : max(centre + 2, 0)] if first + row + 2 > seam.at else alone[:0]
            if len(near):
                allowed[row] = np.maximum(allowed[row], near.max(axis=0))
        shares.append(measured[first:last] / allowed)
    return shares


def limits_of(motion: Motion, skeleton: Skeleton) -> Limits:
    """The 99th percentiles of a clip's own accelerations, at least the floors."""
    return Limits.of(motion.rotations.astype(np.float64), motion.translation.astype(np.float64), skeleton)


def skating(motion: Motion, positions: Array) -> float:
    """Largest speed (m/s) across the floor of a heel or ball joint in two frames in which it is labelled as standing."""
    if motion.contacts is None or len(motion) < 2:
        return 0.0
    feet = positions[:, [JOINT_INDEX[name] for name in CONTACT_JOINTS]]
    stands = motion.contacts > 0.5
    both = stands[1:] & stands[:-1]
    speed = np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * FPS
    return float(speed[both].max()) if both.any() else 0.0


def lowest_sole(positions: Array, world: Array, build: Build) -> float:
    """Height (m) of the lowest of heels, balls and toe tips (undersides) in all frames."""
    lowest = np.inf
    for side, name in enumerate(SIDES):
        ankle, ball = JOINT_INDEX[f"{name}_ankle"], JOINT_INDEX[f"{name}_foot"]
        heel = positions[:, ankle] + quat.rotate(world[:, ankle], build.heels[side])
        yaw = build.rest_headings[side]
        tip = np.array([build.toe_length * np.sin(yaw), -build.ball_height, build.toe_length * np.cos(yaw)])
        toes = positions[:, ball] + quat.rotate(world[:, ball], tip)
        lowest = min(lowest, heel[:, 1].min(), toes[:, 1].min(), positions[:, ball, 1].min() - build.ball_height)
    return float(lowest)

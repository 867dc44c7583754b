"""How long each joint takes to join a new motion: as short as its acceleration allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.blend import rotation_offset
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS, Skeleton

Array = NDArray[np.float64]

ANGULAR_FLOOR = 25.0
"""rad/s^2. Clips in which less happens are joined as if they moved this much: a lower quartile of captured motion."""
LINEAR_FLOOR = 8.0
"""m/s^2, likewise."""
STEP_ANGULAR, STEP_LINEAR = 90.0, 18.0
"""The same for the joints of the legs, which may have to step: half of what they do in an ordinary walk (178 and 35)."""
ALLOWED = 1.5
"""Times as much as its clips do in all but a hundredth of their frames that a joint may accelerate at a seam."""
MARGIN = 1.2
"""The same that joining aims at, so that what pelvis and feet add stays within."""
PLACE_PEAK, SPEED_PEAK = 5.78, 3.96
"""Largest second derivative of the quintics that end an offset of 1 and a speed of 1 in one second."""
QUICKEST, SLOWEST = 0.15, 1.4
"""Seconds of the shortest and the longest blend."""
PELVIS_SHARE = 0.7
"""Part of what its clips accelerate that the pelvis takes for joining, so that the legs keep up."""
HEIGHT_SECONDS = 0.45
"""Shortest time in which the pelvis takes over the new motion's height: knees are nearly straight where people stand."""
PASSES = 9
STRETCHES = (1.0, 1.25, 1.6, 2.0, 2.6, 3.4, 4.5)


def _chains() -> Array:
    """[55, 55] whether a joint (row) is moved by the rotation of another one (column)."""
    moved = np.zeros((JOINT_COUNT, JOINT_COUNT))
    for joint in range(1, JOINT_COUNT):
        moved[joint] = moved[PARENTS[joint]]
        moved[joint, PARENTS[joint]] = 1.0
    return moved


CHAINS = _chains()
LEGS = [JOINT_INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("hip", "knee", "ankle", "foot")]
UPPER = np.setdiff1d(np.arange(JOINT_COUNT), LEGS)
"""Joints that follow rotations; legs follow their feet."""


def angular_acceleration(rotations: Array) -> Array:
    """[T - 2, J] rad/s^2 of local rotations [T, J, 4]: change of the rotation from frame to frame."""
    steps = quat.to_axis_angle(quat.multiply(rotations[1:], quat.conjugate(rotations[:-1]))) * FPS
    return np.asarray(np.linalg.norm(np.diff(steps, axis=0), axis=-1) * FPS)


def linear_acceleration(points: Array) -> Array:
    """[T - 2, ...] m/s^2 of points [T, ..., 3]."""
    return np.asarray(np.linalg.norm(np.diff(points, 2, axis=0), axis=-1) * FPS**2)


def acceleration(rotations: Array, pelvis: Array, skeleton: Skeleton) -> tuple[Array, Array]:
    """Angular and linear acceleration [T - 2, 55] of a body: rotations [T, 55, 4] and its pelvis' path [T, 3]."""
    if len(rotations) < 3:
        return np.zeros((0, JOINT_COUNT)), np.zeros((0, JOINT_COUNT))
    points, _ = forward_kinematics(rotations, pelvis - skeleton.rest_joints[0], skeleton)
    return angular_acceleration(rotations), linear_acceleration(points)


def own_acceleration(rotations: Array) -> Array:
    """[J] rad/s^2: 99th percentile of a clip's own angular acceleration, at least :data:`ANGULAR_FLOOR`."""
    if len(rotations) < 3:
        return _floor(ANGULAR_FLOOR, STEP_ANGULAR)
    own = np.percentile(angular_acceleration(rotations), 99.0, axis=0)
    return np.maximum(own, _floor(ANGULAR_FLOOR, STEP_ANGULAR))


def own_linear_acceleration(rotations: Array, translation: Array, skeleton: Skeleton) -> Array:
    """[J] m/s^2: the same of the joints' places in the world, at least :data:`LINEAR_FLOOR`."""
    points, _ = forward_kinematics(rotations, translation, skeleton)
    if len(points) < 3:
        return _floor(LINEAR_FLOOR, STEP_LINEAR)
    own = np.percentile(linear_acceleration(points), 99.0, axis=0)
    return np.maximum(own, _floor(LINEAR_FLOOR, STEP_LINEAR))


def _floor(everywhere: float, legs: float) -> Array:
    """[55]"""
    floor = np.full(JOINT_COUNT, everywhere)
    floor[LEGS] = legs
    return floor


def decay(offset: Array, velocity: Array, frames: int, place: Array, speed: Array) -> Array:
    """[frames, ..., 3] offsets that start as ``offset`` [..., 3] with ``velocity`` and end in ``place`` [...] seconds.

    The velocity ends in ``speed`` [...] seconds of its own: a fast joint is stopped early, so it overshoots little.
    """
    time = (np.arange(1, frames + 1) / FPS).reshape(-1, *([1] * place.ndim))
    s, u = np.clip(time / place, 0.0, 1.0)[..., None], np.clip(time / speed, 0.0, 1.0)[..., None]
    left = 1.0 - 10.0 * s**3 + 15.0 * s**4 - 6.0 * s**5
    moving = speed[..., None] * (u - 6.0 * u**3 + 8.0 * u**4 - 3.0 * u**5)
    return np.asarray(left * offset + moving * velocity)


def blend_seconds(offset: Array, velocity: Array, limit: Array | float) -> tuple[Array, Array]:
    """Seconds [...] in which offset and velocity [..., 3] can end when each may take half of ``limit`` [...]."""
    half = 0.5 * np.asarray(limit)
    place = np.sqrt(PLACE_PEAK * np.linalg.norm(offset, axis=-1) / half)
    speed = SPEED_PEAK * np.linalg.norm(velocity, axis=-1) / half
    return np.clip(place, QUICKEST, SLOWEST), np.clip(speed, QUICKEST, SLOWEST)


def carried(pelvis: Array, before: Array, limit: float, least: float) -> Array:
    """The ``pelvis`` path [T, 3] continued across the floor from its last two places ``before`` [2, 3].

    It takes no less than ``least`` seconds, and its clips accelerate ``limit`` m/s^2.
    """
    across = np.array([1.0, 0.0, 1.0])
    step = (pelvis[1] - pelvis[0]) * across if len(pelvis) > 1 else np.zeros(3)
    offset = (before[1] - pelvis[0]) * across + step
    velocity = ((before[1] - before[0]) * across - step) * FPS
    place, speed = blend_seconds(offset, velocity, PELVIS_SHARE * MARGIN * limit)
    seconds = np.maximum(np.maximum(place, speed), least).reshape(1)
    return pelvis + decay(offset[None], velocity[None], len(pelvis), seconds, seconds)[:, 0]


def raised(height: Array, before: Array, limit: float) -> Array:
    """The pelvis' ``height`` [T] continued from its last two values ``before`` [2]."""
    step = height[1] - height[0] if len(height) > 1 else 0.0
    offset, velocity = np.zeros((1, 3)), np.zeros((1, 3))
    offset[0, 1] = before[1] - (height[0] - step)
    velocity[0, 1] = (before[1] - before[0] - step) * FPS
    place, speed = blend_seconds(offset, velocity, PELVIS_SHARE * MARGIN * limit)
    return np.asarray(height + decay(offset, velocity, len(height), np.maximum(place, HEIGHT_SECONDS), speed)[:, 0, 1])


@dataclass(frozen=True)
class Limits:
    """What the joints do in their clips, [55] each: ``angular`` rad/s^2 and ``linear`` m/s^2 (99th percentiles)."""

    angular: Array
    linear: Array

    @staticmethod
    def least() -> Limits:
        """The floors alone."""
        return Limits(_floor(ANGULAR_FLOOR, STEP_ANGULAR), _floor(LINEAR_FLOOR, STEP_LINEAR))

    @staticmethod
    def of(rotations: Array, translation: Array, skeleton: Skeleton) -> Limits:
        """Those of one clip, at least the floors."""
        return Limits(own_acceleration(rotations), own_linear_acceleration(rotations, translation, skeleton))

    def either(self, other: Limits) -> Limits:
        """The larger of the two in each joint."""
        return Limits(np.maximum(self.angular, other.angular), np.maximum(self.linear, other.linear))


@dataclass
class _Join:
    """The joining of ``target`` [T, J, 4] to ``before`` [2, J, 4] for given times of each joint."""

    target: Array
    before: Array
    offset: Array
    velocity: Array
    place: Array
    speed: Array
    longest: float

    @staticmethod
    def of(target: Array, before: Array, limit: Array, longest: float) -> _Join:
        offset, velocity = rotation_offset(target, before)
        return _Join(target, before, offset, velocity, *blend_seconds(offset, velocity, limit), longest)

    def seconds(self, stretch: Array | float) -> Array:
        """[2, J] times of place and speed, each ``stretch`` times the shortest."""
        return np.minimum(np.stack([self.place, self.speed]) * stretch, self.longest)

    def frames(self, count: int, stretch: Array | float) -> Array:
        """The first ``count`` joined frames."""
        vectors = decay(self.offset, self.velocity, count, *self.seconds(stretch))
        return quat.normalize(quat.multiply(quat.from_axis_angle(vectors), self.target[:count]))


def join_rotations(
    target: Array,
    pelvis: Array,
    before: Array,
    pelvis_before: Array,
    own: Limits,
    skeleton: Skeleton,
    longest: float = SLOWEST,
) -> tuple[Array, Array]:
    """``target`` [T, 55, 4] continued from ``before`` [2, 55, 4], and the seconds [55] that each joint takes.

    Each joint takes the shortest of several times in which its rotation stays within :data:`MARGIN` of what it does in
    its clips (``own``), or within what the clip does in the same frame; then those of every chain whose joint still
    accelerates too much in the world grow. ``pelvis`` [T, 3] and ``pelvis_before`` [2, 3] are the joined root path.
    """
    join = _Join.of(target, before, MARGIN * own.angular, longest)
    frames = min(len(target), round(SLOWEST * FPS) + 2)
    stretch = _by_angle(join, frames, MARGIN * own.angular)
    path = np.concatenate([pelvis_before, pelvis[:frames]]) - skeleton.rest_joints[0]
    stretch = _by_place(join, frames, MARGIN * own.linear, path, skeleton, stretch)
    return join.frames(len(target), stretch), join.seconds(stretch).max(axis=0)


def _by_angle(join: _Join, frames: int, limit: Array) -> Array:
    """[J] the shortest stretch of the times in which no rotation accelerates too much; else the one that does least."""
    allowed = np.maximum(limit, allowance(angular_acceleration(join.target[:frames])))
    best, excess = np.ones(len(limit)), np.full(len(limit), np.inf)
    for stretch in STRETCHES:
        turned = join.frames(frames, stretch)
        over = (angular_acceleration(np.concatenate([join.before, turned])) / allowed).max(axis=0)
        better = (excess > 1.0) & (over < excess)
        best, excess = np.where(better, stretch, best), np.where(better, over, excess)
        if (excess <= 1.0).all():
            break
    return best


def _by_place(join: _Join, frames: int, limit: Array, path: Array, skeleton: Skeleton, stretch: Array) -> Array:
    """``stretch`` [J], larger in the chains of joints that accelerate too much in the world."""
    own, _ = forward_kinematics(join.target[:frames], path[2:], skeleton)
    allowed = np.maximum(limit, allowance(linear_acceleration(own)))[:, UPPER]
    best, least = stretch, np.inf
    for _ in range(PASSES):
        turned = np.concatenate([join.before, join.frames(frames, stretch)])
        points, _world = forward_kinematics(turned, path, skeleton)
        over = (linear_acceleration(points)[:, UPPER] / allowed).max(axis=0)
        if over.max() < least:
            best, least = stretch, float(over.max())
        if least <= 1.0:
            break
        guilty = (over[:, None] * CHAINS[UPPER]).max(axis=0)
        stretch = stretch * np.clip(np.sqrt(guilty), 1.0, 1.3)
    return best


def allowance(own: Array) -> Array:
    """[n + 2, J] a clip's own acceleration [n, J] taken over a frame to either side, the first one from the seam on."""
    if not len(own):
        return np.zeros((2, own.shape[1]))
    padded = np.concatenate([own[:1], own, own[-1:]])
    widest = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    return np.concatenate([widest[:1], widest[:1], widest])

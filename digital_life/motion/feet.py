"""Where the feet are at every moment: planted, or on a step that rolls from the toes over the swing to the heel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.clip_file import Hop, Root, Step
from digital_life.motion.poses import Foot
from digital_life.motion.series import minimum_jerk
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

HEEL_OFF_SECONDS = 0.2
"""How long before it leaves the floor a fully rolling foot starts to lift its heel."""

FOOT_FLAT_SECONDS = 0.12
"""How long after the heel has landed a fully rolling foot is flat."""

_TOE_OFF = np.radians(48.0)
_HEEL_STRIKE = np.radians(-17.0)


@dataclass(frozen=True)
class Sole:
    """Points of a foot as it rests, relative to its ankle joint, metres."""

    ball: Array
    heel: Array
    ankle_height: float


@dataclass(frozen=True)
class FootPath:
    """One foot over N frames: ankle places [N, 3], its heading and pitch [N] (radians; positive = heel up), planted [N, 2]."""

    ankle: Array
    heading: Array
    pitch: Array
    toe_bend: Array
    planted: Array


@dataclass(frozen=True)
class Print:
    """A footprint: the ankle's place on the floor (x, z) and the heading of the toes."""

    x: float
    z: float
    heading: float


def sole(skeleton: Skeleton, side: str) -> Sole:
    """Ball and heel of a foot: the joint of the ball, about which it rolls; the heel on the floor behind the ankle."""
    ankle = skeleton.rest_joints[JOINT_INDEX[f"{side}_ankle"]]
    ball = skeleton.rest_joints[JOINT_INDEX[f"{side}_foot"]] - ankle
    height = float(ankle[1] - skeleton.floor)
    length = float(np.hypot(ball[0], ball[2]))
    return Sole(np.array([0.0, ball[1], length]), np.array([0.0, -height, -0.4 * length]), height)


def rest_heading(skeleton: Skeleton, side: str) -> float:
    """Heading (radians) in which a foot of the rest pose points."""
    ankle, ball = (skeleton.rest_joints[JOINT_INDEX[f"{side}_{name}"]] for name in ("ankle", "foot"))
    return float(np.arctan2(ball[0] - ankle[0], ball[2] - ankle[2]))


def home(foot: Foot, side: str, stance: Root, skeleton: Skeleton) -> Print:
    """The print of a foot when the body stands at ``stance``."""
    sign = 1.0 if side == "left" else -1.0
    ankle = skeleton.rest_joints[JOINT_INDEX[f"{side}_ankle"]]
    pelvis = skeleton.rest_joints[0]
    turn = np.radians(stance.turn)
    local = np.array([sign * foot.out / 100.0, 0.0, foot.forward / 100.0 + ankle[2] - pelvis[2]])
    x, _, z = quat.rotate(quat.yaw(turn), local) + np.array([stance.left, 0.0, stance.forward]) / 100.0
    return Print(float(x), float(z), float(turn + sign * np.radians(foot.turn)))


def foot_path(
    start: Print, steps: Sequence[tuple[Step, Print]], hops: Sequence[Hop], times: Array, foot: Sole
) -> FootPath:
    """The path of one foot that stands on ``start`` and then makes ``steps`` (in order of time, each with its print)."""
    frames = len(times)
    x, z, heading = np.full(frames, start.x), np.full(frames, start.z), np.full(frames, start.heading)
    height, pitch, toe = np.zeros(frames), np.zeros(frames), np.zeros(frames)
    planted = np.ones((frames, 2))
    ankle = np.zeros((frames, 3))
    here = start
    for step, there in steps:
        u = np.clip((times - step.lift) / (step.land - step.lift), 0.0, 1.0)
        s = minimum_jerk(u)
        after = times >= step.lift
        x = np.where(after, here.x + (there.x - here.x) * s, x)
        z = np.where(after, here.z + (there.z - here.z) * s, z)
        heading = np.where(after, here.heading + (there.heading - here.heading) * s, heading)
        swing = (u > 0.0) & (u < 1.0)
        height = np.where(swing, step.height / 100.0 * _arch(u), height)
        step_pitch, step_toe, on_floor = _roll(step, times, u)
        pitch, toe = pitch + step_pitch, toe + step_toe
        planted = planted * on_floor
        here = there
    for hop in hops:
        u = np.clip((times - hop.lift) / (hop.land - hop.lift), 0.0, 1.0)
        height = height + hop.height / 100.0 * 4.0 * u * (1.0 - u)
        pitch = pitch + np.radians(28.0) * np.sin(np.pi * u) ** 2
        planted = planted * np.where((u > 0.0) & (u < 1.0), 0.0, 1.0)[:, None]
    pivot = np.where(pitch[:, None] > 0.0, foot.ball, foot.heel)
    tipped = quat.multiply(quat.yaw(heading), _pitch(pitch))
    ankle = quat.rotate(quat.yaw(heading), pivot) - quat.rotate(tipped, pivot)
    ankle += np.stack([x, height + foot.ankle_height, z], axis=-1)
    return FootPath(ankle, heading, pitch, toe, planted)


def foot_rotation(path: FootPath, rest: float) -> Array:
    """World rotation [N, 4] of the ankle joint; ``rest`` is the foot's heading in the rest pose."""
    flat = quat.multiply(_pitch(path.pitch), quat.yaw(-rest))
    return quat.multiply(quat.yaw(path.heading), flat)


def _pitch(angle: Array) -> Array:
    zero = np.zeros_like(angle)
    return quat.from_axis_angle(np.stack([angle, zero, zero], axis=-1))


def _arch(u: Array) -> Array:
    """Rises quickly, is highest at two fifths, lands gently; 0..1."""
    return np.asarray(np.sin(np.pi * u**0.8) ** 2)


def _ramp(times: Array, start: float, stop: float) -> Array:
    u = np.clip((times - start) / max(stop - start, 1e-6), 0.0, 1.0)
    return np.asarray(u * u * (3.0 - 2.0 * u))


def _roll(step: Step, times: Array, u: Array) -> tuple[Array, Array, Array]:
    """Pitch [N] and toe bend [N] that a step adds, and which of heel and ball stand [N, 2]."""
    amount = abs(step.roll)
    off, strike = _TOE_OFF * amount, _HEEL_STRIKE * amount
    if step.roll < 0.0:
        off, strike = -strike * 0.5, off * 0.35
    heel_off = step.lift - HEEL_OFF_SECONDS * (0.6 + 0.4 * amount)
    flat = step.land + FOOT_FLAT_SECONDS * (0.6 + 0.4 * amount)
    middle = step.lift + 0.55 * (step.land - step.lift)
    up = _ramp(times, heel_off, step.lift + 0.04) * (1.0 - _ramp(times, step.lift + 0.04, middle))
    down = _ramp(times, middle, step.land) * (1.0 - _ramp(times, step.land, flat))
    pitch = off * up + strike * down
    toe = -np.maximum(pitch, 0.0) * np.where(times < step.lift, 1.0, 1.0 - _ramp(times, step.lift, middle))
    flying = (u > 0.0) & (u < 1.0)
    rolling = amount > 0.02
    flat_again = np.where(times >= step.land, times >= flat, times <= heel_off) if rolling else ~flying
    heel = ~flying & flat_again
    ball = ~flying & ~((strike < 0.0) & (times >= step.land) & (times < flat))
    return pitch, toe, np.stack([heel, ball], axis=-1).astype(np.float64)

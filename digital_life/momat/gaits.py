"""Gaits made by rule: footsteps under a root path, and a pelvis, spine and arms that go with them.

Amplitudes are those of healthy adults (Perry and Burnfield, "Gait analysis", 2010; Murray et al. 1964): the pelvis
turns 4 degrees to each side and lists 4, bobs 4 cm at an ordinary pace, the thorax turns against it, arms swing 20.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from digital_life.momat.feet import Build, FootTrack, Stance
from digital_life.momat.footsteps import Cadence, Step, end_stance, foot_track, gait_phase, plan_steps, sway
from digital_life.momat.walking import RootPath, held
from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

X, Y, Z = np.eye(3)


@dataclass(frozen=True)
class Style:
    """How a gait looks at its full ``speed`` (m/s). Angles in degrees, lengths in metres.

    ``bob`` is half the rise and fall, ``lean`` of the trunk, ``turn`` and ``list`` of the pelvis, ``swing`` of the arms
    to each side, ``elbow`` bend at rest and ``elbow_swing`` on top when an arm is in front.
    """

    speed: float
    cadence: Cadence
    bob: float = 0.018
    sink: float = 0.018
    lean: float = 2.5
    turn: float = 4.5
    list: float = 3.5
    swing: float = 19.0
    elbow: float = 14.0
    elbow_swing: float = 13.0


@dataclass(frozen=True)
class Gait:
    """n frames: ``pelvis`` [n, 3], ``rotations`` [n, 55, 4] (legs not solved), ``feet``, and the ``stance`` at the end."""

    pelvis: Array
    rotations: Array
    feet: FootTrack
    stance: Stance


def compose(root: RootPath, stance: Stance, build: Build, style: Style, rest: Array, after: int = 8) -> Gait:
    """Go along ``root`` from ``stance``; ``rest`` [n, 55, 4] (its last frame is held) is the body that faces +Z and
    does not walk: what its arms, head and fingers do goes on under the gait. It stands for ``after`` frames at the end.
    """
    steps = plan_steps(root, stance, build, style.cadence)
    frames = max(len(root), steps[-1].land if steps else 0) + after
    feet = foot_track(steps, stance, frames, build)
    phase = gait_phase(steps, frames)
    pace = _pace(root, steps, frames, style)
    yaw = held(root.yaw, frames)
    rotations = held(rest, frames)[:frames].copy()
    _trunk(rotations, phase, pace, _ahead_of(yaw), style)
    _arms(rotations, phase, pace, style)
    rotations[:, 0] = quat.normalize(quat.multiply(quat.yaw(yaw), rotations[:, 0]))
    pelvis = _pelvis(root, steps, stance, phase, pace, yaw, style, build)
    return Gait(pelvis, quat.normalize(rotations), feet, end_stance(steps, stance))


def _pace(root: RootPath, steps: list[Step], frames: int, style: Style) -> Array:
    """[frames] 0..1: how much of the full gait the body does."""
    speed = held(root.speed, frames)
    speed[len(root) :] = 0.0
    if steps:
        speed[steps[-1].land :] = 0.0
    return np.asarray(np.clip(gaussian_filter1d(speed, 5.0, mode="nearest") / style.speed, 0.0, 1.1))


def _ahead_of(yaw: Array) -> Array:
    """[n] radians that the body is about to turn: eyes and head go first."""
    later = np.concatenate([yaw[10:], np.repeat(yaw[-1:], min(10, len(yaw)))])[: len(yaw)]
    return np.asarray(gaussian_filter1d(later - yaw, 5.0, mode="nearest"))


def _trunk(rotations: Array, phase: Array, pace: Array, ahead: Array, style: Style) -> None:
    """Pelvis, spine, neck and head, in place. A left footfall is at whole phases: the left hip is then in front."""
    wave, quarter = np.cos(2 * np.pi * phase), np.sin(2 * np.pi * phase + 0.4)
    turn = np.radians(style.turn) * pace * -wave
    listing = np.radians(style.list) * pace * quarter
    lean = np.radians(style.lean) * pace + np.radians(0.8) * pace * np.cos(4 * np.pi * phase)
    pelvis = _about(turn, Y, listing, Z, 0.5 * lean + np.radians(2.0) * pace, X)
    rotations[:, 0] = quat.multiply(pelvis, rotations[:, 0])
    chest = -2.1 * turn + 0.25 * ahead
    for name, share in (("spine1", 0.25), ("spine2", 0.35), ("spine3", 0.4)):
        add = _about(share * chest, Y, -0.95 * share * listing, Z, share * (0.5 * lean - np.radians(1.0) * pace), X)
        joint = JOINT_INDEX[name]
        rotations[:, joint] = quat.multiply(rotations[:, joint], add)
    look = 1.1 * turn + 0.45 * ahead
    for name, share in (("neck", 0.45), ("head", 0.55)):
        add = _about(share * look, Y, np.zeros_like(look), Z, -share * lean, X)
        joint = JOINT_INDEX[name]
        rotations[:, joint] = quat.multiply(rotations[:, joint], add)


def _arms(rotations: Array, phase: Array, pace: Array, style: Style) -> None:
    """Each arm swings with the other leg; the forearm follows a little later."""
    for side, sign, shift in (("left", 1.0, 0.5), ("right", -1.0, 0.0)):
        swing = np.cos(2 * np.pi * (phase - shift - 0.02))
        late = np.cos(2 * np.pi * (phase - shift - 0.07))
        forward = np.radians(style.swing) * pace * swing - np.radians(3.0) * pace
        inward = np.radians(3.0) * pace * np.maximum(swing, 0.0)
        collar, shoulder, elbow = (JOINT_INDEX[f"{side}_{part}"] for part in ("collar", "shoulder", "elbow"))
        girdle = quat.from_axis_angle(np.outer(-sign * np.radians(3.0) * pace * swing, Y))
        rotations[:, collar] = quat.multiply(girdle, rotations[:, collar])
        raise_ = _about(np.zeros_like(forward), Y, -sign * inward, Z, -forward, X)
        rotations[:, shoulder] = quat.multiply(raise_, rotations[:, shoulder])
        more = np.radians(style.elbow_swing) * (0.5 + 0.5 * late) + np.radians(style.elbow - 12.0)
        bend = quat.from_axis_angle(np.outer(-sign * pace * more, Y))
        rotations[:, elbow] = quat.multiply(bend, rotations[:, elbow])


def _pelvis(
    root: RootPath, steps: list[Step], stance: Stance, phase: Array, pace: Array, yaw: Array, style: Style, build: Build
) -> Array:
    """[n, 3] over the feet: towards the carrying one, lowest soon after each footfall, vaulting over it after."""
    frames = len(phase)
    position = held(root.position, frames)
    fade = np.clip(1.0 - np.arange(frames) / (2.0 * style.cadence.period), 0.0, 1.0)[:, None] ** 2
    centre = position + (stance.centre - position[0]) * fade + SWAY * sway(steps, stance, frames)
    vault = np.cos(4 * np.pi * (phase - 0.06))
    height = build.pelvis_height * 0.994 - style.sink * pace - style.bob * pace * vault
    ahead = build.skeleton.rest_joints[0, 2] - build.skeleton.rest_joints[[7, 8], 2].mean()
    return np.stack([centre[:, 0] + ahead * np.sin(yaw), height, centre[:, 1] + ahead * np.cos(yaw)], axis=-1)


SWAY = 0.36
"""Share of the way to the carrying foot that the pelvis goes."""


def _about(a: Array, axis_a: Array, b: Array, axis_b: Array, c: Array, axis_c: Array) -> Array:
    """[n, 4] the turns ``c``, ``b``, ``a`` (radians) about their axes, in this order."""
    first, second, third = (
        quat.from_axis_angle(np.outer(v, axis)) for v, axis in ((a, axis_a), (b, axis_b), (c, axis_c))
    )
    return quat.multiply(first, quat.multiply(second, third))


STYLES: dict[str, Style] = {
    "stroll": Style(0.8, Cadence(17, 13), bob=0.012, sink=0.012, lean=1.5, turn=3.0, list=2.5, swing=12.0, elbow_swing=8.0),
    "walk": Style(1.15, Cadence(16, 13)),
    "brisk": Style(1.5, Cadence(15, 12), bob=0.022, sink=0.024, lean=4.0, turn=6.0, swing=25.0, elbow=18.0),
    "jog": Style(
        2.2, Cadence(11, 14, 0.16, 0.5), bob=0.03, sink=0.05, lean=9.0, turn=7.0, list=3.0, swing=30.0, elbow=78.0,
        elbow_swing=16.0,
    ),
    "sidestep": Style(0.4, Cadence(12, 10), bob=0.006, lean=0.5, turn=0.0, list=1.0, swing=2.0, elbow_swing=3.0),
    "back": Style(0.65, Cadence(17, 13), bob=0.008, lean=4.0, turn=2.0, list=2.0, swing=8.0, elbow_swing=5.0),
    "turn": Style(0.6, Cadence(14, 11), bob=0.006, lean=0.5, turn=1.0, list=1.5, swing=4.0, elbow_swing=3.0),
}  # fmt: skip

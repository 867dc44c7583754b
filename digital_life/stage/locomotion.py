"""Walking and turning as whole-body segments: planned feet below, the walk of the library above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from digital_life.momat.clip import Clip
from digital_life.momat.feet import Build, Stance
from digital_life.momat.footsteps import PERIOD, end_stance, foot_track, gait_phase, plan_steps, sway
from digital_life.momat.walking import RootPath
from digital_life.motion import quaternion as quat
from digital_life.stage.placing import clip_body
from digital_life.stage.timeline import NOT_LEGS, Segment

Array = NDArray[np.float64]

FULL_SWING_SPEED = 0.75
"""Metres per second from which on the upper body walks as the clip does."""
BOB = 0.012
WALKING_SINK = 0.015
SWAY = 0.32


@dataclass(frozen=True)
class Walk:
    """A walk loop of the library by phase: 0 where the left foot is foremost."""

    clip: Clip
    first: int

    @staticmethod
    def of(clip: Clip) -> Walk:
        """Find the phase of a loop from its ankles (first Fourier component of left minus right)."""
        ankles = clip_body(clip).ankles
        lead = ankles[:, 0, 2] - ankles[:, 1, 2]
        wave = np.exp(-2j * np.pi * np.arange(len(lead)) / len(lead))
        phase = np.angle(np.sum((lead - lead.mean()) * wave))
        return Walk(clip, round(-phase / (2 * np.pi) * len(lead)) % len(lead))

    def pose(self, phase: Array) -> Array:
        """[n, 55, 4] rotations at ``phase`` [n]; the root turned to face +Z."""
        rotations = clip_body(self.clip).rotations
        place = (phase * len(rotations) + self.first) % len(rotations)
        low = np.floor(place).astype(int) % len(rotations)
        return quat.slerp(rotations[low], rotations[(low + 1) % len(rotations)], (place - np.floor(place))[:, None])


def move(root: RootPath, stance: Stance, walk: Walk | None, rest: Array, build: Build) -> tuple[Segment, Stance]:
    """Go along ``root`` from ``stance``; the new stance is where the feet end.

    ``rest`` [n, 55, 4] is what the body does when it does not walk (an idle, facing +Z), at least as long as
    :func:`length` of the result needs; its last frame is held beyond.
    """
    steps = plan_steps(root, stance, build)
    frames = max(len(root), (steps[-1].land + 6) if steps else 0)
    feet = foot_track(steps, stance, frames, build)
    position = _held(root.position, frames)
    yaw, speed = _held(root.yaw, frames), _held(root.speed, frames)
    speed[len(root) :] = 0.0
    pace = np.clip(gaussian_filter1d(speed, 4.0, mode="nearest") / FULL_SWING_SPEED, 0.0, 1.0)
    rotations = _held(rest, frames)[:frames].copy()
    if walk is not None:
        walking = walk.pose(gait_phase(steps, frames))
        rotations[:, NOT_LEGS] = quat.slerp(rotations[:, NOT_LEGS], walking[:, NOT_LEGS], pace[:, None])
    rotations[:, 0] = quat.normalize(quat.multiply(quat.yaw(yaw), rotations[:, 0]))
    start = stance.centre - position[0]
    fade = np.clip(1.0 - np.arange(frames) / (2.0 * PERIOD), 0.0, 1.0)[:, None] ** 2
    centre = position + start * fade + SWAY * sway(steps, stance, frames)
    ahead = build.skeleton.rest_joints[0, 2] - build.skeleton.rest_joints[[7, 8], 2].mean()
    height = build.pelvis_height - WALKING_SINK * pace - 0.006
    height = height - BOB * pace * np.cos(4 * np.pi * gait_phase(steps, frames))
    pelvis = np.stack([centre[:, 0] + ahead * np.sin(yaw), height, centre[:, 1] + ahead * np.cos(yaw)], axis=-1)
    return Segment(pelvis, rotations, feet, 0.45), end_stance(steps, stance)


def _held(values: Array, frames: int) -> Array:
    """``values`` continued by their last row to at least ``frames`` rows."""
    missing = frames - len(values)
    return values if missing <= 0 else np.concatenate([values, np.repeat(values[-1:], missing, axis=0)])

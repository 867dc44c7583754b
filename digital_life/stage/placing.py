"""Clips of the library put into the room: on the character's own build, at its feet or on its seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.momat.feet import Build, FootTrack, Stance
from digital_life.momat.inertia import Limits
from digital_life.momat.rooting import Placement
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton
from digital_life.stage.timeline import Segment

Array = NDArray[np.float64]

ANKLES = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
MOVING_FOOT = 0.04
"""Metres an ankle travels in a clip before its feet count as stepping."""


@dataclass(frozen=True)
class ClipBody:
    """A clip in its own frame: pelvis [n, 3], ankles [n, 2, 3], ankle rotations [n, 2, 4] on the canonical skeleton."""

    clip: Clip
    pelvis: Array
    ankles: Array
    soles: Array

    @property
    def anchor(self) -> Array:
        """(x, z) between the feet at the start."""
        return np.asarray(self.ankles[0][:, [0, 2]].mean(axis=0))

    @property
    def steps(self) -> bool:
        """Whether the feet leave their places."""
        travel = np.linalg.norm(self.ankles - self.ankles[:1], axis=-1).max()
        return bool(travel > MOVING_FOOT)

    @property
    def rotations(self) -> Array:
        """[n, 55, 4]."""
        return np.asarray(self.clip.motion.rotations, dtype=np.float64)

    @cached_property
    def limits(self) -> Limits:
        """What its joints do."""
        translation = self.clip.motion.translation.astype(np.float64)
        return Limits.of(self.rotations, translation, canonical_skeleton())


_KEPT = 256
_bodies: dict[int, ClipBody] = {}


def clip_body(clip: Clip) -> ClipBody:
    """The clip's forward kinematics, kept for the next time (mirrored clips are made anew, so not all are kept)."""
    known = _bodies.get(id(clip))
    if known is not None and known.clip is clip:
        return known
    positions, world = forward_kinematics(clip.motion.rotations, clip.motion.translation, canonical_skeleton())
    body = ClipBody(clip, positions[:, 0], positions[:, ANKLES], world[:, ANKLES])
    while len(_bodies) >= _KEPT:
        del _bodies[next(iter(_bodies))]
    _bodies[id(clip)] = body
    return body


def standing_segment(clip: Clip, frames: Sequence[int], stance: Stance, build: Build) -> Segment:
    """``frames`` of a standing clip over feet that stay planted at ``stance``, also where the clip steps."""
    body = clip_body(clip)
    chosen = np.asarray(frames, dtype=np.intp)
    pelvis, rotations = _placed(body, chosen, stance, build)
    if body.steps:
        between = body.ankles[chosen].mean(axis=1) - body.ankles[0].mean(axis=0)
        pelvis = pelvis - quat.rotate(quat.yaw(stance.facing), between * [1.0, 0.0, 1.0])
    return Segment(pelvis, rotations, FootTrack.planted(stance, len(chosen), build), body.limits)


def seated_segment(
    clip: Clip, frames: Sequence[int], seat: Array, facing: float, stance: Stance, build: Build
) -> Segment:
    """``frames`` of a seated clip with the pelvis on ``seat`` [3] (its mean place) and the feet planted."""
    body = clip_body(clip)
    chosen = np.asarray(frames, dtype=np.intp)
    mean = body.pelvis.mean(axis=0)
    turn = quat.yaw(facing)
    pelvis = seat + quat.rotate(turn, body.pelvis[chosen] - mean)
    rotations = body.rotations[chosen].copy()
    rotations[:, 0] = quat.normalize(quat.multiply(turn, rotations[:, 0]))
    return Segment(pelvis, rotations, FootTrack.planted(stance, len(chosen), build), body.limits)


def seat_change(clip: Clip, seat: Array, stance: Stance, facing: float, build: Build, *, down: bool) -> Segment:
    """Sitting ``down`` on ``seat`` [3] from ``stance``, or standing up from it, the pelvis led to the right place."""
    body = clip_body(clip)
    chosen = np.arange(len(clip.motion))
    anchored = _Anchored(body, -1 if not down else 0)
    pelvis, rotations = anchored.placed(chosen, stance, facing, build)
    height = pelvis[:, 1]
    seated = len(chosen) - 1 if down else 0
    standing = 0 if down else len(chosen) - 1
    progress = np.clip((height[standing] - height) / max(height[standing] - height[seated], 1e-3), 0.0, 1.0)
    progress = np.maximum.accumulate(progress) if down else np.maximum.accumulate(progress[::-1])[::-1]
    pelvis = pelvis + progress[:, None] * (seat - pelvis[seated])
    return Segment(pelvis, rotations, FootTrack.planted(stance, len(chosen), build), body.limits)


@dataclass(frozen=True)
class _Anchored:
    """A clip held by its feet at one of its frames."""

    body: ClipBody
    frame: int

    def placed(self, chosen: NDArray[np.intp], stance: Stance, facing: float, build: Build) -> tuple[Array, Array]:
        anchor = self.body.ankles[self.frame][:, [0, 2]].mean(axis=0)
        centre = np.array([anchor[0], 0.0, anchor[1]])
        scale = build.pelvis_height / Build(canonical_skeleton()).pelvis_height
        pelvis = centre + (self.body.pelvis[chosen] - centre) * scale
        rotations = self.body.rotations[chosen].copy()
        placement = Placement(facing, anchor, stance.centre)
        rotations[:, 0] = placement.turned(rotations[:, 0])
        return placement.moved(pelvis), rotations


def _placed(body: ClipBody, chosen: NDArray[np.intp], stance: Stance, build: Build) -> tuple[Array, Array]:
    return _Anchored(body, 0).placed(chosen, stance, stance.facing, build)

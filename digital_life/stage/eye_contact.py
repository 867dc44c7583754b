"""Eyes after the bodies were moved: who looked at the partner's face goes on doing so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.face.gaze import angles_of, lid_weights, limit, rotations_of
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import Skeleton
from digital_life.stage.attention import EYES, HEAD

Array = NDArray[np.float64]
_SEEN, _MISSED = np.radians(14.0), np.radians(28.0)
"""Angles between eyes and face: up to the first it is looked at, beyond the second it is not."""
_FORWARD = np.array([0.0, 0.0, 1.0])


def aim_again(
    before: tuple[Motion, Motion], after: tuple[Motion, Motion], skeletons: tuple[Skeleton, Skeleton]
) -> tuple[Motion, Motion]:
    """``after`` with eyes (and lids) turned by as much as the partner's face has moved in the looker's head.

    Eyes that did not look at the partner keep their place in the head.
    """
    seen = [_faces(motions, skeletons) for motions in (before, after)]
    first, second = (_turned(after[body], before[body], seen[0][body], seen[1][body]) for body in (0, 1))
    return first, second


def _faces(motions: tuple[Motion, Motion], skeletons: tuple[Skeleton, Skeleton]) -> tuple[Array, Array]:
    """For each of the two (yaw, pitch) [T, 2] of the partner's eyes in its own head."""
    eyes, heads = [], []
    for motion, skeleton in zip(motions, skeletons, strict=True):
        rotations, translation = motion.rotations.astype(np.float64), motion.translation.astype(np.float64)
        positions, world = forward_kinematics(rotations, translation, skeleton)
        eyes.append(positions[:, EYES].mean(axis=1))
        heads.append(world[:, HEAD])
    ways = (eyes[1] - eyes[0], eyes[0] - eyes[1])
    first, second = (angles_of(quat.rotate(quat.conjugate(head), way)) for head, way in zip(heads, ways, strict=True))
    return first, second


def _turned(motion: Motion, old: Motion, was: Array, now: Array) -> Motion:
    eyes = old.rotations[:, EYES].astype(np.float64)
    angles = angles_of(quat.rotate(eyes, _FORWARD))
    off = np.abs(angles.mean(axis=1) - was).max(axis=-1)
    looked = np.clip((_MISSED - off) / (_MISSED - _SEEN), 0.0, 1.0)
    aimed = limit(angles + (looked[:, None] * (now - was))[:, None])
    rotations = motion.rotations.copy()
    rotations[:, EYES] = rotations_of(aimed).astype(np.float32)
    if motion.face is None:
        return replace(motion, rotations=rotations)
    lids = lid_weights(aimed) - lid_weights(angles)
    return replace(motion, rotations=rotations, face=np.clip(motion.face + lids, 0.0, 1.0).astype(np.float32))

"""From rows to a motion with clean feet that goes on where the body is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.mogen.representation import decode
from digital_life.motion import quaternion as quat
from digital_life.motion.blend import blend_positions, blend_rotations
from digital_life.motion.foot_skate import label_contacts, plant_feet, sole_points
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import canonical_skeleton

SEAM = 0.4
"""Seconds over which a continuation takes over from what was before."""
_DRIFT_FRAMES = 3.0
"""Standard deviation (frames) with which the drift of the root is smoothed."""
SETTLED = 8
"""Frames of what was before that say where the feet stand."""


def finished(rows: NDArray[np.floating[Any]], before: Motion | None, provenance: Mapping[str, Any]) -> Motion:
    """The motion of ``rows`` [T, 320] with planted feet; after ``before`` it goes on in place, direction and velocity."""
    if before is None:
        motion = _without_drift(decode(rows))
        return replace(plant_feet(motion, contacts=motion.contacts), provenance=provenance)
    tail = before.slice(max(0, len(before) - SETTLED), len(before))
    onwards = _taken_over(_without_drift(_placed(rows, before)), tail)
    standing = tail.contacts if tail.contacts is not None else label_contacts(tail)
    assert onwards.contacts is not None
    contacts = np.concatenate([standing, onwards.contacts])
    whole = Motion(
        np.concatenate([tail.translation, onwards.translation]), np.concatenate([tail.rotations, onwards.rotations])
    )
    planted = plant_feet(whole, contacts=contacts, settled=len(tail))
    return replace(planted.slice(len(tail), len(planted)), provenance=provenance)


def _without_drift(motion: Motion) -> Motion:
    """The motion whose root does not wander off from feet that stand: what they slide on average is taken from its path.

    Else the feet would be held back leg by leg, and the body would lean more and more.
    """
    from scipy.ndimage import gaussian_filter1d

    if motion.contacts is None or len(motion) < 2:
        return motion
    points = sole_points(motion, canonical_skeleton()).reshape(len(motion), 4, 3)
    standing = motion.contacts > 0.5
    both = (standing[1:] & standing[:-1])[..., None]
    slid = (np.diff(points[..., [0, 2]], axis=0) * both).sum(axis=1) / np.maximum(both.sum(axis=1), 1)
    path = np.cumsum(gaussian_filter1d(slid, _DRIFT_FRAMES, axis=0, mode="nearest"), axis=0)
    translation = motion.translation.copy()
    translation[1:, [0, 2]] -= path.astype(np.float32)
    return replace(motion, translation=translation)


def _placed(rows: NDArray[np.floating[Any]], before: Motion) -> Motion:
    """The motion of ``rows`` whose first frame comes one frame after the last of ``before``."""
    last = before.translation[-1] + canonical_skeleton().rest_joints[0]
    facing = float(quat.heading(before.rotations[-1, 0].astype(np.float64)))
    motion = decode(np.concatenate([rows[:1], rows]), start=(float(last[0]), float(last[2]), facing))
    return motion.slice(1, len(motion))


def _taken_over(motion: Motion, tail: Motion) -> Motion:
    """The motion, which begins in the pose and at the velocity in which ``tail`` ends."""
    near = min(len(motion), round(SEAM * FPS) + 1)
    places, rotations = (np.asarray(part[-2:], np.float64) for part in (tail.translation, tail.rotations))
    if len(tail) < 2:
        places, rotations = np.repeat(places, 2, axis=0), np.repeat(rotations, 2, axis=0)
    begun_places = blend_positions(motion.translation[:near].astype(np.float64), places, SEAM)
    begun = blend_rotations(motion.rotations[:near].astype(np.float64), rotations, SEAM)
    return replace(
        motion,
        translation=np.concatenate([begun_places.astype(np.float32), motion.translation[near:]]),
        rotations=np.concatenate([begun.astype(np.float32), motion.rotations[near:]]),
    )

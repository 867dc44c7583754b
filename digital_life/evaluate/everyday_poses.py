"""Fifty poses in which bodies and clothes are tried: walking, sitting, reaching, hugging, bowing, ten of each."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.library import MotionLibrary
from digital_life.motion.quaternion import from_axis_angle
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX

Rotations = NDArray[np.float32]
EACH = 10
SEATED_CLIPS = ("sit_down", "idle_seated_calm")
_HANGING, _STRETCHED = 1.15, 0.15
_REACHES: tuple[tuple[float, float, float], ...] = (
    # forward swing, height (1 hanging .. -1 overhead) and bend of the elbow, of the right arm
    (1.4, 0.0, 0.1), (1.2, -0.5, 0.2), (0.6, -0.9, 0.3), (0.0, -1.0, 0.1), (-0.4, 0.5, 0.4),
    (1.7, 0.2, 0.9), (0.9, 0.6, 1.6), (0.3, 0.9, 2.0), (1.5, -0.2, 1.3), (0.0, 0.0, 0.0),
)  # fmt: skip


@lru_cache(maxsize=1)
def everyday_poses() -> tuple[tuple[str, Rotations], ...]:
    """Name and local rotations [55, 4] of every pose; walks, seats and bows are frames of the motion library."""
    library = MotionLibrary.default()
    clips = {clip.id: clip.motion.rotations for clip in library.clips}
    down, seated = (clips[name] for name in SEATED_CLIPS)
    seats = np.concatenate([_spread(down[len(down) // 3 :], 6), _spread(seated, 4)])
    walks = np.concatenate([_spread(clips["walk_loop"], 7), _spread(clips["walk_start"], 3)])
    poses = {"walk": walks, "sit": seats, "reach": _reaches(), "hug": _hugs(), "bow": _spread(clips["bow"], EACH)}
    return tuple((f"{kind} {k + 1}", pose) for kind, group in poses.items() for k, pose in enumerate(group))


def _spread(rotations: NDArray[np.floating], count: int) -> Rotations:
    frames = np.linspace(0, len(rotations) - 1, count).round().astype(int)
    return np.asarray(rotations[frames], dtype=np.float32)


def _hugs() -> Rotations:
    """From opening the arms to holding tight, one arm over the shoulder and one around the waist."""
    turns = np.zeros((EACH, JOINT_COUNT, 3))
    for turn, tight in zip(turns, np.linspace(0, 1, EACH), strict=True):
        for side, sign, height in (("left", -1, 0.30), ("right", 1, -0.35)):
            turn[JOINT_INDEX[f"{side}_collar"]] = (0, sign * 0.25 * tight, 0)
            turn[JOINT_INDEX[f"{side}_shoulder"]] = (0, sign * (0.5 + 0.9 * tight), sign * height * _HANGING)
            turn[JOINT_INDEX[f"{side}_elbow"]] = (0, sign * 1.5 * tight, 0)
        turn[JOINT_INDEX["spine1"]] = (0.12 * tight, 0, 0)
        turn[JOINT_INDEX["neck"]] = (0.1 * tight, 0.3 * tight, 0.1)
    return from_axis_angle(turns).astype(np.float32)


def _reaches() -> Rotations:
    turns = np.zeros((EACH, JOINT_COUNT, 3))
    for turn, (swing, height, bend) in zip(turns, _REACHES, strict=True):
        lift = _HANGING * height
        turn[JOINT_INDEX["left_shoulder"]] = (0, 0, -_HANGING)
        turn[JOINT_INDEX["right_shoulder"]] = (0, swing * (1 - abs(height)), lift)
        turn[JOINT_INDEX["right_collar"]] = (0, 0.2 * swing, min(lift, 0) * _STRETCHED)
        turn[JOINT_INDEX["right_elbow"]] = (0, bend, 0)
        turn[JOINT_INDEX["spine2"]] = (0.1 * abs(swing), 0.15 * swing, 0)
        if height > 0.4:
            turn[JOINT_INDEX["spine1"]] = (0.5 * height, 0, 0)  # reaching down bends the back
    return from_axis_angle(turns).astype(np.float32)

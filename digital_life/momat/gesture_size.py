"""Larger and smaller gestures: hands go farther from where they rest, or less far, and the arms follow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.motion import quaternion as quat
from digital_life.motion.ik import limb, reach_wrists
from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton

Array = NDArray[np.float64]

REST = np.array([0.18, -0.95, 0.08])
"""Where a hand hangs from its shoulder: outwards, up and forwards, in lengths of the arm."""
_OUT = np.array([1.0, -1.0])
FARTHEST = 0.97
"""Share of the arm's length to which a larger gesture reaches; one that was farther out stays."""


def resized(rotations: NDArray[np.floating[Any]], size: float, skeleton: Skeleton | None = None) -> Array:
    """Local rotations [T, 55, 4] whose wrists are ``size`` times as far from their rest, seen from the chest.

    Inwards nothing changes: hands that meet before the body neither cross nor part.
    """
    turned = np.asarray(rotations, dtype=np.float64)
    if size == 1.0:
        return turned
    skeleton = skeleton or canonical_skeleton()
    chest, shoulders, away = _seen(turned, skeleton)
    rest, length = _rest(skeleton)
    moved = away * size
    inwards = away[..., 0] * _OUT < 0.0
    moved[inwards, 0] = away[inwards, 0]
    there = rest + moved
    farthest = np.maximum(FARTHEST * length, np.linalg.norm(rest + away, axis=-1))
    there *= np.minimum(1.0, farthest / np.maximum(np.linalg.norm(there, axis=-1), 1e-9))[..., None]
    wanted = shoulders + quat.rotate(chest[:, None], there)
    return reach_wrists(turned, np.zeros((len(turned), 3)), wanted, skeleton)


def reach(rotations: NDArray[np.floating[Any]], skeleton: Skeleton | None = None) -> Array:
    """[T, 2] how far the left and the right wrist are from their rest, in lengths of the arm."""
    skeleton = skeleton or canonical_skeleton()
    _, _, away = _seen(np.asarray(rotations, dtype=np.float64), skeleton)
    return np.asarray(np.linalg.norm(away, axis=-1) / _rest(skeleton)[1])


def size_of(clip: Clip) -> float:
    """How far the hands of a clip are from their rest on average, in lengths of the arm."""
    return float(reach(clip.motion.rotations).mean())


def _seen(rotations: Array, skeleton: Skeleton) -> tuple[Array, Array, Array]:
    """World rotations [T, 4] of the chest, shoulders [T, 2, 3] and wrists [T, 2, 3] from their rest, seen from the chest."""
    names = ["spine3", "left_shoulder", "right_shoulder", "left_wrist", "right_wrist"]
    still = np.zeros((len(rotations), 3))
    positions, world = joint_kinematics(rotations, still, skeleton, [JOINT_INDEX[name] for name in names])
    chest, shoulders = world[:, 0], positions[:, 1:3]
    here = quat.rotate(quat.conjugate(chest)[:, None], positions[:, 3:] - shoulders)
    return chest, shoulders, here - _rest(skeleton)[0]


def _rest(skeleton: Skeleton) -> tuple[Array, float]:
    """[2, 3] where the left and the right hand hang, from their shoulders, and the length of an arm, metres."""
    length = limb(skeleton, "left", "arm").length
    rest = np.stack([REST, REST]) * length
    rest[:, 0] *= _OUT
    return rest, length

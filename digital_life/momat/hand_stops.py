"""Where hands stop after they were fast: the beats of a body, as in the beat alignment scores of dance and talk.

AIST++ (Li et al. 2021) and BEAT (Liu et al. 2022) take the local minima of the joints' speed for them; here those of the
wrists that follow a time in which the wrist was fast.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

LEAST_SPEED = 0.3
"""Metres per second that a wrist reaches before it stops, at least."""
_HANDS = [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]


def wrists(rotations: NDArray[np.floating[Any]], translation: NDArray[np.floating[Any]], skeleton: Skeleton) -> Array:
    """[T, 2, 3] metres: where the left and the right wrist of a body are in the world."""
    places, _ = joint_kinematics(rotations, translation, skeleton, _HANDS)
    return places


def speeds(places: Array) -> Array:
    """[T - 1, n] metres per second of points [T, n, 3], from each frame to the next."""
    return np.asarray(np.linalg.norm(np.diff(places, axis=0), axis=-1) * FPS)


def jerks(places: Array) -> Array:
    """[T - 3, n] metres per second cubed: how abruptly points [T, n, 3] move, by third differences."""
    return np.asarray(np.linalg.norm(np.diff(places, 3, axis=0), axis=-1) * FPS**3)


def stops(speed: Array) -> NDArray[np.intp]:
    """Frames in which a wrist with ``speed`` [T] is slowest after each time that it was fast."""
    from scipy.signal import find_peaks

    fast = find_peaks(speed, height=LEAST_SPEED, distance=FPS // 5)[0]
    slow = np.flatnonzero(np.diff(speed, append=np.inf) > 0.0)
    return np.asarray(slow[np.searchsorted(slow, fast)], dtype=np.intp)

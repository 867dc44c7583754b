"""Places on the body that hands touch, estimated from the skeleton alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

_EYE_UNITS: dict[str, tuple[float, float, float]] = {
    "chin": (0.0, -1.25, 0.10),
    "mouth": (0.0, -0.80, 0.16),
    "cheek": (0.42, -0.55, -0.05),
    "eye": (0.34, 0.0, 0.10),
    "forehead": (0.0, 0.55, 0.08),
    "temple": (0.72, 0.30, -0.45),
    "crown": (0.25, 1.20, -0.85),
    "ear": (0.85, -0.25, -0.95),
    "nape": (0.15, -0.9, -1.75),
}
"""Landmarks of the head: (out, up, forward) from the middle between the eyes, in heights of the eyes over the neck's end
scaled to the default head (1 unit = 0.0893 m there)."""

_CHEST: dict[str, tuple[float, float, float]] = {
    "neck": (0.0, 0.30, 0.30),
    "heart": (-0.18, -0.05, 0.62),
    "chest": (0.25, 0.0, 0.62),
    "shoulder": (1.0, 0.28, 0.05),
}
"""On the chest: (out, up, forward) from the middle between the shoulders, in half shoulder widths."""

_PELVIS: dict[str, tuple[float, float, float]] = {
    "belly": (0.1, 0.85, 0.95),
    "waist": (1.15, 0.85, 0.05),
    "hip": (1.35, -0.05, 0.1),
}
"""On the pelvis: (out, up, forward) from the pelvis joint, in half distances of the hip joints."""

_BONES: dict[str, tuple[str, str, float, float]] = {
    "thigh": ("hip", "knee", 0.62, 0.075),
    "knee": ("hip", "knee", 0.96, 0.065),
    "upper_arm": ("shoulder", "elbow", 0.55, 0.05),
    "elbow": ("shoulder", "elbow", 1.0, 0.04),
    "forearm": ("elbow", "wrist", 0.5, 0.035),
}
"""On a limb: from joint, to joint, share of the way, metres of flesh in front (thighs: on top when seated)."""


def landmark(name: str, side: str, positions: Array, world: Array, skeleton: Skeleton) -> Array:
    """World place [3] of a landmark for the hand of ``side``.

    ``positions`` [55, 3] and ``world`` [55, 4] are the posed joints.
    """
    if name.startswith("other_"):
        return landmark(name.removeprefix("other_"), "right" if side == "left" else "left", positions, world, skeleton)
    sign = np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
    rest = skeleton.rest_joints
    if name in _EYE_UNITS:
        eyes = _middle(rest, "eye")
        unit = float(np.linalg.norm(eyes - rest[JOINT_INDEX["head"]]))
        local = eyes - rest[JOINT_INDEX["head"]] + np.array(_EYE_UNITS[name]) * sign * unit
        return _attached("head", local, positions, world)
    if name in _CHEST:
        half = _half_width(rest, "shoulder")
        local = _middle(rest, "shoulder") - rest[JOINT_INDEX["spine3"]] + np.array(_CHEST[name]) * sign * half
        return _attached("spine3", local, positions, world)
    if name in _PELVIS:
        return _attached("pelvis", np.array(_PELVIS[name]) * sign * _half_width(rest, "hip"), positions, world)
    start, stop, share, flesh = _BONES[name]
    first, last = JOINT_INDEX[f"{side}_{start}"], JOINT_INDEX[f"{side}_{stop}"]
    outwards = quat.rotate(world[first], np.array([0.0, 0.0, flesh]))
    return np.asarray(positions[first] * (1.0 - share) + positions[last] * share + outwards)


def _attached(joint: str, local: Array, positions: Array, world: Array) -> Array:
    index = JOINT_INDEX[joint]
    return np.asarray(positions[index] + quat.rotate(world[index], local))


def _middle(rest: Array, name: str) -> Array:
    return np.asarray((rest[JOINT_INDEX[f"left_{name}"]] + rest[JOINT_INDEX[f"right_{name}"]]) / 2.0)


def _half_width(rest: Array, name: str) -> float:
    return float(rest[JOINT_INDEX[f"left_{name}"], 0] - rest[JOINT_INDEX[f"right_{name}"], 0]) / 2.0

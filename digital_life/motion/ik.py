"""Two-bone inverse kinematics for arms and legs, vectorised over frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

LONGEST = 0.999
"""A limb stretches to this share of its length at most, so that knees and elbows never lock or flip."""


def unit(v: Array) -> Array:
    """Vectors [..., 3] scaled to length one; zero stays zero."""
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))


@dataclass(frozen=True)
class Limb:
    """Upper and lower bone of an arm or a leg as they rest, and the axis about which the lower one bends."""

    upper: Array
    lower: Array
    hinge: Array

    @property
    def length(self) -> float:
        """Metres from root to end when stretched."""
        return float(np.linalg.norm(self.upper) + np.linalg.norm(self.lower))


def limb(skeleton: Skeleton, side: str, kind: str) -> Limb:
    """The ``arm`` or ``leg`` of the ``left`` or ``right`` side.

    Bending axes at rest: knees about +X (the shin goes back); the left elbow about -Y and the right about +Y (the
    forearm goes forward in the T-pose).
    """
    if kind == "leg":
        names, hinge = ("hip", "knee", "ankle"), np.array([1.0, 0.0, 0.0])
    else:
        names, hinge = ("shoulder", "elbow", "wrist"), np.array([0.0, -1.0 if side == "left" else 1.0, 0.0])
    root, middle, end = (skeleton.rest_joints[JOINT_INDEX[f"{side}_{name}"]] for name in names)
    return Limb(middle - root, end - middle, hinge)


def _frame(direction: Array, hinge: Array) -> Array:
    """Rotation matrices [..., 3, 3] with columns: bone direction, hinge made perpendicular to it, their cross."""
    direction = unit(direction)
    hinge = unit(hinge - direction * np.sum(hinge * direction, axis=-1, keepdims=True))
    return np.stack([direction, hinge, np.cross(direction, hinge)], axis=-1)


def two_bone(limb: Limb, root: Array, target: Array, pole: Array) -> tuple[Array, Array]:
    """World rotations [..., 4] of the upper and the lower bone that bring the limb's end to ``target``.

    ``root`` and ``target`` [..., 3] are world positions in metres; ``pole`` [..., 3] is the direction in which the
    middle joint (elbow, knee) points. Targets out of reach are approached on a straight line. Law of cosines.
    """
    a, b = float(np.linalg.norm(limb.upper)), float(np.linalg.norm(limb.lower))
    reach = target - root
    distance = np.linalg.norm(reach, axis=-1, keepdims=True)
    along = reach / np.maximum(distance, 1e-9)
    distance = np.clip(distance, abs(a - b) * 1.05 + 1e-4, (a + b) * LONGEST)
    aside = unit(pole - along * np.sum(pole * along, axis=-1, keepdims=True))
    cosine = np.clip((a * a + distance**2 - b * b) / (2.0 * a * distance), -1.0, 1.0)
    upper = along * cosine + aside * np.sqrt(1.0 - cosine**2)
    lower = along * distance - upper * a
    hinge = np.cross(aside, along)
    rotations = [
        quat.from_matrix(_frame(posed, hinge) @ np.swapaxes(_frame(rest, limb.hinge), -1, -2))
        for posed, rest in ((upper, limb.upper), (lower, limb.lower))
    ]
    return rotations[0], rotations[1]

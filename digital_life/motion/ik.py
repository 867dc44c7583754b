"""Two-bone inverse kinematics for arms and legs, vectorised over frames: by a pole, or by the smallest change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, PARENTS, Skeleton

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


def reach_ankles(rotations: Array, translation: Array, ankles: Array, skeleton: Skeleton) -> Array:
    """Local rotations [T, 55, 4] whose ankles are at ``ankles`` [T, 2, 3] (left, right; metres) as nearly as legs reach.

    The smallest change does it: the knee opens or closes in its own plane, then the leg swings as a whole. A leg whose
    ankle is there already stays as it is; the feet keep their world orientation.
    """
    return _reached(rotations, translation, ankles, skeleton, ("hip", "knee", "ankle"), 1.0)


def reach_wrists(rotations: Array, translation: Array, wrists: Array, skeleton: Skeleton) -> Array:
    """As :func:`reach_ankles`, for ``wrists`` [T, 2, 3] and arms; hands keep half of what the forearm takes along."""
    return _reached(rotations, translation, wrists, skeleton, ("shoulder", "elbow", "wrist"), 0.5)


def _reached(
    rotations: Array, translation: Array, ends: Array, skeleton: Skeleton, names: tuple[str, str, str], kept: float
) -> Array:
    """``kept`` is the share of its world orientation that the end of the limb keeps; of the rest it goes along."""
    rotations = quat.normalize(rotations)
    kind = "leg" if names[0] == "hip" else "arm"
    for side, wanted in (("left", ends[:, 0]), ("right", ends[:, 1])):
        joints = [JOINT_INDEX[f"{side}_{name}"] for name in names]
        positions, world = joint_kinematics(rotations, translation, skeleton, [PARENTS[joints[0]], *joints])
        root, middle, end = np.moveaxis(positions[:, 1:], -2, 0)
        carrier, upper, lower, last = np.moveaxis(world, -2, 0)
        bend = _hinge_change(root, middle, end, wanted)
        hinge = quat.rotate(lower, limb(skeleton, side, kind).hinge)
        bent = _hinge_turn(hinge, middle - root, end - middle, bend)
        moved = middle + quat.rotate(bent, end - middle)
        swing = quat.between(moved - root, wanted - root)
        upper_world = quat.multiply(swing, upper)
        lower_world = quat.multiply(swing, quat.multiply(bent, lower))
        own = quat.multiply(quat.conjugate(lower_world), last)
        if kept < 1.0:
            own = quat.slerp(rotations[:, joints[2]], own, kept)
        turned = (
            quat.multiply(quat.conjugate(carrier), upper_world),
            quat.multiply(quat.conjugate(upper_world), lower_world),
            own,
        )
        rotations[:, joints] = quat.normalize(np.stack(turned, axis=1))
    return rotations


def _hinge_change(root: Array, middle: Array, end: Array, wanted: Array) -> Array:
    """Radians [T] by which a knee or an elbow must bend more so that root and end are as far apart as root and ``wanted``."""
    a = np.linalg.norm(middle - root, axis=-1)
    b = np.linalg.norm(end - middle, axis=-1)
    now = np.linalg.norm(end - root, axis=-1)
    longest = np.maximum(now, LONGEST * (a + b))
    then = np.clip(np.linalg.norm(wanted - root, axis=-1), np.abs(a - b) * 1.05 + 1e-4, longest)

    def inner(distance: Array) -> Array:
        cosine = (a * a + b * b - distance * distance) / (2.0 * a * b)
        return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))

    return np.asarray(inner(now) - inner(then))


def _hinge_turn(hinge: Array, upper: Array, lower: Array, bend: Array) -> Array:
    """Rotation [T, 4] of the lower bone by ``bend`` about the normal of the bent limb, or the joint's ``hinge`` if straight."""
    normal = np.cross(upper, lower)
    size = np.linalg.norm(normal, axis=-1, keepdims=True)
    sine = size / np.maximum(np.linalg.norm(upper, axis=-1) * np.linalg.norm(lower, axis=-1), 1e-12)[:, None]
    side = np.where(np.sum(normal * hinge, axis=-1, keepdims=True) < 0.0, -1.0, 1.0)
    share = np.clip((sine - 0.02) / 0.08, 0.0, 1.0)
    axis = share * normal / np.maximum(size, 1e-12) + (1.0 - share) * hinge * side
    axis = axis / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-12)
    return quat.from_axis_angle(axis * bend[:, None])

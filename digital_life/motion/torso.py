"""From part values (weight, pelvis, torso, head ...) to the rotations of the trunk and the path of the pelvis."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton

Array = NDArray[np.float64]
Values = Mapping[str, Array]
"""Per part name an array [N, d] over frames (or keys)."""

SIZES: dict[str, int] = {
    "weight": 1, "height": 1, "pelvis": 6, "torso": 3, "head": 3, "eyes": 2, "left_collar": 2, "right_collar": 2, "root": 3,
}  # fmt: skip
"""Numbers per part. ``height`` is the height of the pelvis joint (m); ``pelvis`` is left, up, forward (m), lean, tilt,
turn; all angles in radians, positive forwards and to the left; ``root`` is left, forward (m) and turn."""

SEAT_TO_PELVIS = 0.105
"""Metres of flesh between a seat and the pelvis joint, for the default body."""

_WEIGHT_SHIFT = 0.055
_WEIGHT_TILT = np.radians(4.5)
_SPINE_SHARES = {"spine1": 0.3, "spine2": 0.35, "spine3": 0.35}
_HEAD_SHARES = {"neck": 0.45, "head": 0.55}


def pelvis_height(skeleton: Skeleton, seat: float | None) -> float:
    """Height (m) of the pelvis joint over the floor when standing, or when sitting on a seat of that height (m)."""
    standing = float(skeleton.rest_joints[0, 1] - skeleton.floor)
    return standing if seat is None else seat + SEAT_TO_PELVIS


def bend(lean: Array, tilt: Array, turn: Array) -> Array:
    """Rotations [..., 4]: lean forward, then tilt to the left, then turn to the left; radians."""
    zero = np.zeros_like(lean)
    return quat.multiply(
        quat.yaw(turn),
        quat.multiply(
            quat.from_axis_angle(np.stack([zero, zero, -tilt], axis=-1)),
            quat.from_axis_angle(np.stack([lean, zero, zero], axis=-1)),
        ),
    )


def pose_trunk(values: Values, skeleton: Skeleton) -> tuple[Array, Array]:
    """Rotations [N, 55, 4] with pelvis, spine, neck, head, eyes and collars set, and the translation [N, 3].

    The weight moves the pelvis sideways over the standing leg, drops the free hip and bends the spine back upright.
    """
    frames = len(values["weight"])
    rotations = np.tile(quat.IDENTITY, (frames, JOINT_COUNT, 1))
    weight = values["weight"][:, 0]
    left, up, forward, lean, tilt, turn = values["pelvis"].T
    root_left, root_forward, root_turn = values["root"].T
    facing = quat.yaw(root_turn)
    rotations[:, 0] = quat.multiply(
        facing, bend(lean, tilt - weight * _WEIGHT_TILT, turn - 0.5 * weight * _WEIGHT_TILT)
    )
    offset = np.stack([left + weight * _WEIGHT_SHIFT, np.zeros(frames), forward], axis=-1)
    place = quat.rotate(facing, offset) + np.stack([root_left, np.zeros(frames), root_forward], axis=-1)
    place[:, 1] = values["height"][:, 0] + up
    _spread(rotations, _SPINE_SHARES, values["torso"] + weight[:, None] * _WEIGHT_TILT * np.array([0.0, 0.85, 0.4]))
    _spread(rotations, _HEAD_SHARES, values["head"])
    eyes = bend(-values["eyes"][:, 0], np.zeros(frames), values["eyes"][:, 1])
    rotations[:, JOINT_INDEX["left_eye"]] = rotations[:, JOINT_INDEX["right_eye"]] = eyes
    for side, sign in (("left", 1.0), ("right", -1.0)):
        raised, protracted = values[f"{side}_collar"].T
        zero = np.zeros(frames)
        lift = quat.from_axis_angle(np.stack([zero, zero, sign * raised], axis=-1))
        rotations[:, JOINT_INDEX[f"{side}_collar"]] = quat.multiply(quat.yaw(-sign * protracted), lift)
    return rotations, place - skeleton.rest_joints[0] * [1.0, 1.0, 1.0]


def _spread(rotations: Array, shares: Mapping[str, float], angles: Array) -> None:
    for name, share in shares.items():
        lean, tilt, turn = (angles * share).T
        rotations[:, JOINT_INDEX[name]] = bend(lean, tilt, turn)

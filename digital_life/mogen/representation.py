"""Motions as rows of numbers for a network, and back.

The root is written as velocities relative to its own heading, so that where a motion happens and which way it faces do
not matter; every rotation is written as the first two columns of its matrix (Zhou et al. 2019, "On the Continuity of
Rotation Representations in Neural Networks"). Jaw and eyes belong to the face and are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.contacts import detect_contacts
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_COUNT, canonical_skeleton

Array = NDArray[np.float64]
AnyFloat = NDArray[np.floating[Any]]

BODY_JOINTS = tuple(range(1, 22))
HAND_JOINTS = tuple(range(25, JOINT_COUNT))

TURN = slice(0, 1)
"""Yaw velocity of the heading, rad/s, from the frame before to this one."""
TRAVEL = slice(1, 3)
"""Velocity of the pelvis to the left and forward as the frame before faced, m/s."""
HEIGHT = slice(3, 4)
"""Height of the pelvis joint over the floor, metres."""
TILT = slice(4, 10)
"""Orientation of the pelvis after its heading is taken off, 6-D."""
BODY = slice(10, 136)
HANDS = slice(136, 316)
CONTACTS = slice(316, 320)
"""Heel and ball of the left and of the right foot, 0 or 1."""
WIDTH = 320


def encode(motion: Motion) -> NDArray[np.float32]:
    """Rows [T, 320] of a motion of at least two frames on the canonical skeleton at 30 frames per second.

    Frame 0 repeats the velocities of frame 1, for nothing is known before it.

    Raises:
        InputError: the motion is shorter than two frames or has another frame rate.
    """
    if motion.fps != FPS or len(motion) < 2:
        raise InputError(
            f"a motion of {len(motion)} frames at {motion.fps} frames per second cannot be encoded",
            f"give at least two frames, resampled to {FPS} frames per second",
        )
    rotations = motion.rotations.astype(np.float64)
    pelvis = motion.translation.astype(np.float64) + canonical_skeleton().rest_joints[0]
    heading = np.unwrap(quat.heading(rotations[:, 0]))
    rows = np.empty((len(motion), WIDTH))
    rows[1:, 0] = np.diff(heading) * FPS
    moved = quat.rotate(quat.yaw(-heading[:-1]), np.diff(pelvis, axis=0)) * FPS
    rows[1:, TRAVEL] = moved[:, [0, 2]]
    rows[0, :3] = rows[1, :3]
    rows[:, 3] = pelvis[:, 1]
    rows[:, TILT] = to_six(quat.multiply(quat.yaw(-heading), rotations[:, 0]))
    rows[:, BODY] = to_six(rotations[:, BODY_JOINTS]).reshape(len(motion), -1)
    rows[:, HANDS] = to_six(rotations[:, HAND_JOINTS]).reshape(len(motion), -1)
    contacts = motion.contacts if motion.contacts is not None else detect_contacts(motion, canonical_skeleton())
    rows[:, CONTACTS] = contacts
    return rows.astype(np.float32)


def decode(rows: AnyFloat, *, start: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Motion:
    """The motion that ``rows`` [T, 320] describe, on the canonical skeleton.

    ``start`` is where its first frame is: x, z of the pelvis in metres and the heading in radians.

    Raises:
        InputError: the rows have another width or hold values that are not finite.
    """
    rows = np.asarray(rows, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != WIDTH:
        raise InputError(f"motion rows have shape {rows.shape}, expected [T, {WIDTH}]")
    if not np.isfinite(rows).all():
        raise InputError("motion rows hold values that are not finite")
    heading = start[2] + np.concatenate([[0.0], np.cumsum(rows[1:, 0]) / FPS])
    step = np.zeros((len(rows), 3))
    step[1:, [0, 2]] = rows[1:, TRAVEL] / FPS
    step[1:] = quat.rotate(quat.yaw(heading[:-1]), step[1:])
    pelvis = np.cumsum(step, axis=0) + np.array([start[0], 0.0, start[1]])
    pelvis[:, 1] = rows[:, 3]
    rotations = np.zeros((len(rows), JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    rotations[:, 0] = quat.multiply(quat.yaw(heading), from_six(rows[:, TILT]))
    rotations[:, BODY_JOINTS] = from_six(rows[:, BODY].reshape(len(rows), -1, 6))
    rotations[:, HAND_JOINTS] = from_six(rows[:, HANDS].reshape(len(rows), -1, 6))
    return Motion(
        (pelvis - canonical_skeleton().rest_joints[0]).astype(np.float32),
        quat.normalize(rotations).astype(np.float32),
        contacts=(rows[:, CONTACTS] > 0.5).astype(np.float32),
    )


def to_six(rotations: Array) -> Array:
    """First two columns of the matrices of quaternions [..., 4], as [..., 6]."""
    matrix = quat.to_matrix(rotations)
    return np.concatenate([matrix[..., 0], matrix[..., 1]], axis=-1)


def from_six(six: AnyFloat) -> Array:
    """Quaternions [..., 4] of two columns [..., 6], made orthonormal by Gram and Schmidt."""
    columns = np.ascontiguousarray(np.moveaxis(six, -1, 0), dtype=np.float64)
    first, second = _unit(columns[:3]), columns[3:]
    second = _unit(second - first * np.sum(first * second, axis=0))
    (a, b, c), (d, e, f) = first, second
    third = np.stack([b * f - c * e, c * d - a * f, a * e - b * d])
    return quat.from_matrix(np.moveaxis(np.stack([first, second, third], axis=1), (0, 1), (-2, -1)))


def _unit(columns: Array) -> Array:
    """Vectors [3, ...] of length one."""
    return np.asarray(columns / np.maximum(np.sqrt(np.sum(columns * columns, axis=0)), 1e-8))

"""Forward kinematics on the SMPL-X skeleton."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import PARENTS, Skeleton

Array = NDArray[np.float64]
AnyFloat = NDArray[np.floating[Any]]


def forward_kinematics(rotations: AnyFloat, translation: AnyFloat, skeleton: Skeleton) -> tuple[Array, Array]:
    """World positions [..., 55, 3] (metres) and world rotations [..., 55, 4] of all joints.

    ``rotations`` [..., 55, 4] local quaternions, ``translation`` [..., 3] SMPL-X transl.
    """
    offsets = skeleton.offsets
    positions = np.empty((*rotations.shape[:-1], 3))
    world = np.empty(rotations.shape)
    positions[..., 0, :] = offsets[0] + translation
    world[..., 0, :] = rotations[..., 0, :]
    for joint, parent in enumerate(PARENTS[1:], start=1):
        positions[..., joint, :] = positions[..., parent, :] + quat.rotate(world[..., parent, :], offsets[joint])
        world[..., joint, :] = quat.multiply(world[..., parent, :], rotations[..., joint, :])
    return positions, world


def joint_kinematics(
    rotations: AnyFloat, translation: AnyFloat, skeleton: Skeleton, joints: Sequence[int]
) -> tuple[Array, Array]:
    """World positions [..., K, 3] and rotations [..., K, 4] of the K ``joints`` alone, as :func:`forward_kinematics`.

    Only they and their ancestors are computed: much faster where a few joints are asked of many frames.
    """
    offsets = skeleton.offsets
    positions = {0: offsets[0] + np.asarray(translation, dtype=np.float64)}
    world = {0: np.asarray(rotations[..., 0, :], dtype=np.float64)}
    for joint in sorted({ancestor for wanted in joints for ancestor in _line_of(wanted)} - {0}):
        parent = PARENTS[joint]
        positions[joint] = positions[parent] + quat.rotate(world[parent], offsets[joint])
        world[joint] = quat.multiply(world[parent], rotations[..., joint, :])
    return np.stack([positions[joint] for joint in joints], -2), np.stack([world[joint] for joint in joints], -2)


def _line_of(joint: int) -> list[int]:
    line = [joint]
    while PARENTS[line[-1]] >= 0:
        line.append(PARENTS[line[-1]])
    return line

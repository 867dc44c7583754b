"""Forward kinematics on the SMPL-X skeleton."""

from __future__ import annotations

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

"""Local rotations to world transforms of the 55 SMPL-X joints, for one pose or many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_COUNT, PARENTS

Doubles = NDArray[np.float64]


def _depth(joint: int) -> int:
    return 0 if joint == 0 else 1 + _depth(PARENTS[joint])


DEPTHS = np.array([_depth(joint) for joint in range(JOINT_COUNT)])
BY_DEPTH = np.argsort(DEPTHS, kind="stable")
_BACK = np.argsort(BY_DEPTH)
_LEVELS = tuple(
    (slice(int(mine[0]), int(mine[-1]) + 1), _BACK[np.array(PARENTS)[BY_DEPTH[mine]]])
    for mine in (np.flatnonzero(DEPTHS[BY_DEPTH] == level) for level in range(1, int(DEPTHS.max()) + 1))
)
"""Places in ``BY_DEPTH`` of the joints of one depth, and of their parents: one level is one step."""
_PARENTS = np.array(PARENTS[1:])
_EYE = np.eye(3)
_CROSS = np.array(
    [[[0, 0, 0], [0, 0, -1], [0, 1, 0]], [[0, 0, 1], [0, 0, 0], [-1, 0, 0]], [[0, -1, 0], [1, 0, 0], [0, 0, 0]]]
)
_CROSS_ROWS = _CROSS.reshape(3, 9).astype(np.float64)
"""The matrices of the cross product with the three axes, a row each."""


def rotation_matrices(rotations: NDArray[np.floating]) -> Doubles:
    """[T, 55, 3, 3] from unit quaternions [T, 55, 4] (wxyz) or axis-angle [T, 55, 3] (radians).

    Raises:
        InputError: another shape, or values that are not finite.
    """
    pose: Doubles = np.asarray(rotations, dtype=np.float64)
    if pose.ndim != 3 or pose.shape[1] != JOINT_COUNT or pose.shape[2] not in (3, 4):
        found = pose.shape[1:] if pose.ndim == 3 else pose.shape
        raise InputError(f"a pose has shape (55, 4) or (55, 3), not {found}")
    if not np.isfinite(pose).all():
        raise InputError("a pose holds rotations that are not finite")
    return quat.to_matrix(pose) if pose.shape[2] == 4 else rodrigues(pose)


def rodrigues(vectors: Doubles) -> Doubles:
    """Rotation matrices [..., 3, 3] of axis-angle [..., 3] radians.

    Rodrigues' formula with half angles, exact near zero: R = (1 - b v.v) I + a [v]x + b v v^T, where
    a = sin(t) / t and b = (1 - cos(t)) / t^2 for the angle t.
    """
    squared = np.einsum("...a,...a->...", vectors, vectors)
    half = np.sqrt(0.25 * squared + 1e-24)
    sinc = np.sin(half) / half
    versed = 0.5 * sinc * sinc
    out = ((sinc * np.cos(half))[..., None] * vectors) @ _CROSS_ROWS
    out = out.reshape(*vectors.shape, 3)
    out += (versed[..., None] * vectors)[..., :, None] * vectors[..., None, :]
    out += (1 - versed * squared)[..., None, None] * _EYE
    return np.asarray(out)


def world_transforms(matrices: Doubles, joints: NDArray[np.floating]) -> Doubles:
    """World rotation and position [T, 55, 3, 4] from local rotations [T, 55, 3, 3] and rest joints [T or 1, 55, 3]."""
    local = np.zeros((JOINT_COUNT, len(matrices), 4, 4))
    bones = np.array(joints, dtype=np.float64)
    bones[:, 1:] -= joints[:, _PARENTS]
    local[:, :, :3, :3] = matrices[:, BY_DEPTH].swapaxes(0, 1)
    local[:, :, :3, 3] = bones[:, BY_DEPTH].swapaxes(0, 1)
    local[:, :, 3, 3] = 1
    for children, parents in _LEVELS:
        local[children] = np.matmul(local[parents], local[children])
    return np.asarray(local[_BACK, :, :3].swapaxes(0, 1))


def relative_transforms(world: Doubles, joints: NDArray[np.floating]) -> NDArray[np.float32]:
    """[T, 55, 12]: the 3x4 matrices that take rest points to world points."""
    relative = world.copy()
    relative[..., 3] -= np.matmul(world[..., :3], joints[..., None])[..., 0]
    return relative.reshape(len(world), JOINT_COUNT, 12).astype(np.float32)

"""Forward kinematics in torch: batched over bodies and frames, differentiable in the rotations and the translation.

Importing this module imports torch; import it inside functions.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

import torch
from torch import Tensor

from digital_life.motion.skeleton import JOINT_COUNT, PARENTS, Skeleton

Level = tuple[Tensor, Tensor]


def exp_map(vectors: Tensor) -> Tensor:
    """Rotation matrices [..., 3, 3] of rotation vectors [..., 3] in radians (Rodrigues); smooth at zero."""
    square = (vectors * vectors).sum(dim=-1, keepdim=True) + 1e-12
    angle = torch.sqrt(square)
    x, y, z = (vectors * (torch.sin(angle) / angle)).unbind(-1)
    cosine = torch.cos(angle)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=-1).reshape(*vectors.shape[:-1], 3, 3)
    scaled = vectors * ((1.0 - cosine) / square)
    eye = torch.eye(3, dtype=vectors.dtype, device=vectors.device)
    result: Tensor = cosine[..., None] * eye + cross + scaled[..., :, None] * vectors[..., None, :]
    return result


def matrices_of_six(six: Tensor) -> Tensor:
    """Rotation matrices [..., 3, 3] of the 6-D representation [..., 6]: two columns, made orthonormal.

    Zhou et al., "On the continuity of rotation representations in neural networks" (CVPR 2019).
    """
    first = torch.nn.functional.normalize(six[..., :3], dim=-1)
    second = six[..., 3:] - (first * six[..., 3:]).sum(dim=-1, keepdim=True) * first
    second = torch.nn.functional.normalize(second, dim=-1)
    return torch.stack([first, second, torch.linalg.cross(first, second)], dim=-1)


def six_of_matrices(matrices: Tensor) -> Tensor:
    """The 6-D representation [..., 6] of rotation matrices [..., 3, 3]."""
    return torch.cat([matrices[..., :, 0], matrices[..., :, 1]], dim=-1)


def bone_offsets(*skeletons: Skeleton) -> Tensor:
    """[B, 55, 3] float64: the vectors from parent to joint of B skeletons; the pelvis keeps its position."""
    return torch.stack([torch.from_numpy(skeleton.offsets.astype("float64")) for skeleton in skeletons])


def forward_kinematics(local: Tensor, translation: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor]:
    """World positions [B, T, 55, 3] (metres) and world rotations [B, T, 55, 3, 3] of all joints of B bodies.

    ``local`` [B, T, 55, 3, 3] rotations, ``translation`` [B, T, 3] SMPL-X transl, ``offsets`` [B, 55, 3] from
    :func:`bone_offsets`. Joints of one depth are one step.
    """
    positions = [(offsets[:, None, :1] + translation[:, :, None])]
    worlds = [local[:, :, :1]]
    for rows, parents in _levels(local.device):
        above = worlds[-1].index_select(2, parents)
        bones = offsets[:, None, rows].expand(*local.shape[:2], -1, -1)
        positions.append(positions[-1].index_select(2, parents) + (above @ bones[..., None])[..., 0])
        worlds.append(above @ local.index_select(2, rows))
    order = _order(local.device)
    return torch.cat(positions, dim=2).index_select(2, order), torch.cat(worlds, dim=2).index_select(2, order)


@lru_cache(maxsize=1)
def _depths() -> tuple[tuple[int, ...], ...]:
    depth = [0] * JOINT_COUNT
    for joint, parent in enumerate(PARENTS[1:], start=1):
        depth[joint] = depth[parent] + 1
    return tuple(tuple(j for j in range(JOINT_COUNT) if depth[j] == d) for d in range(max(depth) + 1))


@lru_cache(maxsize=4)
def _levels(device: torch.device) -> tuple[Level, ...]:
    """Per depth below the pelvis: its joints, and where their parents stand in the depth above."""
    depths = _depths()
    return tuple(
        (
            torch.tensor(joints, device=device),
            torch.tensor([above.index(PARENTS[joint]) for joint in joints], device=device),
        )
        for above, joints in itertools.pairwise(depths)
    )


@lru_cache(maxsize=4)
def _order(device: torch.device) -> Tensor:
    """Where each joint stands when the depths are written one after the other."""
    written = [joint for joints in _depths() for joint in joints]
    return torch.tensor([written.index(joint) for joint in range(JOINT_COUNT)], device=device)

"""How far two motions in rows are apart: in their rows, where their joints are, how these move, and on their feet."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import smooth_l1_loss

from digital_life.mogen.representation import BODY, BODY_JOINTS, CONTACTS, HANDS, HEIGHT, TILT, TRAVEL, TURN
from digital_life.motion.motion import CONTACT_JOINTS, FPS
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, canonical_skeleton
from digital_life.motion.torch_kinematics import bone_offsets, forward_kinematics, matrices_of_six

_FEET = [JOINT_INDEX[name] for name in CONTACT_JOINTS]
_SEEN = [0, *BODY_JOINTS]


def world_joints(rows: Tensor) -> Tensor:
    """[B, T, 22, 3] world positions (metres) of pelvis and body joints of rows [B, T, 320] that start at the origin."""
    batch, frames, _ = rows.shape
    turn = rows[..., TURN][..., 0] / FPS
    heading = torch.cumsum(torch.cat([torch.zeros_like(turn[:, :1]), turn[:, 1:]], dim=1), dim=1)
    sine, cosine = heading.sin(), heading.cos()
    left, forward = (rows[..., TRAVEL] / FPS).unbind(-1)
    x = torch.zeros_like(left)
    z = torch.zeros_like(left)
    x[:, 1:] = left[:, 1:] * cosine[:, :-1] + forward[:, 1:] * sine[:, :-1]
    z[:, 1:] = forward[:, 1:] * cosine[:, :-1] - left[:, 1:] * sine[:, :-1]
    rest = torch.from_numpy(canonical_skeleton().rest_joints[0]).to(rows)
    pelvis = torch.stack([x.cumsum(1), rows[..., HEIGHT][..., 0], z.cumsum(1)], dim=-1)
    zero, one = torch.zeros_like(sine), torch.ones_like(sine)
    yaw = torch.stack([cosine, zero, sine, zero, one, zero, -sine, zero, cosine], dim=-1).reshape(batch, frames, 3, 3)
    local = torch.eye(3, dtype=rows.dtype, device=rows.device).expand(batch, frames, JOINT_COUNT, 3, 3).clone()
    local[:, :, 0] = yaw @ matrices_of_six(rows[..., TILT])
    local[:, :, list(BODY_JOINTS)] = matrices_of_six(rows[..., BODY].reshape(batch, frames, -1, 6))
    offsets = bone_offsets(canonical_skeleton()).to(rows).expand(batch, -1, -1)
    positions, _ = forward_kinematics(local, pelvis - rest, offsets)
    return positions[:, :, _SEEN]


def motion_losses(made: Tensor, real: Tensor, scale: Tensor, fingers: Tensor) -> Mapping[str, Tensor]:
    """Terms of the reconstruction loss of rows [B, T, 320].

    ``scale`` [320] brings rows to unit variance; ``fingers`` [B] is 0 where a clip has none, whose hands do not count.
    """
    difference = smooth_l1_loss(made / scale, real / scale, reduction="none", beta=0.5)
    hands = difference[..., HANDS].mean(dim=(1, 2))
    ours, theirs = world_joints(made), world_joints(real)
    speed = (ours[:, 1:] - ours[:, :-1]) * FPS
    wanted = (theirs[:, 1:] - theirs[:, :-1]) * FPS
    jerk = (speed[:, 1:] - speed[:, :-1]) - (wanted[:, 1:] - wanted[:, :-1])
    planted = real[:, 1:, CONTACTS]
    return {
        "root": difference[..., : TILT.stop].mean(),
        "body": difference[..., BODY].mean(),
        "hands": (hands * fingers).sum() / fingers.sum().clamp(min=1.0),
        "contacts": torch.nn.functional.binary_cross_entropy(
            made[..., CONTACTS].float().clamp(1e-5, 1 - 1e-5), real[..., CONTACTS].float()
        ),
        "joints": (_local(ours) - _local(theirs)).abs().mean(),
        "speed": (speed - wanted).abs().mean(),
        "jerk": jerk.abs().mean(),
        "skate": (speed[:, :, _FEET][..., [0, 2]].norm(dim=-1) * planted).mean(),
    }


def _local(joints: Tensor) -> Tensor:
    """Positions relative to the pelvis' place on the floor."""
    return joints - joints[:, :, :1] * joints.new_tensor([1.0, 0.0, 1.0])

"""How far joints go: ranges of motion of healthy adults, as signed angles of the SMPL-X joints.

Ranges follow the American Academy of Orthopaedic Surgeons (Greene & Heckman, "The Clinical Measurement of Joint Motion",
1994) and Norkin & White, "Measurement of Joint Motion" (2016): elbow 0-150 flexion, forearm 80 pronation and
supination, wrist 80 flexion, 70 extension, 20 radial and 30 ulnar deviation, shoulder 180 elevation, 60 extension,
45 horizontal adduction beyond the sagittal plane, 90 external and 70-90 internal rotation, thoracolumbar spine 80
flexion, 30 extension, 35 lateral bending, 45 rotation, neck 50 flexion, 60 extension, 45 lateral bending, 80 rotation,
knee 0-140. A few degrees are added where the SMPL-X joint and the clinical one differ in their zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from digital_life.motion.ik import unit
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

RANGES: dict[str, tuple[float, float]] = {
    "elbow_flexion": (-8.0, 150.0),
    "elbow_carry": (-20.0, 20.0),
    "forearm_twist": (-90.0, 90.0),
    "wrist_flexion": (-75.0, 80.0),
    "wrist_deviation": (-35.0, 30.0),
    "shoulder_back": (-65.0, 90.0),
    "shoulder_across": (-50.0, 90.0),
    "shoulder_twist": (-110.0, 95.0),
    "collar_up": (-15.0, 40.0),
    "collar_forward": (-30.0, 35.0),
    "spine_flexion": (-35.0, 85.0),
    "spine_bending": (-40.0, 40.0),
    "spine_rotation": (-50.0, 50.0),
    "neck_flexion": (-60.0, 55.0),
    "neck_bending": (-45.0, 45.0),
    "neck_rotation": (-80.0, 80.0),
}
"""Degrees from and to."""


_SIGN = torch.tensor([1.0, -1.0], dtype=torch.float64)
_SIDES = ("left", "right")


@dataclass(frozen=True)
class Bones:
    """Rest directions [B, 1, 2, 3] of upper arm, forearm and hand of B bodies, left and right."""

    upper: Tensor
    fore: Tensor
    hand: Tensor

    @staticmethod
    def of(skeletons: tuple[Skeleton, ...]) -> Bones:
        """Measure skeletons."""

        def way(first: str, last: str) -> Tensor:
            rows = [
                [
                    s.rest_joints[JOINT_INDEX[f"{side}_{last}"]] - s.rest_joints[JOINT_INDEX[f"{side}_{first}"]]
                    for side in _SIDES
                ]
                for s in skeletons
            ]
            return torch.from_numpy(unit(np.array(rows)))[:, None]

        return Bones(way("shoulder", "elbow"), way("elbow", "wrist"), way("wrist", "middle1"))


def joint_angles(local: Tensor, bones: Bones) -> dict[str, Tensor]:
    """Signed angles in radians by name; ``local`` [B, T, 55, 3, 3]. Those of arms are [B, T, 2] (left, right), those of
    spine and neck [B, T, 1]."""
    elbow, wrist, shoulder, collar = (
        local.index_select(2, torch.tensor([JOINT_INDEX[f"{side}_{name}"] for side in _SIDES]))
        for name in ("elbow", "wrist", "shoulder", "collar")
    )
    sign = _SIGN[:, None]
    lower, fore = _turned(elbow, bones.fore).unbind(-1), bones.fore.unbind(-1)
    palm, hand = _turned(wrist, bones.hand).unbind(-1), bones.hand.unbind(-1)
    arm = collar @ shoulder
    direction = _turned(arm, bones.upper).unbind(-1)
    girdle = _vector(collar).unbind(-1)
    angles = {
        "elbow_flexion": torch.atan2(lower[2] - fore[2], _SIGN * lower[0]),
        "elbow_carry": _asin(lower[1] - fore[1]),
        "forearm_twist": _twist(elbow, sign * bones.fore) + _twist(wrist, sign * bones.fore),
        "wrist_flexion": torch.atan2(hand[1] - palm[1], _SIGN * palm[0]),
        "wrist_deviation": _asin(palm[2] - hand[2]),
        "shoulder_back": _asin(direction[2]),
        "shoulder_across": _asin(_SIGN * direction[0]),
        "shoulder_twist": _twist(arm, sign * bones.upper),
        "collar_up": _SIGN * girdle[2],
        "collar_forward": -_SIGN * girdle[1],
    }
    for name, joints in (("spine", ("spine1", "spine2", "spine3")), ("neck", ("neck", "head"))):
        chosen = local.index_select(2, torch.tensor([JOINT_INDEX[joint] for joint in joints]))
        total = _vector(chosen).sum(dim=2).unsqueeze(-2).unbind(-1)
        angles |= {f"{name}_{kind}": total[axis] for axis, kind in enumerate(("flexion", "rotation", "bending"))}
    return angles


def excesses(angles: dict[str, Tensor]) -> dict[str, Tensor]:
    """Radians by which each angle is out of its range; zero inside."""
    out = {}
    for name, angle in angles.items():
        low, high = (math.radians(end) for end in RANGES[name])
        out[name] = torch.relu(low - angle) + torch.relu(angle - high)
    return out


def _turned(matrix: Tensor, vector: Tensor) -> Tensor:
    return (matrix * vector[..., None, :]).sum(dim=-1)


def _asin(value: Tensor) -> Tensor:
    return torch.asin(value.clamp(-0.9999, 0.9999))


def _entries(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Twice the sine of the angle times the axis, and the trace."""
    a, b, c, d, e, f, g, h, i = matrix.flatten(-2).unbind(-1)
    return torch.stack([h - f, c - g, d - b], dim=-1), a + e + i


def _twist(matrix: Tensor, axis: Tensor) -> Tensor:
    """Angle of the part of a rotation about ``axis`` (swing-twist decomposition)."""
    curl, trace = _entries(matrix)
    return 2.0 * torch.atan2((curl * axis).sum(dim=-1), (1.0 + trace).clamp(min=1e-3))


def _vector(matrix: Tensor) -> Tensor:
    """Rotation vector of rotations well below half a turn."""
    curl, trace = _entries(matrix)
    angle = torch.acos(((trace - 1.0) / 2.0).clamp(-0.9999, 1.0 - 1e-9))
    return curl * (angle / (2.0 * torch.sin(angle)))[..., None]

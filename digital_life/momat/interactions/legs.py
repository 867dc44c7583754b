"""Legs of planted feet: where knees are when the pelvis moves, in torch, and the rotations that bring them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.motion import quaternion as quat
from digital_life.motion.ik import limb, two_bone
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

if TYPE_CHECKING:
    from digital_life.momat.interactions.energy import Scene

Array = NDArray[np.float64]
SIDES = ("left", "right")
LONGEST = 0.994
"""Share of a leg's length that may be used."""


def bent_legs(positions: Tensor, scene: Scene) -> Tensor:
    """``positions`` [2, T, 55, 3] with knees and ankles where planted feet have them (law of cosines)."""
    joints, places = [], []
    for number, side in enumerate(SIDES):
        hip, knee, ankle = (JOINT_INDEX[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
        upper, lower = _lengths(scene, side)
        root, target = positions[:, :, hip], scene.ankles[:, :, number]
        reach = target - root
        distance = torch.sqrt(reach.square().sum(-1, keepdim=True) + 1e-12)
        along = reach / distance
        held = torch.minimum(distance, (upper + lower) * LONGEST)
        cosine = ((upper**2 + held**2 - lower**2) / (2.0 * upper * held)).clamp(-0.9999, 0.9999)
        pole = scene.poles[:, :, number]
        aside = torch.nn.functional.normalize(pole - along * (pole * along).sum(-1, keepdim=True), dim=-1)
        joints += [knee, ankle]
        places += [root + upper * (along * cosine + aside * torch.sqrt(1.0 - cosine**2)), target]
    return positions.index_copy(2, torch.tensor(joints), torch.stack(places, dim=2))


def leg_excess(positions: Tensor, scene: Scene) -> Tensor:
    """By how much legs would have to be longer to reach the floor: a sum of squares in units of a centimetre."""
    total = torch.zeros((), dtype=torch.float64)
    for number, side in enumerate(SIDES):
        upper, lower = _lengths(scene, side)
        distance = (scene.ankles[:, :, number] - positions[:, :, JOINT_INDEX[f"{side}_hip"]]).norm(dim=-1)
        total = total + (torch.relu(distance - LONGEST * (upper + lower)[..., 0]) / 0.01).square().sum()
    return total


def _lengths(scene: Scene, side: str) -> tuple[Tensor, Tensor]:
    """Lengths [2, 1, 1] of thigh and shin."""
    rows = []
    for first, last in (("hip", "knee"), ("knee", "ankle")):
        lengths = [
            np.linalg.norm(
                shape.skeleton.rest_joints[JOINT_INDEX[f"{side}_{last}"]]
                - shape.skeleton.rest_joints[JOINT_INDEX[f"{side}_{first}"]]
            )
            for shape in scene.shapes
        ]
        rows.append(torch.tensor(lengths, dtype=torch.float64)[:, None, None])
    return rows[0], rows[1]


def plant(rotations: Array, translation: Array, base: tuple[Array, Array], skeleton: Skeleton) -> Array:
    """``rotations`` [T, 55, 4] with legs that bring the feet where the ``base`` (rotations, translation) has them."""
    before, before_world = forward_kinematics(*base, skeleton)
    now, now_world = forward_kinematics(rotations, translation, skeleton)
    result = rotations.copy()
    for side in SIDES:
        hip, knee, ankle = (JOINT_INDEX[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
        pole = knee_direction(before[:, hip], before[:, knee], before[:, ankle], before_world[:, hip])
        upper, lower = two_bone(limb(skeleton, side, "leg"), now[:, hip], before[:, ankle], pole)
        result[:, hip] = quat.multiply(quat.conjugate(now_world[:, 0]), upper)
        result[:, knee] = quat.multiply(quat.conjugate(upper), lower)
        result[:, ankle] = quat.multiply(quat.conjugate(lower), before_world[:, ankle])
    return quat.normalize(result)


def knee_direction(hip: Array, knee: Array, ankle: Array, world: Array) -> Array:
    """[..., 3] where a knee points: away from the line of its leg, forwards where the leg is straight."""
    along = ankle - hip
    along = along / np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-9)
    out = knee - hip
    out = out - along * np.sum(out * along, axis=-1, keepdims=True)
    return np.asarray(out + 0.02 * quat.rotate(world, np.array([0.0, 0.0, 1.0])))

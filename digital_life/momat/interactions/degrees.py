"""The degrees of freedom of the solver: few smooth curves per body, added to the rotations of the base motion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.momat.interactions.sites import SIDES
from digital_life.motion.ik import unit
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton
from digital_life.motion.torch_kinematics import exp_map

Array = NDArray[np.float64]

TWIST_IN_FOREARM = 0.6
"""Share of a turned hand that the forearm takes."""
_THUMB_FLEXION = np.array([0.43, 0.79, -0.43])


@dataclass(frozen=True)
class Degree:
    """One curve: ``cost`` of a radian (or of ``1 / unit`` metres) away from the base, and how it turns joints.

    ``left`` vectors turn in the parent's frame, before the base rotation; ``right`` ones in the joint's own frame.
    """

    name: str
    cost: float
    left: tuple[tuple[str, Array], ...] = ()
    right: tuple[tuple[str, Array], ...] = ()
    moves: Array | None = None


def degrees_of(skeleton: Skeleton) -> list[Degree]:
    """All curves of one body, the same number in the same order for every skeleton."""
    return [*_trunk(), *(degree for side in SIDES for degree in (*_arm(skeleton, side), *_hand(side)))]


def _trunk() -> Iterator[Degree]:
    axes = np.eye(3)
    for axis, name in enumerate("xyz"):
        yield Degree(f"pelvis_{name}", 4.0 if name != "y" else 8.0, moves=axes[axis] * 0.25)
    for axis, name in enumerate("xyz"):
        yield Degree(f"pelvis_turn_{name}", 3.0, right=(("pelvis", axes[axis]),))
    for axis, name in enumerate("xyz"):
        yield Degree(f"spine_{name}", 1.0, left=tuple((f"spine{k}", axes[axis] / 3.0) for k in (1, 2, 3)))
    for axis, name in enumerate("xyz"):
        yield Degree(f"head_{name}", 0.7, left=(("neck", axes[axis] / 2.0), ("head", axes[axis] / 2.0)))


def _arm(skeleton: Skeleton, side: str) -> Iterator[Degree]:
    rest = skeleton.rest_joints
    sign = 1.0 if side == "left" else -1.0
    x, y, z = np.eye(3)
    bone = unit(rest[JOINT_INDEX[f"{side}_wrist"]] - rest[JOINT_INDEX[f"{side}_elbow"]])
    collar, shoulder, elbow, wrist = (f"{side}_{name}" for name in ("collar", "shoulder", "elbow", "wrist"))
    yield Degree(f"{collar}_up", 3.0, left=((collar, sign * z),))
    yield Degree(f"{collar}_forward", 3.0, left=((collar, -sign * y),))
    for axis, name in ((x, "x"), (y, "y"), (z, "z")):
        yield Degree(f"{shoulder}_{name}", 0.5, left=((shoulder, axis),))
    yield Degree(f"{elbow}_flex", 0.3, left=((elbow, -sign * y),))
    yield Degree(
        f"{wrist}_twist",
        0.3,
        left=((wrist, sign * bone * (1.0 - TWIST_IN_FOREARM)),),
        right=((elbow, sign * bone * TWIST_IN_FOREARM),),
    )
    yield Degree(f"{wrist}_flex", 0.7, left=((wrist, -sign * z),))
    yield Degree(f"{wrist}_side", 0.9, left=((wrist, -y * sign),))


def _hand(side: str) -> Iterator[Degree]:
    sign = 1.0 if side == "left" else -1.0
    bend = np.array([0.0, 0.0, -sign])
    for finger in ("index", "middle", "ring", "pinky"):
        yield Degree(f"{side}_{finger}_knuckle", 0.25, right=((f"{side}_{finger}1", bend),))
        joints = tuple((f"{side}_{finger}{k}", bend * share) for k, share in ((2, 1.0), (3, 0.6)))
        yield Degree(f"{side}_{finger}_curl", 0.25, right=joints)
    flexion = _THUMB_FLEXION * np.array([1.0, sign, sign])
    yield Degree(
        f"{side}_thumb_curl",
        0.25,
        right=tuple((f"{side}_thumb{k}", flexion * s) for k, s in ((1, 0.5), (2, 1.0), (3, 1.0))),
    )
    outwards = np.array([1.0, 0.0, 0.0])
    yield Degree(f"{side}_thumb_oppose", 0.3, left=((f"{side}_thumb1", outwards),))


class Degrees:
    """Applies curves to the base motions of B bodies over T frames."""

    def __init__(self, skeletons: tuple[Skeleton, ...], rotations: Tensor, translation: Tensor) -> None:
        """``rotations`` [B, T, 55, 3, 3] local, ``translation`` [B, T, 3]."""
        self.rotations = rotations
        self.translation = translation
        tables = [degrees_of(skeleton) for skeleton in skeletons]
        self.names = [degree.name for degree in tables[0]]
        self.cost = torch.tensor([degree.cost for degree in tables[0]], dtype=torch.float64)
        left, right, moves = zip(*(_matrices(table) for table in tables), strict=True)
        turned = np.flatnonzero(
            np.abs(np.stack(left)).sum(axis=(0, 1, 3)) + np.abs(np.stack(right)).sum(axis=(0, 1, 3))
        )
        self._joints = torch.from_numpy(turned)
        self._left = torch.from_numpy(np.stack(left)[:, :, turned])
        self._right = torch.from_numpy(np.stack(right)[:, :, turned])
        self._moves = torch.from_numpy(np.stack(moves))
        self._base = rotations[:, :, self._joints]

    def apply(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Local rotations [B, T, 55, 3, 3] and translation [B, T, 3] for curve values [B, T, D]."""
        left = torch.einsum("btd,bdjc->btjc", values, self._left)
        right = torch.einsum("btd,bdjc->btjc", values, self._right)
        turned = exp_map(left) @ self._base @ exp_map(right)
        rotations = self.rotations.index_copy(2, self._joints, turned)
        return rotations, self.translation + torch.einsum("btd,bdc->btc", values, self._moves)


def _matrices(table: list[Degree]) -> tuple[Array, Array, Array]:
    left, right = np.zeros((len(table), JOINT_COUNT, 3)), np.zeros((len(table), JOINT_COUNT, 3))
    moves = np.zeros((len(table), 3))
    for row, degree in enumerate(table):
        for joint, vector in degree.left:
            left[row, JOINT_INDEX[joint]] = vector
        for joint, vector in degree.right:
            right[row, JOINT_INDEX[joint]] = vector
        if degree.moves is not None:
            moves[row] = degree.moves
    return left, right, moves


def spline_basis(frames: int, spacing: float) -> tuple[Array, Array]:
    """[frames, K] uniform cubic B-splines, ``spacing`` frames apart, that all vanish smoothly at both ends, and their
    second derivatives per frame squared."""
    pieces = max(5, round((frames - 1) / spacing))
    width = (frames - 1) / pieces
    position = np.arange(frames)[:, None] / width - np.arange(pieces - 3)[None, :] - 2.0
    distance = np.abs(position)
    near = 2.0 / 3.0 - distance**2 * (1.0 - distance / 2.0)
    far = np.clip(2.0 - distance, 0.0, None)
    value = np.where(distance < 1.0, near, far**3 / 6.0)
    bend = np.where(distance < 1.0, 3.0 * distance - 2.0, far)
    return value, bend / width**2

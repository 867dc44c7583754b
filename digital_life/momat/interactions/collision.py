"""How deep two bodies, or a body's own hands and trunk, are in each other: distances between capsules, in torch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from digital_life.momat.interactions.shape import BodyShape, Capsule
from digital_life.motion.skeleton import JOINT_INDEX

NEAR = 0.06
"""Metres of air between two capsules from which on a pair is watched."""
_HANDS = ("index", "middle", "ring", "pinky", "thumb")


@dataclass(frozen=True)
class Encounters:
    """Moments [E] at which two capsules are near: indices into capsules of all frames, written frame by frame."""

    first: Tensor
    second: Tensor
    reach: Tensor
    """[E] sum of both radii, metres."""
    allowed: Tensor
    """[E] depth in metres that is not counted: what a body's own base pose already has."""

    def depth(self, placed: tuple[Tensor, Tensor]) -> Tensor:
        """Metres [E] by which the capsules are in each other, less what is allowed; negative: air between them."""
        start, end = (points.reshape(-1, 3) for points in placed)
        ends = [points.index_select(0, at) for at in (self.first, self.second) for points in (start, end)]
        return self.reach - segment_distance(*ends) - self.allowed


class Capsules:
    """The capsules of two bodies in the world."""

    def __init__(self, shapes: tuple[BodyShape, BodyShape]) -> None:
        every: list[Capsule] = [capsule for shape in shapes for capsule in shape.capsules]
        self.names = [capsule.name for capsule in every]
        self.body = np.repeat([0, 1], [len(shape.capsules) for shape in shapes])
        self.radius = torch.tensor([capsule.radius for capsule in every], dtype=torch.float64)
        self._joints = [torch.tensor([capsule.joint for capsule in shape.capsules]) for shape in shapes]
        self._ends = [
            [torch.tensor(np.stack([getattr(capsule, end) for capsule in shape.capsules])) for end in ("start", "end")]
            for shape in shapes
        ]
        self._legs = [_legs(shape) for shape in shapes]

    def place(self, positions: Tensor, worlds: Tensor) -> tuple[Tensor, Tensor]:
        """Both ends [T, C, 3] of all capsules; ``positions`` [2, T, 55, 3], ``worlds`` [2, T, 55, 3, 3].

        Legs go from joint to joint, whatever the rotations of their joints are: knees are solved for planted feet.
        """
        starts: list[Tensor] = []
        ends: list[Tensor] = []
        for body, joints in enumerate(self._joints):
            turn, origin = worlds[body].index_select(1, joints), positions[body].index_select(1, joints)
            for rows, local in ((starts, self._ends[body][0]), (ends, self._ends[body][1])):
                rows.append(origin + (turn @ local[..., None])[..., 0])
            for capsule, joint, child, begin in self._legs[body]:
                bone = positions[body][:, child] - positions[body][:, joint]
                starts[-1][:, capsule] = positions[body][:, joint] + begin * bone
                ends[-1][:, capsule] = positions[body][:, child]
        return torch.cat(starts, dim=1), torch.cat(ends, dim=1)

    def watched(self) -> tuple[Tensor, Tensor]:
        """All pairs that can be in each other's way: of two bodies, and hands with their own trunk."""
        first, second = [], []
        for i, one in enumerate(self.names):
            for j in range(i + 1, len(self.names)):
                if self.body[i] != self.body[j] or _own(one, self.names[j]):
                    first.append(i)
                    second.append(j)
        return torch.tensor(first), torch.tensor(second)

    def depth(self, placed: tuple[Tensor, Tensor], first: Tensor, second: Tensor) -> Tensor:
        """Metres [T, P] by which the capsules of each pair are in each other; negative: air between them."""
        start, end = placed
        apart = segment_distance(start[:, first], end[:, first], start[:, second], end[:, second])
        return self.radius[first] + self.radius[second] - apart

    def encounters(self, placed: tuple[Tensor, Tensor], base: tuple[Tensor, Tensor]) -> Encounters:
        """What is near each other now; a body's own capsules may be as deep in each other as they are in ``base``."""
        first, second = self.watched()
        with torch.no_grad():
            depth = self.depth(placed, first, second)
            frame, pair = torch.nonzero(depth > -NEAR, as_tuple=True)
            one, other = first[pair], second[pair]
            count = len(self.names)
            own = torch.from_numpy(self.body)[one] == torch.from_numpy(self.body)[other]
            found = Encounters(
                frame * count + one,
                frame * count + other,
                self.radius[one] + self.radius[other],
                torch.zeros(len(one), dtype=torch.float64),
            )
            return replace(found, allowed=torch.where(own, torch.relu(found.depth(base)), found.allowed))

    def between_bodies(self) -> tuple[Tensor, Tensor]:
        """All pairs of one capsule of each body."""
        rows = [
            (i, j)
            for i in range(len(self.names))
            for j in range(i + 1, len(self.names))
            if self.body[i] != self.body[j]
        ]
        return torch.tensor([i for i, _ in rows]), torch.tensor([j for _, j in rows])


def _legs(shape: BodyShape) -> list[tuple[int, int, int, float]]:
    """Capsules of the legs: index, joint, next joint, share of the bone at which it begins."""
    rows = []
    for index, capsule in enumerate(shape.capsules):
        side, _, bone = capsule.name.partition("_")
        if bone in ("thigh", "shin"):
            child = JOINT_INDEX[f"{side}_{'knee' if bone == 'thigh' else 'ankle'}"]
            rows.append((index, capsule.joint, child, 0.15 if bone == "thigh" else 0.0))
    return rows


def _is_hand(name: str) -> bool:
    return name.rsplit("_", 1)[-1].rstrip("0123") in _HANDS


def _own(one: str, other: str) -> bool:
    """Whether two capsules of one body can meet: a hand or forearm with trunk, head or thigh."""
    for a, b in ((one, other), (other, one)):
        moving = a.endswith("forearm") or (_is_hand(a) and a.endswith(("1", "0")))
        if moving and b.startswith(("torso", "head", "neck")):
            return True
    return False


def segment_distance(a0: Tensor, a1: Tensor, b0: Tensor, b1: Tensor) -> Tensor:
    """Distance [...] between segments [..., 3] (Ericson, "Real-Time Collision Detection", 5.1.9).

    Where on the segments the nearest points lie needs no gradient: it does not change the distance to first order.
    """
    with torch.no_grad():
        s, t = _nearest(a1 - a0, b1 - b0, a0 - b0)
    gap = a0 + s[..., None] * (a1 - a0) - b0 - t[..., None] * (b1 - b0)
    return torch.sqrt((gap * gap).sum(dim=-1) + 1e-12)


def _nearest(u: Tensor, v: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    a, b, c = (u * u).sum(-1), (u * v).sum(-1), (v * v).sum(-1)
    d, e = (u * w).sum(-1), (v * w).sum(-1)
    tiny = 1e-12
    determinant = a * c - b * b
    s = torch.where(determinant > tiny, (b * e - c * d) / determinant.clamp(min=tiny), torch.zeros_like(a))
    s = s.clamp(0.0, 1.0)
    t = ((b * s + e) / c.clamp(min=tiny)).clamp(0.0, 1.0)
    s = ((b * t - d) / a.clamp(min=tiny)).clamp(0.0, 1.0)
    return s, t

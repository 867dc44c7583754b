"""How deep two bodies, or a body's own hands and trunk, are in each other: distances between capsules, in torch.

A ball under the skin is a capsule without length."""

from __future__ import annotations

import itertools
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from digital_life.momat.interactions.shape import BodyShape
from digital_life.momat.interactions.surface import BALL, Surface, is_of_hand
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

NEAR = 0.06
"""Metres of air between two capsules from which on a pair is watched."""
NEAR_SKIN = 0.02
"""The same for balls, of which there are many."""
_BLOCK = 8
"""Frames that are looked at together: pairs that are far from each other in all of them are left out at once."""
_ROUNDING = 1e-9
_HANDS = ("index", "middle", "ring", "pinky", "thumb")


@dataclass(frozen=True)
class Encounters:
    """Moments at which two capsules are near: indices into capsules of all frames, written frame by frame."""

    capsules: Capsules
    first: Tensor
    second: Tensor
    reach: Tensor
    """[E] sum of both radii, metres."""
    allowed: Tensor
    """[E] depth in metres that is not counted: what a body's own base pose already has."""

    def where(self, kept: Tensor) -> Encounters:
        """Those of a mask [E]."""
        return Encounters(self.capsules, self.first[kept], self.second[kept], self.reach[kept], self.allowed[kept])

    def depth(self, placed: tuple[Tensor, Tensor]) -> Tensor:
        """Metres [E] by which the capsules are in each other, less what is allowed; negative: air between them."""
        start, end = (points.reshape(-1, 3) for points in placed)
        ends = [points.index_select(0, at) for at in (self.first, self.second) for points in (start, end)]
        return self.reach - segment_distance(*ends) - self.allowed

    def reduced(self) -> Encounters:
        """The same among only those capsules that meet any other: fewer have to be placed."""
        count = len(self.capsules.names)
        frames = torch.stack([self.first // count, self.second // count])
        used, index = torch.unique(torch.stack([self.first % count, self.second % count]), return_inverse=True)
        first, second = frames * len(used) + index
        return replace(self, capsules=self.capsules.only(used), first=first, second=second)


class Capsules:
    """The capsules and balls of two bodies in the world: C in all, first those of the active one."""

    def __init__(self, shapes: tuple[BodyShape, BodyShape]) -> None:
        self._limbs = [_Limbs.of(shape) for shape in shapes]
        self._skins = [_Skin.of(shape.surface, shape.skeleton) for shape in shapes]
        rows = [row for pair in zip(self._limbs, self._skins, strict=True) for row in pair]
        self.names = [name for row in rows for name in row.names]
        self.radius = torch.cat([row.radii for row in rows])
        self._is_ball = torch.tensor([name.startswith(BALL) for name in self.names])
        self.body = np.repeat([0, 0, 1, 1], [len(row.names) for row in rows])

    @cached_property
    def pairs(self) -> tuple[Tensor, Tensor]:
        """All pairs that can be in each other's way: of two bodies, and hands with their own trunk.

        Hands meet trunk and neck of the other with the balls of both, which are as exact as the mesh; all else meets with
        its capsules. Upper arms are so thin that both count.
        """
        kinds = np.array([_kind(name) for name in self.names])
        other_body = self.body[:, None] != self.body[None, :]
        ball = kinds == "hand ball", kinds == "body ball"
        balls = ball[0][:, None] & ball[1][None, :]
        plain = ~(ball[0] | ball[1])
        laid = (kinds == "hand")[:, None] & (kinds == "trunk")[None, :]
        capsules = plain[:, None] & plain[None, :] & ~(laid | laid.T)
        watched = other_body & (balls | balls.T | capsules)
        for i, j in itertools.combinations(np.flatnonzero(plain), 2):
            if not other_body[i, j] and _own(self.names[i], self.names[j]):
                watched[i, j] = True
        first, second = np.nonzero(np.triu(watched))
        return torch.from_numpy(first), torch.from_numpy(second)

    def only(self, used: Tensor) -> Capsules:
        """Those of the sorted indices ``used``."""
        fewer = copy(self)
        fewer.__dict__.pop("pairs", None)
        fewer.names = [self.names[index] for index in used.tolist()]
        fewer.radius, fewer.body = self.radius[used], self.body[used.numpy()]
        first = 0
        fewer._limbs, fewer._skins = [], []
        for limbs, skin in zip(self._limbs, self._skins, strict=True):
            between = first + len(limbs.names)
            last = between + len(skin.names)
            fewer._limbs.append(limbs.only(used[(used >= first) & (used < between)] - first))
            fewer._skins.append(skin.only(used[(used >= between) & (used < last)] - between))
            first = last
        return fewer

    def place(self, positions: Tensor, worlds: Tensor) -> tuple[Tensor, Tensor]:
        """Both ends [T, C, 3] of all capsules; ``positions`` [2, T, 55, 3], ``worlds`` [2, T, 55, 3, 3].

        Legs go from joint to joint, whatever the rotations of their joints are: knees are solved for planted feet.
        """
        starts: list[Tensor] = []
        ends: list[Tensor] = []
        for body, (limbs, skin) in enumerate(zip(self._limbs, self._skins, strict=True)):
            start, end = limbs.place(positions[body], worlds[body])
            balls = skin.place(positions[body], worlds[body])
            starts += [start, balls]
            ends += [end, balls]
        return torch.cat(starts, dim=1), torch.cat(ends, dim=1)

    def near(self, placed: tuple[Tensor, Tensor], air: float) -> Encounters:
        """Moments at which two capsules that can be in each other's way have less than ``air`` metres between them."""
        first, second = self.pairs
        start, end = (points.detach() for points in placed)
        middle, half = (start + end) / 2.0, (end - start).norm(dim=-1).amax(dim=0) / 2.0
        reach = (self.radius + half)[first] + (self.radius + half)[second] + air
        frames, chosen = [], []
        for block in (slice(at, at + _BLOCK) for at in range(0, len(start), _BLOCK)):
            close = _ever_close(middle[block], first, second, reach)
            apart = middle[block][:, first[close]] - middle[block][:, second[close]]
            frame, pair = torch.nonzero(apart.square().sum(-1) < reach[close].square(), as_tuple=True)
            frames.append(frame + block.start)
            chosen.append(close[pair])
        pair = torch.cat(chosen)
        shift = torch.cat(frames) * len(self.names)
        one, other = first[pair], second[pair]
        allowed = torch.zeros(len(pair), dtype=torch.float64)
        found = Encounters(self, shift + one, shift + other, self.radius[one] + self.radius[other], allowed)
        return found.where(found.depth((start, end)) > -air)

    def encounters(self, placed: tuple[Tensor, Tensor], base: tuple[Tensor, Tensor]) -> Encounters:
        """What is near each other now; a body's own capsules may be as deep in each other as they are in ``base``."""
        found = self.near(placed, NEAR)
        close = found.depth((placed[0].detach(), placed[1].detach())) > -NEAR_SKIN
        found = found.where(close | ~self._is_ball[found.first % len(self.names)])
        one, other = found.first % len(self.names), found.second % len(self.names)
        body = torch.from_numpy(self.body)
        own = body[one] == body[other]
        return replace(found, allowed=torch.where(own, torch.relu(found.depth(base)), found.allowed)).reduced()

    def between_bodies(self, placed: tuple[Tensor, Tensor]) -> tuple[Tensor, list[str], Tensor]:
        """What of one body is in the other: frames [E], names "active-passive", and depths [E] in metres."""
        found = self.near(placed, 0.0)
        count = len(self.names)
        one, other = (found.first % count).tolist(), (found.second % count).tolist()
        apart = torch.tensor([self.body[i] != self.body[j] for i, j in zip(one, other, strict=True)], dtype=torch.bool)
        names = [f"{self.names[i]}-{self.names[j]}" for i, j in zip(one, other, strict=True)]
        kept = [name for name, two in zip(names, apart.tolist(), strict=True) if two]
        return (found.first // count)[apart], kept, found.depth(placed)[apart]


def _ever_close(middle: Tensor, first: Tensor, second: Tensor, reach: Tensor) -> Tensor:
    """Pairs that can be within ``reach`` in one of the frames ``middle`` [T, C, 3], from the balls round their ways."""
    centre = (middle.amin(dim=0) + middle.amax(dim=0)) / 2.0
    way = (middle - centre).norm(dim=-1).amax(dim=0)
    apart = centre[first] - centre[second]
    limit = reach + way[first] + way[second] + _ROUNDING
    return torch.nonzero(apart.square().sum(-1) < limit.square())[:, 0]


@dataclass(frozen=True)
class _Limbs:
    """The capsules of one body in torch: ``start`` and ``end`` [C, 3] in the frames of their ``joints`` [C].

    ``legs`` are capsules between joints whose places count, not their rotations: index, joint, next joint, share of the
    bone at which it begins.
    """

    names: tuple[str, ...]
    radii: Tensor
    joints: Tensor
    start: Tensor
    end: Tensor
    legs: tuple[tuple[int, int, int, float], ...]

    @staticmethod
    def of(shape: BodyShape) -> _Limbs:
        start, end = (
            torch.from_numpy(np.stack([getattr(capsule, end) for capsule in shape.capsules]))
            for end in ("start", "end")
        )
        radii = torch.tensor([capsule.radius for capsule in shape.capsules], dtype=torch.float64)
        joints = torch.tensor([capsule.joint for capsule in shape.capsules])
        return _Limbs(tuple(c.name for c in shape.capsules), radii, joints, start, end, _legs(shape))

    def only(self, used: Tensor) -> _Limbs:
        rows = used.tolist()
        legs = tuple((rows.index(leg[0]), leg[1], leg[2], leg[3]) for leg in self.legs if leg[0] in rows)
        return _Limbs(
            tuple(self.names[row] for row in rows),
            self.radii[used], self.joints[used], self.start[used], self.end[used], legs,
        )  # fmt: skip

    def place(self, positions: Tensor, worlds: Tensor) -> tuple[Tensor, Tensor]:
        turn, origin = worlds.index_select(1, self.joints), positions.index_select(1, self.joints)
        start, end = (origin + (turn * local[:, None]).sum(-1) for local in (self.start, self.end))
        for capsule, joint, child, begin in self.legs:
            bone = positions[:, child] - positions[:, joint]
            start[:, capsule] = positions[:, joint] + begin * bone
            end[:, capsule] = positions[:, child]
        return start, end


@dataclass(frozen=True)
class _Skin:
    """The balls of one body in torch: ``points`` and ``normals`` [N, 220] times joint matrices give them in the world
    (linear blend skinning as one product of matrices)."""

    names: tuple[str, ...]
    radii: Tensor
    points: Tensor
    normals: Tensor
    pivots: Tensor

    @staticmethod
    def of(surface: Surface, skeleton: Skeleton) -> _Skin:
        weights = surface.weights[:, :, None]
        ones, zeros = np.ones((len(surface.radii), 1)), np.zeros((len(surface.radii), 1))
        points, normals = (
            torch.from_numpy((weights * np.concatenate([part, last], axis=1)[:, None]).reshape(len(part), -1))
            for part, last in ((surface.points, ones), (surface.normals, zeros))
        )
        return _Skin(
            surface.names, torch.from_numpy(surface.radii), points, normals, torch.from_numpy(skeleton.rest_joints)
        )

    def only(self, used: Tensor) -> _Skin:
        names = tuple(self.names[row] for row in used.tolist())
        return replace(self, names=names, radii=self.radii[used], points=self.points[used], normals=self.normals[used])

    def place(self, positions: Tensor, worlds: Tensor) -> Tensor:
        """[T, N, 3] centres for one body's joints [T, 55, 3] and their rotations [T, 55, 3, 3]."""
        shift = positions - (worlds * self.pivots[:, None]).sum(-1)
        matrices = torch.cat([worlds, shift[..., None]], dim=-1).permute(1, 3, 0, 2).reshape(self.points.shape[1], -1)
        shape = (len(self.radii), len(positions), 3)
        point, normal = ((rows @ matrices).reshape(shape).transpose(0, 1) for rows in (self.points, self.normals))
        inwards = normal / normal.square().sum(-1, keepdim=True).clamp(min=1e-12).sqrt()
        return point - self.radii[:, None] * inwards


def _legs(shape: BodyShape) -> tuple[tuple[int, int, int, float], ...]:
    """Capsules of the legs: index, joint, next joint, share of the bone at which it begins."""
    rows = []
    for index, capsule in enumerate(shape.capsules):
        side, _, bone = capsule.name.partition("_")
        if bone in ("thigh", "shin"):
            child = JOINT_INDEX[f"{side}_{'knee' if bone == 'thigh' else 'ankle'}"]
            rows.append((index, capsule.joint, child, 0.15 if bone == "thigh" else 0.0))
    return tuple(rows)


def _kind(name: str) -> str:
    if name.startswith(BALL):
        return "hand ball" if is_of_hand(name) else "body ball"
    if _is_hand(name):
        return "hand"
    return "trunk" if name.startswith(("torso", "neck")) else "other"


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

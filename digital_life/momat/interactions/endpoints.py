"""Where the two places of a contact are in every frame, and how far apart their skins are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from digital_life.errors import InputError
from digital_life.momat.interactions.file import Contact, Prop
from digital_life.momat.interactions.shape import BodyShape
from digital_life.momat.interactions.sites import LIMB_RANGE, LIMBS, Site
from digital_life.motion.skeleton import JOINT_INDEX

GRIP = 0.004
"""Metres between a palm and the thing in it."""
HOLDING_END = 0.14
"""Share of a passed-on thing's length at which its giver holds it; the far end is for the partner."""

OFFERED = 0.2
"""Metres from the giver's palm to where the partner's hand takes a thing; short things are held in the fingertips."""


@dataclass(frozen=True)
class Body:
    """One of the two: its shape, the thing in its hand, and by joint its place [T, 3] and rotation [T, 3, 3]."""

    shape: BodyShape
    prop: Prop | None
    positions: tuple[Tensor, ...]
    worlds: tuple[Tensor, ...]

    def capsules(self, names: Sequence[str]) -> tuple[Tensor, Tensor, Tensor]:
        """Starts and ends [T, N, 3] and radii [N] of the capsules of those names."""
        own = {capsule.name: capsule for capsule in self.shape.capsules}
        chosen = [own[name] for name in names]
        start, end = (
            torch.stack(
                [
                    self.positions[c.joint] + (self.worlds[c.joint] * torch.from_numpy(getattr(c, at))).sum(-1)
                    for c in chosen
                ],
                dim=1,
            )
            for at in ("start", "end")
        )
        return start, end, torch.tensor([capsule.radius for capsule in chosen], dtype=torch.float64)


@dataclass(frozen=True)
class Endpoint:
    """A place in every frame: ``point`` [T, 3] with ``radius`` metres of flesh around it, ``normal`` [T, 3] or None."""

    point: Tensor
    radius: float
    normal: Tensor | None


def separation(contact: Contact, bodies: tuple[Body, Body]) -> Tensor:
    """Metres [T] between the skins of a contact's two places; 0 where they just touch."""
    ends = endpoints(contact, bodies)
    gap = ends[0].point - ends[1].point
    return (torch.sqrt((gap * gap).sum(dim=-1) + 1e-10) - ends[0].radius - ends[1].radius).abs()


def endpoints(contact: Contact, bodies: tuple[Body, Body]) -> tuple[Endpoint, Endpoint]:
    """Both places; a limb's is where the other one is nearest to its bone."""
    names = (contact.active, contact.passive)
    fixed = [None if name in LIMBS else _point(name, body) for name, body in zip(names, bodies, strict=True)]
    first = fixed[0] or _on_limb(names[0], bodies[0], fixed[1])
    second = fixed[1] or _on_limb(names[1], bodies[1], first)
    return first, second


def prop_frame(prop: Prop, shape: BodyShape) -> tuple[Site, np.ndarray, float]:
    """The palm that holds a thing, the thing's centre [3] in the wrist's frame, and half its width (m)."""
    palm = shape.sites[f"{prop.side}_palm"]
    width, _, depth = (value / 100.0 for value in prop.size)
    fingers = palm_fingers(shape, prop.side)
    far = (0.5 - HOLDING_END) * prop.size[1] / 100.0
    ahead = max(far, OFFERED - far) if prop.passed_on else 0.0
    centre = palm.offset + palm.normal * (GRIP + depth / 2.0) + fingers * ahead
    return palm, centre, width / 2.0


def palm_fingers(shape: BodyShape, side: str) -> np.ndarray:
    """Unit direction [3] from the wrist to the knuckles in the wrist's frame."""
    rest = shape.skeleton.rest_joints
    way = rest[JOINT_INDEX[f"{side}_middle1"]] - rest[JOINT_INDEX[f"{side}_wrist"]]
    return np.asarray(way / np.linalg.norm(way))


def finger_direction(body: Body, side: str) -> Tensor:
    """[T, 3] where the stretched fingers point."""
    local = torch.from_numpy(palm_fingers(body.shape, side))
    return (body.worlds[JOINT_INDEX[f"{side}_wrist"]] @ local[:, None])[..., 0]


def _point(name: str, body: Body) -> Endpoint:
    if name.startswith("held"):
        if body.prop is None:
            raise InputError("a contact names a held thing that this role does not hold", "add it to 'props'")
        return _held(name, body.prop, body)
    return _at(body.shape.sites[name], body)


def _at(site: Site, body: Body, radius: float = 0.0) -> Endpoint:
    turn = body.worlds[site.joint]
    point = body.positions[site.joint] + (turn @ torch.from_numpy(np.ascontiguousarray(site.offset))[:, None])[..., 0]
    return Endpoint(point, radius, (turn @ torch.from_numpy(np.ascontiguousarray(site.normal))[:, None])[..., 0])


def _held(name: str, prop: Prop, body: Body) -> Endpoint:
    palm, centre, half = prop_frame(prop, body.shape)
    if name == "held":
        end = _at(Site(palm.joint, centre, palm.normal), body, half)
        return Endpoint(end.point, half, None)
    length, depth = prop.size[1] / 100.0, prop.size[2] / 100.0
    fingers = palm_fingers(body.shape, prop.side)
    under = centre + fingers * (0.5 - HOLDING_END) * length - palm.normal * depth / 2.0
    return _at(Site(palm.joint, under, -palm.normal), body)


def _on_limb(name: str, body: Body, other: Endpoint | None) -> Endpoint:
    joints = [JOINT_INDEX[joint] for joint in LIMBS[name]]
    start, end = body.positions[joints[0]], body.positions[joints[1]]
    bone = end - start
    if other is None:
        share = torch.full_like(start[:, 0], sum(LIMB_RANGE) / 2.0)
    else:
        with torch.no_grad():
            share = ((other.point - start) * bone).sum(-1) / (bone * bone).sum(-1)
            share = share.clamp(*LIMB_RANGE)
    point = start + share[:, None] * bone
    normal = None if other is None else torch.nn.functional.normalize(other.point - point, dim=-1)
    return Endpoint(point, body.shape.limb_radii[name], normal)

"""What the solver makes small: the terms of its energy, each a dimensionless number of about the same size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from digital_life.momat.interactions.collision import Capsules, Encounters, segment_distance
from digital_life.momat.interactions.degrees import Degrees
from digital_life.momat.interactions.endpoints import Body, Endpoint, endpoints, finger_direction
from digital_life.momat.interactions.file import Contact, Gaze, Prop
from digital_life.momat.interactions.legs import bent_legs, leg_excess
from digital_life.momat.interactions.limits import Bones, excesses, joint_angles
from digital_life.momat.interactions.shape import BodyShape
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.motion.torch_kinematics import bone_offsets, forward_kinematics

EYES = [JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]
HEAD = JOINT_INDEX["head"]
_MASS = {"pelvis": 0.45, "spine2": 0.2, "spine3": 0.2, "head": 0.15}
FINGERS = ("index", "middle", "ring", "pinky", "thumb")
PALM_BONES = ("index0", "middle0", "ring0", "pinky0", "thumb1")
_CROSSED = 0.7
"""Cosine between the fingers of hands that clasp: they cross, so that each closes round the other's edge."""
_EASY_WRIST = math.radians(40.0)
"""Bend of a wrist beyond which it looks forced, though it can go farther."""
_SWAY = 0.07
"""Metres by which the mass may leave its place over the feet."""


@dataclass(frozen=True)
class Weights:
    """How much each term counts."""

    contact: float = 60.0
    facing: float = 4.0
    penetration: float = 60.0
    limits: float = 60.0
    base: float = 1.0
    acceleration: float = 3e-4
    gaze: float = 1.5
    balance: float = 20.0
    legs: float = 200.0
    clasp: float = 40.0
    wrists: float = 12.0


@dataclass(frozen=True)
class Scene:
    """Two bodies, active first, over T chosen frames of the motion.

    ``windows`` [C, T] is 1 where a contact holds. ``gaze`` and ``looking`` [T] (0..1) say who looks where and when,
    ``ankles`` [2, T, 2, 3] where the feet are; ``seated`` bodies keep pelvis and legs.
    """

    shapes: tuple[BodyShape, BodyShape]
    degrees: Degrees
    capsules: Capsules
    contacts: Sequence[Contact]
    windows: Tensor
    props: tuple[Prop | None, Prop | None]
    gaze: tuple[Gaze, Gaze]
    looking: Tensor
    ankles: Tensor
    poles: Tensor
    seated: tuple[bool, bool]

    def pose(self, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Local rotations, positions and world rotations of both bodies; knees and ankles as planted feet have them."""
        local, translation = self.degrees.apply(values)
        offsets = bone_offsets(*(shape.skeleton for shape in self.shapes))
        positions, worlds = forward_kinematics(local, translation, offsets)
        return local, bent_legs(positions, self), worlds

    def bodies(self, positions: Tensor, worlds: Tensor) -> tuple[Body, Body]:
        """Both bodies as the contacts want them."""
        places, turns = positions.unbind(0), worlds.unbind(0)
        first, second = (Body(self.shapes[k], self.props[k], places[k].unbind(1), turns[k].unbind(1)) for k in (0, 1))
        return first, second


class Energy:
    """The energy of curve values, for :class:`Scene`; ``encounters`` are the capsules that are watched."""

    def __init__(self, scene: Scene, encounters: Encounters, weights: Weights) -> None:
        self.scene = scene
        self.encounters = encounters
        self.weights = weights
        self.bones = Bones.of(tuple(shape.skeleton for shape in scene.shapes))
        _, positions, _ = scene.pose(
            torch.zeros(2, scene.windows.shape[1], len(scene.degrees.names), dtype=torch.float64)
        )
        self.base_mass = mass(positions)
        cost = scene.degrees.cost[None].repeat(2, 1)
        for body, seated in enumerate(scene.seated):
            if seated:
                cost[body, :6] *= 60.0
        self.cost = cost

    def __call__(self, values: Tensor, bends: Tensor) -> Tensor:
        """A scalar for curve values [2, T, D] and their second derivatives in time (per second squared)."""
        scene, weights = self.scene, self.weights
        local, positions, worlds = scene.pose(values)
        bodies = scene.bodies(positions, worlds)
        total = weights.base * (self.cost[:, None] * values**2).sum() / values.shape[1]
        total = total + weights.acceleration * (self.cost[:, None].clamp(min=0.5) * bends**2).sum() / bends.shape[1]
        total = total + self._contacts(bodies)
        depth = self.encounters.depth(self.encounters.capsules.place(positions, worlds))
        total = total + weights.penetration * (torch.relu(depth + 0.001) / 0.01).square().sum() / values.shape[1]
        angles = joint_angles(local, self.bones)
        excess = excesses(angles)
        forced = torch.relu(angles["wrist_flexion"].abs() - _EASY_WRIST)
        total = total + weights.wrists * forced.square().sum() / values.shape[1]
        total = (
            total + weights.limits * torch.cat(list(excess.values()), dim=-1).square().sum() / values.shape[1] * 10.0
        )
        total = total + weights.gaze * self._gaze(bodies)
        total = total + weights.legs * leg_excess(positions, scene) / values.shape[1]
        drift = (mass(positions) - self.base_mass).norm(dim=-1)
        return total + weights.balance * (torch.relu(drift - _SWAY) / 0.05).square().mean()

    def _contacts(self, bodies: tuple[Body, Body]) -> Tensor:
        total = torch.zeros((), dtype=torch.float64)
        for contact, window in zip(self.scene.contacts, self.scene.windows, strict=True):
            share = window / window.sum().clamp(min=1.0)
            first, second = endpoints(contact, bodies)
            gap = torch.sqrt((first.point - second.point).square().sum(-1) + 1e-10) - first.radius - second.radius
            total = total + self.weights.contact * ((gap / 0.01).square() * share).sum() * 0.3
            total = total + self.weights.facing * (_facing(contact, first, second, bodies) * share).sum()
            if contact.kind == "clasp":
                total = total + self.weights.clasp * (_clasp(contact, bodies) * share).sum()
        return total

    def _gaze(self, bodies: tuple[Body, Body]) -> Tensor:
        total = torch.zeros((), dtype=torch.float64)
        for body, gaze in enumerate(self.scene.gaze):
            if gaze in ("own", "partner_side"):
                continue
            eyes, target = (_between_eyes(bodies[k]) for k in (body, 1 - body))
            if gaze == "hands" and self.scene.contacts:
                ends = [endpoints(contact, bodies)[1].point for contact in self.scene.contacts]
                target = torch.stack(ends).mean(dim=0)
            wanted = torch.nn.functional.normalize(target - eyes, dim=-1)
            looks = bodies[body].worlds[HEAD][..., 2]
            total = total + ((1.0 - (looks * wanted).sum(-1)) * self.scene.looking).mean()
        return total


def _facing(contact: Contact, first: Endpoint, second: Endpoint, bodies: tuple[Body, Body]) -> Tensor:
    """[frames] how far palms are from lying flat on each other, and fingers from pointing as they should."""
    total = torch.zeros_like(first.point[:, 0])
    if first.normal is not None and second.normal is not None and contact.kind != "touch":
        total = total + (1.0 + (first.normal * second.normal).sum(-1)).square()
    elif first.normal is not None and second.normal is not None:
        total = total + 0.5 * torch.relu(0.5 + (first.normal * second.normal).sum(-1)).square()
    if contact.active == contact.passive == "held":
        total = total + _upright(first, second, bodies)
    if contact.fingers != "free":
        ways = [
            finger_direction(body, _side(name))
            for body, name in zip(bodies, (contact.active, contact.passive), strict=True)
        ]
        along = (ways[0] * ways[1]).sum(-1)
        wanted = 1.0 if contact.fingers == "parallel" else -_CROSSED if contact.kind == "clasp" else -1.0
        total = total + 0.6 * (along - wanted).square()
    return total


def _upright(first: Endpoint, second: Endpoint, bodies: tuple[Body, Body]) -> Tensor:
    """[frames] how far cups are from standing upright in their hands and meeting side by side."""
    level = ((first.point - second.point)[:, 1] / 0.03).square()
    for body in bodies:
        if body.prop is not None:
            level = level + 4.0 * (1.0 - body.worlds[JOINT_INDEX[f"{body.prop.side}_wrist"]][:, 1, 2])
    return level


def _clasp(contact: Contact, bodies: tuple[Body, Body]) -> Tensor:
    """[frames] how far the ends of all fingers are from the hand they close around: squares of centimetres, summed."""
    gaps = clasp_gaps(contact, bodies)
    return (torch.relu(gaps) / 0.01).square().sum(dim=(1, 2)) / gaps.shape[2]


def clasp_gaps(contact: Contact, bodies: tuple[Body, Body]) -> Tensor:
    """Metres [frames, 2, 5] between the last bones of each one's fingers and the nearest flesh of the other's palm."""
    sides = _side(contact.active), _side(contact.passive)
    rows = []
    for one, other in ((0, 1), (1, 0)):
        start, end, radii = bodies[one].capsules(tuple(f"{sides[one]}_{finger}3" for finger in FINGERS))
        around = bodies[other].capsules(tuple(f"{sides[other]}_{part}" for part in PALM_BONES))
        ends = [point[:, :, None].expand(-1, -1, len(PALM_BONES), -1) for point in (start, end)]
        bones = [point[:, None].expand(-1, len(FINGERS), -1, -1) for point in around[:2]]
        apart = segment_distance(ends[0], ends[1], bones[0], bones[1])
        rows.append((apart - radii[:, None] - around[2]).amin(dim=-1))
    return torch.stack(rows, dim=1)


def _side(name: str) -> str:
    return "left" if name.startswith("left") else "right"


def _between_eyes(body: Body) -> Tensor:
    left, right = (body.positions[eye] for eye in EYES)
    return (left + right) / 2.0


def mass(positions: Tensor) -> Tensor:
    """[2, T, 2] where the middle of the mass is over the floor (x, z), roughly."""
    chosen = positions.index_select(2, torch.tensor([JOINT_INDEX[name] for name in _MASS]))
    middle = (torch.tensor(list(_MASS.values()), dtype=torch.float64)[:, None] * chosen).sum(dim=2)
    return torch.stack([middle[..., 0], middle[..., 2]], dim=-1)


def windows_of(contacts: Sequence[Contact], frames: np.ndarray) -> Tensor:
    """[C, T] 1 where each contact holds, for frame numbers [T]."""
    rows = [(frames >= round(contact.start * FPS)) & (frames <= round(contact.stop * FPS)) for contact in contacts]
    return torch.tensor(np.array(rows, dtype=np.float64).reshape(len(contacts), len(frames)))

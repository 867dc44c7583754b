"""``BodyShape``: a body as capsules, balls under its skin and named points on it, measured on its mesh."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character
from digital_life.momat.interactions.sites import SIDES, Ray, Site, rays
from digital_life.momat.interactions.surface import Flesh, Surface, dense_weights, surface_of
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

SOFT_PARTS = frozenset({"hair", "lashes", "eyes", "mouth", "glasses"})
"""Parts of a character that are not its surface; whatever else it wears is."""

_TORSO = ("pelvis", "spine1", "spine2", "spine3", "left_collar", "right_collar")
_HEAD = ("head", "jaw", "left_eye", "right_eye")
_FINGERS = ("index", "middle", "ring", "pinky", "thumb")
_TORSO_LEVELS = 6
_HEAD_LEVELS = 3
_FINGER_WIDTH = 0.009
_TIP_SHARE = 0.8
"""The end bone of a finger, as a share of the bone before it."""


@dataclass(frozen=True)
class Capsule:
    """A segment with a radius, fixed to a joint: ``start`` and ``end`` [3] in the joint's frame, metres."""

    name: str
    joint: int
    start: Array
    end: Array
    radius: float

    def scaled(self, factor: float) -> Capsule:
        """The same on a body that is larger by ``factor``."""
        return Capsule(self.name, self.joint, self.start * factor, self.end * factor, self.radius * factor)


@dataclass(frozen=True)
class BodyShape:
    """What the solver knows about one body."""

    skeleton: Skeleton
    capsules: tuple[Capsule, ...]
    surface: Surface
    sites: dict[str, Site]
    limb_radii: dict[str, float]

    @property
    def arm_length(self) -> float:
        """Metres from shoulder to wrist."""
        rest = self.skeleton.rest_joints
        joints = [rest[JOINT_INDEX[f"left_{name}"]] for name in ("shoulder", "elbow", "wrist")]
        return float(np.linalg.norm(joints[1] - joints[0]) + np.linalg.norm(joints[2] - joints[1]))

    @property
    def shoulder_height(self) -> float:
        """Metres from the floor to the shoulder joints of the standing body."""
        rest = self.skeleton.rest_joints
        return float(
            rest[[JOINT_INDEX["left_shoulder"], JOINT_INDEX["right_shoulder"]], 1].mean() - self.skeleton.floor
        )


def shape_of_character(character: Character) -> BodyShape:
    """Measure a dressed body (some tenths of a second)."""
    parts = [part for part in character.parts if part.name not in SOFT_PARTS]
    vertices, normals, joints, weights = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("vertices", "normals", "joints", "weights")
    )
    flesh = Flesh(vertices.astype(np.float64), normals.astype(np.float64), dense_weights(joints, weights))
    return _measure(character.skeleton, flesh)


def shape_of_skeleton(skeleton: Skeleton) -> BodyShape:
    """The default body's flesh on a bare skeleton, thicker or thinner as it is taller or shorter."""
    default = _default_shape()
    factor = skeleton.hip_height / default.skeleton.hip_height
    own = {bone.name: bone for bone in _bones(skeleton)}
    theirs = {bone.name: bone for bone in _bones(default.skeleton)}
    capsules = []
    for capsule in default.capsules:
        scaled = capsule.scaled(factor)
        if capsule.name in own:
            bone, shift = own[capsule.name], factor * (capsule.start - theirs[capsule.name].start)
            scaled = replace(bone, start=bone.start + shift, end=bone.end + shift, radius=scaled.radius)
        capsules.append(scaled)
    sites = {name: Site(site.joint, site.offset * factor, site.normal) for name, site in default.sites.items()}
    radii = {limb: radius * factor for limb, radius in default.limb_radii.items()}
    surface = default.surface.on(skeleton, default.skeleton, factor)
    return BodyShape(skeleton, tuple(capsules), surface, sites, radii)


@lru_cache(maxsize=1)
def _default_shape() -> BodyShape:
    from digital_life.body.layer import default_body
    from digital_life.body.normals import vertex_normals

    body = default_body()
    normals = vertex_normals(body.template, body.faces).astype(np.float64)
    flesh = Flesh(body.template.astype(np.float64), normals, body.skin_weights.toarray())
    return _measure(body.skeleton, flesh)


def _measure(skeleton: Skeleton, flesh: Flesh) -> BodyShape:
    bones = [_fleshed(bone, skeleton, flesh) for bone in _bones(skeleton)]
    trunk = _stadiums(
        skeleton, _points(flesh, _TORSO), "torso", _TORSO_LEVELS, ("pelvis", "spine1", "spine2", "spine3")
    )
    head = _stadiums(skeleton, _points(flesh, _HEAD), "head", _HEAD_LEVELS, ("head",))
    sites = {name: _skin(ray, skeleton, flesh) for name, ray in rays(skeleton).items()}
    sites |= _hand_sites({bone.name: bone for bone in bones})
    radii = {bone.name: bone.radius for bone in bones if bone.name.endswith(("upper_arm", "forearm"))}
    return BodyShape(skeleton, (*trunk, *head, *bones), surface_of(flesh), sites, radii)


def _points(flesh: Flesh, joints: tuple[str, ...]) -> Array:
    return flesh.vertices[np.isin(flesh.joint, [JOINT_INDEX[name] for name in joints])]


def _bone_table() -> list[tuple[str, str, str, float]]:
    """Capsules along bones: name, joint, joint at the end, share of the bone at which it begins."""
    table = [("neck", "neck", "head", 0.0)]
    for side in SIDES:
        table += [
            (f"{side}_upper_arm", f"{side}_shoulder", f"{side}_elbow", 0.0),
            (f"{side}_forearm", f"{side}_elbow", f"{side}_wrist", 0.0),
            (f"{side}_thigh", f"{side}_hip", f"{side}_knee", 0.15),
            (f"{side}_shin", f"{side}_knee", f"{side}_ankle", 0.0),
        ]
        for finger in _FINGERS:
            if finger != "thumb":
                table.append((f"{side}_{finger}0", f"{side}_wrist", f"{side}_{finger}1", 0.3))
            table.append((f"{side}_{finger}1", f"{side}_{finger}1", f"{side}_{finger}2", 0.0))
            table.append((f"{side}_{finger}2", f"{side}_{finger}2", f"{side}_{finger}3", 0.0))
            table.append((f"{side}_{finger}3", f"{side}_{finger}3", "", 0.0))
    return table


def _bones(skeleton: Skeleton) -> list[Capsule]:
    """Capsules along bones, without flesh."""
    rest = skeleton.rest_joints
    bones = []
    for name, first, last, begin in _bone_table():
        joint = JOINT_INDEX[first]
        if last:
            bone = rest[JOINT_INDEX[last]] - rest[joint]
        else:
            bone = _TIP_SHARE * (rest[joint] - rest[joint - 1])
        bones.append(Capsule(name, joint, begin * bone, bone, 0.0))
    return bones


def _fleshed(bone: Capsule, skeleton: Skeleton, flesh: Flesh) -> Capsule:
    """The bone with the radius of its own flesh: how far most of it is from the bone."""
    points = flesh.vertices[flesh.joint == bone.joint] - skeleton.rest_joints[bone.joint]
    distance, share = _to_segment(points, bone.start, bone.end)
    inside = (share > 0.15) & (share < 0.85)
    if inside.sum() < 6:
        inside = np.ones(len(points), dtype=bool)
    if bone.name.rsplit("_", 1)[-1].rstrip("0123") in _FINGERS:
        axis = bone.start + share[:, None] * (bone.end - bone.start)
        return _finger(bone, (points - axis)[inside])
    most = 90.0 if bone.name.endswith("thigh") else 72.0  # hands hang beside thighs, whose cloth stands off
    return replace(bone, radius=float(np.percentile(distance[inside], most)))


def _finger(bone: Capsule, around: Array) -> Capsule:
    """A capsule in the middle of a finger's flesh [N, 3] (relative to the bone): the joints lie near its back."""
    slice_ = around[np.abs(around[:, 2]) < _FINGER_WIDTH] if bone.name.endswith("0") else around
    ends = [20.0, 80.0] if bone.name.endswith("0") else [8.0, 92.0]
    low, high = np.percentile(slice_[:, 1], ends)
    shift = np.array([0.0, (low + high) / 2.0, 0.0])
    return replace(bone, start=bone.start + shift, end=bone.end + shift, radius=float(high - low) / 2.0)


def _to_segment(points: Array, start: Array, end: Array) -> tuple[Array, Array]:
    axis = end - start
    share = np.clip((points - start) @ axis / max(float(axis @ axis), 1e-12), 0.0, 1.0)
    return np.linalg.norm(points - start - share[:, None] * axis, axis=-1), share


def _stadiums(skeleton: Skeleton, points: Array, name: str, levels: int, joints: tuple[str, ...]) -> list[Capsule]:
    """Level capsules through slices of a trunk or a head: each fits the slice's width and depth."""
    rest = skeleton.rest_joints
    low, high = np.percentile(points[:, 1], [3.0, 97.0])
    step = (high - low) / levels
    capsules = []
    for level in range(levels):
        y = low + (level + 0.5) * step
        slab = points[np.abs(points[:, 1] - y) < 0.5 * step]
        if len(slab) < 8:
            continue
        left, right = np.percentile(slab[:, 0], [96.0, 4.0])
        front, back = np.percentile(slab[:, 2], [94.0, 6.0])
        width, depth = (left - right) / 2.0, (front - back) / 2.0
        radius = min(width, depth)
        spare = max(width, depth) - radius
        centre = np.array([0.0, y, (front + back) / 2.0])
        way = np.array([spare, 0.0, 0.0]) if width >= depth else np.array([0.0, 0.0, spare])
        below = [JOINT_INDEX[joint] for joint in joints if rest[JOINT_INDEX[joint], 1] <= y]
        joint = below[-1] if below else JOINT_INDEX[joints[0]]
        local = centre - rest[joint]
        capsules.append(Capsule(f"{name}{level}", joint, local - way, local + way, radius))
    return capsules


def _skin(ray: Ray, skeleton: Skeleton, flesh: Flesh) -> Site:
    """Where a ray from inside leaves the flesh, among the vertices that are near it."""
    origin = skeleton.rest_joints[ray.joint] + ray.origin
    offset = flesh.vertices - origin
    along = offset @ ray.direction
    aside = np.linalg.norm(offset - along[:, None] * ray.direction, axis=-1)
    for width in (0.02, 0.035, 0.06):
        near = along[(aside < width) & (along > 0.0) & (along < 0.25)]
        if len(near) >= 3:
            break
    depth = float(np.percentile(near, 75.0)) if len(near) else 0.02
    return Site(ray.joint, ray.origin + (depth + ray.beyond) * ray.direction, ray.direction)


def _hand_sites(bones: dict[str, Capsule]) -> dict[str, Site]:
    """Places on the fingers; they move with the finger joints."""
    down = np.array([0.0, -1.0, 0.0])
    sites = {}
    for side in SIDES:
        tip, proximal = bones[f"{side}_middle3"], bones[f"{side}_middle1"]
        sites[f"{side}_fingertips"] = _beside(tip, 0.7, down)
        sites[f"{side}_knuckles"] = _beside(proximal, 0.6, -down)
        sites[f"{side}_fingers"] = _beside(proximal, 0.8, down)
    return sites


def _beside(bone: Capsule, share: float, direction: Array) -> Site:
    return Site(bone.joint, bone.start + share * (bone.end - bone.start) + bone.radius * direction, direction)

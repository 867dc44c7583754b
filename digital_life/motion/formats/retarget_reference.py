"""The reference pose of a take: a pose of the foreign skeleton whose meaning is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.rigs import Rig
from digital_life.motion.formats.take import Take, chain
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES

Array = NDArray[np.float64]
JointMap = Mapping[int, int]

WAYS: Mapping[str, tuple[float, float, float]] = {
    "left": (1.0, 0.0, 0.0), "right": (-1.0, 0.0, 0.0), "up": (0.0, 1.0, 0.0),
    "down": (0.0, -1.0, 0.0), "forward": (0.0, 0.0, 1.0), "back": (0.0, 0.0, -1.0),
}  # fmt: skip
_STANDING_SHARE = 0.05
_SLOW = 0.2
"""A foot slower than this many leg lengths per second stands."""


@dataclass(frozen=True)
class Reference:
    """World positions [J, 3] and rotations [J, 4] of the source joints in a pose that faces +Z with Y up.

    ``kind`` is the kind of reference that was used in the end.
    """

    kind: str
    positions: Array
    world: Array


def find_reference(take: Take, rig: Rig, joints: JointMap) -> tuple[Take, Reference]:
    """The reference pose, and the take with Y up and without the frame that was only there for reference.

    A declared pose that is none (a first frame that is no T-pose, axes that make none, a zero pose that lies down or
    folds the limbs) is passed over: the zero pose and then a standing frame take its place.

    Raises:
        InputError: no pose of the take can serve.
    """
    take = _y_up(take, rig, joints)
    kinds = list(dict.fromkeys((rig.reference, "zero", "standing")))
    for kind in kinds:
        pose = _POSES[kind](take, rig, joints)
        if pose is None:
            continue
        reference = _facing_forward(kind, *pose, joints)
        if kind == "standing" or _stretched(reference, joints, flat_arms=kind != "zero"):
            return (take.slice(1) if kind == "first_frame" else take), reference
    raise InputError(
        f"{take.source}: no frame in which the body stands upright, and the zero pose is no T-pose either, so the rig's "
        "joints cannot be understood",
        "give a rig with 'reference: axes' that says how each joint's axes lie, or add a standing frame",
    )


def _y_up(take: Take, rig: Rig, joints: JointMap) -> Take:
    up = rig.up
    if up == "auto":
        positions, _ = take.rest_world()
        trunk = positions[_top(joints)] - _hips(positions, joints)
        up = "z" if abs(trunk[2]) > abs(trunk[1]) else "y"
    return take.turned(quat.from_axis_angle(np.array([-np.pi / 2.0, 0.0, 0.0]))) if up == "z" else take


def _zero(take: Take, rig: Rig, joints: JointMap) -> tuple[Array, Array]:
    return take.rest_world()


def _first_frame(take: Take, rig: Rig, joints: JointMap) -> tuple[Array, Array] | None:
    if len(take) < 2:
        return None
    positions, world = take.slice(0, 1).world()
    return positions[0], world[0]


def _axes(take: Take, rig: Rig, joints: JointMap) -> tuple[Array, Array] | None:
    """The T-pose that the rig's declared axes make, with the feet pitched as they stand in this take."""
    declared = {joints[JOINT_INDEX[name]]: _frame(axes.x, axes.y) for name, axes in rig.axes.items()
                if JOINT_INDEX[name] in joints}  # fmt: skip
    if not declared:
        return None
    declared |= _standing_feet(take, declared, joints)
    local = take.rest.copy()
    world = np.tile(quat.IDENTITY, (len(take.names), 1))
    for joint, parent in enumerate(take.parents):
        above = world[parent] if parent >= 0 else quat.IDENTITY
        if joint in declared:
            local[joint] = quat.multiply(quat.conjugate(above), declared[joint])
        world[joint] = quat.multiply(above, local[joint])
    positions, turned = chain(take.parents, _offsets(take), local[None], {})
    return positions[0], turned[0]


def _frame(x: str, y: str) -> Array:
    columns = np.array([WAYS[x], WAYS[y], np.cross(WAYS[x], WAYS[y])]).T
    return quat.from_matrix(columns)


def _offsets(take: Take) -> Array:
    """Offsets [J, 3] with those of keyed places (except the root's) replaced by their median."""
    offsets = take.offsets.copy()
    for joint, place in take.places.items():
        if take.parents[joint] >= 0:
            offsets[joint] = np.median(place, axis=0)
    return offsets


def _standing_feet(take: Take, declared: Mapping[int, Array], joints: JointMap) -> dict[int, Array]:
    """Declared foot orientations pitched by the slope that the foot has while it stands (radians, median)."""
    positions, world = take.world()
    leg = max(leg_length(joints, positions), 1e-9)
    pitched: dict[int, Array] = {}
    for side in ("left", "right"):
        ankle = joints[JOINT_INDEX[f"{side}_ankle"]]
        place = positions[:, ankle] / leg
        speed = np.linalg.norm(np.gradient(place, axis=0), axis=-1) * take.fps if len(place) > 1 else np.zeros(1)
        stands = (speed < _SLOW) & (place[:, 1] < np.percentile(place[:, 1], 10) + 0.03)
        for name in ("ankle", "foot"):
            joint = joints.get(JOINT_INDEX[f"{side}_{name}"], -1)
            if joint not in declared or not stands.any():
                continue
            forward = quat.rotate(
                quat.multiply(world[stands, joint], quat.conjugate(declared[joint])), np.array([0.0, 0.0, 1.0])
            )
            slope = float(np.median(np.arcsin(np.clip(forward[:, 1], -1.0, 1.0))))
            if abs(slope) < np.radians(60.0):
                pitch = quat.from_axis_angle(np.array([-slope, 0.0, 0.0]))
                pitched[joint] = quat.multiply(pitch, declared[joint])
    return pitched


def _standing(take: Take, rig: Rig, joints: JointMap) -> tuple[Array, Array] | None:
    """Mean of the frames in which the body stands most quietly and upright with hanging arms, heading removed."""
    positions, world = take.world()
    leg = leg_length(joints, positions)
    if leg <= 0.0:
        return None
    trunk = _unit(positions[:, _top(joints)] - _hips(positions, joints))[:, 1]
    straight = _legs_down(positions, joints)
    arms = np.mean([_unit(_bone(positions, joints, f"{s}_shoulder", f"{s}_elbow"))[:, 1] for s in ("left", "right")], 0)
    speed = np.zeros(len(take))
    if len(take) > 1:
        speed = np.linalg.norm(np.gradient(positions, axis=0), axis=-1).mean(axis=-1) * take.fps / leg
    score = 4.0 * (1.0 - trunk) + 4.0 * (1.0 - straight) + (1.0 + arms) + speed
    chosen = np.argsort(score, kind="stable")[: max(1, round(_STANDING_SHARE * len(take)))]
    if trunk[chosen[0]] < 0.85 or straight[chosen[0]] < 0.8:
        return None
    turn = quat.yaw(-np.array([_heading(positions[frame], joints) for frame in chosen]))
    turned = quat.multiply(turn[:, None], world[chosen])
    same_side = np.sign(np.sum(turned * turned[:1], axis=-1, keepdims=True))
    mean = quat.normalize(np.sum(turned * np.where(same_side == 0.0, 1.0, same_side), axis=0))
    local = mean.copy()
    for joint, parent in enumerate(take.parents):
        if parent >= 0:
            local[joint] = quat.multiply(quat.conjugate(mean[parent]), mean[joint])
    placed, rotated = chain(take.parents, _offsets(take), local[None], {})
    return placed[0], rotated[0]


_POSES: Mapping[str, Callable[[Take, Rig, JointMap], tuple[Array, Array] | None]] = {
    "zero": _zero,
    "first_frame": _first_frame,
    "axes": _axes,
    "standing": _standing,
}


def _facing_forward(kind: str, positions: Array, world: Array, joints: JointMap) -> Reference:
    heading = _heading(positions, joints)
    quarter = round(heading / (np.pi / 2.0)) * (np.pi / 2.0)
    turn = quat.yaw(-quarter if abs(heading - quarter) < np.radians(3.0) else -heading)
    return Reference(kind, quat.rotate(turn, positions), quat.multiply(turn, world))


def _stretched(reference: Reference, joints: JointMap, *, flat_arms: bool) -> bool:
    """Whether a pose stands upright on straight legs, the arms not raised, and held out if ``flat_arms``."""
    positions = reference.positions[None]
    trunk = _unit(positions[:, _top(joints)] - _hips(positions, joints))[0, 1]
    if trunk < 0.8 or _legs_down(positions, joints)[0] < 0.75:
        return False
    for side in ("left", "right"):
        arm = _unit(_bone(positions, joints, f"{side}_shoulder", f"{side}_elbow"))[0]
        out = arm[0] if side == "left" else -arm[0]
        if arm[1] > 0.6 or out < (0.8 if flat_arms else -0.3):
            return False
    return True


def leg_length(joints: JointMap, positions: Array) -> float:
    """Median length of thigh and shin together, mean of both legs, in the take's unit."""
    total = 0.0
    for side in ("left", "right"):
        for start, end in (("hip", "knee"), ("knee", "ankle")):
            bone = _bone(positions, joints, f"{side}_{start}", f"{side}_{end}")
            total += 0.5 * float(np.median(np.linalg.norm(bone, axis=-1)))
    return total


def _legs_down(positions: Array, joints: JointMap) -> Array:
    """The least downward of the four leg bones: 1 = straight down."""
    bones = [
        -_unit(_bone(positions, joints, f"{side}_{start}", f"{side}_{end}"))[:, 1]
        for side in ("left", "right")
        for start, end in (("hip", "knee"), ("knee", "ankle"))
    ]
    return np.asarray(np.min(bones, axis=0))


def _bone(positions: Array, joints: JointMap, start: str, end: str) -> Array:
    return np.asarray(positions[..., joints[JOINT_INDEX[end]], :] - positions[..., joints[JOINT_INDEX[start]], :])


def _hips(positions: Array, joints: JointMap) -> Array:
    left, right = (positions[..., joints[JOINT_INDEX[f"{side}_hip"]], :] for side in ("left", "right"))
    return np.asarray(0.5 * (left + right))


def _top(joints: JointMap) -> int:
    """The highest joint of the trunk that is known."""
    for name in ("neck", "head", "spine3", "spine2", "left_shoulder"):
        if JOINT_INDEX[name] in joints:
            return joints[JOINT_INDEX[name]]
    raise KeyError(JOINT_NAMES[0])


def _heading(positions: Array, joints: JointMap) -> float:
    """Direction (radians) in which the hips face: perpendicular to the line from right to left hip."""
    across = _bone(positions, joints, "right_hip", "left_hip")
    return float(np.arctan2(-across[2], across[0]))


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))

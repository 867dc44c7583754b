"""Recordings of foreign rigs, made from motions of our own: their names, orders of channels, units and zero poses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.formats.bvh_angles import to_euler
from digital_life.motion.formats.retarget_floor import on_the_floor
from digital_life.motion.formats.rigs import known_rigs
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS, canonical_skeleton

Array = NDArray[np.float64]
SKELETON = canonical_skeleton()
_WAYS = {
    "left": (1, 0, 0),
    "right": (-1, 0, 0),
    "up": (0, 1, 0),
    "down": (0, -1, 0),
    "forward": (0, 0, 1),
    "back": (0, 0, -1),
}


@dataclass(frozen=True)
class Family:
    """How files of a rig look: Euler order, unit, joints with place channels, frames per second, first frame, up axis.

    ``zero`` gives the world rotation (degrees about x, y, z) that brings our T-pose to the rig's zero pose, where
    the rig has no axes of its own or ``axes`` is off. ``degrees`` and ``metres`` are how far a motion may come back from
    where it was.
    """

    rig: str
    order: str = "ZXY"
    unit: float = 100.0
    all_places: bool = False
    fps: int = 30
    t_pose_first: bool = False
    prefix: str = ""
    z_up: bool = False
    zero: Mapping[str, tuple[float, float, float]] | None = None
    axes: bool = True
    degrees: float = 1.0
    metres: float = 0.01


_HAND = ("wrist", *(f"{finger}{k}" for finger in ("thumb", "index", "middle", "ring", "pinky") for k in (1, 2, 3)))
_A_POSE, _HANGING = (
    {
        f"{side}_{joint}": (0.0, 0.0, degrees * (-1 if side == "left" else 1))
        for side in ("left", "right")
        for joint in ("shoulder", "elbow", *_HAND)
    }
    for degrees in (45, 90)
)
_SPLAYED = {
    **{f"left_{j}": (0, 0, 20) for j in ("hip", "knee")},
    **{f"right_{j}": (0, 0, -20) for j in ("hip", "knee")},
}
# 30 frames per second to 24 and back round quick steps off.
FAMILIES: Mapping[str, Family] = {
    "cmu": Family("cmu", "ZYX", 17.7, t_pose_first=True, fps=120, zero=_SPLAYED),
    "bandai": Family("bandai", "ZXY", 100.0, all_places=True),
    "lafan1": Family("lafan1", "ZYX", 100.0),
    "mixamo": Family("mixamo", "ZXY", 100.0, prefix="mixamorig:"),
    "mixamo, A-pose, Z up": Family("mixamo", "YZX", 1.0, prefix="mixamorig:", zero=_A_POSE, z_up=True),
    "rokoko": Family("rokoko", "YXZ", 100.0, fps=60),
    "biovision": Family("biovision", "ZXY", 39.37, zero=_HANGING),
    "reactidle": Family("reactidle", "XYZ", 1.0, all_places=True, fps=24, degrees=3.0, metres=0.02),
}


def angles(a: Motion, b: Motion) -> Array:
    """Degrees [T, 55] between the world rotations of two motions."""
    _, wa = forward_kinematics(a.rotations, a.translation, SKELETON)
    _, wb = forward_kinematics(b.rotations, b.translation, SKELETON)
    between = quat.multiply(quat.conjugate(wa), wb)
    return np.degrees(2 * np.arctan2(np.linalg.norm(between[..., 1:], axis=-1), np.abs(between[..., 0])))


def distances(a: Motion, b: Motion) -> Array:
    """Metres [T, 55] between the joints of two motions."""
    pa, _ = forward_kinematics(a.rotations, a.translation, SKELETON)
    pb, _ = forward_kinematics(b.rotations, b.translation, SKELETON)
    return np.linalg.norm(pa - pb, axis=-1)


def grounded(motion: Motion) -> Motion:
    """The motion with its soles on the floor."""
    moved = on_the_floor(motion.rotations.astype(float), motion.translation.astype(float), SKELETON)
    return Motion(moved, motion.rotations)


def simplified(motion: Motion, rig: str) -> Motion:
    """The motion with only the joints that a rig has; a missing middle of the spine lies between its neighbours."""
    _, world = forward_kinematics(motion.rotations, motion.translation, SKELETON)
    mapped = {JOINT_INDEX[name] for name in known_rigs()[rig].joints}
    if rig == "reactidle":
        mapped -= {JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]}
    turned = world.copy()
    for joint, parent in enumerate(PARENTS):
        if joint not in mapped:
            turned[:, joint] = turned[:, parent]
    if JOINT_INDEX["spine2"] not in mapped:
        turned[:, 6] = quat.slerp(turned[:, 3], turned[:, 9], 0.5)
    rotations = turned.copy()
    rotations[:, 1:] = quat.multiply(quat.conjugate(turned[:, list(PARENTS[1:])]), turned[:, 1:])
    return Motion(motion.translation, quat.normalize(rotations).astype(np.float32))


def write_as(motion: Motion, family: Family, path: Path) -> Path:
    """Write ``motion`` (already at the family's frame rate) as a file of that family."""
    rig = known_rigs()[family.rig]
    if family.t_pose_first:
        rest = Motion(motion.translation[:1], np.tile(np.float32([1, 0, 0, 0]), (1, JOINT_COUNT, 1)))
        motion = Motion(
            np.concatenate([rest.translation, motion.translation]), np.concatenate([rest.rotations, motion.rotations])
        )
    positions, world = forward_kinematics(motion.rotations, motion.translation, SKELETON)
    names = {JOINT_INDEX[ours]: theirs if isinstance(theirs, str) else theirs[0] for ours, theirs in rig.joints.items()}
    for hand in ("left_wrist", "right_wrist"):
        if family.rig == "reactidle":
            names.pop(JOINT_INDEX[hand])
    joints = [joint for joint in _depth_first() if joint in names]
    up = quat.from_axis_angle(np.array([np.pi / 2 if family.z_up else 0.0, 0.0, 0.0]))
    theirs = {joint: quat.multiply(_in_t_pose(joint, family), quat.conjugate(up)) for joint in joints}
    turned = {joint: quat.multiply(world[:, joint], theirs[joint]) for joint in joints}
    lines, columns = ["HIERARCHY"], []

    def write(joint: int, depth: int) -> None:
        parent = parent_among(joint, names)
        inner = "\t" * (depth + 1)
        rest = SKELETON.rest_joints[joint] - (SKELETON.rest_joints[parent] if parent >= 0 else 0)
        offset = quat.rotate(quat.conjugate(theirs[parent]), rest) * family.unit if parent >= 0 else np.zeros(3)
        local = quat.multiply(quat.conjugate(turned[parent]) if parent >= 0 else up, turned[joint])
        places = parent < 0 or family.all_places
        lines.append("\t" * depth + ("JOINT " if parent >= 0 else "ROOT ") + family.prefix + names[joint])
        lines.extend(["\t" * depth + "{", inner + "OFFSET " + " ".join(f"{value:.6f}" for value in offset)])
        rotation = " ".join(f"{axis}rotation" for axis in family.order)
        lines.append(
            inner + f"CHANNELS {6 if places else 3} " + ("Xposition Yposition Zposition " if places else "") + rotation
        )
        if places:
            columns.append(
                quat.rotate(up, positions[:, 0]) * family.unit if parent < 0 else np.tile(offset, (len(motion), 1))
            )
        columns.append(np.degrees(to_euler(family.order, local)))
        children = [child for child in joints if parent_among(child, names) == joint]
        for child in children:
            write(child, depth + 1)
        if not children:
            tip = quat.rotate(quat.conjugate(theirs[joint]), _bone(joint)) * family.unit
            lines.extend([inner + "End Site", inner + "{"])
            lines.extend([inner + "\tOFFSET " + " ".join(f"{value:.6f}" for value in tip), inner + "}"])
        lines.append("\t" * depth + "}")

    write(0, 0)
    extra = {"cmu": "LHipJoint"}.get(family.rig)
    if extra:  # a joint that only marks the rig
        lines.insert(
            4, f"\tJOINT {extra}\n\t{{\n\tOFFSET 0 0 0\n\tCHANNELS 0\n\tEnd Site\n\t{{\n\tOFFSET 0 0 1\n\t}}\n\t}}"
        )
    rows = np.concatenate(columns, axis=1)
    lines.extend(["MOTION", f"Frames: {len(rows)}", f"Frame Time: {1 / family.fps:.7f}"])
    lines.extend(" ".join(f"{value:.5f}" for value in row) for row in rows)
    path.write_text("\r\n".join(lines) + "\r\n")
    return path


def _in_t_pose(joint: int, family: Family) -> Array:
    """World rotation of a rig's joint when the body stands in our T-pose."""
    rig = known_rigs()[family.rig]
    ours = next(name for name, index in JOINT_INDEX.items() if index == joint)
    nod = {"neck": 0.4, "head": 1.0}.get(ours, 0.0) * np.radians(rig.nod)
    if ours in rig.axes and family.axes:
        x, y = _WAYS[rig.axes[ours].x], _WAYS[rig.axes[ours].y]
        frame = quat.from_matrix(np.array([x, y, np.cross(x, y)], dtype=float).T)
        if ours.endswith(("ankle", "foot")):
            return frame
        bone, along = _bone(joint), quat.rotate(frame, np.array([1.0, 0.0, 0.0]))
        if abs(np.dot(bone, along)) > 0.7 * np.linalg.norm(bone) and ours.endswith(
            ("hip", "knee", "shoulder", "elbow")
        ):
            frame = quat.multiply(quat.between(along * np.sign(np.dot(bone, along)), bone), frame)
        return frame
    turn = np.radians((family.zero or {}).get(ours, (0.0, 0.0, 0.0)))
    return quat.multiply(quat.conjugate(quat.from_axis_angle(turn)), quat.from_axis_angle(np.array([nod, 0.0, 0.0])))


def _bone(joint: int) -> Array:
    """Our bone from a joint to the joint that prolongs it, or as far again as the one before."""
    name = next(name for name, index in JOINT_INDEX.items() if index == joint)
    side, _, part = name.partition("_")
    next_one = {
        "hip": "knee",
        "knee": "ankle",
        "ankle": "foot",
        "shoulder": "elbow",
        "elbow": "wrist",
        "wrist": "middle1",
    }
    if part in next_one:
        return SKELETON.rest_joints[JOINT_INDEX[f"{side}_{next_one[part]}"]] - SKELETON.rest_joints[joint]
    if part == "foot":
        return np.array([0.0, 0.0, 0.07])
    return SKELETON.offsets[joint] if joint else np.array([0.0, 0.1, 0.0])


def parent_among(joint: int, names: Mapping[int, str]) -> int:
    """The nearest joint above ``joint`` that is in ``names``, or -1."""
    parent = PARENTS[joint]
    while parent >= 0 and parent not in names:
        parent = PARENTS[parent]
    return parent


def _depth_first() -> list[int]:
    order, stack = [], [0]
    while stack:
        joint = stack.pop()
        order.append(joint)
        stack.extend(reversed([child for child, parent in enumerate(PARENTS) if parent == joint]))
    return order

"""Bring a take of a foreign skeleton onto ours.

World rotations are carried over relative to a pose that is understood on both skeletons:
``out(j, t) = source(j, t) * inverse(reference(j)) * align(j)``, where ``align(j)`` turns our T-pose into the reference
pose: abduction, then the shortest arc between bone directions for arms, legs and fingers (down the limb, so that elbows
and knees keep their hinges), wrist and knuckles for the palm, nothing for trunk, collars and feet. Paths are scaled by leg length.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.retarget_floor import on_the_floor
from digital_life.motion.formats.retarget_reference import Reference, find_reference, leg_length
from digital_life.motion.formats.rigs import Rig, joint_map
from digital_life.motion.formats.take import Take
from digital_life.motion.ik import reach_ankles
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.series import wrap
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS, Skeleton, canonical_skeleton

Array = NDArray[np.float64]
JointMap = Mapping[int, int]

_FINGERS = ("thumb", "index", "middle", "ring", "pinky")
_LIMBS: tuple[tuple[str, str, str], ...] = tuple(
    (f"{side}_{joint}", f"{side}_{end}" if end else "", f"{side}_{above}" if above else "")
    for side in ("left", "right")
    for joint, end, above in (
        ("hip", "knee", ""),
        ("knee", "ankle", "hip"),
        ("shoulder", "elbow", ""),
        ("elbow", "wrist", "shoulder"),
        ("wrist", "middle1", "elbow"),
        *((f"{f}{k}", f"{f}{k + 1}" if k < 3 else "", f"{f}{k - 1}" if k > 1 else "wrist")
          for f in _FINGERS for k in (1, 2, 3)),
    )
)  # fmt: skip
"""(joint, joint at the end of its bone, limb joint above it) from the body outwards."""


def retarget(take: Take, rig: Rig, skeleton: Skeleton | None = None, *, ground: bool = True) -> Motion:
    """The take's movement on ``skeleton`` (default: the canonical one), 30 frames per second.

    Joints that the rig lacks keep their rest; a missing middle of the spine shares the bend of its neighbours. With
    ``ground`` the soles are put on y = 0. Place and heading on the floor are the recording's, scaled by leg length.

    Raises:
        InputError: the take has no frame left, a limb has no length, or no pose of it can be understood.
    """
    skeleton = skeleton or canonical_skeleton()
    joints = joint_map(rig, take.names)
    fps = take.fps
    take, reference = find_reference(take, rig, joints)
    if len(take) == 0:
        raise InputError(f"{take.source}: the take has no frames", "export a range of at least one frame")
    take = take.resampled(FPS)
    positions, world = take.world()
    leg = leg_length(joints, positions)
    if leg < 1e-6:
        raise InputError(f"{take.source}: the legs have no length", "check the OFFSETs of knees and ankles")
    scale = _leg(skeleton) / leg
    turned = _world_rotations(world, joints, reference, _align(take, rig, joints, reference, skeleton))
    rotations = _local(turned, rig, skeleton)
    ankles = positions[:, [joints[JOINT_INDEX[f"{side}_ankle"]] for side in ("left", "right")]] * scale
    hips = positions[:, [joints[JOINT_INDEX[f"{side}_hip"]] for side in ("left", "right")]].mean(axis=1) * scale
    rest_hips = skeleton.rest_joints[[JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]]].mean(axis=0)
    pelvis = skeleton.rest_joints[0]
    translation = hips - quat.rotate(turned[:, 0], rest_hips - pelvis) - pelvis
    rotations = reach_ankles(rotations, translation, ankles, skeleton)
    if ground:
        translation = on_the_floor(rotations, translation, skeleton)
    return Motion(
        translation.astype(np.float32),
        rotations.astype(np.float32),
        provenance={
            "source": take.source,
            "rig": rig.name,
            "reference": reference.kind,
            "source_fps": round(fps, 3),
            "has_fingers": JOINT_INDEX["left_index1"] in joints or JOINT_INDEX["right_index1"] in joints,
        },
    )


def _leg(skeleton: Skeleton) -> float:
    lengths = np.linalg.norm(skeleton.offsets, axis=-1)
    bones = [JOINT_INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("knee", "ankle")]
    return float(lengths[bones].sum() / 2.0)


def _align(take: Take, rig: Rig, joints: JointMap, reference: Reference, skeleton: Skeleton) -> dict[int, Array]:
    """Rotation [4] of each of our mapped joints from our T-pose to the reference pose."""
    align = dict.fromkeys(joints, quat.IDENTITY)
    for name, end, above in _LIMBS:
        joint = JOINT_INDEX[name]
        if joint not in joints:
            continue
        ours = _our_bone(skeleton, name, end)
        theirs = _their_bone(take, joints, reference, name, end)
        base = align.get(JOINT_INDEX[above], quat.IDENTITY) if above else _abduction(ours, theirs)
        if theirs is not None and JOINT_INDEX.get(end, -1) not in joints and _apart(theirs, quat.rotate(base, ours)):
            theirs = None
        palm = _palm(joints, reference, skeleton, name)
        if palm is not None:
            align[joint] = palm
        elif theirs is None:
            align[joint] = base
        else:
            align[joint] = quat.multiply(quat.between(quat.rotate(base, ours), theirs), base)
    for name, share in (("neck", 0.4), ("head", 1.0)):
        if rig.nod and JOINT_INDEX[name] in joints:
            align[JOINT_INDEX[name]] = quat.from_axis_angle(np.array([-share * np.radians(rig.nod), 0.0, 0.0]))
    return align


def _abduction(ours: Array, theirs: Array | None) -> Array:
    """Rotation about the forward axis that brings one bone over the other as seen from the front.

    Arms leave the T-pose in this plane; the shortest arc from there adds no twist to an A-pose or to hanging arms.
    """
    if theirs is None or np.hypot(theirs[0], theirs[1]) < 0.5 * np.linalg.norm(theirs):
        return quat.IDENTITY
    angle = np.arctan2(theirs[1], theirs[0]) - np.arctan2(ours[1], ours[0])
    return quat.from_axis_angle(np.array([0.0, 0.0, float(wrap(angle))]))


def _apart(tip: Array, expected: Array) -> bool:
    """Whether a tip lies so far off the bone's line that it says nothing (programs invent End Sites)."""
    return float(np.dot(tip, expected)) < 0.5 * float(np.linalg.norm(tip) * np.linalg.norm(expected))


def _our_bone(skeleton: Skeleton, name: str, end: str) -> Array:
    joint = JOINT_INDEX[name]
    return np.asarray(
        skeleton.offsets[joint] if not end else skeleton.rest_joints[JOINT_INDEX[end]] - skeleton.rest_joints[joint]
    )


def _their_bone(take: Take, joints: JointMap, reference: Reference, name: str, end: str) -> Array | None:
    """Direction of a bone in the reference pose: to the mapped end, else to the only child or the tip; None if unknown."""
    joint = joints[JOINT_INDEX[name]]
    if end and JOINT_INDEX[end] in joints:
        bone = reference.positions[joints[JOINT_INDEX[end]]] - reference.positions[joint]
    else:
        children = take.children(joint)
        if len(children) == 1:
            bone = reference.positions[children[0]] - reference.positions[joint]
        elif joint in take.tips:
            bone = quat.rotate(reference.world[joint], take.tips[joint])
        else:
            return None
    length = float(np.linalg.norm(bone))
    return bone / length if length > 1e-9 else None


def _palm(joints: JointMap, reference: Reference, skeleton: Skeleton, name: str) -> Array | None:
    """Rotation that matches wrist to middle finger and little finger to index; None without these fingers."""
    side, _, joint = name.partition("_")
    knuckles = [JOINT_INDEX.get(f"{side}_{finger}1", -1) for finger in ("middle", "pinky", "index")]
    if joint != "wrist" or any(knuckle not in joints for knuckle in knuckles):
        return None
    wrist, (middle, little, index) = JOINT_INDEX[name], knuckles
    ours, theirs = skeleton.rest_joints, reference.positions
    source = _basis(theirs[joints[middle]] - theirs[joints[wrist]], theirs[joints[index]] - theirs[joints[little]])
    target = _basis(ours[middle] - ours[wrist], ours[index] - ours[little])
    return None if source is None or target is None else quat.from_matrix(source @ target.T)


def _basis(along: Array, across: Array) -> Array | None:
    """Right-handed basis (columns) with ``along`` first and ``across`` in the plane of the first two."""
    normal = np.cross(along, across)
    if np.linalg.norm(normal) < 1e-9 * max(float(np.linalg.norm(along)), 1e-12):
        return None
    along, normal = along / np.linalg.norm(along), normal / np.linalg.norm(normal)
    return np.stack([along, np.cross(normal, along), normal], axis=-1)


def _world_rotations(world: Array, joints: JointMap, reference: Reference, align: Mapping[int, Array]) -> Array:
    """World rotations [T, 55, 4] of our joints; unmapped ones go with their parent, a spine gap half with each side."""
    turned = np.empty((len(world), JOINT_COUNT, 4))
    for joint, parent in enumerate(PARENTS):
        if joint in joints:
            there = joints[joint]
            fixed = quat.multiply(quat.conjugate(reference.world[there]), align[joint])
            turned[:, joint] = quat.multiply(world[:, there], fixed)
        else:
            turned[:, joint] = turned[:, parent]
    lower, middle, upper = (JOINT_INDEX[f"spine{k}"] for k in (1, 2, 3))
    if middle not in joints and lower in joints and upper in joints:
        turned[:, middle] = quat.slerp(turned[:, lower], turned[:, upper], 0.5)
    return turned


def _local(turned: Array, rig: Rig, skeleton: Skeleton) -> Array:
    rotations = turned.copy()
    parents = np.array(PARENTS[1:])
    rotations[:, 1:] = quat.multiply(quat.conjugate(turned[:, parents]), turned[:, 1:])
    for side in ("left", "right") if rig.wrist_twist else ():
        elbow, wrist = JOINT_INDEX[f"{side}_elbow"], JOINT_INDEX[f"{side}_wrist"]
        forearm = skeleton.offsets[wrist] / np.linalg.norm(skeleton.offsets[wrist])
        bend = rotations[:, wrist]
        half = np.arctan2(np.sum(bend[:, 1:] * forearm, axis=-1), bend[:, 0])
        half = np.where(half > np.pi / 2.0, half - np.pi, np.where(half < -np.pi / 2.0, half + np.pi, half))
        twist = quat.from_axis_angle(2.0 * rig.wrist_twist * half[:, None] * forearm)
        rotations[:, elbow] = quat.multiply(rotations[:, elbow], twist)
        rotations[:, wrist] = quat.multiply(quat.conjugate(twist), bend)
    return quat.normalize(rotations)

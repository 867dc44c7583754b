"""From a hand target in words to the rotations of collar, shoulder, elbow and wrist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.directions import parse_direction, to_world
from digital_life.motion.ik import Limb, limb, two_bone, unit
from digital_life.motion.landmarks import landmark
from digital_life.motion.poses import Hand
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

WRIST_LIMIT = np.radians(72.0)
"""A wrist bends this far at most; the hand then looks another way than the author asked."""

TWIST_IN_FOREARM = 0.6
"""Share of the hand's twist that the forearm takes, so that the skin of the wrist does not wring."""

_TOUCH = {"wrist": (0.0, 0.0), "palm": (0.95, 0.025), "knuckles": (1.0, -0.015)}
"""Touching points: lengths of the palm towards the fingers, and metres towards the palm's side."""

_LAST_BONE = 0.8
"""The end bone of a finger, as a share of the bone before it."""


@dataclass(frozen=True)
class Arm:
    """Rotation vectors [3] (radians): the upper arm against the chest, the elbow and the wrist against their parents."""

    shoulder: Array
    elbow: Array
    wrist: Array


def collar_share(hand: Hand, side: str, skeleton: Skeleton) -> Array:
    """(up, forward) in radians that the shoulder girdle goes with the arm: about a quarter of the arm's elevation."""
    if hand.reach is not None:
        out, up, forward = hand.reach
    else:
        out, up, forward = _LANDMARK_REACH.get(hand.near or "", (0.0, -0.1, 0.4))
    elevation = np.arctan2(up + 0.9, np.hypot(out, forward) + 0.25)
    raised = np.radians(16.0) * np.clip((elevation - 0.5) / 1.0, 0.0, 1.0)
    protracted = np.radians(12.0) * np.clip(forward - 0.35 - 0.6 * max(out, 0.0), 0.0, 0.7)
    return np.array([raised, protracted + np.radians(9.0) * np.clip(-out, 0.0, 0.6)])


_LANDMARK_REACH: dict[str, tuple[float, float, float]] = {
    "thigh": (0.0, -0.8, 0.3), "knee": (0.0, -0.7, 0.5), "hip": (0.1, -0.8, 0.1), "waist": (0.1, -0.7, 0.1),
    "belly": (-0.2, -0.6, 0.3), "crown": (0.0, 0.5, 0.3), "forehead": (-0.2, 0.4, 0.5), "temple": (0.0, 0.4, 0.4),
    "nape": (0.0, 0.3, 0.2), "ear": (0.0, 0.3, 0.3), "eye": (-0.2, 0.3, 0.5),
}  # fmt: skip


def solve_arm(hand: Hand, side: str, positions: Array, world: Array, skeleton: Skeleton) -> Arm:
    """Solve one arm of a body that faces +Z.

    ``positions`` [55, 3] (m) and ``world`` rotations [55, 4] are its joints, with trunk, collars and fingers posed.
    """
    shoulder = JOINT_INDEX[f"{side}_shoulder"]
    bones = limb(skeleton, side, "arm")
    root = positions[shoulder]
    pole = to_world(parse_direction(hand.elbow), side)
    if hand.reach is not None:
        target = root + to_world(np.array(hand.reach), side) * bones.length
        upper, lower = two_bone(bones, root, target, pole)
        palm_rotation = _hand_rotation(hand, side, bones, lower)
    else:
        place = landmark(str(hand.near), side, positions, world, skeleton)
        place = place + to_world(np.array(hand.offset), side) / 100.0
        touching = _touching_point(hand, side, positions, world)
        upper, lower = two_bone(bones, root, place, pole)
        for _ in range(3):
            palm_rotation = _hand_rotation(hand, side, bones, lower)
            target = place - quat.rotate(palm_rotation, touching)
            upper, lower = two_bone(bones, root, target, pole)
        palm_rotation = _hand_rotation(hand, side, bones, lower)
    wrist = _limited(quat.multiply(quat.conjugate(lower), palm_rotation), bones)
    twist = _twist(wrist, unit(bones.lower))
    share = quat.from_axis_angle(quat.to_axis_angle(twist) * TWIST_IN_FOREARM)
    elbow = quat.multiply(quat.multiply(quat.conjugate(upper), lower), share)
    wrist = quat.multiply(quat.conjugate(share), wrist)
    upper = quat.multiply(quat.conjugate(world[JOINT_INDEX["spine3"]]), upper)
    return Arm(*(quat.to_axis_angle(q) for q in (upper, elbow, wrist)))


def _hand_rotation(hand: Hand, side: str, bones: Limb, lower: Array) -> Array:
    """World rotation [4] of the hand; what the author left out is taken from the forearm."""
    rest_fingers, rest_palm = unit(bones.lower), np.array([0.0, -1.0, 0.0])
    if hand.fingers is None and hand.palm is None:
        return lower
    fingers = to_world(parse_direction(hand.fingers), side) if hand.fingers else quat.rotate(lower, rest_fingers)
    palm = to_world(parse_direction(hand.palm), side) if hand.palm else quat.rotate(lower, rest_palm)
    return quat.from_matrix(_axes(fingers, palm) @ _axes(np.array([rest_fingers[0], 0.0, 0.0]), rest_palm).T)


def _axes(fingers: Array, palm: Array) -> Array:
    fingers = unit(fingers)
    palm = unit(palm - fingers * float(fingers @ palm))
    return np.stack([fingers, palm, np.cross(fingers, palm)], axis=-1)


def _touching_point(hand: Hand, side: str, positions: Array, world: Array) -> Array:
    """Place of the touching part of the hand relative to the wrist, in the hand's own frame, metres."""
    wrist = JOINT_INDEX[f"{side}_wrist"]
    if hand.touch == "fingertips":
        last = [JOINT_INDEX[f"{side}_{finger}3"] for finger in ("index", "middle")]
        tips = positions[last] + _LAST_BONE * (positions[last] - positions[np.array(last) - 1])
        point = tips.mean(axis=0)
    else:
        along, depth = _TOUCH[hand.touch]
        knuckle = positions[JOINT_INDEX[f"{side}_middle1"]] - positions[wrist]
        point = positions[wrist] + knuckle * along + quat.rotate(world[wrist], np.array([0.0, -depth, 0.0]))
    return quat.rotate(quat.conjugate(world[wrist]), point - positions[wrist])


def _twist(rotation: Array, axis: Array) -> Array:
    """The part of a rotation that turns about ``axis`` (swing-twist decomposition)."""
    along = float(rotation[1:] @ axis)
    return quat.normalize(np.concatenate([rotation[:1], axis * along]))


def _limited(wrist: Array, bones: Limb) -> Array:
    """The wrist with its bend (not its twist) kept within ``WRIST_LIMIT``."""
    twist = _twist(wrist, unit(bones.lower))
    swing = quat.to_axis_angle(quat.multiply(wrist, quat.conjugate(twist)))
    angle = float(np.linalg.norm(swing))
    if angle > WRIST_LIMIT:
        swing = swing * (WRIST_LIMIT / angle)
    return quat.multiply(quat.from_axis_angle(swing), twist)

"""From a hand target in words to the rotations of collar, shoulder, elbow and wrist."""

from __future__ import annotations

from collections.abc import Sequence
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
class Arms:
    """Rotations [K, 4] of one arm at K keys: the upper arm against the chest, elbow and wrist against their parents."""

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


def solve_arms(hands: Sequence[Hand], side: str, positions: Array, world: Array, skeleton: Skeleton) -> Arms:
    """Solve one arm of a body that faces +Z, at K keys together.

    ``positions`` [K, 55, 3] (m) and ``world`` rotations [K, 55, 4] are its joints, with trunk, collars and fingers posed.
    """
    bones = limb(skeleton, side, "arm")
    root = positions[:, JOINT_INDEX[f"{side}_shoulder"]]
    pole = np.stack([to_world(parse_direction(hand.elbow), side) for hand in hands])
    goals = np.stack([_goal(hand, side, positions[k], world[k], bones, skeleton) for k, hand in enumerate(hands)])
    touching = np.stack([_touching_point(hand, side, positions[k], world[k]) for k, hand in enumerate(hands)])
    upper, lower = two_bone(bones, root, goals, pole)
    for _ in range(3 if touching.any() else 0):
        target = goals - quat.rotate(_hand_rotations(hands, side, bones, lower), touching)
        upper, lower = two_bone(bones, root, target, pole)
    palm = _hand_rotations(hands, side, bones, lower)
    wrist = quat.multiply(quat.conjugate(lower), palm)
    twist = _twist(wrist, unit(bones.lower))
    share = quat.from_axis_angle(quat.to_axis_angle(twist) * TWIST_IN_FOREARM)
    return Arms(
        shoulder=quat.multiply(quat.conjugate(world[:, JOINT_INDEX["spine3"]]), upper),
        elbow=quat.multiply(quat.multiply(quat.conjugate(upper), lower), share),
        wrist=quat.multiply(quat.conjugate(share), wrist),
    )


def _goal(hand: Hand, side: str, positions: Array, world: Array, bones: Limb, skeleton: Skeleton) -> Array:
    """Where the touching part of the hand is to go, in the world [3]."""
    if hand.reach is not None:
        shoulder = positions[JOINT_INDEX[f"{side}_shoulder"]]
        return np.asarray(shoulder + to_world(np.array(hand.reach), side) * bones.length)
    place = landmark(str(hand.near), side, positions, world, skeleton)
    return np.asarray(place + to_world(np.array(hand.offset), side) / 100.0)


def _hand_rotations(hands: Sequence[Hand], side: str, bones: Limb, lower: Array) -> Array:
    """World rotations [K, 4] of the hands, as far as wrists bend; what the author left out is taken from the forearm."""
    rest_fingers, rest_palm = np.array([np.sign(bones.lower[0]), 0.0, 0.0]), np.array([0.0, -1.0, 0.0])
    fingers, palm = quat.rotate(lower, unit(bones.lower)), quat.rotate(lower, rest_palm)
    for k, hand in enumerate(hands):
        if hand.fingers:
            fingers[k] = to_world(parse_direction(hand.fingers), side)
        if hand.palm:
            palm[k] = to_world(parse_direction(hand.palm), side)
    asked = np.array([hand.fingers is not None or hand.palm is not None for hand in hands])
    rotation = quat.from_matrix(_axes(fingers, palm) @ _axes(rest_fingers, rest_palm).T)
    wrist = _limited(quat.multiply(quat.conjugate(lower), np.where(asked[:, None], rotation, lower)), bones)
    return quat.multiply(lower, wrist)


def _axes(fingers: Array, palm: Array) -> Array:
    fingers = unit(fingers)
    palm = unit(palm - fingers * np.sum(fingers * palm, axis=-1, keepdims=True))
    return np.stack([fingers, palm, np.cross(fingers, palm)], axis=-1)


def _touching_point(hand: Hand, side: str, positions: Array, world: Array) -> Array:
    """Place [3] of the touching part of the hand relative to the wrist, in the hand's own frame, metres."""
    if hand.reach is not None:
        return np.zeros(3)
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
    """The part of rotations [K, 4] that turns about ``axis`` [3] (swing-twist decomposition)."""
    along = rotation[:, 1:] @ axis
    return quat.normalize(np.concatenate([rotation[:, :1], axis * along[:, None]], axis=-1))


def _limited(wrist: Array, bones: Limb) -> Array:
    """The wrists with their bend (not their twist) kept within ``WRIST_LIMIT``."""
    twist = _twist(wrist, unit(bones.lower))
    swing = quat.to_axis_angle(quat.multiply(wrist, quat.conjugate(twist)))
    angle = np.linalg.norm(swing, axis=-1, keepdims=True)
    swing = swing * np.minimum(1.0, WRIST_LIMIT / np.maximum(angle, 1e-9))
    return quat.multiply(quat.from_axis_angle(swing), twist)

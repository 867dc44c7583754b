"""Arms over a whole clip: hand targets are solved at their keys, in between the arms move by rotations, in arcs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.arms import solve_arms
from digital_life.motion.clip_file import ClipFile, Root
from digital_life.motion.feet import foot_path, home, sole
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.legs import pose_legs
from digital_life.motion.poses import base_poses
from digital_life.motion.score import SIDES, HandKey, Score, spread, trunk_values
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton
from digital_life.motion.torso import pose_trunk
from digital_life.motion.tracks import Track, continuous

Array = NDArray[np.float64]

_JOINTS = ("shoulder", "elbow", "wrist")
_ON_OTHER_ARM = ("other_upper_arm", "other_elbow", "other_forearm")


def arm_tracks(clip: ClipFile, score: Score, skeleton: Skeleton) -> dict[str, Track]:
    """Tracks ``left_shoulder`` ... ``right_wrist`` [6]: the first key's rotation vector and the way from there.

    The shoulder is the upper arm against the chest. A hand that touches the other arm is solved in a second pass, when
    the other arm is known.
    """
    tracks: dict[str, Track] = {}
    touching = {side: any(key.hand.near in _ON_OTHER_ARM for key in score.hands[side]) for side in SIDES}
    order = sorted(SIDES, key=lambda side: touching[side])
    if all(touching.values()):
        order = [*order, *order]
    for side in order:
        keys = score.hands[side]
        times = np.array([key.time for key in keys])
        rotations, translation = _body(clip, score, times, skeleton)
        known = {name: track.evaluate(times) for name, track in tracks.items()}
        _set_joints(rotations, known)
        positions, world = forward_kinematics(rotations, translation, skeleton)
        arms = solve_arms([key.hand for key in keys], side, positions, world, skeleton)
        for joint in _JOINTS:
            track = _joint_track(keys, getattr(arms, joint))
            tracks[f"{side}_{joint}"] = spread(clip, joint, track)
    return tracks


def set_arms(rotations: Array, values: Mapping[str, Array]) -> None:
    """Write arms and fingers, as their tracks were followed, into ``rotations`` [N, 55, 4] with a posed trunk."""
    _set_joints(rotations, values)
    _set_fingers(rotations, values)


def _set_fingers(rotations: Array, values: Mapping[str, Array]) -> None:
    for side in SIDES:
        first = JOINT_INDEX[f"{side}_index1"]
        fingers = values[f"{side}_fingers"].reshape(len(rotations), 15, 3)
        rotations[:, first : first + 15] = quat.from_axis_angle(fingers)


def _body(clip: ClipFile, score: Score, times: Array, skeleton: Skeleton) -> tuple[Array, Array]:
    """The body without arms at the times of keys, standing at the origin."""
    values = {name: track.evaluate(times) for name, track in score.tracks.items()}
    rotations, translation = pose_trunk(trunk_values(values | {"root": np.zeros((len(times), 3))}), skeleton)
    _set_fingers(rotations, values)
    base = base_poses()[clip.base]
    prints = {side: home(getattr(base, f"{side}_foot"), side, Root(), skeleton) for side in SIDES}
    feet = {side: foot_path(prints[side], [], [], times, sole(skeleton, side)) for side in SIDES}
    return rotations, pose_legs(rotations, translation, feet, skeleton)


def _joint_track(keys: list[HandKey], rotations: Array) -> Track:
    """Rotation vectors of one arm joint relative to the first key, so that they never wrap round."""
    first = quat.to_axis_angle(rotations[0])
    ways = continuous(list(quat.to_axis_angle(quat.multiply(quat.conjugate(rotations[:1]), rotations))))
    values = [np.concatenate([first, way]) for way in ways]
    return Track([key.time for key in keys], values, [key.ease for key in keys])


def _set_joints(rotations: Array, values: Mapping[str, Array]) -> None:
    for side in SIDES:
        for joint in _JOINTS:
            value = values.get(f"{side}_{joint}")
            if value is None:
                continue
            rotation = quat.multiply(quat.from_axis_angle(value[:, :3]), quat.from_axis_angle(value[:, 3:]))
            if joint == "shoulder":
                rotation = quat.multiply(quat.conjugate(rotations[:, JOINT_INDEX[f"{side}_collar"]]), rotation)
            rotations[:, JOINT_INDEX[f"{side}_{joint}"]] = rotation

"""The starter library, measured: every clip is compiled as a user's would be and looked at as numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from digital_life.assets import asset_dir
from digital_life.motion import quaternion as quat
from digital_life.motion.keyframes import CompiledClip, clip_fingerprint, compile_clip
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.mirror import mirror
from digital_life.motion.motion import CONTACT_JOINTS
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, canonical_skeleton

PATHS = sorted((asset_dir("motion_db") / "clips").glob("*.yaml"))
NAMES = [path.stem for path in PATHS]
BY_NAME = dict(zip(NAMES, PATHS, strict=True))
FEET = [JOINT_INDEX[name] for name in CONTACT_JOINTS]

clip = lru_cache(maxsize=None)(lambda name: compile_clip(BY_NAME[name]))
each_clip = pytest.mark.parametrize("name", NAMES)


def positions(compiled: CompiledClip) -> NDArray[np.float64]:
    return forward_kinematics(compiled.motion.rotations, compiled.motion.translation, canonical_skeleton())[0]


def angular_speed(compiled: CompiledClip) -> NDArray[np.float64]:
    """Radians per second of every joint [T - 1, 55]."""
    rotations = compiled.motion.rotations.astype(np.float64)
    turned = quat.multiply(quat.conjugate(rotations[:-1]), rotations[1:])
    return np.linalg.norm(quat.to_axis_angle(turned), axis=-1) * compiled.motion.fps


def angles_between(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.degrees(np.linalg.norm(quat.to_axis_angle(quat.multiply(quat.conjugate(a), b)), axis=-1))


def test_there_is_what_a_conversation_needs() -> None:
    assert len(PATHS) >= 45
    kinds = [clip(name).kind for name in NAMES]
    assert {"idle", "talk", "gesture", "locomotion", "transition", "emotion"} <= set(kinds)
    assert kinds.count("talk") >= 10
    assert {clip(name).posture for name in NAMES if clip(name).kind == "idle"} == {"standing", "seated"}


@each_clip
def test_identity_and_words(name: str) -> None:
    compiled = clip(name)
    assert compiled.id == name
    assert len(compiled.captions) >= 5
    assert len(set(compiled.captions)) == len(compiled.captions)
    assert compiled.captions_zh
    assert compiled.motion.rotations.shape[1:] == (JOINT_COUNT, 4)
    times = list(compiled.sync.values())
    assert times == sorted(times)
    assert all(moment < compiled.motion.duration for moment in times)


@each_clip
def test_no_joint_flips(name: str) -> None:
    assert angular_speed(clip(name)).max() < 20.0


@each_clip
def test_no_dead_second(name: str) -> None:
    speed = angular_speed(clip(name))[:, : JOINT_INDEX["left_eye"]].max(axis=1)
    for start in range(0, max(len(speed) - 29, 1), 15):
        assert speed[start : start + 30].max() > np.radians(0.5), f"still from frame {start}"


@each_clip
def test_feet_stand_on_the_floor_and_do_not_slide(name: str) -> None:
    compiled = clip(name)
    contacts = compiled.motion.contacts
    assert contacts is not None
    places = positions(compiled)[:, FEET]
    speed = np.linalg.norm(np.diff(places, axis=0), axis=-1) * compiled.motion.fps
    standing = (contacts[1:] > 0.5) & (contacts[:-1] > 0.5)
    assert standing.any()
    assert speed[standing].mean() < 0.02
    assert np.quantile(speed[standing], 0.98) < 0.05
    skeleton = canonical_skeleton()
    rest = skeleton.rest_joints[FEET, 1] - skeleton.floor
    above = places[..., 1] - rest
    assert np.abs(above[contacts > 0.5]).max() < 0.01
    assert above[:, [1, 3]].min() > -0.01


@each_clip
def test_hands_stay_out_of_the_trunk(name: str) -> None:
    """No wrist comes nearer than 8 cm to the axis from pelvis to neck."""
    places = positions(clip(name))
    bottom, top = places[:, JOINT_INDEX["pelvis"]], places[:, JOINT_INDEX["neck"]]
    axis = top - bottom
    for side in ("left", "right"):
        wrist = places[:, JOINT_INDEX[f"{side}_wrist"]]
        along = np.clip(np.sum((wrist - bottom) * axis, axis=1) / np.sum(axis * axis, axis=1), 0.0, 1.0)
        assert np.linalg.norm(wrist - bottom - axis * along[:, None], axis=1).min() > 0.08


@pytest.mark.parametrize("name", ["idle_seated_calm", "listen_seated", "listen_seated_bored", "phone_call_seated"])
def test_resting_hands_lie_on_the_thighs_while_the_trunk_moves(name: str) -> None:
    """Where the left hand rests, its knuckles are as far from the bone as thigh, trousers and palm are thick."""
    places = positions(clip(name))
    knuckle, hip, knee = (places[:, JOINT_INDEX[f"left_{joint}"]] for joint in ("middle1", "hip", "knee"))
    bone = knee - hip
    along = np.sum((knuckle - hip) * bone, axis=1) / np.sum(bone * bone, axis=1)
    apart = np.linalg.norm(knuckle - hip - bone * along[:, None], axis=1)
    assert apart.min() > 0.105
    assert np.quantile(apart, 0.3) < 0.16


@each_clip
def test_knees_and_elbows_bend_the_right_way(name: str) -> None:
    rotations = clip(name).motion.rotations
    for side, sign in (("left", -1.0), ("right", 1.0)):
        knee = quat.to_axis_angle(rotations[:, JOINT_INDEX[f"{side}_knee"]])
        elbow = quat.to_axis_angle(rotations[:, JOINT_INDEX[f"{side}_elbow"]])
        assert knee[:, 0].min() > -0.05
        assert (sign * elbow[:, 1]).min() > -0.3


@pytest.mark.parametrize(
    "name", [name for name in NAMES if clip(name).kind in ("gesture", "talk", "emotion", "action")]
)
def test_gestures_start_and_end_at_rest(name: str) -> None:
    compiled = clip(name)
    base = clip("idle_seated_calm" if compiled.posture == "seated" else "idle_standing_calm")
    upper = [
        k
        for k in range(JOINT_COUNT)
        if k not in {JOINT_INDEX[f"{s}_{j}"] for s in ("left", "right") for j in ("hip", "knee", "ankle", "foot")}
    ]
    for frame in (0, -1):
        off = angles_between(base.motion.rotations[0], compiled.motion.rotations[frame])[upper]
        assert off.max() < 16.0
        assert off.mean() < 4.5


@pytest.mark.parametrize("name", [name for name in NAMES if clip(name).loop])
def test_loops_close(name: str) -> None:
    compiled = clip(name)
    step = angles_between(compiled.motion.rotations[:-1], compiled.motion.rotations[1:]).max()
    closing = angles_between(compiled.motion.rotations[-1], compiled.motion.rotations[0]).max()
    assert closing <= max(1.5 * step, 0.5)


def test_sitting_down_and_standing_up_meet_the_idles() -> None:
    seated, standing = clip("idle_seated_calm").motion, clip("idle_standing_calm").motion
    assert abs(clip("sit_down").motion.translation[-1, 1] - seated.translation[0, 1]) < 0.02
    assert abs(clip("stand_up").motion.translation[-1, 1] - standing.translation[0, 1]) < 0.02
    assert clip("sit_down").posture_end == "seated"
    assert clip("stand_up").posture_end == "standing"


def test_walking_goes_forward_at_an_ordinary_pace() -> None:
    walk = clip("walk_loop").motion
    way = walk.translation[-1] - walk.translation[0]
    assert way[2] / (len(walk) - 1) * walk.fps == pytest.approx(1.2, abs=0.05)
    assert abs(way[0]) < 0.02


def test_mirrored_clips_are_the_other_side() -> None:
    left, right = clip("wave_left").motion, clip("wave_right").motion
    assert np.array_equal(left.rotations, mirror(right).rotations)
    assert left.provenance["clips"] == ["wave_left"]


def test_compiling_is_deterministic_and_has_a_fingerprint() -> None:
    again = compile_clip(BY_NAME["laugh"])
    assert np.array_equal(again.motion.rotations, clip("laugh").motion.rotations)
    assert clip_fingerprint(BY_NAME["laugh"]) == clip_fingerprint(BY_NAME["laugh"])
    assert clip_fingerprint(BY_NAME["laugh"]) != clip_fingerprint(BY_NAME["sigh"])

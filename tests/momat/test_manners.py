"""How feelings change pace, size and posture."""

from dataclasses import replace

import numpy as np
import pytest

from digital_life.behaviour import Emotion
from digital_life.momat.gesture_size import FARTHEST, reach, resized
from digital_life.momat.library import MotionLibrary
from digital_life.momat.manner import NEUTRAL, Manner
from digital_life.momat.vigour import vigour_of
from digital_life.motion import quaternion as quat
from digital_life.motion.ik import limb
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.resample import stretch
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

SKELETON = canonical_skeleton()


def placed(rotations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return forward_kinematics(rotations, np.zeros((len(rotations), 3)), SKELETON)


def raised(rotations: np.ndarray, joint: str) -> float:
    """Degrees by which a joint's front points above the horizon, on average."""
    forward = quat.rotate(placed(rotations)[1][:, JOINT_INDEX[joint]], np.array([0.0, 0.0, 1.0]))
    return float(np.degrees(np.arcsin(forward[:, 1])).mean())


def body(clip: str) -> np.ndarray:
    return MotionLibrary.default()[clip].motion.rotations.astype(np.float64)


def test_a_neutral_feeling_changes_nothing() -> None:
    clip = MotionLibrary.default()["talk_both_large"]
    assert Manner.of(Emotion()) == NEUTRAL
    assert NEUTRAL.performed(clip) is clip
    rotations = body("idle_standing_calm")
    assert NEUTRAL.held(rotations, seated=False) is rotations


@pytest.mark.parametrize(("arousal", "faster"), [(9, True), (1, False)])
def test_arousal_sets_the_pace_and_keeps_the_stroke_on_its_pose(arousal: float, faster: bool) -> None:
    clip = MotionLibrary.default()["talk_right_large"]
    manner = Manner.of(Emotion(arousal=arousal))
    played = manner.performed(clip)
    assert (played.frames < clip.frames) is faster
    assert len(played.motion) == played.frames
    assert played.duration / clip.duration == pytest.approx(1 / manner.pace, abs=0.02)
    assert played.stroke / played.duration == pytest.approx(clip.stroke / clip.duration, abs=0.02)
    wrist = JOINT_INDEX["right_wrist"]
    paced = Manner(pace=manner.pace).performed(clip)
    at, there = (round(c.stroke * 30) for c in (clip, paced))
    one, other = placed(clip.motion.rotations)[0][at, wrist], placed(paced.motion.rotations)[0][there, wrist]
    np.testing.assert_allclose(one, other, atol=0.03)


def test_larger_gestures_reach_farther_within_the_arm() -> None:
    rotations = body("talk_both_large")
    reached = [reach(resized(rotations, size)).mean() for size in (0.7, 0.85, 1.0, 1.2, 1.4)]
    assert np.all(np.diff(reached) > 0.02)
    places = placed(resized(rotations, 1.4))[0]
    for side in ("left", "right"):
        root, end = (places[:, JOINT_INDEX[f"{side}_{name}"]] for name in ("shoulder", "wrist"))
        own = placed(rotations)[0]
        before = np.linalg.norm(own[:, JOINT_INDEX[f"{side}_wrist"]] - own[:, JOINT_INDEX[f"{side}_shoulder"]], axis=-1)
        longest = np.maximum(FARTHEST * limb(SKELETON, side, "arm").length, before)
        assert np.all(np.linalg.norm(end - root, axis=-1) <= longest + 1e-3)


def test_hands_before_the_body_neither_cross_nor_part() -> None:
    rotations = body("clap")
    hands = [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]
    apart = [placed(resized(rotations, size))[0][:, hands, 0] @ [1.0, -1.0] for size in (1.0, 1.4, 0.7)]
    near = apart[0] < 0.12
    assert near.sum() > 3
    for changed in apart[1:]:
        np.testing.assert_allclose(changed[near], apart[0][near], atol=0.05)


def test_dominance_and_pleasure_raise_chest_and_face() -> None:
    rotations = body("idle_standing_calm")
    for feeling in ("dominance", "pleasure"):
        bodies = [Manner.of(Emotion(**{feeling: level})).held(rotations, seated=False) for level in (1, 3, 5, 7, 9)]
        assert np.all(np.diff([raised(each, "spine3") for each in bodies]) > 0.5)
        assert np.all(np.diff([raised(each, "head") for each in bodies]) > 0.5)


def test_a_seated_back_goes_forward_rather_than_through_its_chair() -> None:
    rotations = body("idle_seated_calm")
    own = raised(rotations, "spine3")
    proud, dejected = (
        raised(Manner.of(Emotion(dominance=level)).held(rotations, seated=True), "spine3") - own for level in (9, 1)
    )
    assert 0.0 < proud < 3.0
    assert dejected < -5.0


def from_the_chest(rotations: np.ndarray, joint: str) -> np.ndarray:
    """Places [T, 3] of a joint as the chest sees it, metres."""
    places, world = placed(rotations)
    chest = JOINT_INDEX["spine3"]
    return quat.rotate(quat.conjugate(world[:, chest]), places[:, JOINT_INDEX[joint]] - places[:, chest])


@pytest.mark.parametrize("manner", [Manner(round=0.25), Manner(round=-0.25), Manner(spread=0.1)])
def test_a_hand_on_the_heart_stays_there(manner: Manner) -> None:
    rotations = body("hand_on_heart")
    held = manner.held(rotations, seated=False)
    moved = np.linalg.norm(from_the_chest(held, "right_wrist") - from_the_chest(rotations, "right_wrist"), axis=-1)
    assert moved[round(MotionLibrary.default()["hand_on_heart"].stroke * 30)] < 0.001


def test_hanging_arms_take_more_room_and_shoulders_go_back_with_dominance() -> None:
    rotations = body("idle_standing_calm")
    bodies = [Manner.of(Emotion(dominance=level)).held(rotations, seated=False) for level in (1, 5, 9)]
    back = [-from_the_chest(each, "left_shoulder")[:, 2].mean() for each in bodies]
    out = [from_the_chest(each, "left_wrist")[:, 0].mean() for each in bodies]
    assert np.all(np.diff(back) > 0.01)
    assert out[2] > out[1] + 0.01


def test_quiet_feelings_choose_quiet_gestures() -> None:
    every = MotionLibrary.default().select(kind="talk", posture="standing")
    vigour = {clip.id: vigour_of(clip) for clip in every}
    levels = [Emotion(arousal=level, dominance=level) for level in (1, 3, 5, 7, 9)]
    chosen = [Manner.of(emotion).fitting(every, vigour) for emotion in levels]
    means = [np.mean([vigour[clip.id] for clip in clips]) for clips in chosen]
    assert np.all(np.diff(means) > 0.1)
    assert len(chosen[2]) > 0.5 * len(every), "who feels nothing has most to choose from"
    assert min(map(len, chosen)) >= 3
    few = every[:5]
    assert Manner.of(levels[0]).fitting(few, vigour) == few


@pytest.mark.parametrize(("change", "least"), [("larger", 0.05), ("faster", 0.3), ("more abrupt", 1.0)])
def test_larger_faster_and_more_abrupt_gestures_are_more_vigorous(change: str, least: float) -> None:
    clip = MotionLibrary.default()["talk_right_large"]
    motion = clip.motion
    if change == "larger":
        livelier = replace(motion, rotations=resized(motion.rotations, 1.2).astype(np.float32))
    elif change == "faster":
        livelier = stretch(motion, round(len(motion) / 1.3))
    else:
        trembling = np.sin(np.arange(len(motion)) * 2.0)[:, None] * np.radians([0.0, 0.0, 1.0])
        rotations = motion.rotations.astype(np.float64)
        elbow = JOINT_INDEX["right_elbow"]
        rotations[:, elbow] = quat.multiply(rotations[:, elbow], quat.from_axis_angle(trembling))
        livelier = replace(motion, rotations=rotations.astype(np.float32))
    assert vigour_of(replace(clip, frames=len(livelier), load=lambda: livelier)) > vigour_of(clip) + least


@pytest.mark.parametrize("frames", [1, 2, 3, 4])
def test_the_shortest_clips_have_some_vigour(frames: int) -> None:
    clip = MotionLibrary.default()["talk_right_large"]
    short = clip.motion.slice(0, frames)
    assert np.isfinite(vigour_of(replace(clip, frames=frames, load=lambda: short)))

"""Made gestures begin and end at ease, sit where they are to sit, and idles close."""

from __future__ import annotations

import numpy as np
import pytest

from digital_life.mogen.at_rest import from_rest_to_rest, looped, seated, sync_times
from digital_life.momat.hand_stops import speeds, wrists
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat
from digital_life.motion.foot_skate import foot_skate
from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

SKELETON = canonical_skeleton()


@pytest.fixture(scope="module")
def library() -> MotionLibrary:
    return MotionLibrary.default()


@pytest.fixture(scope="module")
def raised(library: MotionLibrary) -> Motion:
    """The middle of a wave: the hand is up at its beginning and its end, and it moves."""
    wave = library["wave_right"].motion
    return wave.slice(len(wave) // 3, 2 * len(wave) // 3)


def hands(motion: Motion) -> np.ndarray:
    return speeds(wrists(motion.rotations, motion.translation, SKELETON))


def test_a_gesture_comes_from_rest_and_goes_back(library: MotionLibrary, raised: Motion) -> None:
    rest = library["idle_standing_calm"].motion
    whole = from_rest_to_rest(raised, rest)
    speed = hands(whole)
    assert speed[[0, -1]].max() < 0.02
    for end in (0, -1):
        np.testing.assert_allclose(whole.rotations[end, 12:], rest.rotations[0, 12:], atol=1e-4)
    change = np.abs(np.diff(speed, axis=0)).max() * FPS
    assert change < max(40.0, 1.5 * np.abs(np.diff(hands(raised), axis=0)).max() * FPS), (
        "no jump at the ends of what was made"
    )
    begin = (len(whole) - len(raised)) // 2
    near = [
        np.abs(whole.rotations[at : at + len(raised), 16:20] - raised.rotations[:, 16:20]).max()
        for at in range(begin + 12)
    ]
    assert min(near) < 1e-4, "what was made is in it unchanged"
    assert foot_skate(whole) < 0.01


def test_the_way_to_rest_is_no_faster_than_people_go(library: MotionLibrary, raised: Motion) -> None:
    rest = library["idle_standing_calm"].motion
    still = Motion(np.tile(raised.translation[:1], (20, 1)), np.tile(raised.rotations[:1], (20, 1, 1)))
    whole = from_rest_to_rest(still, rest).rotations.astype(np.float64)
    arm = [JOINT_INDEX[f"right_{joint}"] for joint in ("shoulder", "elbow")]
    turned = quat.to_axis_angle(quat.multiply(quat.conjugate(whole[:-1, arm]), whole[1:, arm]))
    farthest = quat.to_axis_angle(quat.multiply(quat.conjugate(still.rotations[0, arm]), rest.rotations[0, arm]))
    fastest = max(2.5, 1.875 * np.linalg.norm(farthest, axis=-1).max() / 1.0)
    assert np.linalg.norm(turned, axis=-1).max() * FPS < 1.05 * fastest


def test_a_seated_body_does_it_over_its_lap(library: MotionLibrary, raised: Motion) -> None:
    rest = library["idle_seated_calm"].motion
    hanging = library["idle_standing_calm"].motion
    gesture = seated(from_rest_to_rest(raised, hanging), rest)
    assert gesture is not None
    assert hands(gesture)[[0, -1]].max() < 0.02 and hands(gesture).max() > 0.5
    names = ["pelvis", "right_wrist", "left_wrist", "right_hip", "right_knee"]
    at, _ = joint_kinematics(gesture.rotations, gesture.translation, SKELETON, [JOINT_INDEX[name] for name in names])
    lowest = np.minimum(at[:, 3, 1], at[:, 4, 1])
    assert (at[:, 1:3, 1] > lowest[:, None] - 0.02).all(), "no hand goes through the thighs"
    assert at[:, 0, 1].max() < 0.65, "it stays on the seat"
    moved, still = (np.ptp(at[:, side], axis=0).max() for side in (1, 2))
    assert moved > 0.3 > 0.05 > still, "the hand that does nothing stays in the lap"


def test_an_idle_closes_and_its_arms_hang_as_at_rest(library: MotionLibrary) -> None:
    rest = library["idle_standing_calm"].motion
    idle = library["idle_standing_clasped"].motion
    closed = looped(idle, rest)
    assert 0.5 * len(idle) < len(closed) <= len(idle)
    np.testing.assert_allclose(np.abs((closed.rotations[0] * closed.rotations[-1]).sum(axis=-1)), 1.0, atol=1e-3)
    elbow = JOINT_INDEX["left_elbow"]
    mean = closed.rotations[:, elbow].mean(axis=0)
    assert abs(float(mean @ rest.rotations[0, elbow])) / np.linalg.norm(mean) > 0.999


@pytest.mark.parametrize("name", ["talk_right_large", "talk_precise", "point_left", "wave_right", "talk_seated_both"])
def test_times_of_a_gesture_are_measured(library: MotionLibrary, name: str) -> None:
    written = library[name]
    times = sync_times(written.motion)
    assert times["ready"] <= times["stroke"] <= times["relax"] <= written.duration
    assert times["stroke"] == pytest.approx(written.stroke, abs=0.1 if name != "wave_right" else 0.3)

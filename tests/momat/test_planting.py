"""Strides that are longer than the legs."""

import numpy as np
import pytest

from digital_life.momat.feet import Build, FootTrack, Stance, sink_to_reach, solve_legs
from digital_life.momat.planting import SINK, swings_in_reach
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, canonical_skeleton

SKELETON = canonical_skeleton()
BUILD = Build(SKELETON)
FRAMES = 45
BALLS = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]


def striding(length: float) -> tuple[np.ndarray, np.ndarray, FootTrack]:
    """A pelvis that goes ``length`` metres ahead, the right foot with it, while the left one stays where it stands."""
    rotations = np.tile(quat.IDENTITY, (FRAMES, JOINT_COUNT, 1)).astype(np.float64)
    ahead = np.concatenate([np.zeros(10), np.linspace(0.0, length, 25), np.full(10, length)])
    pelvis = np.stack([np.zeros(FRAMES), np.full(FRAMES, BUILD.pelvis_height - 0.03), ahead], axis=-1)
    prints = np.repeat(Stance.at(np.zeros(2), 0.0, BUILD).prints[None], FRAMES, axis=0)
    prints[:, 1, 1] += ahead
    feet = FootTrack.from_prints(prints, np.zeros((FRAMES, 2)), BUILD)
    feet.contacts[11:35, 2:] = 0.0
    return pelvis, rotations, feet


def walked(length: float) -> tuple[np.ndarray, np.ndarray, FootTrack]:
    """Metres [T] that the pelvis sank, joints [T, 55, 3], and the feet that were reached."""
    pelvis, rotations, feet = striding(length)
    feet = swings_in_reach(feet, feet.contacts[:, [1, 3]] > 0.5, pelvis, rotations[:, 0], BUILD)
    lowered = sink_to_reach(pelvis, rotations[:, 0], feet, BUILD)
    legs = solve_legs(rotations, lowered, feet, BUILD)
    joints, _ = forward_kinematics(legs, lowered - SKELETON.rest_joints[0], SKELETON)
    return pelvis[:, 1] - lowered[:, 1], joints, feet


@pytest.mark.parametrize("length", [0.55, 0.7, 0.9])
def test_a_stride_too_long_for_the_legs_ends_early_and_the_pelvis_stays_up(length: float) -> None:
    pelvis, rotations, feet = striding(length)
    without = pelvis[:, 1] - sink_to_reach(pelvis, rotations[:, 0], feet, BUILD)[:, 1]
    assert without.max() > 1.8 * SINK, "it would have drawn the pelvis down"
    sunk, joints, reached = walked(length)
    assert sunk.max() < 1.3 * SINK
    stands = reached.contacts[:, 1] > 0.5
    speed = np.linalg.norm(np.diff(joints[:, BALLS[0]], axis=0), axis=-1) * FPS
    assert speed[stands[1:] & stands[:-1]].max() < 0.01, "while it stands it stays"
    assert joints[:, BALLS, 1].min() > BUILD.ball_height - 0.005
    ankle = joints[:, JOINT_INDEX["left_ankle"], 1]
    assert ankle.max() > BUILD.ankle_height + 0.04, "its heel comes up"


def test_a_stride_too_far_leaves_its_print() -> None:
    _, joints, reached = walked(1.2)
    stands = reached.contacts[:, 1] > 0.5
    assert stands[:12].all() and not stands[35:].any()
    assert joints[-1, BALLS[0], 2] > joints[0, BALLS[0], 2] + 0.2, "the foot comes along"


def test_a_stride_within_reach_is_left_alone() -> None:
    pelvis, rotations, feet = striding(0.2)
    reached = swings_in_reach(feet, feet.contacts[:, [1, 3]] > 0.5, pelvis, rotations[:, 0], BUILD)
    assert np.array_equal(reached.contacts, feet.contacts) and np.allclose(reached.ankle, feet.ankle)

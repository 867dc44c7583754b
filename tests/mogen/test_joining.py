"""Rows become motions whose root does not wander off from standing feet."""

import numpy as np

from digital_life.mogen.joining import finished
from digital_life.mogen.representation import CONTACTS, TRAVEL, encode
from digital_life.momat.library import MotionLibrary
from digital_life.motion.skeleton import JOINT_INDEX


def test_a_body_whose_feet_stand_does_not_drift_or_lean() -> None:
    rows = np.repeat(encode(MotionLibrary.default()["wave_right"].motion)[:1], 150, axis=0).astype(np.float64)
    rows[:, TRAVEL] = 0.05
    rows[:, CONTACTS] = 1.0
    motion = finished(rows, None, {})
    assert np.linalg.norm(np.ptp(motion.translation[:, [0, 2]], axis=0)) < 0.01
    hip = motion.rotations[:, JOINT_INDEX["left_hip"]]
    assert np.abs(hip - hip[0]).max() < 0.02


def test_a_walk_keeps_its_way() -> None:
    walk = MotionLibrary.default()["walk_loop"].motion
    made = finished(encode(walk), None, {})
    went, should = (np.linalg.norm((m.translation[-1] - m.translation[0])[[0, 2]]) for m in (made, walk))
    assert abs(went - should) < 0.1 * should

"""Hands over the lap of somebody who sits."""

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.motion import quaternion as quat
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.lap import over_lap
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton


def body(name: str) -> tuple[np.ndarray, np.ndarray]:
    motion = compile_clip(asset_dir("motion_db") / "clips" / f"{name}.yaml").motion
    return motion.rotations.astype(np.float64), motion.translation.astype(np.float64)


@pytest.mark.parametrize("name", ["idle_seated_calm", "listen_seated_bored", "listen_seated_forward"])
def test_hands_of_written_clips_rest_on_the_thighs(name: str) -> None:
    """8 cm from the bone: flesh, trousers and half a hand."""
    rotations, translation = body(name)
    assert over_lap(rotations, translation, canonical_skeleton()).min() > 0.08


def test_a_hand_that_goes_down_is_nearer() -> None:
    rotations, translation = body("idle_seated_calm")
    shoulder = JOINT_INDEX["left_shoulder"]
    lower = rotations.copy()
    lower[:, shoulder] = quat.multiply(quat.from_axis_angle(np.array([0.3, 0.0, 0.0])), rotations[:, shoulder])
    near, before = (over_lap(turns, translation, canonical_skeleton()) for turns in (lower, rotations))
    assert (near[:, 0] < before[:, 0] - 0.01).all()
    np.testing.assert_allclose(near[:, 1], before[:, 1], atol=1e-9)

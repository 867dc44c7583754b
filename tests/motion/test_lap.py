"""Hands over the lap of somebody who sits."""

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.motion import quaternion as quat
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.lap import LEAST, above_lap, over_lap
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton


def body(name: str) -> tuple[np.ndarray, np.ndarray]:
    motion = compile_clip(asset_dir("motion_db") / "clips" / f"{name}.yaml").motion
    return motion.rotations.astype(np.float64), motion.translation.astype(np.float64)


@pytest.fixture
def sunk() -> tuple[np.ndarray, np.ndarray]:
    """Somebody who sits, the left arm going down through the thigh and up again."""
    rotations, translation = body("idle_seated_calm")
    down = np.zeros((len(rotations), 3))
    down[:, 0] = 0.3 * np.sin(np.pi * np.arange(len(rotations)) / len(rotations)) ** 2
    shoulder = JOINT_INDEX["left_shoulder"]
    rotations[:, shoulder] = quat.multiply(quat.from_axis_angle(down), rotations[:, shoulder])
    return rotations, translation


def test_sunken_hands_are_lifted_smoothly(sunk: tuple[np.ndarray, np.ndarray]) -> None:
    rotations, translation = sunk
    skeleton = canonical_skeleton()
    assert over_lap(rotations, translation, skeleton).min() < LEAST - 0.03
    lifted = above_lap(rotations, translation, skeleton)
    assert over_lap(lifted, translation, skeleton).min() > LEAST - 0.01
    turned = quat.multiply(quat.conjugate(lifted[:-1]), lifted[1:])
    assert np.degrees(np.linalg.norm(quat.to_axis_angle(turned), axis=-1)).max() < 5.0


def test_frames_are_lifted_one_by_one(sunk: tuple[np.ndarray, np.ndarray]) -> None:
    """So that a movement cut in two is the same at the cut."""
    rotations, translation = sunk
    whole = above_lap(rotations, translation, canonical_skeleton())
    half = len(rotations) // 2
    np.testing.assert_allclose(
        whole[half:], above_lap(rotations[half:], translation[half:], canonical_skeleton()), atol=1e-6
    )


@pytest.mark.parametrize("name", ["idle_standing_calm", "listen_seated_chin"])
def test_other_hands_are_left_alone(name: str) -> None:
    rotations, translation = body(name)
    assert above_lap(rotations, translation, canonical_skeleton()) is rotations

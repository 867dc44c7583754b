"""Hands over the lap of somebody who sits."""

import itertools

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.kinematics import forward_kinematics
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


def test_the_distance_is_that_of_the_nearest_place_along_a_thigh() -> None:
    rotations, translation = body("listen_seated_chin")
    joints, _ = forward_kinematics(rotations, translation, canonical_skeleton())
    share = np.linspace(0.0, 1.0, 400)[:, None, None]
    expected = np.full((len(joints), 2), np.inf)
    for hand, side in enumerate(("left", "right")):
        for thigh, part in itertools.product(("left", "right"), ("wrist", "middle3")):
            names = (f"{thigh}_hip", f"{thigh}_knee", f"{side}_{part}")
            hip, knee, point = (joints[:, JOINT_INDEX[name]] for name in names)
            apart = np.linalg.norm(point - hip - share * (knee - hip), axis=-1).min(axis=0)
            expected[:, hand] = np.minimum(expected[:, hand], apart)
    np.testing.assert_allclose(over_lap(rotations, translation, canonical_skeleton()), expected, atol=1e-4)

"""Tremor goes, movements stay where and when they were."""

from __future__ import annotations

import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.momat.hand_stops import wrists
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat
from digital_life.motion.low_pass import low_pass
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

ELBOW = JOINT_INDEX["right_elbow"]
SECONDS = np.arange(120) / FPS


def bending(angles: np.ndarray, swaying: np.ndarray | None = None) -> Motion:
    """A body whose right elbow has ``angles`` [T] in radians; its root is ``swaying`` [T] metres to the left."""
    rotations = np.tile(quat.IDENTITY, (len(angles), 55, 1)).astype(np.float64)
    rotations[:, ELBOW] = quat.from_axis_angle(angles[:, None] * np.array([0.0, 1.0, 0.0]))
    places = np.zeros((len(angles), 3), np.float32)
    places[:, 0] = 0.0 if swaying is None else swaying
    return Motion(places, rotations.astype(np.float32))


def angles(motion: Motion) -> np.ndarray:
    return quat.to_axis_angle(motion.rotations[:, ELBOW].astype(np.float64))[:, 1]


def test_tremor_goes_and_the_movement_stays() -> None:
    slow, tremor = np.sin(2 * np.pi * 0.8 * SECONDS), 0.05 * np.sin(2 * np.pi * 11 * SECONDS)
    smooth = low_pass(bending(slow + tremor, slow + tremor), 5.0)
    for left in (angles(smooth), smooth.translation[:, 0]):
        inside = slice(10, -10)
        assert np.abs(left - slow)[inside].max() < 0.01, "no later and no smaller"
    still = low_pass(bending(slow), 5.0)
    np.testing.assert_allclose(angles(still), slow, atol=0.02)


def test_quaternions_of_either_sign_are_the_same_movement() -> None:
    motion = bending(np.sin(2 * np.pi * 0.8 * SECONDS))
    flipped = motion.rotations.copy()
    flipped[::3] *= -1.0
    smooth = low_pass(Motion(motion.translation, flipped), 5.0)
    np.testing.assert_allclose(angles(smooth), angles(low_pass(motion, 5.0)), atol=1e-5)


def test_a_clip_of_the_library_gets_smoother_and_keeps_its_hands() -> None:
    wave = MotionLibrary.default()["wave_right"].motion
    smooth = low_pass(wave, 2.5)
    assert len(smooth) == len(wave)
    turned = quat.to_axis_angle(quat.multiply(quat.conjugate(wave.rotations), smooth.rotations))
    assert np.linalg.norm(turned, axis=-1).mean() < np.radians(2.0)
    before, after = (
        np.linalg.norm(np.diff(wrists(one.rotations, one.translation, canonical_skeleton()), 3, axis=0), axis=-1).mean()
        for one in (wave, smooth)
    )
    assert after < 0.75 * before


def test_what_is_too_short_stays_and_wrong_limits_are_refused() -> None:
    short = bending(np.linspace(0.0, 1.0, 8))
    assert low_pass(short, 5.0) is short
    for hertz in (0.0, 15.0, -1.0):
        with pytest.raises(InputError, match="Hz"):
            low_pass(short, hertz)

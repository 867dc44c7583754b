"""Legs that jerk, and what relaxing them changes."""

import numpy as np
import pytest

from digital_life.momat.feet import Build, FootTrack, Stance, solve_legs
from digital_life.momat.ground import balls
from digital_life.momat.inertia import LEGS, acceleration
from digital_life.momat.relax import relax_legs
from digital_life.motion.skeleton import JOINT_COUNT, canonical_skeleton

SKELETON = canonical_skeleton()
BUILD = Build(SKELETON)
FRAMES = 40


def body(dip: float) -> tuple[np.ndarray, np.ndarray, FootTrack]:
    """Somebody who stands with bent knees and in one frame is nearly at full stretch."""
    feet = FootTrack.planted(Stance.at(np.zeros(2), 0.0, BUILD), FRAMES, BUILD)
    pelvis = np.tile([0.0, BUILD.pelvis_height - 0.03, 0.0], (FRAMES, 1))
    pelvis[20, 1] += dip
    rotations = np.zeros((FRAMES, JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    return pelvis, solve_legs(rotations, pelvis, feet, BUILD), feet


def allowed(legs: float, linear: float) -> tuple[np.ndarray, np.ndarray]:
    shape = (FRAMES - 2, JOINT_COUNT)
    return np.full(shape, legs), np.full(shape, linear)


def test_a_jerk_of_the_knees_is_taken_out_and_feet_stay() -> None:
    pelvis, rotations, feet = body(0.02)
    limits = allowed(60.0, 12.0)
    angular, linear = acceleration(rotations, pelvis, SKELETON)
    assert (angular[:, LEGS] / limits[0][:, LEGS]).max() > 1.5 and (linear / limits[1]).max() > 1.2
    relaxed = relax_legs(pelvis, rotations, feet, limits, BUILD, ends=False)
    angular, linear = acceleration(relaxed.rotations, relaxed.pelvis, SKELETON)
    assert (angular[:, LEGS] / limits[0][:, LEGS]).max() <= 1.0 and (linear / limits[1]).max() <= 1.0
    assert relaxed.worst <= 1.0
    assert np.allclose(balls(relaxed.feet, BUILD), balls(feet, BUILD), atol=1e-9)
    assert np.abs(relaxed.pelvis - pelvis).max() < 0.05
    for kept in (slice(0, 2), slice(-2, None)):
        assert np.allclose(relaxed.pelvis[kept], pelvis[kept]) and np.allclose(relaxed.rotations[kept], rotations[kept])


def test_what_is_smooth_is_left_alone_and_the_same_asked_twice_is_the_same() -> None:
    pelvis, rotations, feet = body(0.0)
    still = relax_legs(pelvis, rotations, feet, allowed(60.0, 12.0), BUILD, ends=False)
    assert np.array_equal(still.pelvis, pelvis) and np.allclose(still.rotations, rotations, atol=1e-9)
    first, second = (relax_legs(*body(0.02), allowed(60.0, 12.0), BUILD, ends=True) for _ in range(2))
    assert np.array_equal(first.rotations, second.rotations)
    assert first.worst == pytest.approx(second.worst)

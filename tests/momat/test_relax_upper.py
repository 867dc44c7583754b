"""Arms that jerk, and what relaxing them changes."""

import numpy as np

from digital_life.momat.inertia import acceleration
from digital_life.momat.relax_upper import relax_upper
from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, canonical_skeleton

SKELETON = canonical_skeleton()
FRAMES = 40
ELBOW, WRIST = JOINT_INDEX["left_elbow"], JOINT_INDEX["left_wrist"]
PELVIS = np.tile([0.0, 0.95, 0.0], (FRAMES, 1))
LIMITS = (np.full((FRAMES - 2, JOINT_COUNT), 40.0), np.full((FRAMES - 2, JOINT_COUNT), 9.0))


def bending(jerk: float) -> np.ndarray:
    """Somebody who bends the left elbow slowly, and in one frame by ``jerk`` radians more."""
    rotations = np.tile(quat.IDENTITY, (FRAMES, JOINT_COUNT, 1)).astype(np.float64)
    angle = 0.6 * (1.0 - np.cos(np.linspace(0.0, np.pi, FRAMES)))
    angle[20] += jerk
    rotations[:, ELBOW] = quat.from_axis_angle(angle[:, None] * np.array([0.0, -1.0, 0.0]))
    return rotations


def shares(rotations: np.ndarray, pelvis: np.ndarray = PELVIS) -> float:
    return max(
        float((now / most).max()) for now, most in zip(acceleration(rotations, pelvis, SKELETON), LIMITS, strict=True)
    )


def test_a_jerk_of_an_elbow_is_taken_out_by_the_elbow() -> None:
    rotations = bending(0.06)
    assert shares(rotations) > 1.3
    relaxed = relax_upper(PELVIS, rotations, LIMITS, SKELETON, ends=False)
    assert shares(relaxed) <= 1.0
    turned = quat.to_axis_angle(quat.multiply(relaxed, quat.conjugate(rotations)))
    changed = np.flatnonzero(np.abs(relaxed - rotations).max(axis=(0, 2)) > 1e-9)
    assert np.linalg.norm(turned, axis=-1).max() < 0.08
    assert ELBOW in changed and JOINT_INDEX["right_elbow"] not in changed and 0 not in changed
    assert np.allclose(relaxed[[0, 1, -2, -1]], rotations[[0, 1, -2, -1]]), "played frames and the motion's own"


def test_hands_are_held_back_where_the_whole_body_is_jerked() -> None:
    rotations = bending(0.0)
    pelvis = PELVIS.copy()
    pelvis[20, 1] += 0.0051
    assert 1.0 < shares(rotations, pelvis) < 1.3
    limits = (LIMITS[0], np.full_like(LIMITS[1], 9.9))
    limits[1][:, WRIST:] = 9.0
    relaxed = relax_upper(pelvis, rotations, limits, SKELETON, ends=False)
    over = [now / most for now, most in zip(acceleration(relaxed, pelvis, SKELETON), limits, strict=True)]
    assert over[0].max() <= 1.0 and over[1][:, [WRIST, JOINT_INDEX["right_wrist"]]].max() <= 1.0


def test_what_is_smooth_comes_back_as_it_is() -> None:
    rotations = bending(0.0)
    assert relax_upper(PELVIS, rotations, LIMITS, SKELETON, ends=True) is rotations

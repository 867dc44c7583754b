"""Motion to rows and back."""

import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.mogen.representation import BODY_JOINTS, HAND_JOINTS, WIDTH, decode, encode
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton

NOT_FACE = [0, *BODY_JOINTS, *HAND_JOINTS]


def turned(motion: Motion, angle: float, to: tuple[float, float]) -> Motion:
    turn = quat.yaw(angle)
    rest = canonical_skeleton().rest_joints[0]
    pelvis = quat.rotate(turn, motion.translation + rest) + np.array([to[0], 0.0, to[1]])
    rotations = motion.rotations.astype(np.float64)
    rotations[:, 0] = quat.multiply(turn, rotations[:, 0])
    return Motion(
        (pelvis - rest).astype(np.float32), quat.normalize(rotations).astype(np.float32), contacts=motion.contacts
    )


@pytest.mark.parametrize("clip_id", ["wave_right", "turn_left", "walk_loop", "sit_down", "excited_jump"])
def test_every_joint_comes_back_within_half_a_degree_and_5_mm(clip_id: str) -> None:
    motion = MotionLibrary.default()[clip_id].motion
    heading = float(quat.heading(motion.rotations[0, 0]))
    first = motion.translation[0] + canonical_skeleton().rest_joints[0]
    back = decode(encode(motion), start=(float(first[0]), float(first[2]), heading))
    apart = quat.to_axis_angle(quat.multiply(quat.conjugate(motion.rotations), back.rotations))
    assert np.degrees(np.linalg.norm(apart[:, NOT_FACE], axis=-1)).max() < 0.5
    ours, _ = forward_kinematics(motion.rotations, motion.translation, canonical_skeleton())
    theirs, _ = forward_kinematics(back.rotations, back.translation, canonical_skeleton())
    assert np.linalg.norm(ours - theirs, axis=-1)[:, NOT_FACE].max() < 0.005


def test_where_and_which_way_a_motion_is_does_not_change_its_rows() -> None:
    motion = MotionLibrary.default()["walk_loop"].motion
    np.testing.assert_allclose(encode(turned(motion, 2.0, (3.0, -1.0))), encode(motion), atol=2e-4)


def test_rows_of_the_wrong_width_or_with_nan_are_refused() -> None:
    with pytest.raises(InputError, match="shape"):
        decode(np.zeros((4, WIDTH - 1)))
    with pytest.raises(InputError, match="finite"):
        decode(np.full((4, WIDTH), np.nan))


def test_a_single_frame_is_refused() -> None:
    with pytest.raises(InputError, match="two frames"):
        encode(MotionLibrary.default()["walk_loop"].motion.slice(0, 1))

import numpy as np

from digital_life.momat.feet import Build, FootTrack, Stance, sink_to_reach, solve_legs
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, canonical_skeleton

ANKLES = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
BALLS = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]


def standing(frames: int, pelvis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    build = Build(canonical_skeleton())
    rotations = np.tile(quat.IDENTITY, (frames, JOINT_COUNT, 1))
    feet = FootTrack.planted(Stance.at(np.zeros(2), 0.0, build), frames, build)
    pelvis = sink_to_reach(pelvis, rotations[:, 0], feet, build)
    return solve_legs(rotations, pelvis, feet, build), pelvis


def test_planted_feet_do_not_move_under_a_swaying_pelvis() -> None:
    build = Build(canonical_skeleton())
    time = np.linspace(0, 2 * np.pi, 60)
    pelvis = np.stack([0.06 * np.sin(time), build.pelvis_height - 0.1 * np.sin(time) ** 2, 0.02 * np.cos(time)], -1)
    rotations, pelvis = standing(60, pelvis)
    positions, _ = forward_kinematics(rotations, pelvis - canonical_skeleton().rest_joints[0], canonical_skeleton())
    assert np.abs(positions[:, ANKLES] - positions[:1, ANKLES]).max() < 1e-3
    assert np.abs(positions[:, ANKLES, 1] - build.ankle_height).max() < 1e-3


def test_a_pelvis_too_high_sinks_instead_of_lifting_the_feet() -> None:
    build = Build(canonical_skeleton())
    pelvis = np.tile([0.0, build.pelvis_height + 0.2, 0.0], (10, 1))
    rotations, pelvis = standing(10, pelvis)
    positions, _ = forward_kinematics(rotations, pelvis - canonical_skeleton().rest_joints[0], canonical_skeleton())
    assert np.abs(positions[:, ANKLES, 1] - build.ankle_height).max() < 2e-3


def test_knees_bend_forward() -> None:
    build = Build(canonical_skeleton())
    rotations, pelvis = standing(1, np.array([[0.0, build.pelvis_height - 0.2, 0.0]]))
    positions, _ = forward_kinematics(rotations, pelvis - canonical_skeleton().rest_joints[0], canonical_skeleton())
    knees = positions[0, [JOINT_INDEX["left_knee"], JOINT_INDEX["right_knee"]]]
    assert (knees[:, 2] > positions[0, ANKLES, 2] + 0.1).all()


def test_a_rising_heel_leaves_the_ball_of_the_foot_in_place() -> None:
    build = Build(canonical_skeleton())
    prints = np.repeat(Stance.at(np.array([1.0, 2.0]), 0.7, build).prints[None], 8, axis=0)
    pitch = np.repeat(np.linspace(0, 0.7, 8)[:, None], 2, axis=1)
    feet = FootTrack.from_prints(prints, pitch, build)
    ahead = canonical_skeleton().rest_joints[BALLS] - canonical_skeleton().rest_joints[ANKLES]
    balls = feet.ankle + quat.rotate(feet.rotation, np.broadcast_to(ahead, feet.ankle.shape))
    assert np.abs(balls - balls[:1]).max() < 5e-3
    assert feet.contacts[-1].tolist() == [0, 1, 0, 1]

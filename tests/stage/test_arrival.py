"""Walks through furnished rooms, and seats."""

import numpy as np
import pytest

from digital_life.evaluate.bench_locomotion import random_walks, room_rows, seat_rows, sit_somewhere
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.stage.paths import distance_to, find_path, obstacles


def test_paths_go_round_furniture_and_people() -> None:
    for walk in random_walks(20, seed=1):
        path = find_path(walk.room, walk.start, walk.goal, walk.others)
        assert np.allclose(path[0], walk.start) and np.allclose(path[-1], walk.goal)
        for thing in obstacles(walk.room):
            assert distance_to(thing, path).min() > 0.1
        for other in walk.others:
            assert np.linalg.norm(path - other, axis=-1).min() > 0.5


def test_walkers_arrive_in_furnished_rooms() -> None:
    figures = {label: value for label, value, _ in room_rows(MotionLibrary.default(), walks=8)}
    assert figures["8 room walks: place error, largest"] < 10
    assert figures["8 room walks: direction error, largest"] < 10
    assert figures["skate of feet in contact, 99.9 %"] < 2
    assert figures["deepest penetration of the floor"] < 1
    assert figures["walks that touch furniture"] == figures["walks that come too close to people"] == 0


@pytest.mark.parametrize(("height", "seat_height"), [(1.5, 0.6), (1.5, 0.35), (1.95, 0.35), (1.95, 0.6)])
def test_people_of_all_sizes_sit_on_seats_of_all_heights(height: float, seat_height: float) -> None:
    sat = sit_somewhere(
        MotionLibrary.default(), height=height, seat_height=seat_height, start=np.array([1.5, 1.6]), heading=2.0
    )
    assert sat.off < 0.05
    body, world = forward_kinematics(sat.motion.rotations, sat.motion.translation, sat.skeleton)
    hips = body[sat.seated, [JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]], 1].mean()
    assert seat_height < hips < seat_height + 0.15
    assert np.degrees(abs(float(quat.heading(world[sat.seated, 0])) - sat.spot.facing)) < 10
    assert body[-1, 0, 1] > 0.9 * (sat.skeleton.rest_joints[0, 1] - sat.skeleton.floor), "stands again"
    feet = body[:, [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]][..., [0, 2]]
    assert np.linalg.norm(np.diff(feet[sat.seated - FPS :], axis=0), axis=-1).max() * FPS < 0.02


def test_sitting_is_measured() -> None:
    figures = {label: value for label, value, _ in seat_rows(MotionLibrary.default(), seats=3)}
    assert figures["3 seats: pelvis to seat, largest"] < 5
    assert figures["sitting and standing up: deepest penetration"] < 1

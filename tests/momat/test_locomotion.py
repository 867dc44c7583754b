"""Bodies that follow paths, measured on their joints."""

from typing import Any

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.errors import AssetError, InputError
from digital_life.momat.feet import Build, Stance
from digital_life.momat.gait_file import gait_clips
from digital_life.momat.library import MotionLibrary
from digital_life.momat.locomotion import LocomotionController, follow_path
from digital_life.momat.locomotion_table import LocomotionTable
from digital_life.momat.pack import read_pack
from digital_life.momat.table_cache import kept_table
from digital_life.momat.walking import resampled, walk_root
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.series import wrap
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton

FEET = [JOINT_INDEX[name] for name in ("left_ankle", "left_foot", "right_ankle", "right_foot")]
STRAIGHT = resampled(np.array([[0.0, 0.0], [0.0, 4.0]]))
CORNER = resampled(np.array([[0.0, 0.0], [0.0, 2.0], [2.0, 2.0]]))
HERE = np.zeros((1, 2))


@pytest.fixture(scope="module")
def walker() -> LocomotionController:
    return LocomotionController.of(MotionLibrary.default())


def scaled(factor: float) -> Skeleton:
    base = canonical_skeleton()
    return Skeleton(base.rest_joints * factor, base.floor * factor)


def joints(motion: Motion, skeleton: Skeleton) -> np.ndarray:
    return forward_kinematics(motion.rotations, motion.translation, skeleton)[0]


def off(a: float, b: float) -> float:
    """Degrees between two directions in radians."""
    return abs(float(np.degrees(wrap(a - b))))


@pytest.mark.parametrize(
    ("gait", "points", "heading", "facing"),
    [
        ("walk", STRAIGHT, 0.0, 0.0),
        ("walk", STRAIGHT, 2.5, -1.0),
        ("walk", CORNER, 0.0, 1.57),
        ("walk", HERE, 0.3, 2.8),
        ("jog", 2 * STRAIGHT, 0.0, 0.0),
        ("sidestep", resampled(np.array([[0.0, 0.0], [-1.2, 0.0]])), 0.0, 0.0),
        ("back", resampled(np.array([[0.0, 0.0], [0.0, -1.2]])), 0.0, 0.0),
    ],
)
@pytest.mark.parametrize("factor", [0.88, 1.15])
def test_it_arrives_without_sliding(walker, gait, points, heading, facing, factor) -> None:
    skeleton = scaled(factor)
    motion = follow_path(points, start_heading=heading, end_facing=facing, gait=gait, library=walker, skeleton=skeleton)
    body = joints(motion, skeleton)
    feet, touching = body[:, FEET], motion.contacts > 0.5
    middle = feet[-1][[0, 2]][:, [0, 2]].mean(axis=0)
    assert np.linalg.norm(middle - points[-1]) < 0.10
    assert off(float(quat.heading(motion.rotations[-1, 0].astype(float))), facing) < 10
    speed = np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * FPS
    assert speed[touching[1:] & touching[:-1]].max() < 0.02
    rest = skeleton.rest_joints[FEET, 1] - skeleton.floor
    assert (feet[..., 1] - rest).min() > -0.01
    assert touching[-1].all() and np.linalg.norm(np.diff(body[-4:, 0], axis=0), axis=-1).max() * FPS < 0.15
    assert np.linalg.norm(np.diff(body[:, [0, 15]], 2, axis=0), axis=-1).max() * FPS**2 < 40


def test_it_keeps_to_the_path_and_its_time(walker) -> None:
    build = Build(canonical_skeleton())
    wanted = walk_root(CORNER, 0.0, np.pi / 2)
    walked = walker.walk(wanted, Stance.at(CORNER[0], 0.0, build), build)
    frames = min(len(wanted), len(walked.root))
    late = np.linalg.norm(walked.root[:frames, :2] - wanted.position[:frames], axis=-1)
    assert late.mean() < 0.15 and late.max() < 0.4
    assert len(walked.root) < len(wanted) + 3 * FPS


def test_a_walk_says_of_which_clips_it_is_made(walker) -> None:
    motion = follow_path(STRAIGHT, start_heading=0.0, end_facing=0.0, library=walker)
    assert motion.provenance["clips"]
    assert all(clip.removesuffix("~mirror").startswith("gait_") for clip in motion.provenance["clips"])


def test_sidesteps_and_steps_back_keep_facing(walker) -> None:
    for gait, goal in (("sidestep", [1.0, 0.0]), ("back", [0.0, -1.0])):
        points = resampled(np.array([[0.0, 0.0], goal]))
        motion = follow_path(points, start_heading=0.0, end_facing=0.0, gait=gait, library=walker)
        heading = quat.heading(motion.rotations[:, 0].astype(float))
        assert np.degrees(np.abs(heading).max()) < 35


def test_jogging_is_faster_and_leaves_the_floor(walker) -> None:
    points = 2 * STRAIGHT
    walk = follow_path(points, start_heading=0.0, end_facing=0.0, library=walker)
    jog = follow_path(points, start_heading=0.0, end_facing=0.0, gait="jog", library=walker)
    assert jog.duration < 0.75 * walk.duration
    body = joints(walk, canonical_skeleton())
    pelvis = np.linalg.norm(np.diff(body[:, 0, [0, 2]], axis=0), axis=-1) * FPS
    assert 0.9 < np.median(pelvis) < 1.5


def test_arms_swing_against_the_legs(walker) -> None:
    body = joints(follow_path(STRAIGHT, start_heading=0.0, end_facing=0.0, library=walker), canonical_skeleton())
    names = ("left_wrist", "right_wrist", "left_ankle", "right_ankle")
    left_hand, right_hand, left, right = (body[30:-45, JOINT_INDEX[name], 2] for name in names)
    assert np.corrcoef(left_hand - right_hand, left - right)[0, 1] < -0.7
    assert (left_hand - right_hand).max() > 0.2


def test_the_same_walk_gives_the_same_frames(walker) -> None:
    again = LocomotionController(walker.table)
    one, two = (follow_path(CORNER, start_heading=1.0, end_facing=0.0, library=each) for each in (walker, again))
    assert np.array_equal(one.rotations, two.rotations) and np.array_equal(one.translation, two.translation)


def test_a_walk_that_goes_on_ends_at_speed(walker) -> None:
    build = Build(canonical_skeleton())
    wanted = walk_root(STRAIGHT, 0.0, 0.0)
    part = type(wanted)(wanted.position[:60], wanted.yaw[:60], wanted.speed[:60])
    walked = walker.walk(part, Stance.at(STRAIGHT[0], 0.0, build), build, end="moving")
    assert len(walked.root) == 60
    assert np.linalg.norm(walked.root[-1, :2] - walked.root[-4, :2]) * FPS / 3 > 0.6


def test_paths_that_cannot_be_walked_are_refused(walker) -> None:
    for points in (np.zeros((0, 2)), np.zeros((3, 3)), np.array([[0.0, np.nan]])):
        with pytest.raises(InputError, match="path"):
            follow_path(points, start_heading=0.0, end_facing=0.0, library=walker)


def test_without_walking_clips_there_is_no_table() -> None:
    with pytest.raises(AssetError, match="walking"):
        LocomotionTable.of([])


def test_captured_walks_are_used_where_there_are_any(motion_pack) -> None:
    clips = [clip for clip in read_pack(motion_pack) if clip.source == "o3de" and "#" not in clip.id][-3:]
    table = LocomotionTable.of(clips)
    walker = LocomotionController(table)
    motion = follow_path(STRAIGHT, start_heading=0.0, end_facing=0.0, library=walker)
    body = joints(motion, canonical_skeleton())
    assert np.linalg.norm(body[-1, 0, [0, 2]] - STRAIGHT[-1]) < 0.12
    speed = np.linalg.norm(np.diff(body[:, FEET][..., [0, 2]], axis=0), axis=-1) * FPS
    touching = motion.contacts > 0.5
    assert speed[touching[1:] & touching[:-1]].max() < 0.02


def test_tables_are_made_once_and_again_when_damaged(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_CACHE", str(tmp_path))
    made = []

    def make() -> LocomotionTable:
        made.append(LocomotionTable.of(gait_clips(asset_dir("motion_db"))[:3]))
        return made[-1]

    first, again = kept_table(b"three gaits", make), kept_table(b"three gaits", make)
    assert len(made) == 1 and again.names == first.names
    assert np.array_equal(again.features, first.features)
    next((tmp_path / "motions").iterdir()).write_bytes(b"damaged")
    assert len(kept_table(b"three gaits", make)) == len(first) and len(made) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gait": "fly"}, "unknown gait 'fly'"),
        ({"points": [[0.0, 0.0], [0.0, 1e6]]}, "too long for one walk"),
        ({"points": [[0.0, 0.0], [0.0, float("nan")]]}, "not finite"),
        ({"start_heading": float("nan")}, "start_heading is nan"),
    ],
)
def test_a_walk_that_cannot_be_is_refused_at_once(options: dict[str, Any], message: str) -> None:
    usual = {"points": [[0.0, 0.0], [0.0, 1.0]], "start_heading": 0.0, "end_facing": 0.0}
    with pytest.raises(InputError, match=message):
        follow_path(**{**usual, **options}, library=MotionLibrary([]))

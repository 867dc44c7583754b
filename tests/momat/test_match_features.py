"""Features of frames, measured on motions whose answer is known."""

import numpy as np
import pytest

from digital_life.errors import AssetError, InputError
from digital_life.momat.clip import Clip
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.features import (
    COLUMNS,
    FEATURES,
    GROUPS,
    HORIZONS,
    features_of,
    frame_features,
    mirror_features,
    with_path,
)
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.mirror import mirror
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

SKELETON = canonical_skeleton()


def gliding(frames: int, speed: float, facing: float, turning: float = 0.0) -> Motion:
    """The rest pose, moved over the floor in the direction it faces at the start; ``turning`` radians per frame."""
    rotations = np.tile(np.array([1.0, 0.0, 0.0, 0.0]), (frames, 55, 1))
    rotations[:, 0] = quat.yaw(facing + turning * np.arange(frames))
    travel = speed / 30 * np.arange(frames)[:, None] * np.array([np.sin(facing), 0.0, np.cos(facing)])
    translation = travel + np.array([3.0, SKELETON.standing_translation, -2.0])
    return Motion(translation.astype(np.float32), rotations.astype(np.float32))


def column(rows: np.ndarray, name: str) -> np.ndarray:
    return rows[..., FEATURES[name]]


def random_motion(frames: int, seed: int) -> Motion:
    rng = np.random.default_rng(seed)
    drift = np.cumsum(rng.normal(0, 0.03, (frames, 55, 3)), axis=0) + rng.normal(0, 0.3, (55, 3))
    travel = np.cumsum(rng.normal(0, 0.02, (frames, 3)), axis=0)
    return Motion(travel.astype(np.float32), quat.from_axis_angle(drift).astype(np.float32))


def test_columns_are_all_named_once() -> None:
    ends = [group.stop for group in FEATURES.values()]
    assert [group.start for group in FEATURES.values()] == [0, *ends[:-1]]
    assert ends[-1] == COLUMNS and set(FEATURES) == set(GROUPS)


@pytest.mark.parametrize("facing", [0.0, 1.0, -2.5])
def test_a_body_that_glides_ahead_moves_along_z_wherever_it_faces(facing: float) -> None:
    rows = frame_features(gliding(60, 1.5, facing), SKELETON)
    assert np.allclose(column(rows, "hips_velocity"), [0, 0, 1.5], atol=2e-3)
    assert np.allclose(column(rows, "feet_velocity"), [0, 0, 1.5] * 2, atol=2e-3)
    ahead = np.ravel([[0.0, 1.5 * frames / 30] for frames in HORIZONS])
    assert np.allclose(column(rows, "path"), ahead, atol=2e-3), "also beyond the end"
    assert np.allclose(column(rows, "facing"), [0, 1] * 3, atol=1e-5)
    assert np.allclose(column(rows, "turning"), 0.0, atol=1e-3)
    assert (column(rows, "contacts") == 0).all(), "feet that glide do not stand"


def test_a_standing_body_touches_the_floor_and_has_its_joints_where_they_are() -> None:
    rows = frame_features(gliding(5, 0.0, 0.7), SKELETON)
    assert (column(rows, "contacts") == 1).all()
    rest = SKELETON.rest_joints - [SKELETON.rest_joints[0, 0], SKELETON.floor, SKELETON.rest_joints[0, 2]]
    for name, joints in (("feet", "foot"), ("hands", "wrist")):
        expected = np.concatenate([rest[JOINT_INDEX[f"{side}_{joints}"]] for side in ("left", "right")])
        assert np.allclose(column(rows, name), expected, atol=1e-4)
    assert np.allclose(column(rows, "head"), rest[JOINT_INDEX["head"]], atol=1e-4)
    assert np.allclose(column(rows, "hips_height"), rest[0, 1], atol=1e-5)


def test_turning_left_is_positive_and_is_seen_ahead() -> None:
    rows = frame_features(gliding(60, 0.0, 0.0, turning=0.02), SKELETON)
    assert np.allclose(column(rows[:-1], "turning"), 0.6, atol=5e-3)
    ahead = np.ravel([[np.sin(0.02 * f), np.cos(0.02 * f)] for f in HORIZONS])
    assert np.allclose(column(rows[0], "facing"), ahead, atol=1e-4)


def test_places_are_those_of_forward_kinematics() -> None:
    motion = random_motion(40, seed=1)
    rows = frame_features(motion, SKELETON)
    positions, world = forward_kinematics(motion.rotations, motion.translation, SKELETON)
    turn = quat.yaw(-quat.heading(world[:, 0]))
    for name, joint in (("feet", "right_foot"), ("hands", "right_wrist")):
        where = positions[:, JOINT_INDEX[joint]] - positions[:, 0] * [1, 0, 1]
        assert np.allclose(column(rows, name)[:, 3:], quat.rotate(turn, where), atol=1e-4)
    speed = np.diff(positions[:, JOINT_INDEX["left_wrist"]], axis=0) * 30
    assert np.allclose(column(rows, "hands_velocity")[1:, :3], quat.rotate(turn[1:], speed), atol=2e-3)


def test_features_do_not_depend_on_where_the_body_is() -> None:
    motion = random_motion(30, seed=2)
    turn = quat.yaw(2.0)
    rotations = motion.rotations.astype(np.float64)
    rotations[:, 0] = quat.multiply(turn, rotations[:, 0])
    pelvis = motion.translation + SKELETON.rest_joints[0]
    moved = quat.rotate(turn, pelvis) + np.array([5.0, 0.0, 1.0]) - SKELETON.rest_joints[0]
    elsewhere = Motion(moved.astype(np.float32), rotations.astype(np.float32))
    assert np.allclose(frame_features(motion, SKELETON), frame_features(elsewhere, SKELETON), atol=2e-3)


def test_mirrored_features_are_those_of_the_mirrored_motion() -> None:
    motion = random_motion(40, seed=3)
    assert np.allclose(
        mirror_features(frame_features(motion, SKELETON)), frame_features(mirror(motion), SKELETON), atol=2e-3
    )
    rows = frame_features(motion, SKELETON)
    assert np.array_equal(mirror_features(mirror_features(rows)), rows)


def test_motions_in_a_row_do_not_look_into_each_other() -> None:
    motions = [random_motion(frames, seed=frames) for frames in (1, 2, 37, 5000)]
    rows = features_of(motions, SKELETON)
    alone = np.concatenate([frame_features(motion, SKELETON) for motion in motions])
    assert np.allclose(rows, alone, atol=1e-5)
    assert rows.dtype == np.float32
    assert (column(rows[:1], "hips_velocity") == 0).all(), "one frame is at rest"


def test_a_wanted_path_replaces_the_trajectory_only() -> None:
    row = frame_features(gliding(40, 1.0, 0.0), SKELETON)[0]
    path = np.stack([np.linspace(0.02, 0.6, 30), np.zeros(30)], axis=1)
    wanted = with_path(row, path)
    assert np.array_equal(wanted[: FEATURES["path"].start], row[: FEATURES["path"].start])
    assert np.allclose(column(wanted, "path"), np.ravel([path[9], path[19], path[29]]), atol=1e-6)
    assert np.allclose(column(wanted, "facing"), [1, 0] * 3), "it faces where it goes"
    still = with_path(row, np.zeros((30, 2)))
    assert np.allclose(column(still, "facing"), [0, 1] * 3) and np.allclose(column(still, "path"), 0)
    for wrong in (np.zeros((0, 2)), np.zeros((3, 3)), np.full((5, 2), np.nan)):
        with pytest.raises(InputError, match="path"):
            with_path(row, wrong)


def test_empty_motions_and_other_frame_rates_are_refused() -> None:
    with pytest.raises(InputError, match="0 frames"):
        frame_features(gliding(5, 0.0, 0.0).slice(0, 0), SKELETON)
    with pytest.raises(InputError, match="30 fps"):
        motion = gliding(5, 0.0, 0.0)
        frame_features(Motion(motion.translation, motion.rotations, fps=60), SKELETON)


def make_clips() -> list[Clip]:
    return [
        Clip.of(
            random_motion(frames, seed=frames),
            id=f"clip{number}",
            captions=("moves",),
            kind=kind,
            posture="standing",
            tags=("odd",) if number % 2 else ("even",),
        )
        for number, (frames, kind) in enumerate(((30, "gesture"), (50, "locomotion"), (41, "gesture")))
    ]


def test_a_table_finds_the_frame_of_a_row_and_the_rows_of_a_clip() -> None:
    table = FeatureTable.of(make_clips())
    assert len(table) == 2 * 121 and table.rows.shape == (242, COLUMNS)
    clip, frame = table.locate(30)
    assert (clip.id, frame) == ("clip1", 0)
    clip, frame = table.locate(121 + 29)
    assert (clip.id, frame) == ("clip0~mirror", 29)
    for name in ("clip2", "clip2~mirror"):
        rows = table.rows_of(name)
        assert rows.stop - rows.start == 41
        assert table.locate(rows.start)[0].id == name and table.locate(rows.stop - 1)[1] == 40
        assert np.allclose(table.normalise(table.features(name)), table.rows[rows], atol=1e-6)
        assert np.allclose(
            table.features(name), frame_features(table.locate(rows.start)[0].motion, SKELETON), atol=2e-3
        )
        assert np.array_equal(table.features_at(rows.start + 3), table.features(name)[3])
    with pytest.raises(AssetError, match="nothing"):
        table.rows_of("nothing")
    with pytest.raises(InputError, match="242"):
        table.locate(242)
    with pytest.raises(InputError, match="no clips"):
        FeatureTable.of([])


def test_rows_are_weighted_z_scores() -> None:
    table = FeatureTable.of(MotionLibrary.default().select(kind="gesture"))
    assert np.abs(table.rows.mean(axis=0)).max() < 1e-2
    for name, columns in FEATURES.items():
        _, weight, least = GROUPS[name]
        spread = np.sqrt((table.rows[:, columns].astype(np.float64) ** 2).mean(axis=0).sum())
        raw = np.sqrt(table.raw[:, columns].astype(np.float64).var(axis=0).mean())
        assert spread == pytest.approx(weight, rel=0.02) or (spread < weight and raw <= least * 1.05), name


def test_masks_keep_what_was_asked_for() -> None:
    table = FeatureTable.of(make_clips())

    def allowed(**wanted) -> set[str]:
        return {table.locate(int(row))[0].id for row in np.flatnonzero(table.mask(**wanted))}

    assert allowed(kind="locomotion") == {"clip1", "clip1~mirror"}
    assert allowed(clips=["clip0~mirror"]) == {"clip0~mirror"}
    assert allowed(tag="odd", mirrored=False) == {"clip1"}
    assert allowed(posture="seated") == set()
    left = table.mask(frames_left=40)
    assert left[table.rows_of("clip1")].sum() == 10 and left[table.rows_of("clip2~mirror")].sum() == 1


def test_a_table_with_a_key_is_kept_and_read_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_CACHE", str(tmp_path))
    first = FeatureTable.of(make_clips(), key="library")
    (file,) = tmp_path.glob("motions/features-*.npy")
    again = FeatureTable.of(make_clips(), key="library")
    assert isinstance(again.raw, np.memmap) and np.array_equal(first.raw, again.raw)
    assert FeatureTable.of(make_clips()[:2], key="library").raw.shape[0] == 80
    del again
    file.write_bytes(b"damaged")
    assert np.array_equal(FeatureTable.of(make_clips(), key="library").raw, first.raw)


def test_real_motion_has_its_features_quickly(motion_pack) -> None:
    from itertools import islice

    from digital_life.momat.pack import read_pack

    clips = list(islice(read_pack(motion_pack, segments=False), 0, None, 200))
    table = FeatureTable.of(clips)
    assert np.isfinite(table.rows).all()
    height = table.raw[:, FEATURES["hips_height"]]
    assert 0.1 < np.median(height) < 1.1

"""AMASS and SMPL-X files: forms, axes, hands, rates, and what is wrong with bad ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from formats_compare import degrees_apart, metres_apart

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.amass import read_amass, write_amass
from digital_life.motion.formats.read import read_motion
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.resample import resample
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

HANDS = list(range(25, 55))
BODY = list(range(22))


def arrays_of(path: Path) -> dict[str, Any]:
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


@pytest.fixture(scope="module")
def fields(walk: Motion, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("amass") / "walk.npz"
    write_amass(walk, path)
    return arrays_of(path)


@pytest.mark.parametrize("up", ["y", "z"])
def test_round_trip(talk: Motion, up: Any, tmp_path: Path) -> None:
    talk = Motion(talk.translation + np.array([0.0, 0.3, 0.0], np.float32), talk.rotations)  # in the air, as in a jump
    write_amass(talk, tmp_path / "talk.npz", up=up)
    for again in (read_amass(tmp_path / "talk.npz"), read_motion(tmp_path / "talk.npz")):
        assert degrees_apart(again, talk) < 0.1
        assert metres_apart(again, talk) < 0.001
    poses = arrays_of(tmp_path / "talk.npz")
    assert poses["poses"].shape == (len(talk), 165)
    height = poses["trans"] + canonical_skeleton().rest_joints[0]
    assert height[:, 2 if up == "z" else 1].min() > 0.5, "somebody who stands has a pelvis over the floor"


@pytest.mark.parametrize(("width", "kept"), [(72, BODY), (156, [*BODY, *HANDS]), (165, list(range(55)))])
def test_every_model_is_read(fields: dict[str, Any], walk: Motion, width: int, kept: list[int], tmp_path: Path) -> None:
    whole = fields["poses"].reshape(len(walk), 55, 3)
    poses = np.zeros((len(walk), width // 3, 3), np.float32)
    poses[:, :22] = whole[:, :22]
    if width == 156:
        poses[:, 22:] = whole[:, 25:]
    elif width == 165:
        poses = whole
    else:
        poses[:, 22] = [0.0, 0.0, -0.8]
    np.savez(tmp_path / "a.npz", poses=poses.reshape(len(walk), -1), trans=fields["trans"], mocap_framerate=30.0)
    again = read_amass(tmp_path / "a.npz")
    assert degrees_apart(again, walk, kept) < 0.1
    assert metres_apart(again, walk) < 0.001
    if width == 72:
        bent = quat.to_axis_angle(again.rotations[:, JOINT_INDEX["left_middle1"]])
        np.testing.assert_allclose(bent, np.tile([0.0, 0.0, -0.8], (len(walk), 1)), atol=1e-6)


def test_split_fields_are_read(fields: dict[str, Any], walk: Motion, tmp_path: Path) -> None:
    names = ("root_orient", "pose_body", "pose_hand", "trans", "mocap_frame_rate")
    np.savez(tmp_path / "a.npz", **{name: fields[name] for name in names})
    assert degrees_apart(read_amass(tmp_path / "a.npz"), walk, [*BODY, *HANDS]) < 0.1


def test_other_rates_are_resampled(walk: Motion, tmp_path: Path) -> None:
    fast = resample(walk, 120)
    write_amass(fast, tmp_path / "fast.npz")
    again = read_amass(tmp_path / "fast.npz")
    assert again.fps == 30
    assert len(again) == len(walk)
    assert degrees_apart(again, walk) < 0.1
    odd = arrays_of(tmp_path / "fast.npz") | {"mocap_framerate": 59.94, "mocap_frame_rate": 59.94}
    np.savez(tmp_path / "odd.npz", **odd)
    assert read_amass(tmp_path / "odd.npz").duration == pytest.approx(len(fast) / 59.94, abs=0.05)


def test_a_file_is_put_on_the_floor_and_axes_can_be_forced(fields: dict[str, Any], tmp_path: Path) -> None:
    lifted = {name: values for name, values in fields.items() if name != "grounded"} | {
        "trans": fields["trans"] + np.array([0.3, 0.0, 0.25], np.float32)
    }
    np.savez(tmp_path / "a.npz", **lifted)
    skeleton = canonical_skeleton()
    feet = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]

    def lowest(motion: Motion) -> float:
        places, _ = forward_kinematics(motion.rotations, motion.translation, skeleton)
        return float((places[:, feet, 1] - skeleton.rest_joints[feet, 1] + skeleton.floor).min())

    assert abs(lowest(read_amass(tmp_path / "a.npz"))) < 0.02
    assert abs(lowest(read_amass(tmp_path / "a.npz", ground=False)) - 0.25) < 0.02
    lying = read_amass(tmp_path / "a.npz", up="y")
    assert abs(quat.rotate(lying.rotations[0, 0], np.array([0.0, 1.0, 0.0]))[1]) < 0.3


def test_a_mean_hand_is_added(fields: dict[str, Any], walk: Motion, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **{**fields, "poses": np.zeros((len(walk), 165), np.float32)})
    mean = np.linspace(-0.5, 0.5, 90).reshape(2, 45)
    relaxed = read_amass(tmp_path / "a.npz", hand_mean=mean)
    assert np.allclose(quat.to_axis_angle(relaxed.rotations[0, 25:]), mean.reshape(30, 3), atol=1e-6)


def _with_hole(shape: tuple[int, int], frame: int, column: int) -> np.ndarray:
    values = np.zeros(shape)
    values[frame, column] = np.nan
    return values


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"poses": np.zeros((5, 100))}, "'poses' has 100 numbers"),
        ({"poses": np.zeros((0, 165))}, "'poses' has 0 frames"),
        ({"poses": np.full((5, 165), np.nan)}, "'poses' is not finite in frame 0"),
        ({"poses": _with_hole((5, 165), 2, 13)}, "'poses' is not finite in frame 2, joint 'left_knee'"),
        ({"poses": _with_hole((5, 156), 1, 67)}, "'poses' is not finite in frame 1, joint 'left_index1'"),
        ({"trans": np.zeros((3, 3))}, "'trans' has shape"),
        ({"mocap_framerate": 0.0}, "0 frames per second"),
        ({"mocap_framerate": 1000.0}, "1000 frames per second"),
        ({"mocap_framerate": np.array("fast")}, "no number"),
    ],
)
def test_bad_files_name_the_field(fields: dict[str, Any], change: dict[str, Any], message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", **(fields | change))
    with pytest.raises(InputError, match=rf"bad\.npz: .*{message}"):
        read_amass(tmp_path / "bad.npz")


def test_hands_as_principal_components_are_refused(fields: dict[str, Any], walk: Motion, tmp_path: Path) -> None:
    split = {"global_orient": fields["root_orient"], "body_pose": fields["pose_body"], "transl": fields["trans"]}
    np.savez(tmp_path / "pca.npz", **split, left_hand_pose=np.zeros((len(walk), 6)))
    with pytest.raises(InputError, match="'left_hand_pose' has shape"):
        read_amass(tmp_path / "pca.npz")


def test_a_file_that_unpacks_to_too_much_is_refused(
    fields: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digital_life.motion.files.LARGEST", 10_000)
    np.savez_compressed(tmp_path / "huge.npz", **fields)
    with pytest.raises(InputError, match=r"huge\.npz: unpacks to"):
        read_amass(tmp_path / "huge.npz")

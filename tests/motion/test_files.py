"""Motion files, mirroring, resampling, contacts and fitting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.errors import InputError, StorageError
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.contacts import detect_contacts
from digital_life.motion.files import load_motion, save_motion, smplx_fields
from digital_life.motion.fit import fit_motion
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.mirror import mirror
from digital_life.motion.motion import Motion
from digital_life.motion.resample import resample, stretch
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton


@pytest.fixture(scope="module")
def wave() -> Motion:
    motion = compile_clip(asset_dir("motion_db") / "clips" / "wave_right.yaml").motion
    face = np.random.default_rng(3).random((len(motion), len(ARKIT_NAMES))).astype(np.float32)
    return motion.with_face(face)


def test_round_trip_is_exact(wave: Motion, tmp_path: Path) -> None:
    save_motion(wave, tmp_path / "deep" / "wave.npz")
    again = load_motion(tmp_path / "deep" / "wave.npz")
    for name in ("translation", "rotations", "face", "contacts"):
        assert np.array_equal(getattr(again, name), getattr(wave, name)), name
    assert again.provenance == wave.provenance
    assert again.fps == wave.fps
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["wave.npz"]


def test_smplx_tools_can_read_it(wave: Motion, tmp_path: Path) -> None:
    save_motion(wave, tmp_path / "wave.npz")
    with np.load(tmp_path / "wave.npz") as archive:
        assert archive["body_pose"].shape == (len(wave), 63)
        assert archive["left_hand_pose"].shape == (len(wave), 45)
        assert float(archive["mocap_frame_rate"]) == 30.0
    np.savez(tmp_path / "smplx.npz", **smplx_fields(wave))
    again = load_motion(tmp_path / "smplx.npz", fps=30)
    assert np.abs(np.sum(again.rotations * wave.rotations, axis=-1)).min() > 1.0 - 1e-6
    assert np.array_equal(again.translation, wave.translation)


def test_wrong_files_are_explained(wave: Motion, tmp_path: Path) -> None:
    whole = tmp_path / "whole.npz"
    save_motion(wave, whole)
    broken = {"truncated": whole.read_bytes()[:-2000], "text": b"hello", "empty": b""}
    for name, data in broken.items():
        (tmp_path / f"{name}.npz").write_bytes(data)
        with pytest.raises(InputError, match=rf"{name}\.npz: not a readable \.npz motion"):
            load_motion(tmp_path / f"{name}.npz")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(InputError, match="neither 'rotations' nor 'global_orient'"):
        load_motion(tmp_path / "other.npz")
    with pytest.raises(InputError, match="no such motion file"):
        load_motion(tmp_path / "missing.npz")


@pytest.mark.parametrize(
    ("field", "index", "value", "message"),
    [
        ("rotations", (3, 4, 0), np.nan, "frame 3, joint 'left_knee'"),
        ("translation", (2, 1), np.inf, "frame 2"),
        ("rotations", (5, 18), 0.0, "left_elbow in frame 5 is no unit quaternion"),
    ],
)
def test_wrong_numbers_are_found(
    wave: Motion, field: str, index: tuple[int, ...], value: float, message: str, tmp_path: Path
) -> None:
    save_motion(wave, tmp_path / "wave.npz")
    with np.load(tmp_path / "wave.npz") as archive:
        arrays = dict(archive)
    arrays[field] = arrays[field].copy()
    arrays[field][index] = value
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(InputError, match=rf"bad\.npz.*{message}"):
        load_motion(tmp_path / "bad.npz")


@pytest.mark.parametrize(("fps", "message"), [(0, "0 frames per second"), (1000, "1000 frames per second")])
def test_wrong_rates_are_refused(wave: Motion, fps: int, message: str, tmp_path: Path) -> None:
    save_motion(wave, tmp_path / "wave.npz")
    with np.load(tmp_path / "wave.npz") as archive:
        arrays = dict(archive)
    arrays["header"] = np.array(str(arrays["header"]).replace('"fps": 30', f'"fps": {fps}'))
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(InputError, match=message):
        load_motion(tmp_path / "bad.npz")
    with pytest.raises(InputError, match=r"none\.npz: a motion without frames"):
        save_motion(wave.slice(0, 0), tmp_path / "none.npz")
    empty = {name: arrays[name][:0] for name in ("translation", "rotations")}
    np.savez(
        tmp_path / "none.npz", header=np.array(str(arrays["header"]).replace(f'"fps": {fps}', '"fps": 30')), **empty
    )
    with pytest.raises(InputError, match=r"none\.npz: the motion has no frames"):
        load_motion(tmp_path / "none.npz")


def test_a_folder_that_cannot_be_written_is_explained(wave: Motion, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="writing a motion"):
        save_motion(wave, tmp_path / "file" / "wave.npz")


def test_mirror_twice_is_identity(wave: Motion) -> None:
    twice = mirror(mirror(wave))
    for name in ("translation", "rotations", "face", "contacts"):
        assert np.array_equal(getattr(twice, name), getattr(wave, name)), name
    assert not np.array_equal(mirror(wave).rotations, wave.rotations)


def test_mirror_reflects_places(wave: Motion) -> None:
    skeleton = canonical_skeleton()
    right, _ = forward_kinematics(wave.rotations, wave.translation, skeleton)
    mirrored = mirror(wave)
    left, _ = forward_kinematics(mirrored.rotations, mirrored.translation, skeleton)
    there, here = left[:, JOINT_INDEX["left_wrist"]], right[:, JOINT_INDEX["right_wrist"]]
    assert np.abs(there - here * [-1.0, 1.0, 1.0]).max() < 0.005


def test_resampling_keeps_the_movement(wave: Motion) -> None:
    double = resample(wave, 60)
    assert double.fps == 60
    assert len(double) == 2 * len(wave) - 1
    assert np.allclose(double.rotations[::2], wave.rotations, atol=1e-6)
    assert np.allclose(np.linalg.norm(double.rotations, axis=-1), 1.0, atol=1e-6)
    slow = stretch(wave, 200)
    assert len(slow) == 200
    assert np.allclose(slow.rotations[-1], wave.rotations[-1], atol=1e-6)


def test_detected_contacts_agree_with_the_planned_ones() -> None:
    walk = compile_clip(asset_dir("motion_db") / "clips" / "walk_loop.yaml").motion
    assert walk.contacts is not None
    agreement = (detect_contacts(walk, canonical_skeleton()) > 0.5) == (walk.contacts > 0.5)
    assert agreement.mean() > 0.75


@pytest.mark.parametrize("name", ["walk_loop", "idle_standing_calm", "step_back"])
@pytest.mark.parametrize("scale", [0.9, 1.12])
def test_fitted_feet_stay_on_the_floor(name: str, scale: float) -> None:
    motion = compile_clip(asset_dir("motion_db") / "clips" / f"{name}.yaml").motion
    source = canonical_skeleton()
    other = Skeleton(source.rest_joints * scale, source.floor * scale)
    fitted = fit_motion(motion, other)
    places, _ = forward_kinematics(fitted.rotations, fitted.translation, other)
    for side, column in (("left", 0), ("right", 2)):
        ankle = places[:, JOINT_INDEX[f"{side}_ankle"]]
        assert motion.contacts is not None
        flat = motion.contacts[:, column] > 0.5
        rest = (source.rest_joints[JOINT_INDEX[f"{side}_ankle"], 1] - source.floor) * scale
        assert np.abs(ankle[flat, 1] - rest).max() < 0.005
        both = flat[1:] & flat[:-1]
        assert np.linalg.norm(np.diff(ankle, axis=0)[both], axis=1).max() * 30 < 0.02
    travelled = fitted.translation[-1, 2] - fitted.translation[0, 2]
    assert travelled == pytest.approx((motion.translation[-1, 2] - motion.translation[0, 2]) * scale, abs=0.002)


def test_fitting_to_the_same_skeleton_changes_next_to_nothing() -> None:
    motion = compile_clip(asset_dir("motion_db") / "clips" / "sit_down.yaml").motion
    fitted = fit_motion(motion, canonical_skeleton())
    turned = quat.multiply(quat.conjugate(motion.rotations), fitted.rotations)
    assert np.degrees(np.linalg.norm(quat.to_axis_angle(turned), axis=-1)).max() < 6.0


def test_a_seat_does_not_grow_with_the_body() -> None:
    motion = compile_clip(asset_dir("motion_db") / "clips" / "idle_seated_calm.yaml").motion
    source = canonical_skeleton()
    tall = Skeleton(source.rest_joints * 1.1, source.floor * 1.1)
    heights = [
        forward_kinematics(m.rotations, m.translation, s)[0][:, 0, 1].mean()
        for m, s in ((motion, source), (fit_motion(motion, tall), tall))
    ]
    assert heights[1] == pytest.approx(heights[0], abs=0.01)

"""``digital-life export`` as typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.body.glb import read_skeleton
from digital_life.cli.export import FORMS
from digital_life.motion.files import load_motion, save_motion
from digital_life.motion.formats.export import Form
from digital_life.motion.formats.gltf_animation import read_gltf
from digital_life.motion.formats.read import read_motion
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.kinematics import forward_kinematics
from digital_life.society.run_folder import RunFolder, slug


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "digital_life", "export", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)


@pytest.fixture(scope="module")
def wave(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "wave.npz"
    save_motion(compile_clip(asset_dir("motion_db") / "clips" / "wave_right.yaml").motion, path)
    return path


@pytest.mark.parametrize("form", ["glb", "npz", "vrma", "bvh"])
def test_a_run_becomes_one_file_for_each_character(short_run: Path, form: str, tmp_path: Path) -> None:
    done = run(short_run, "--format", form, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    folder = RunFolder.open(short_run)
    rows = folder.record.performances()
    duration = folder.duration
    folder.close()
    names = sorted({row.character for row in rows})
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"{slug(name)}.{form}" for name in names]
    if form != "npz":
        return
    for name in names:
        whole = load_motion(tmp_path / "out" / f"{slug(name)}.npz")
        assert whole.duration == pytest.approx(duration, abs=0.1)
        last = max((row for row in rows if row.character == name), key=lambda row: row.start)
        part = load_motion(short_run / last.file)
        start = round(last.start * 30)
        np.testing.assert_array_equal(whole.rotations[start : start + len(part)], part.rotations)


def test_the_dressed_character_moves_as_recorded(short_run: Path, tmp_path: Path) -> None:
    run(short_run, "--format", "glb", "-o", tmp_path)
    run(short_run, "--format", "npz", "-o", tmp_path)
    name = sorted(path.stem for path in tmp_path.glob("*.glb"))[0]
    whole = load_motion(tmp_path / f"{name}.npz")
    skeleton = read_skeleton(short_run / "characters" / f"{name}.glb")
    again = read_gltf(tmp_path / f"{name}.glb", skeleton=skeleton)
    expected, _ = forward_kinematics(whole.rotations, whole.translation, skeleton)
    seen, _ = forward_kinematics(again.rotations, again.translation, skeleton)
    assert np.linalg.norm(seen - expected, axis=-1).max() < 0.001
    assert again.face is not None and whole.face is not None
    jaw_open = 24
    assert np.abs(again.face[:, jaw_open] - whole.face[:, jaw_open]).max() < 1e-4


@pytest.mark.parametrize("form", ["glb", "vrma", "amass", "bvh"])
def test_a_motion_is_converted_and_back(wave: Path, form: str, tmp_path: Path) -> None:
    suffix = {"amass": ".amass.npz"}.get(form, f".{form}")
    target = tmp_path / f"wave{suffix}"
    done = run(wave, "--format", form, "-o", target)
    assert done.returncode == 0, done.stderr
    again, first = read_motion(target), load_motion(wave)
    assert np.abs(np.sum(again.rotations * first.rotations, axis=-1)).min() > np.cos(np.radians(0.05))


def test_a_motion_is_cut_mirrored_planted_and_closed(wave: Path, tmp_path: Path) -> None:
    options = ("--cut", "0.2:1.7", "--mirror", "--plant-feet", "--loop", "-o", tmp_path / "a.npz")
    done = run(wave, "--format", "npz", *options)
    assert done.returncode == 0, done.stderr
    assert "0.0 cm/s after" in done.stdout
    again = load_motion(tmp_path / "a.npz")
    assert len(again) == 45
    assert np.abs(again.rotations[0] - again.rotations[-1]).max() < 1e-4
    for wrong in ("1", "a:b", "5:2"):
        assert run(wave, "--format", "npz", "--cut", wrong, "-o", tmp_path / "b.npz").returncode == 2


def test_what_a_format_does_not_hold_is_said(wave: Path, tmp_path: Path) -> None:
    written = run(wave, "--format", "humanml3d", "-o", tmp_path / "wave.npy")
    again = run(tmp_path / "wave.npy", "--format", "npz", "-o", tmp_path / "again.npz")
    for done in (written, again):
        assert done.returncode == 0 and "Note: " in done.stderr
        assert all(word in done.stderr for word in ("fingers", "twist", "frame"))
    assert "Note" not in run(wave, "--format", "glb", "-o", tmp_path / "wave.glb").stderr
    motion = load_motion(wave)
    save_motion(motion.with_face(np.full((len(motion), 52), 0.5, np.float32)), tmp_path / "face.npz")
    for form, target in (("bvh", "face.bvh"), ("amass", "face.amass.npz")):
        assert "no face" in run(tmp_path / "face.npz", "--format", form, "-o", tmp_path / target).stderr


def test_a_file_without_a_frame_rate_needs_one(wave: Path, tmp_path: Path) -> None:
    with np.load(wave) as archive:
        fields = {name: archive[name] for name in ("global_orient", "body_pose", "transl")}
    np.savez(tmp_path / "no_rate.npz", **fields)
    arguments = (tmp_path / "no_rate.npz", "--format", "npz", "-o", tmp_path / "out.npz")
    refused = run(*arguments)
    assert refused.returncode == 2
    assert all(word in refused.stderr for word in ("no_rate.npz", "mocap_frame_rate", "--fps"))
    assert run(*arguments, "--fps", 60).returncode == 0
    assert load_motion(tmp_path / "out.npz").duration == pytest.approx(load_motion(wave).duration / 2, abs=0.04)


def test_the_command_offers_what_can_be_written() -> None:
    assert get_args(Form) == FORMS


def test_mistakes_are_told(wave: Path, tmp_path: Path) -> None:
    (tmp_path / "taken.vrma").write_text("mine")
    (tmp_path / "broken.glb").write_text("not a glb")
    for arguments, words in (
        ((wave, "--format", "vrma", "-o", tmp_path / "taken.vrma"), ("taken.vrma", "--force")),
        ((wave, "--format", "vrma", "-o", tmp_path / "a.bvh"), ("a.bvh", ".vrma")),
        ((tmp_path / "broken.glb", "--format", "bvh"), ("broken.glb",)),
        ((tmp_path / "none.npz", "--format", "bvh"), ("none.npz",)),
        ((tmp_path, "--format", "bvh"), ("no run folder",)),
        ((wave, "--format", "fbx"), ("fbx",)),
        ((tmp_path, "--format", "bvh", "--loop"), ("MOTION file",)),
    ):
        done = run(*arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
        for word in words:
            assert word in done.stderr
    assert (tmp_path / "taken.vrma").read_text() == "mine"

"""Good files are added, bad ones are named with what is wrong."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from motion_files import add, write_files

from digital_life.errors import InputError
from digital_life.momat.captions import words_for
from digital_life.momat.growing import add_motions
from digital_life.momat.intake import LARGEST_FILE, Intake, Labels
from digital_life.momat.library import MotionLibrary
from digital_life.motion.files import save_motion
from digital_life.motion.formats.read import write_motion
from digital_life.motion.skeleton import JOINT_NAMES


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good files and one of every kind of bad ones."""
    folder = write_files(tmp_path_factory.mktemp("motions") / "mocap")
    motion = MotionLibrary.default()["nod_yes"].motion
    with np.load(folder / "nod_yes.npz") as archive:
        arrays = dict(archive)

    def write(name: str, **changed: np.ndarray) -> None:
        np.savez(folder / f"{name}.npz", **{**arrays, **changed})

    broken = arrays["rotations"].copy()
    broken[7, 4] = np.nan
    write("has nan", rotations=broken)
    write("is empty", **{name: array[:0] for name, array in arrays.items() if array.ndim > 1})
    write("no rotation", rotations=arrays["rotations"] * 3)
    save_motion(replace(motion, fps=1000), folder / "too_fast.npz")
    write("too_slow", header=np.array(str(arrays["header"]).replace('"fps": 30', '"fps": 0')))
    save_motion(motion, folder / "0001.npz")
    save_motion(motion, folder / "silent.npz")
    (folder / "silent.txt").write_text(" \n")
    (folder / "garbage.npz").write_bytes(b"no archive")
    with (folder / "huge.npz").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)  # a hole, which takes no room on the disk
    (folder / "garbage.bvh").write_text("HIERARCHY\nROOT\n")
    return folder


def test_a_folder_is_added_without_its_bad_files(files: Path, tmp_path: Path) -> None:
    outcome = add(tmp_path / "db", [files, files / "nowhere.npz"])
    assert sorted(outcome.added) == ["mocap/nod_yes", "mocap/sit_down", "mocap/wave_right"]
    reasons = {Path(what).name: why for what, why in outcome.rejected}
    expected = {
        "has nan.npz": "frame 7, joint 'left_knee'",
        "is empty.npz": "no frames",
        "no rotation.npz": "no unit quaternion",
        "too_fast.npz": "1000 frames per second",
        "too_slow.npz": "0 frames per second",
        "0001.npz": "caption is empty",
        "silent.npz": "caption is empty",
        "huge.npz": "too large",
        "garbage.npz": "not a readable",
        "garbage.bvh": "line ",
        "nowhere.npz": "no such file",
    }
    assert set(reasons) == set(expected)
    for name, reason in expected.items():
        assert reason in reasons[name], f"{name}: {reasons[name]}"


def test_the_command_lists_what_is_wrong_and_says_by_its_code_whether_anything_was_added(
    files: Path, tmp_path: Path
) -> None:
    def run(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "digital_life", "motions", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True)

    first = run("add", files, "--to", tmp_path / "db", "--licence", "CC-BY-NC-4.0")
    assert first.returncode == 0 and "3 added, 10 rejected" in first.stdout
    assert "rejected" in first.stderr and "has nan.npz" in first.stderr
    none = run("add", files / "garbage.npz", "--to", tmp_path / "db")
    assert none.returncode == 2 and "nothing was added" in none.stderr and "Traceback" not in none.stderr
    info = run("info", "--db", tmp_path / "db", "--clips")
    assert "3 takes" in info.stdout and "CC-BY-NC-4.0" in info.stdout and "mocap/nod_yes" in info.stdout
    assert "0 takes" in run("info", "--db", tmp_path / "db", "--licence", "permissive").stdout


def write_unknown_rig(folder: Path) -> str:
    """A BVH file whose joints no rig of the package knows; the text of the map that does."""
    folder.mkdir(parents=True)
    write_motion(MotionLibrary.default()["nod_yes"].motion, folder / "nods.bvh")
    text = (folder / "nods.bvh").read_text()
    (folder / "nods.bvh").write_text(re.sub(r"(ROOT|JOINT) (\w+)", r"\1 Bone_\2", text))
    return "name: mine\njoints:\n" + "".join(f"  {name}: Bone_{name}\n" for name in JOINT_NAMES)


def test_a_rig_beside_the_files_of_a_subfolder_counts_there(tmp_path: Path) -> None:
    mapped = write_unknown_rig(tmp_path / "mocap" / "mine")
    write_unknown_rig(tmp_path / "mocap" / "other")
    (tmp_path / "mocap" / "mine" / "rig.yaml").write_text(mapped)
    outcome = add(tmp_path / "db", [tmp_path / "mocap"])
    assert outcome.added == ["mocap/mine/nods"]
    (what, why), *more = outcome.rejected
    assert not more and what.endswith("other/nods.bvh") and "fit none of the known rigs" in why
    (tmp_path / "mocap" / "other" / "rig.yaml").write_text(mapped.replace("Bone_left_knee", "Bone_left_nkee"))
    ((_, why),) = add(tmp_path / "db", [tmp_path / "mocap"]).rejected
    assert "other/rig.yaml" in why and "Bone_left_nkee (left_knee) (did you mean 'Bone_left_knee'?)" in why


def test_a_rig_can_be_given_for_all_files(tmp_path: Path) -> None:
    mapped = write_unknown_rig(tmp_path / "mocap")
    (tmp_path / "map.yaml").write_text(mapped)
    save_motion(MotionLibrary.default()["nod_yes"].motion, tmp_path / "mocap" / "other nod.npz")
    command = [sys.executable, "-m", "digital_life", "motions", "add", str(tmp_path / "mocap"), "--to"]
    command += [str(tmp_path / "db"), "--rig"]
    done = subprocess.run([*command, str(tmp_path / "map.yaml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "2 added" in done.stdout, done.stderr
    wrong = subprocess.run([*command, "mixamoo"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2 and "mixamo" in wrong.stderr and "rejected" not in wrong.stderr


def test_what_files_cannot_hold_and_do_not_say_is_told(tmp_path: Path) -> None:
    motion = MotionLibrary.default()["wave_right"].motion
    (tmp_path / "mocap").mkdir()
    write_motion(motion, tmp_path / "mocap" / "waves.npy")
    np.savez(tmp_path / "mocap" / "waves hello.npz", poses=np.zeros((30, 165)), trans=np.zeros((30, 3)))
    intake = Intake([tmp_path / "mocap"])
    assert len(add_motions(tmp_path / "db", intake).added) == 1
    (note,) = intake.notes
    assert note.startswith("1 file: HumanML3D") and "fingers" in note
    assert "mocap_frame_rate" in intake.rejected[0][1]
    assert len(add_motions(tmp_path / "db", Intake([tmp_path / "mocap"], fps=30)).added) == 1


def test_a_pack_with_damage_is_added_without_it(motion_pack: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    lines = [line for line in (motion_pack / "manifest.jsonl").read_text().splitlines() if '"mesh2motion/' in line][:3]
    lost = next(line for line in (motion_pack / "manifest.jsonl").read_text().splitlines() if '"cmu/' in line)
    beyond = json.dumps({**json.loads(lines[0]), "id": "too/long", "frames": 99_999})
    (pack / "manifest.jsonl").write_text("\n".join([lines[0], "{no json", lines[1], lost, beyond, lines[2]]) + "\n")
    for name in ("rest_joints.npz", "mesh2motion.npz"):
        (pack / name).write_bytes((motion_pack / name).read_bytes())
    outcome = add(tmp_path / "db", [pack])
    assert len(outcome.added) == 3 and len(MotionLibrary.open(tmp_path / "db")) == 3
    said = " | ".join(why for _, why in outcome.rejected)
    assert "line 2: not a clip" in said and "cmu.npz" in said and "fewer frames" in said


def test_words_lie_in_a_sidecar_a_text_or_the_name(tmp_path: Path) -> None:
    (tmp_path / "captions.yaml").write_text(
        "wave: [waves hello, 挥手]\nsit: {captions: [sits down], posture_end: seated, licence: CC0-1.0}\nstep: one step\n"
    )
    (tmp_path / "turn.txt").write_text("a person turns#a/DET person/NOUN#0.0#0.0\nturning around\n")
    wave = words_for(tmp_path / "wave.bvh")
    assert (wave.captions, wave.captions_zh) == (("waves hello",), ("挥手",))
    assert words_for(tmp_path / "sit.bvh").posture_end == "seated"
    assert words_for(tmp_path / "step.bvh").captions == ("one step",)
    assert words_for(tmp_path / "turn.bvh").captions == ("a person turns", "turning around")
    assert words_for(tmp_path / "WaveLeft_02.bvh").captions == ("wave left",)
    assert words_for(tmp_path / "wave.bvh", ("something else",)).captions == ("something else",)


def test_a_wrong_sidecar_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "captions.yaml").write_text("wave: hello\nsit: {captions: [sits down], postur: seated}\n")
    with pytest.raises(InputError, match=r"captions.yaml:2.*postur"):
        words_for(tmp_path / "wave.bvh")


def test_databases_and_packs_inside_a_folder_are_not_taken_for_files(motion_pack: Path, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "everything" / "mocap").parent
    add(folder / "db", [folder / "mocap"])
    (folder / "pack").symlink_to(motion_pack)
    assert len(Intake([folder])) == 3
    (folder / "pack").unlink()
    (folder / "pack").mkdir()
    for name in ("manifest.jsonl", "rest_joints.npz", "cmu.npz"):
        (folder / "pack" / name).write_bytes((motion_pack / name).read_bytes())
    assert len(Intake([folder])) == 3 + (motion_pack / "manifest.jsonl").read_bytes().count(b"\n")


def test_a_pack_keeps_its_own_licences(motion_pack: Path) -> None:
    with pytest.raises(InputError, match="says its sources, licences"):
        Intake([motion_pack], Labels(licence="MIT"))

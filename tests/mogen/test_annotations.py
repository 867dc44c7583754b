"""AMASS with HumanML3D, KIT-ML and BABEL: small folders of the form in which these sets are handed out."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from digital_life.errors import InputError
from digital_life.mogen.annotations import read_annotations
from digital_life.mogen.config import DataConfig
from digital_life.mogen.packed import load
from digital_life.mogen.train import main, read_data
from digital_life.momat.library import MotionLibrary
from digital_life.motion.formats.amass import write_amass

CONFIGS = Path("configs")


def amass(root: Path, place: str, clip: str = "walk_loop", *, frames: int = 60) -> None:
    """A file of AMASS with ``frames`` frames of a shipped clip, played to and fro."""
    motion = MotionLibrary.default()[clip].motion
    there = list(range(len(motion)))
    order = ([*there, *reversed(there)] * (1 + frames // (2 * len(there))))[:frames]
    file = root / "AMASS" / f"{place}.npz"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_amass(
        motion.__class__(motion.translation[order], motion.rotations[order]),
        file,
    )


@pytest.fixture
def humanml3d(tmp_path: Path) -> Path:
    folder = tmp_path / "HumanML3D"
    (folder / "texts").mkdir(parents=True)
    (folder / "index.csv").write_text(
        "source_path,start_frame,end_frame,new_name\n"
        "./pose_data/KIT/3/walk_poses.npy,10,30,000000.npy\n"
        "./pose_data/MPI_HDM05/bk/sit_poses.npy,0,20,000001.npy\n"
        "./pose_data/CMU/none_poses.npy,0,40,000002.npy\n"
        "./pose_data/humanact12/humanact12/P01.npy,0,-1,000003.npy\n"
    )
    for name, lines in {
        "000000": "a person walks.#a/DET person/NOUN#0.0#0.0\nsomeone strolls#x#nan#nan\nhe steps#x#0.4#0.9\n",
        "000001": "sits down#x#0.0#0.0\n",
        "000002": "is missing#x#0.0#0.0\n",
        "000003": "warms up#x#0.0#0.0\n",
    }.items():
        (folder / "texts" / f"{name}.txt").write_text(lines)
    (folder / "train.txt").write_text("000000\nM000000\n")
    (folder / "val.txt").write_text("000001\n000002\n")
    amass(tmp_path, "KIT/3/walk_poses")
    amass(tmp_path, "HDM05/bk/sit_stageii", "sit_down", frames=130)
    return tmp_path


def test_humanml3d(humanml3d: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = read_data(humanml3d, DataConfig(form="humanml3d", annotations="HumanML3D"))
    walk, part, sit = sorted(data.items, key=lambda item: item.id)
    assert walk.captions == ("a person walks", "someone strolls")
    assert (walk.frames, walk.split, walk.licence_class) == (30, "train", "noncommercial")
    assert part.captions == ("he steps",)
    assert (part.id, part.frames, part.start) == ("humanml3d/000000#12", 15, walk.start + 12)
    assert (sit.captions, sit.split, sit.frames) == (("sits down",), "val", 30)
    assert "1 motions have no file" in capsys.readouterr().err


def test_frames_are_those_that_the_index_names(humanml3d: Path) -> None:
    """HumanML3D cuts three seconds off HDM05 before it counts, and counts at 20 frames per second."""
    found = {one.id: one for one in read_annotations("humanml3d", humanml3d / "HumanML3D")}
    assert (found["humanml3d/000001"].start, found["humanml3d/000001"].end) == (3.0, 4.0)
    assert (found["humanml3d/000000"].start, found["humanml3d/000000"].end) == (0.5, 1.5)


def test_babel(tmp_path: Path) -> None:
    folder = tmp_path / "babel"
    folder.mkdir()
    labels = [
        {"raw_label": "walk", "start_t": 0.0, "end_t": 1.0},
        {"raw_label": "transition", "start_t": 1.0, "end_t": 1.2},
        {"raw_label": "turn left", "start_t": 1.2, "end_t": 2.0},
    ]
    entry = {"feat_p": "CMU/CMU/01/01_01_poses.npz", "dur": 2.0}
    whole = {"seq_ann": {"labels": [{"raw_label": "walk around"}]}, "frame_ann": {"labels": labels}}
    (folder / "train.json").write_text(json.dumps({"7": {**entry, **whole}}))
    (folder / "val.json").write_text(json.dumps({"8": {**entry, **whole, "frame_ann": None}}))
    amass(tmp_path, "CMU/01/01_01_poses")
    data = read_data(tmp_path, DataConfig(form="babel"))
    train = {item.id: (item.captions, item.frames) for item in data.items if item.split == "train"}
    assert train == {
        "babel/7": (("walk around",), 60),
        "babel/7#0": (("walk",), 30),
        "babel/7#36": (("turn left",), 24),
    }
    assert [item.id for item in data.items if item.split == "val"] == ["babel/8"]


def test_kit_ml_in_its_own_form_and_in_the_common_one(tmp_path: Path) -> None:
    amass(tmp_path, "KIT/3/kick_poses")
    own, common = tmp_path / "kit-ml", tmp_path / "common"
    own.mkdir()
    (own / "00001_annotations.json").write_text(json.dumps(["A person kicks.", "kicking"]))
    (own / "00002_annotations.json").write_text("[]")
    paths = {name: {"path": "3/kick_poses.npz", "identifier": "cmu"} for name in ("00001", "00002")}
    (own / "kitml_amass_path.json").write_text(json.dumps(paths))
    (own / "train.txt").write_text("00001\n00002\n")
    (common / "splits").mkdir(parents=True)
    (common / "splits" / "train.txt").write_text("00001\n")
    said = [{"text": text, "start": 0.0, "end": 2.0} for text in ("A person kicks.", "kicking")]
    unified = {"00001": {"path": "KIT/3/kick_poses", "duration": 2.0, "annotations": said}}
    (common / "annotations.json").write_text(json.dumps(unified))
    one = read_data(tmp_path, DataConfig(form="kit-ml"))
    other = read_data(tmp_path, DataConfig(form="kit-ml", annotations="common"))
    assert one.items == other.items
    assert [(item.id, item.captions) for item in one.items] == [("kit-ml/00001", ("A person kicks", "kicking"))]
    np.testing.assert_array_equal(one.rows, other.rows)


@pytest.mark.parametrize("form", ["humanml3d", "kit-ml", "babel"])
def test_a_folder_that_is_not_the_data_set_is_refused_with_what_belongs_there(form: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_annotations(form, tmp_path)  # type: ignore[arg-type]
    assert refused.value.mend


def test_a_damaged_line_is_named(humanml3d: Path) -> None:
    (humanml3d / "HumanML3D" / "texts" / "000001.txt").write_text("sits down#x#0.0#0.0\nno times\n")
    with pytest.raises(InputError, match=r"000001\.txt, line 2"):
        read_data(humanml3d, DataConfig(form="humanml3d", annotations="HumanML3D"))


@pytest.mark.parametrize("name", ["humanml3d", "kit-ml", "babel"])
def test_the_shipped_configs_name_their_form(name: str) -> None:
    assert yaml.safe_load((CONFIGS / f"mogen-{name}.yaml").read_text())["data"]["form"] == name


def test_the_command_packs_what_the_config_names_and_asks_for_the_licence(humanml3d: Path, tmp_path: Path) -> None:
    arguments = ["--config", str(CONFIGS / "mogen-humanml3d.yaml"), "--data", str(humanml3d)]
    packed = CliRunner().invoke(main, [*arguments, "--licence", "all", "--pack", str(tmp_path / "h.npz")])
    assert packed.exit_code == 0, packed.output
    assert len(load(tmp_path / "h.npz").items) == 3
    refused = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "out")])
    assert refused.exit_code == 1
    assert "--licence all" in refused.output

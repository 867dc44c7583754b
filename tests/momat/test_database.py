"""The motion database gives back what was added, opens fast, and knows what it has."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from motion_files import CLIPS, add, write_files

from digital_life.errors import AssetError, InputError
from digital_life.momat.growing import add_motions
from digital_life.momat.intake import Labels
from digital_life.momat.library import MotionLibrary
from digital_life.momat.pack import read_new_motions, read_pack
from digital_life.motion import quaternion as quat
from digital_life.motion.anchor import anchored


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("motions") / "mocap")


@pytest.fixture()
def database(files: Path, tmp_path: Path) -> Path:
    assert sorted(add(tmp_path / "db", [files]).added) == [f"mocap/{name}" for name in sorted(CLIPS)]
    return tmp_path / "db"


def test_frames_words_and_measures_come_back(database: Path) -> None:
    library = MotionLibrary.open(database)
    clip, shipped = library["mocap/wave_right"], MotionLibrary.default()["wave_right"]
    expected = anchored(shipped.motion)
    turned = quat.multiply(quat.conjugate(expected.rotations), clip.motion.rotations)
    assert 2 * np.degrees(np.linalg.norm(turned[..., 1:], axis=-1)).max() < 0.01
    assert np.abs(clip.motion.translation - expected.translation).max() < 1e-3
    assert clip.motion.contacts is not None and clip.motion.contacts.mean() > 0.9
    assert clip.captions == ("a person waves with the right hand",)
    assert clip.kind == "gesture" and clip.hand == "right" and clip.has_fingers and clip.posture == "standing"
    assert clip.kinematics["right_hand_max_m"] > clip.kinematics["left_hand_max_m"] + 0.3
    assert clip.licence == "unknown" and clip.licence_class == "noncommercial"
    sits = library["mocap/sit_down"]
    other = clip.mirror()
    assert other.hand == "left" and other.kinematics["left_hand_max_m"] == clip.kinematics["right_hand_max_m"]
    assert other.kinematics["turn_deg"] == -clip.kinematics["turn_deg"] and len(other.kinematics) > 10
    assert (sits.posture, sits.posture_end, sits.kind) == ("standing", "seated", "transition")


def test_adding_twice_changes_nothing(database: Path, files: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in database.rglob("*") if path.is_file()}
    key = MotionLibrary.open(database).key
    assert sorted(add(database, [files]).unchanged) == [f"mocap/{name}" for name in sorted(CLIPS)]
    copied = tmp_path / "copy"
    copied.mkdir()
    for path in files.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    outcome = add(database, [copied])
    assert not outcome.added and len(outcome.unchanged) == 3
    assert {path: path.read_bytes() for path in database.rglob("*") if path.is_file()} == before
    assert MotionLibrary.open(database).key == key


def test_new_words_for_old_frames_replace_the_words(database: Path, files: Path) -> None:
    key = MotionLibrary.open(database).key
    labels = Labels(licence="CC0-1.0", captions=("greets somebody", "打招呼"))
    assert add(database, [files / "wave_right.npz"], labels).updated == ["mocap/wave_right"]
    library = MotionLibrary.open(database)
    assert len(library) == 3 and library.key != key
    assert library["mocap/wave_right"].captions == ("greets somebody",)
    assert library["mocap/wave_right"].captions_zh == ("打招呼",)
    assert [clip.id for clip in library.licensed("permissive")] == ["mocap/wave_right"]


def test_other_frames_under_a_known_id_need_a_wish(database: Path, files: Path, tmp_path: Path) -> None:
    other = tmp_path / "mocap"
    other.mkdir()
    (other / "nod_yes.npz").write_bytes((files / "wave_right.npz").read_bytes())
    outcome = add(database, [other])
    assert not outcome.added and "--replace" in outcome.rejected[0][1]
    assert add(database, [other], replace_frames=True).updated == ["mocap/nod_yes"]
    assert MotionLibrary.open(database)["mocap/nod_yes"].frames == MotionLibrary.default()["wave_right"].frames


def test_the_default_library_holds_what_the_user_added(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = MotionLibrary.default()
    monkeypatch.setenv("DIGITAL_LIFE_MOTIONS", str(database))
    both = MotionLibrary.default()
    assert len(both) == len(shipped) + 3 and both.key != shipped.key
    permissive = MotionLibrary.default(licence="permissive")
    assert len(permissive) == len(shipped) and permissive.key != both.key
    with pytest.raises(InputError, match="unknown licence filter"):
        MotionLibrary.default(licence="free")  # type: ignore[arg-type]


def test_a_database_of_another_version_says_what_to_do(database: Path) -> None:
    manifest = database / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 99'))
    with pytest.raises(AssetError, match=r"version 99; this program reads version 1[\s\S]*To mend it"):
        MotionLibrary.open(database)


def test_a_folder_that_is_no_database_says_what_it_is(motion_pack: Path, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="motion pack, not a database"):
        MotionLibrary.open(motion_pack)
    with pytest.raises(AssetError, match="motions add"):
        MotionLibrary.open(tmp_path)


def test_damage_is_named(database: Path) -> None:
    shard = database / "shards" / json.loads((database / "manifest.json").read_text())["shards"][0]["name"]
    body = (shard / "body.npy").read_bytes()
    (shard / "body.npy").write_bytes(body[:1000])
    with pytest.raises(AssetError, match=r"body\.npy: damaged"):
        MotionLibrary.open(database)
    np.save(shard / "body.npy", np.zeros((5, 25, 4), np.int16))
    with pytest.raises(AssetError, match=r"body\.npy: holds 5 of the \d+ frames of the manifest"):
        MotionLibrary.open(database)
    (shard / "body.npy").unlink()
    with pytest.raises(AssetError, match=r"body\.npy: a part of the motion database is missing"):
        MotionLibrary.open(database)
    (shard / "clips.json").write_text("[]")
    with pytest.raises(AssetError, match=r"clips\.json: was changed or damaged"):
        MotionLibrary.open(database)
    (database / "manifest.json").write_text('{"format": "digital-life motion database"')
    with pytest.raises(AssetError, match=r"manifest\.json"):
        MotionLibrary.open(database)


def test_the_frames_of_a_clip_cannot_be_changed_by_one_who_reads_them(database: Path) -> None:
    clip = MotionLibrary.open(database)["mocap/nod_yes"]
    assert clip.motion is clip.motion
    with pytest.raises(ValueError, match="read-only"):
        clip.motion.rotations[:] = 0


def test_takes_of_a_pack_and_their_segments(motion_pack: Path, tmp_path: Path) -> None:
    wanted = {"reactidle", "mesh2motion", "mmdagent"}
    chosen, left = [], dict.fromkeys(wanted, 3)
    for new in read_new_motions(motion_pack):
        if left.get(new.clip.source, 0) and (new.clip.source != "reactidle" or new.segments):
            left[new.clip.source] -= 1
            chosen.append(new)
    outcome = add_motions(tmp_path / "db", chosen)
    assert len(outcome.added) == len(chosen) and not outcome.rejected
    library = MotionLibrary.open(tmp_path / "db")
    compared = {*outcome.added[:1], *outcome.added[-2:]}
    originals = [clip for clip in read_pack(motion_pack) if clip.id.split("#")[0] in compared]
    assert {clip.id.split("#")[0] for clip in originals} == compared
    for clip in originals:
        same = library[clip.id]
        assert (same.captions, same.captions_zh, same.sync) == (clip.captions, clip.captions_zh, clip.sync)
        assert np.abs(same.motion.translation - clip.motion.translation).max() < 2e-3
        assert np.abs(same.motion.rotations - clip.motion.rotations).max() < 2e-3
        assert (same.motion.face is None) == (clip.motion.face is None)
    assert any(clip.is_segment for clip in library)
    assert add_motions(tmp_path / "db", chosen).unchanged == outcome.added


@pytest.mark.slow
def test_the_whole_pack_opens_at_once(motion_pack: Path, tmp_path: Path) -> None:
    start = time.process_time()
    outcome = add_motions(tmp_path / "db", read_new_motions(motion_pack))
    assert time.process_time() - start < 60
    assert len(outcome.added) == sum(1 for _ in read_new_motions(motion_pack))
    times = []
    for _ in range(3):
        start = time.process_time()  # what other processes do meanwhile does not count
        library = MotionLibrary.open(tmp_path / "db")
        times.append(time.process_time() - start)
    assert min(times) < 0.3
    assert len(library) > len(outcome.added)

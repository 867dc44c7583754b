"""The record: append-only, crash-safe, and clear about what is wrong."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from digital_life.behaviour import Behaviour, Emotion
from digital_life.errors import InputError, StorageError
from digital_life.llm.chat import Usage
from digital_life.society.record import PerformanceRow, Record
from digital_life.society.run_folder import RunFolder, SceneFile, file_stem, slug
from digital_life.stage.scene import Place, Room

BEHAVIOUR = Behaviour(speaker="Ann", partner="Bo", speech="Hello.", motion="waves", emotion=Emotion(pleasure=7))


def row(turn: int, character: str, audio: str | None = None) -> PerformanceRow:
    return PerformanceRow(
        turn, character, 1.5 * turn, 45, f"performances/{turn}.npz", audio, 0.2, 1.0, {"clip": "wave"}
    )


def scene() -> SceneFile:
    room = Room(places=(Place(name="floor", position=(0, 0)),))
    return SceneFile(mode="simulation", mind="offline", seed=3, room=room, names=("Ann", "Bo"), title="Test")


def test_what_was_written_is_read_back_after_reopening(tmp_path: Path) -> None:
    record = Record(tmp_path / "run.db")
    record.add_turn(1, BEHAVIOUR, Usage(10, 5, 0.25, 2), {"Ann": {"pleasure": 7}})
    record.add_performances(1, [row(1, "Ann", "audio/1.wav"), row(1, "Bo")], {"Bo": {"heard": 1}})
    record.add_turn(2, None, Usage(), {"Ann": {"pleasure": 6}})
    record.add_events("reflection", [{"text": "nice"}, {"text": "odd"}], owner="Ann")
    record.set_meta("finished", True)
    record.close()

    record = Record(tmp_path / "run.db")
    first, second = record.turns()
    assert first.behaviour == BEHAVIOUR
    assert first.usage == Usage(10, 5, 0.25, 2)
    assert second.behaviour is None
    assert record.performances() == [row(1, "Ann", "audio/1.wav"), row(1, "Bo")]
    assert record.state("Ann") == {"pleasure": 6}
    assert record.state("Bo") == {"heard": 1}
    assert record.state("nobody") is None
    assert [data["text"] for _, _, data in record.events("reflection")] == ["nice", "odd"]
    assert record.meta("finished") is True


def test_a_failing_turn_leaves_nothing_of_itself(tmp_path: Path) -> None:
    record = Record(tmp_path / "run.db")
    record.add_turn(1, BEHAVIOUR, Usage(), {})
    with pytest.raises(TypeError):
        record.add_turn(2, BEHAVIOUR, Usage(), {"Ann": {"not json": object()}})
    assert [turn.turn for turn in record.turns()] == [1]
    record.add_turn(2, BEHAVIOUR, Usage(), {})
    assert [turn.turn for turn in record.turns()] == [1, 2]


def test_a_process_killed_while_writing_leaves_whole_turns(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from digital_life.behaviour import Behaviour
        from digital_life.llm.chat import Usage
        from digital_life.society.record import Record
        record = Record(Path(sys.argv[1]))
        for turn in range(100000):
            record.add_turn(turn, Behaviour(speaker="Ann", speech="x" * 500), Usage(), {"Ann": {"turn": turn}})
            if turn == 50:
                print("go", flush=True)
        """
    )
    path = tmp_path / "run.db"
    process = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    record = Record(path)
    turns = record.turns()
    assert [turn.turn for turn in turns] == list(range(len(turns)))
    assert len(turns) > 50
    state = record.state("Ann")
    assert state is not None
    assert state["turn"] == len(turns) - 1


def test_a_full_disk_is_said_and_keeps_what_was_written(tmp_path: Path) -> None:
    record = Record(tmp_path / "run.db")
    record.add_turn(1, BEHAVIOUR, Usage(), {})
    pages = record._db.execute("PRAGMA page_count").fetchone()[0]
    record._db.execute(f"PRAGMA max_page_count={pages + 1}")  # SQLite then reports "database or disk is full"
    with pytest.raises(StorageError, match=r"disk is full.*\n.*--resume"):
        record.add_turn(2, BEHAVIOUR, Usage(), {"Ann": {"big": "x" * 100_000}})
    assert [turn.turn for turn in record.turns()] == [1]


@pytest.mark.parametrize(
    "content", [b"this is no database, only a text that is long enough" * 10, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_file_that_is_no_record_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.db").write_bytes(content)
    with pytest.raises(StorageError, match=r"run\.db"):
        Record(tmp_path / "run.db")


def test_a_record_of_another_version_is_refused(tmp_path: Path) -> None:
    Record(tmp_path / "run.db").close()
    with sqlite3.connect(tmp_path / "run.db") as db:
        db.execute("UPDATE meta SET value='99' WHERE key='version'")
    with pytest.raises(StorageError, match="version 99"):
        Record(tmp_path / "run.db")


def test_an_existing_run_folder_is_refused_and_replaced_only_by_force(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "run", scene()).close()
    with pytest.raises(InputError, match=r"exists already\n.*--resume.*--force"):
        RunFolder.create(tmp_path / "run", scene())
    RunFolder.create(tmp_path / "run", scene(), force=True).close()


def test_force_never_deletes_a_folder_that_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    with pytest.raises(InputError, match="no run folder"):
        RunFolder.create(tmp_path / "photos", scene(), force=True)
    assert (tmp_path / "photos" / "cat.jpg").exists()


def test_a_moved_run_folder_opens(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "a", scene()).close()
    (tmp_path / "a").rename(tmp_path / "b")
    folder = RunFolder.open(tmp_path / "b")
    assert folder.scene == scene()
    assert not folder.finished
    assert folder.turns() == []


def test_a_folder_without_a_run_is_told_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no run folder.*\n.*digital-life simulate"):
        RunFolder.open(tmp_path)


def test_a_damaged_scene_file_is_named(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "run", scene()).close()
    data = json.loads((tmp_path / "run" / "scene.json").read_text())
    data["room"] = 5
    (tmp_path / "run" / "scene.json").write_text(json.dumps(data))
    with pytest.raises(StorageError, match=r"scene\.json"):
        RunFolder.open(tmp_path / "run")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Mira Solano", "mira-solano"), ("Ana María", "ana-maría"), ("千", "千"), ("Оля 2", "оля-2")],
)
def test_file_names_are_readable_in_every_script(name: str, expected: str) -> None:
    assert slug(name) == file_stem(name) == expected


def test_two_names_never_share_a_file(tmp_path: Path) -> None:
    names = [
        "Mira",
        "mira",
        "千",
        "花",
        "😀",
        "😡",
        "O'Neil",
        "O Neil",
        "O-Neil",
        "../../etc",
        "Etc",
        "CON",
        "x" * 300,
        "x" * 301,
    ]
    stems = [file_stem(name) for name in names]
    assert len({stem.casefold() for stem in stems}) == len(names)
    for stem in stems:
        path = tmp_path / f"{stem}.glb"
        path.touch()
        assert path.parent == tmp_path and re.fullmatch(r"[\w-]+", stem)
    assert file_stem("😀") == file_stem("😀") and file_stem("😀").startswith("character-")


@pytest.mark.parametrize(
    ("name", "older"), [("O'Neil", "o-neil"), ("Anna-Lena", "anna-lena"), ("José", "jos"), ("千", "character")]
)
def test_bodies_of_runs_with_the_older_names_are_found(tmp_path: Path, name: str, older: str) -> None:
    folder = RunFolder.create(tmp_path / "run", scene().model_copy(update={"names": (name, "Jos", "O Neil")}))
    characters = folder.root / "characters"
    assert folder.glb(name) == characters / f"{file_stem(name)}.glb", "where a new body goes"
    (characters / f"{older}.glb").touch()
    own = older in ("o-neil", "jos")
    assert folder.glb(name).stem == (file_stem(name) if own else older), "but not the body of another one"
    folder.scene = scene().model_copy(update={"names": (name, "Hana")})
    assert folder.glb(name) == characters / f"{older}.glb"
    (characters / f"{file_stem(name)}.glb").touch()
    assert folder.glb(name).stem == file_stem(name)
    folder.close()

"""A scenario played for real: offline minds, bodies, voices, stage, record."""

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml

from digital_life.api import Run, Scenario
from digital_life.errors import InputError, StorageError
from digital_life.motion.motion import Motion
from digital_life.society import performing
from digital_life.society.run_folder import RunFolder


def play(scenario: Path, out: Path, **options: object) -> Run:
    return Scenario.load(scenario).run(out, mind="offline", notice=lambda _text: None, **options)  # type: ignore[arg-type]


def frames(folder: RunFolder) -> dict[str, list[Motion]]:
    motions: dict[str, list[Motion]] = {}
    for turn in folder.turns():
        for row in turn.performances:
            motions.setdefault(row.character, []).append(folder.performance(row).motion)
    return motions


def test_both_characters_act_in_turn_and_are_recorded(finished_run: Run) -> None:
    folder = finished_run.folder
    assert folder.finished
    first, second = folder.scene.names
    speakers = [behaviour.speaker for behaviour in finished_run.behaviours]
    assert speakers == [first, second, first, second]
    assert all(behaviour.mind == "offline" for behaviour in finished_run.behaviours)
    assert all(behaviour.speech for behaviour in finished_run.behaviours)
    spoken = [row for turn in folder.turns() for row in turn.performances if row.speech_seconds > 0]
    assert len(spoken) == 4
    assert all(folder.glb(name).is_file() for name in folder.scene.names)
    text = folder.transcript.read_text()
    assert "Mind: offline" in text
    assert all(behaviour.speech in text for behaviour in finished_run.behaviours)


def test_the_clock_has_no_gap_and_the_bodies_do_not_jump(finished_run: Run) -> None:
    folder = finished_run.folder
    turns = folder.turns()
    for before, after in pairwise(turns):
        assert after.start == pytest.approx(before.end, abs=1e-3)
    for motions in frames(folder).values():
        for before_motion, after_motion in pairwise(motions):
            step = np.linalg.norm(after_motion.translation[0] - before_motion.translation[-1])
            assert step < 0.08, "the root jumps between turns"
            dots = np.abs(np.sum(after_motion.rotations[0] * before_motion.rotations[-1], axis=-1))
            assert np.degrees(2 * np.arccos(np.clip(dots, -1, 1))).max() < 20, "a joint jumps between turns"


def test_the_same_seed_gives_the_same_frames(finished_run: Run, short_scenario: Path, tmp_path: Path) -> None:
    again = play(short_scenario, tmp_path / "again")
    assert [b.line() for b in again.behaviours] == [b.line() for b in finished_run.behaviours]
    for name, motions in frames(again.folder).items():
        for ours, theirs in zip(motions, frames(finished_run.folder)[name], strict=True):
            np.testing.assert_array_equal(ours.rotations, theirs.rotations)
            np.testing.assert_array_equal(ours.translation, theirs.translation)


def test_a_killed_run_opens_and_resumes_to_the_same_end(
    finished_run: Run, short_scenario: Path, tmp_path: Path
) -> None:
    out = tmp_path / "killed"
    command = [
        sys.executable,
        "-m",
        "digital_life",
        "simulate",
        str(short_scenario),
        "--out",
        str(out),
        "--mind",
        "offline",
    ]
    process = subprocess.Popen([*command, "--no-video"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.time() + 120
    while len(list(out.glob("performances/*.npz"))) < 4 and process.poll() is None and time.time() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    stopped = RunFolder.open(out)
    assert not stopped.finished
    assert stopped.turns(), "whole turns are kept"
    stopped.close()
    resumed = play(short_scenario, out, resume=True)
    assert resumed.folder.finished
    assert [b.line() for b in resumed.behaviours] == [b.line() for b in finished_run.behaviours]


def test_resuming_a_finished_run_changes_nothing(finished_run: Run, short_scenario: Path) -> None:
    before = [row.turn for row in finished_run.folder.record.turns()]
    again = play(short_scenario, finished_run.path, resume=True)
    assert [row.turn for row in again.folder.record.turns()] == before


def test_an_existing_folder_is_refused(finished_run: Run, short_scenario: Path) -> None:
    with pytest.raises(InputError, match="exists already"):
        play(short_scenario, finished_run.path)


def test_resuming_with_another_scenario_is_refused(finished_run: Run, short_scenario: Path, tmp_path: Path) -> None:
    data = yaml.safe_load(short_scenario.read_text())
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump({**data, "situation": "Something else entirely."}))
    with pytest.raises(InputError, match="another scenario"):
        play(other, finished_run.path, resume=True)


def test_a_disk_that_fills_up_keeps_every_whole_turn(
    short_scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = performing.save_motion
    written = []

    def full_after_six(motion: Motion, path: Path) -> None:
        if len(written) >= 6:
            raise OSError(28, "No space left on device")
        written.append(path)
        real(motion, path)

    monkeypatch.setattr(performing, "save_motion", full_after_six)
    with pytest.raises(StorageError, match=r"disk is full.*\n.*--resume"):
        play(short_scenario, tmp_path / "run")
    monkeypatch.setattr(performing, "save_motion", real)
    folder = RunFolder.open(tmp_path / "run")
    assert len(folder.turns()) == 3
    folder.close()
    assert play(short_scenario, tmp_path / "run", resume=True).folder.finished


def test_silent_characters_still_have_timed_subtitles(
    short_scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_VOICE", "off")
    notices: list[str] = []
    run = Scenario.load(short_scenario).run(tmp_path / "run", mind="offline", notice=notices.append)
    rows = [row for turn in run.folder.turns() for row in turn.performances]
    assert all(row.audio is None for row in rows)
    assert sum(row.speech_seconds > 0.5 for row in rows) == 4
    assert any("Voice" in notice for notice in notices)

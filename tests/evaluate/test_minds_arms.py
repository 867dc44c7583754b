"""Arms played with the offline mind: ablations bite, a stopped evaluation goes on, nothing else is overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from digital_life.assets import asset_dir
from digital_life.cli.evaluate import command
from digital_life.errors import InputError
from digital_life.evaluate.minds import evaluation
from digital_life.evaluate.minds.drift import drift_talk, visitor_lines
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.run_folder import RunFolder


def run(out: Path, scenario: Path, *more: str) -> str:
    options = ["--scenario", str(scenario), "--arm", "full", "--arm", "without-reflection", "--plots", "1"]
    arguments = ["mind", "--out", str(out), "--mind", "offline", "--drift-turns", "6", *options, *more]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = yaml.safe_load((asset_dir("examples") / "first_meeting.yaml").read_text())
    path = tmp_path_factory.mktemp("scenario") / "brief.yaml"
    path.write_text(yaml.safe_dump({**data, "rounds": 2}))
    return path


@pytest.fixture(scope="module")
def done(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("arms") / "evaluation"
    run(out, scenario)
    return out


def test_arms_play_the_same_scenario_in_their_own_way(done: Path) -> None:
    full, plain = (RunFolder.open(done / "runs" / f"{arm}-1") for arm in ("full", "without-reflection"))
    assert full.scene.loaded == plain.scene.loaded and full.scene.seed == plain.scene.seed == 1
    assert full.finished and plain.finished
    assert full.scene.config.reflection and not plain.scene.config.reflection
    for folder, deep in ((full, True), (plain, False)):
        changed = [change for _, change in folder.record.changes() if change.part == "relationship"]
        assert bool(changed) == deep


def test_the_report_compares_arms_and_shows_drift(done: Path) -> None:
    text = (done / "report.html").read_text()
    assert "Persona drift over 6 turns" in text and "Arms compared without a judge" in text
    assert text.count("<td>without-reflection</td>") == 2
    assert len(list((done / "drift").iterdir())) == 4


def test_going_on_does_nothing_twice(done: Path, scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in (done / "drift").iterdir()}
    runs = {path: path.stat().st_mtime_ns for path in (done / "runs").glob("*/transcript.md")}
    (done / "report.html").unlink()
    run(done, scenario)
    assert {path: path.read_bytes() for path in (done / "drift").iterdir()} == before
    assert {path: path.stat().st_mtime_ns for path in (done / "runs").glob("*/transcript.md")} == runs
    assert (done / "report.html").is_file()


def test_a_stop_between_two_runs_is_gone_on_with(scenario: Path, done: Path, tmp_path: Path, monkeypatch: Any) -> None:
    played = []

    def stop(trial: Any, *rest: Any) -> None:
        played.append(trial.arm)
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluation, "play", stop)
    out = tmp_path / "stopped"
    arguments = ["mind", "--out", str(out), "--mind", "offline", "--scenario", str(scenario), "--drift-turns", "0"]
    stopped = CliRunner().invoke(command, arguments)
    assert stopped.exit_code != 0 and played == ["full"]
    assert (out / "evaluation.json").is_file() and not (out / "report.html").exists()


def test_another_evaluation_is_not_overwritten(done: Path, scenario: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="other runs, arms"):
        run(done, scenario, "--first-seed", "9")
    (tmp_path / "thesis.txt").write_text("mine")
    for more in ((), ("--force",)):
        with pytest.raises(InputError, match="something else"):
            run(tmp_path, scenario, *more)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_long_talk_repeats_itself_by_its_seed(tmp_path: Path) -> None:
    assert visitor_lines(1, 60)[:3] == visitor_lines(1, 50)[:3] and len(set(visitor_lines(1, 50))) == 50
    assert visitor_lines(1, 50) != visitor_lines(2, 50) and visitor_lines(1, 50)[0] == visitor_lines(2, 50)[0]
    persona = load_persona("dariush")
    one, two = (drift_talk(tmp_path / name, persona, "full", 3, 4, OfflineModel()) for name in ("a", "b"))
    assert one == two and [turn.heard for turn in one.turns] == visitor_lines(3, 4)

"""Arms played with the offline mind: ablations bite, a stopped evaluation goes on, nothing else is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from digital_life.cli.evaluate import command
from digital_life.errors import InputError
from digital_life.evaluate.minds import arms, evaluation
from digital_life.evaluate.minds.drift import drift_talk, visitor_lines
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.run_folder import RunFolder
from digital_life.society.scenario import load_scenario

Evaluate = Callable[..., str]


def test_arms_play_the_same_scenario_in_their_own_way(evaluated: Path) -> None:
    full, plain = (RunFolder.open(evaluated / "runs" / f"{arm}-1") for arm in ("full", "without-reflection"))
    assert full.scene.loaded == plain.scene.loaded and full.scene.seed == plain.scene.seed == 1
    assert full.finished and plain.finished
    assert full.scene.config.reflection and not plain.scene.config.reflection
    for folder, deep in ((full, True), (plain, False)):
        changed = [change for _, change in folder.record.changes() if change.part == "relationship"]
        assert bool(changed) == deep


def test_the_report_compares_arms_and_shows_drift(evaluated: Path) -> None:
    text = (evaluated / "report.html").read_text()
    assert "Persona drift over 5 turns" in text and "Arms compared without a judge" in text
    assert text.count("<td>without-reflection</td>") == 2
    assert text.count("<td>10 of 10</td>") == 2, "answers by the mind"
    assert len(list((evaluated / "drift").iterdir())) == 4


def test_going_on_does_nothing_twice(evaluated: Path, scenario: Path, evaluate: Evaluate) -> None:
    before = {path: path.read_bytes() for path in (evaluated / "drift").iterdir()}
    runs = {path: path.stat().st_mtime_ns for path in (evaluated / "runs").glob("*/transcript.md")}
    (evaluated / "report.html").unlink()
    evaluate(evaluated, scenario)
    assert {path: path.read_bytes() for path in (evaluated / "drift").iterdir()} == before
    assert {path: path.stat().st_mtime_ns for path in (evaluated / "runs").glob("*/transcript.md")} == runs
    assert (evaluated / "report.html").is_file()


def test_a_stop_keeps_the_plan_and_writes_no_report(scenario: Path, tmp_path: Path, monkeypatch: Any) -> None:
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


def test_another_evaluation_is_not_overwritten(
    evaluated: Path, scenario: Path, tmp_path: Path, evaluate: Evaluate
) -> None:
    with pytest.raises(InputError, match="other runs, arms"):
        evaluate(evaluated, scenario, "--first-seed", "9")
    (tmp_path / "thesis.txt").write_text("mine")
    for more in ((), ("--force",)):
        with pytest.raises(InputError, match="something else"):
            evaluate(tmp_path, scenario, *more)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_long_talk_repeats_itself_by_its_seed(tmp_path: Path) -> None:
    assert visitor_lines(1, 60)[:3] == visitor_lines(1, 50)[:3] and len(set(visitor_lines(1, 50))) == 50
    assert visitor_lines(1, 50) != visitor_lines(2, 50) and visitor_lines(1, 50)[0] == visitor_lines(2, 50)[0]
    persona = load_persona("dariush")
    one, two = (drift_talk(tmp_path / name, persona, "full", 3, 4, OfflineModel()) for name in ("a", "b"))
    assert one == two and [turn.heard for turn in one.turns] == visitor_lines(3, 4)


def test_a_run_whose_folder_was_only_half_made_begins_anew(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = arms.Trial("full", 1, tmp_path / "full-1")
    trial.path.mkdir()
    (trial.path / "scene.json").write_text("{")
    started: list[Any] = []

    class Quick:
        def __init__(self, folder: RunFolder, *_rest: Any) -> None:
            started.append(folder.scene)

        def run(self) -> None:
            """Nobody says anything."""

    monkeypatch.setattr(arms, "Simulation", Quick)
    arms.play(trial, load_scenario(scenario), OfflineModel(), lambda *_progress: None)
    assert started[0].seed == 1 and RunFolder.open(trial.path).scene == started[0]

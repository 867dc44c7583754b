"""A process that is killed and a person who goes in mid-sentence: nothing is half-written, nothing forgotten."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from digital_life.api import Scenario
from digital_life.assets import asset_dir
from digital_life.evaluate.fake_llm_server import FakeServer
from digital_life.llm.chat import Message, ModelProfile, Usage
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.chat_session import PersonaChat
from digital_life.society.run_folder import RunFolder
from digital_life.society.scenario import load_scenario
from digital_life.society.simulation import Simulation, start_run


class Stuck:
    """A server that never answers when it is asked to look back."""

    def __init__(self) -> None:
        self.profile = ModelProfile("openai", "stuck", "structured")

    def structured(self, messages: Sequence[Message], schema: type[Any], **_: Any) -> Any:
        time.sleep(20)
        raise AssertionError("too late")

    def close(self) -> None:
        pass


class Dying:
    """A model in this process that breaks down at its third request."""

    def __init__(self) -> None:
        self.profile = ModelProfile("local", "dying", "structured")
        self.asked = 0

    def structured(self, messages: Sequence[Message], schema: type[Any], **_: Any) -> tuple[Any, Usage]:
        self.asked += 1
        if self.asked > 2:
            raise RuntimeError("llama_decode: failed to decode, ret = -3")
        said = f"This is line {self.asked}."
        felt = {"emotion": "calm", "pleasure": 6, "arousal": 4, "dominance": 5}
        return schema(speech=said, expression="smile", motion="nods", place="", thought="", **felt), Usage()

    def close(self) -> None:
        pass


def scenario(tmp_path: Path, name: str = "first_meeting", **changes: Any) -> Path:
    data = yaml.safe_load((asset_dir("examples") / f"{name}.yaml").read_text())
    path = tmp_path / f"{name}.yaml"
    path.write_text(yaml.safe_dump({**data, **changes}))
    return path


def whole(folder: RunFolder) -> bool:
    """Whether the record is sound: the file, every state, every turn performed."""
    names = folder.scene.names
    states = [folder.record.state(name, row.turn) for name in names for row in folder.record.turns()]
    with sqlite3.connect(folder.root / "run.db") as db:
        sound = db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return sound and None not in states and not folder.record.unseen("(stage)")


def test_a_model_that_breaks_down_in_mid_turn_is_stood_in_for(tmp_path: Path) -> None:
    path = scenario(tmp_path, rounds=3)
    folder = start_run(load_scenario(path), tmp_path / "run", mind="local:dying", bodies=False)
    Simulation(folder, Dying()).run()  # type: ignore[arg-type]
    acts = [row.behaviour for row in folder.record.turns() if row.behaviour]
    assert [act.mind for act in acts] == ["local:dying"] * 2 + ["offline (fallback: local:dying)"] * 4
    assert [act.speaker for act in acts] == ["Mira", "Dariush"] * 3
    assert all(act.speech for act in acts) and acts[-1].ends
    problems = [call.problem for _, call in folder.record.calls() if call.problem]
    assert len(problems) == 6 and all("llama_decode" in problem for problem in problems)
    assert folder.finished and whole(folder)
    folder.close()


def test_a_server_that_stalls_in_mid_answer_is_stood_in_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_LLM_TIMEOUT", "0.3")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    scene = Scenario.load(scenario(tmp_path, rounds=1))
    with FakeServer(["none", "none", "none", "stall"], forever=True) as server:
        run = scene.run(tmp_path / "run", mind="openai", base_url=server.url, bodies=False, notice=lambda _text: None)
    assert run.folder.finished and whole(run.folder)
    assert "fallback" in run.behaviours[-1].mind and run.behaviours[-1].ends
    problems = [call.problem for _, call in run.folder.record.calls() if call.problem]
    assert problems and all("answer for 0.3 s" in problem for problem in problems), problems
    run.folder.close()


def test_a_character_that_goes_in_mid_sentence_is_talked_to_no_more(tmp_path: Path) -> None:
    script = [
        {"speaker": "Mira", "speech": "Good evening, all of you."},
        {"speaker": "Emeka", "to": "Mira", "speech": "Good evening. I was just going to say that the", "ends": True},
    ]
    path = scenario(tmp_path, "four_at_the_window", plots=[{"situation": "The lights go out.", "script": script}])
    run = Scenario.load(path).run(tmp_path / "run", mind="offline", bodies=False, notice=lambda _text: None)
    after = run.behaviours[2:]
    assert len(after) > 6
    assert {act.speaker for act in after} == {"Mira", "Hana", "Zeca"}
    assert not any(act.partner == "Emeka" or "Emeka" in act.motion for act in after)
    assert [act.ends for act in after] == [False] * (len(after) - 3) + [True] * 3
    for name in ("Mira", "Hana", "Zeca"):
        state = run.folder.record.state(name)
        assert state is not None and "Emeka" in state["plot"]["gone"]
    assert whole(run.folder)
    run.folder.close()


def test_who_is_left_alone_ends_it(tmp_path: Path) -> None:
    script = [
        {"speaker": "Mira", "speech": "Good evening."},
        {"speaker": "Dariush", "speech": "Good evening. Do you also", "ends": True},
    ]
    path = scenario(tmp_path, plots=[{"situation": "The bus comes early.", "script": script, "rounds": 6}])
    run = Scenario.load(path).run(tmp_path / "run", mind="offline", bodies=False, notice=lambda _text: None)
    assert len(run.behaviours) == 3 and run.behaviours[-1].speaker == "Mira" and run.behaviours[-1].ends
    assert whole(run.folder)
    run.folder.close()


def test_a_killed_run_of_several_plots_resumes_to_the_same_end(tmp_path: Path) -> None:
    data = yaml.safe_load((asset_dir("examples") / "first_meeting.yaml").read_text())
    path = tmp_path / "scenario.yaml"
    path.write_text(yaml.safe_dump({**data, "rounds": 3, "mode": "autonomous", "episodes": 3}))
    whole = Scenario.load(path).run(tmp_path / "whole", mind="offline", bodies=False, notice=lambda _text: None)
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "digital_life", "simulate", str(path), "--out", str(out), "--mind", "offline"]
    process = subprocess.Popen([*command, "--words-only"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.time() + 120
    while process.poll() is None and time.time() < deadline and not _in_second_plot(out):
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    resumed = Scenario.load(path).run(out, mind="offline", bodies=False, notice=lambda _text: None, resume=True)
    assert [b.line() for b in resumed.behaviours] == [b.line() for b in whole.behaviours]
    for name in resumed.folder.scene.names:
        assert resumed.folder.record.state(name) == whole.folder.record.state(name)
    assert len(resumed.folder.record.events("plot_end")) == 3


def _in_second_plot(out: Path) -> bool:
    if not (out / "run.db").exists():
        return False
    try:
        folder = RunFolder.open(out)
        begun = len(folder.record.events("plot"))
        folder.close()
    except Exception:  # the folder is only being made
        return False
    return begun >= 2


def test_a_guest_who_goes_in_mid_sentence_is_remembered(tmp_path: Path) -> None:
    talk = PersonaChat(load_persona("mira"), OfflineModel(), tmp_path / "chat", bodies=False)
    said = "My sister runs a bakery in Leeds."
    answer = talk.think(said)
    talk.play(said, answer)
    talk.think("And last week my boat sank in the harbour.")  # the window closes before the answer is played
    talk.close()
    folder = RunFolder.open(tmp_path / "chat")
    assert folder.finished
    kept, _ = folder.record.memories("Mira")
    events = " ".join(item.memory.description for item in kept if item.memory.kind == "event")
    assert "bakery" in events or "boat" in events
    state = folder.record.state("Mira")
    assert state is not None
    assert state["plot"]["gone"] == ["Guest"] and state["plot"]["finished"]
    assert [row.behaviour.line() for row in folder.record.turns() if row.behaviour] == [answer.line()]
    assert folder.record.events("reflection")
    folder.close()


def test_a_model_that_does_not_answer_cannot_hold_up_the_end_of_a_chat(tmp_path: Path) -> None:
    talk = PersonaChat(load_persona("mira"), OfflineModel(), tmp_path / "chat", bodies=False)
    said = "My sister runs a bakery in Leeds."
    talk.play(said, talk.think(said))
    talk._mind.model = Stuck()  # type: ignore[assignment]
    began = time.monotonic()
    talk.close(seconds=0.2)
    assert time.monotonic() - began < 15
    folder = RunFolder.open(tmp_path / "chat")
    assert any("by rules" in text for _, _, text in folder.record.events("notice"))
    assert {change["by"] for _, _, change in folder.record.events("reflection")} == {"rules"}
    folder.close()

"""A process that is killed and a person who goes in mid-sentence: nothing is half-written, nothing forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from digital_life.api import Scenario
from digital_life.assets import asset_dir
from digital_life.llm.chat import Message, ModelProfile
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.chat_session import PersonaChat
from digital_life.society.run_folder import RunFolder


class Stuck:
    """A server that never answers when it is asked to look back."""

    def __init__(self) -> None:
        self.profile = ModelProfile("openai", "stuck", "structured")

    def structured(self, messages: Sequence[Message], schema: type[Any], **_: Any) -> Any:
        time.sleep(20)
        raise AssertionError("too late")

    def close(self) -> None:
        pass


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

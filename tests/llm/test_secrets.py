"""A key that must be seen nowhere: not in errors, logs, cassettes, states, run records or on the screen."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from digital_life.behaviour import Behaviour
from digital_life.cli.main import main
from digital_life.errors import DigitalLifeError
from digital_life.evaluate.fake_llm_server import FakeServer
from digital_life.llm.chat import Message, Usage
from digital_life.llm.connect import connect
from digital_life.llm.recording import RecordedModel
from digital_life.llm.secrets import hide_secrets
from digital_life.llm.settings import ServerSettings
from digital_life.persona.library import load_persona
from digital_life.society.record import Record
from digital_life.sociomind.mind import Mind

CANARY = "sk-canary-0123456789-never-to-be-seen"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def shouting(request: dict[str, Any]) -> str:
    """A server that puts the key into every answer."""
    if "response_format" not in request:
        return f"Your key is {CANARY}, by the way."
    turn = {"speech": f"I heard {CANARY} somewhere.", "expression": CANARY, "motion": "nods", "place": "", "pleasure": 5,
            "arousal": 5, "dominance": 5, "emotion": CANARY, "ends": False}  # fmt: skip
    fields = request["response_format"].get("json_schema", {}).get("schema", {}).get("properties", {})
    return json.dumps({name: turn.get(name, CANARY) for name in fields} if fields else turn)


@pytest.mark.parametrize("fault", ["unauthorised", "error", "half", "empty", "no_json", "long", "malformed"])
def test_errors_and_logs_do_not_show_it(fault: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = ""
    with FakeServer([fault], forever=True, retry_after=0.01) as server:
        model, reason = connect("openai", base_url=server.url)
        model._sleep = lambda _: None  # type: ignore[attr-defined]
        try:
            shown += model.complete([Message("user", "Hello")]).text
        except DigitalLifeError as error:
            shown += f"{error} {error!r} {traceback.format_exc()}"
        model.close()
    assert CANARY not in shown + reason + caplog.text
    assert shown


def test_settings_do_not_show_it() -> None:
    settings = ServerSettings.from_environment(model="m", base_url="http://127.0.0.1:9/v1")
    assert CANARY not in f"{settings} {settings!r}"


def test_a_run_of_a_server_that_shouts_it_keeps_nothing_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    record = Record(tmp_path / "run.db")
    with FakeServer(answer=shouting) as server:
        live, _ = connect("openai", base_url=server.url)
        model = RecordedModel(tmp_path / "cassette.jsonl", live)
        mind = Mind(load_persona("mira"), model, seed=0)
        mind.begin("Guest", "They talk.", [], 4)
        mind.perceive(Behaviour(speaker="Guest", speech=hide_secrets(f"My key is {CANARY}."), mind="person"))
        said = mind.act()
        assert said.speech == "I heard *** somewhere."
        record.add_turn(1, said, Usage(), {"Mira": mind.state()})
        record.add_events("reflection", mind.finish(), owner="Mira")
        assert model.complete([Message("user", "Hello")]).text == "Your key is ***, by the way."
        model.close()
    record.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"***" in kept
    assert CANARY.encode() not in kept
    assert CANARY not in caplog.text


def test_the_command_line_does_not_show_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{CANARY}.yaml").write_text(f"name: {CANARY}\n")
    for arguments in (["persona", "check", f"{CANARY}.yaml"], ["persona", "check", CANARY]):
        with pytest.raises(SystemExit):
            main(arguments)
    shown = capfd.readouterr()
    assert "***" in shown.err
    assert CANARY not in shown.out + shown.err


def test_only_keys_of_this_process_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SERVICE_TOKEN", "abcdefghijklmnop")
    monkeypatch.setenv("SHORT_SECRET", "tea")
    assert hide_secrets(f"{CANARY} abcdefghijklmnop tea, the key question") == "*** *** tea, the key question"

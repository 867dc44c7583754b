"""Every way a server can fail ends in a good answer or in one clear message, never in a hang."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from digital_life.errors import InputError, ModelError
from digital_life.evaluate.fake_llm_server import FakeServer, Fault, refusing_url
from digital_life.llm.chat import Message
from digital_life.llm.connect import connect
from digital_life.llm.openai_backend import OpenAIModel
from digital_life.llm.settings import ServerSettings

HELLO = [Message("system", "You are Mira."), Message("user", "Hello!")]
KEY = "sk-very-secret-1234567890"


class Mood(BaseModel):
    """A nested field with a default."""

    pleasure: float = Field(5, ge=1, le=9)


class Turn(BaseModel):
    """What a mind asks for."""

    speech: str
    motion: Literal["wave", "nod"] = "nod"
    mood: Mood = Mood()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIGITAL_LIFE_BASE_URL", "OPENAI_BASE_URL", "DIGITAL_LIFE_MODEL", "DIGITAL_LIFE_GGUF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def _model(server: FakeServer | str, pauses: list[float] | None = None, timeout: float = 10.0) -> OpenAIModel:
    url = server if isinstance(server, str) else server.url
    settings = replace(ServerSettings.from_environment(model="fake-1", base_url=url), timeout=timeout)
    return OpenAIModel(settings, sleep=(pauses if pauses is not None else []).append)


def test_a_good_server_is_answered_through_connect() -> None:
    with FakeServer() as server:
        model, reason = connect("openai", base_url=server.url, seed=7)
        reply = model.complete(HELLO, max_tokens=30, temperature=0.5, stop=["\n"])
        model.close()
    assert reply.text == "It is good to see you again." and reply.finished
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.usage.attempts) == (7, 5, 1)
    assert "openai:fake-1" in reason and "127.0.0.1" in reason
    asked = server.requests[-1]
    assert asked["seed"] == 7 and asked["stop"] == ["\n"] and asked["temperature"] == 0.5 and asked["max_tokens"] == 30
    assert [turn["role"] for turn in asked["messages"]] == ["system", "user"]


def test_structured_answers_are_asked_for_by_strict_schema() -> None:
    with FakeServer() as server:
        turn, usage = _model(server).structured(HELLO, Turn)
    assert turn == Turn(speech="word", motion="wave", mood=Mood(pleasure=1)) and usage.attempts == 1
    form = server.requests[0]["response_format"]["json_schema"]
    assert form["strict"] and set(form["schema"]["required"]) == {"speech", "motion", "mood"}
    assert form["schema"]["additionalProperties"] is False and '"default":' not in json.dumps(form["schema"])


@pytest.mark.parametrize("fault", ["busy", "error", "half", "half_quiet", "malformed", "empty", "silence", "stall"])
def test_one_failure_is_tried_again(fault: Fault) -> None:
    pauses: list[float] = []
    with FakeServer([fault], retry_after=3) as server:
        reply = _model(server, pauses, timeout=1.5).complete(HELLO)
    assert reply.text == "It is good to see you again." and reply.usage.attempts == 2
    assert pauses == ([3.0] if fault == "busy" else [0.5])


LASTING: list[tuple[Fault, str, str, int]] = [
    ("busy", "too busy.*after 4 attempts", "rate limit", 4),
    ("error", "status 500.*something broke inside.*4 attempts", "log", 4),
    ("unauthorised", "refuses the key", "OPENAI_API_KEY", 1),
    ("half", "dropped the connection", "log", 4),
    ("half_quiet", "broke off in the middle", "log", 4),
    ("malformed", "broken answer", "log", 4),
    ("empty", "empty text", "model", 4),
    ("long", "more than 20,000 characters", "another model", 1),
    ("silence", "no.* answer for 0.4 s", "DIGITAL_LIFE_LLM_TIMEOUT", 2),
    ("stall", "no.* answer for 0.4 s", "DIGITAL_LIFE_LLM_TIMEOUT", 2),
    ("slow", "no.* answer for 0.4 s", "DIGITAL_LIFE_LLM_TIMEOUT", 2),
]


@pytest.mark.parametrize(("fault", "problem", "mend", "attempts"), LASTING)
def test_a_lasting_failure_is_told_with_its_mend(fault: Fault, problem: str, mend: str, attempts: int) -> None:
    started = time.monotonic()
    with FakeServer([fault], forever=True) as server, pytest.raises(ModelError, match=problem) as raised:
        _model(server, timeout=0.4 if fault in ("silence", "stall", "slow") else 5).complete(HELLO)
    assert mend in raised.value.mend
    assert len(server.requests) == attempts
    assert time.monotonic() - started < 10


def test_pauses_grow_between_attempts() -> None:
    pauses: list[float] = []
    with FakeServer(["error"], forever=True) as server, pytest.raises(ModelError):
        _model(server, pauses).complete(HELLO)
    assert pauses == [0.5, 1.0, 2.0]


def test_a_server_that_asks_for_an_hour_is_not_waited_for() -> None:
    pauses: list[float] = []
    with FakeServer(["busy"], retry_after=3600) as server, pytest.raises(ModelError, match="asks to wait 3600 s"):
        _model(server, pauses).complete(HELLO)
    assert not pauses


def test_a_refused_connection_says_where(caplog: pytest.LogCaptureFixture) -> None:
    url = refusing_url()
    with pytest.raises(ModelError, match="refuses the connection") as raised:
        _model(url).complete(HELLO)
    assert url in str(raised.value) and "DIGITAL_LIFE_BASE_URL" in raised.value.mend


@pytest.mark.parametrize("fault", ["wrong_schema", "no_json", "malformed", "empty", "half", "error", "busy"])
def test_a_spoilt_object_is_asked_for_again(fault: Fault) -> None:
    with FakeServer([fault]) as server:
        turn, usage = _model(server).structured(HELLO, Turn, max_tokens=100)
    assert turn.speech and usage.attempts == 2


def test_the_model_is_told_what_was_wrong_with_its_object() -> None:
    answers = iter(['{"speech": 3}', '```json\n{"speech": "Hi", "motion": "wave", "mood": {"pleasure": 7}}\n```'])
    with FakeServer(answer=lambda request: next(answers)) as server:
        turn, _ = _model(server).structured(HELLO, Turn)
    assert turn.mood.pleasure == 7
    complaint = server.requests[1]["messages"][-1]["content"]
    assert "speech" in complaint and "valid string" in complaint


def test_a_server_without_json_schema_is_asked_in_words_and_remembered() -> None:
    def answer(request: dict[str, Any]) -> str:
        assert request["response_format"] == {"type": "json_object"}
        assert "JSON schema" in request["messages"][-1]["content"]
        return '{"speech": "Hi"}'

    with FakeServer(["no_schema"], forever=True, answer=answer) as server:
        model = _model(server)
        assert model.structured(HELLO, Turn)[0].speech == "Hi"
        assert model.structured(HELLO, Turn)[0].speech == "Hi"
    assert len(server.requests) == 3


@pytest.mark.parametrize("fault", ["wrong_schema", "no_json", "malformed", "long", "empty", "half"])
def test_objects_that_stay_spoilt_end_in_one_message(fault: Fault) -> None:
    with FakeServer([fault], forever=True) as server, pytest.raises(ModelError) as raised:
        _model(server).structured(HELLO, Turn)
    assert raised.value.mend and len(str(raised.value)) < 600
    assert len(server.requests) <= 4


def test_the_key_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeServer(["unauthorised"], forever=True) as server, pytest.raises(ModelError) as raised:
        _model(server).complete(HELLO)
    shown = "".join(traceback.format_exception(raised.value)) + repr(ServerSettings("http://x/v1", KEY)) + caplog.text
    assert KEY not in shown


def test_an_address_with_a_password_is_refused() -> None:
    with pytest.raises(InputError, match="OPENAI_API_KEY") as raised:
        connect("openai", base_url="http://user:hunter22@127.0.0.1:80/v1")
    assert "hunter22" not in str(raised.value)


def test_auto_passes_over_a_dead_server_and_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_DATA", str(tmp_path))
    monkeypatch.setenv("DIGITAL_LIFE_BASE_URL", refusing_url())
    model, reason = connect("auto")
    assert model.profile.pipeline == "offline" and model.profile.label == "offline"
    assert "refuses the connection" in reason and "no language model is installed" in reason


def test_auto_without_anything_is_offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_DATA", str(tmp_path))
    monkeypatch.delenv("OPENAI_API_KEY")
    model, reason = connect("auto")
    assert "no OpenAI-compatible server is configured" in reason
    with pytest.raises(ModelError, match="no language model"):
        model.complete(HELLO)


def test_a_silent_server_does_not_hold_up_auto(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_DATA", str(tmp_path))
    with _listening_only() as url:
        started = time.monotonic()
        model, reason = connect("auto", base_url=url)
    assert model.profile.backend == "offline" and time.monotonic() - started < 7 and "5 s" in reason


def test_a_server_with_many_models_asks_for_a_name() -> None:
    with FakeServer(models=("a", "b")) as server:
        with pytest.raises(ModelError, match="offers a, b"):
            connect("openai", base_url=server.url)
        model, _ = connect("openai", base_url=server.url, model="b")
    assert model.profile.label == "openai:b"


@pytest.mark.parametrize(
    ("name", "value"), [("DIGITAL_LIFE_BASE_URL", "localhost:80"), ("DIGITAL_LIFE_LLM_TIMEOUT", "soon")]
)
def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=value):
        connect("openai")


def _listening_only() -> Any:
    import socket
    from contextlib import contextmanager

    @contextmanager
    def listen() -> Iterator[str]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"

    return listen()

"""A recording answers the same requests again, and nothing else."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pydantic import BaseModel

from digital_life.errors import InputError, ModelError, StorageError
from digital_life.evaluate.fake_llm_server import FakeServer
from digital_life.llm.budget import Budget, BudgetSpent, Call, Meter, Prices
from digital_life.llm.chat import ChatModel, Message, UnusableAnswer
from digital_life.llm.connect import connect
from digital_life.llm.offline import OfflineModel
from digital_life.llm.recording import RecordedModel


class Mood(BaseModel):
    pleasure: int


ASK = [Message("user", "How are you?")]


def test_what_was_recorded_comes_back_without_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    path, numbers = tmp_path / "replies.jsonl", itertools.count()

    def answer(request: dict[str, object]) -> str:
        return '{"pleasure": 7}' if "response_format" in request else f"Answer {next(numbers)}"

    with FakeServer(answer=answer) as server:
        live = RecordedModel(path, connect("openai", base_url=server.url)[0])
        said = [live.complete(ASK).text, live.complete(ASK).text, live.complete(ASK, temperature=0).text]
        felt, _ = live.structured(ASK, Mood)
        live.close()
    assert said == ["Answer 0", "Answer 1", "Answer 2"]

    replay = RecordedModel(path)
    assert [replay.complete(ASK).text, replay.complete(ASK).text, replay.complete(ASK, temperature=0).text] == said
    assert replay.complete(ASK).text == "Answer 1"
    assert replay.structured(ASK, Mood)[0] == felt == Mood(pleasure=7)
    assert replay.profile == live.profile
    with pytest.raises(ModelError, match=r"no answer to the request that ends in 'Who are you\?'"):
        replay.complete([Message("user", "Who are you?")])


def test_a_damaged_recording_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    with pytest.raises(InputError, match="missing or empty"):
        RecordedModel(path)
    path.write_text('{"key": 1\n')
    with pytest.raises(InputError, match="line 1"):
        RecordedModel(path)


class Crashing(OfflineModel):
    """A back end with a fault that nobody foresaw."""

    def complete(self, messages: Sequence[Message], **options: Any) -> NoReturn:
        time.sleep(0.01)
        raise RuntimeError("out of tensors")


def fails(model: ChatModel) -> tuple[ModelError, Call]:
    """The failure of a seat at ``model``, and the call as it is recorded."""
    calls: list[Call] = []
    with pytest.raises(ModelError) as failed:
        Meter(model, on_call=calls.append).seat("Mira").complete(ASK)
    return failed.value, calls[0]


def test_a_crash_of_a_model_is_a_failure_that_a_replay_repeats(tmp_path: Path) -> None:
    error, call = fails(Crashing())
    assert "broke down (RuntimeError: out of tensors)" in error.problem == call.problem
    assert call.usage.seconds >= 0.01, "the time is lost all the same"
    path = tmp_path / "replies.jsonl"
    live, live_call = fails(RecordedModel(path, Crashing()))
    again, again_call = fails(RecordedModel(path))
    assert str(again) == str(live) == str(error)
    assert again_call == live_call


def test_answers_that_nobody_can_use_are_paid_for_live_and_in_a_replay(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    with FakeServer(["no_json"], forever=True) as server:
        model = RecordedModel(path, connect("openai", base_url=server.url)[0])
        live = fails_to_be_an_object(model)
        asked = len(server.requests)
        model.close()
    assert asked > 1 and live.usage.attempts == asked
    assert (live.usage.prompt_tokens, live.usage.completion_tokens, live.price) == (7 * asked, 5 * asked, 12.0 * asked)
    assert fails_to_be_an_object(RecordedModel(path)) == live


def fails_to_be_an_object(model: ChatModel) -> Call:
    calls: list[Call] = []
    price = Prices(prompt=1_000_000, completion=1_000_000)
    meter = Meter(model, Budget(max_tokens=20, price=price), on_call=calls.append)
    with pytest.raises(UnusableAnswer):
        meter.seat("Mira").structured(ASK, Mood)
    with pytest.raises(BudgetSpent, match="max_tokens 20 reached"):
        meter.seat("Mira").complete(ASK)
    return calls[0]


def test_a_cassette_that_cannot_be_written_is_no_failure_of_the_model(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    with FakeServer(answer=lambda _request: "Fine.") as server:
        model = RecordedModel(path, connect("openai", base_url=server.url)[0])
        path.unlink()
        path.mkdir()  # as good as a full disk
        with pytest.raises(StorageError, match="while recording a reply"):
            Meter(model).seat("Mira").complete(ASK)
        model.close()


def test_the_clock_of_a_cassette_that_is_gone_on_with_does_not_go_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "replies.jsonl"
    first = RecordedModel(path, OfflineModel()).clock()
    monkeypatch.setattr(time, "time", lambda: first - 3600)
    assert RecordedModel(path, OfflineModel()).clock() == first

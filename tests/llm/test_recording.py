"""A recording answers the same requests again, and nothing else."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from pydantic import BaseModel

from digital_life.errors import InputError, ModelError
from digital_life.evaluate.fake_llm_server import FakeServer
from digital_life.llm.chat import Message
from digital_life.llm.connect import connect
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

"""A real GGUF model in this process: answers, limits, repeatability. Needs ``digital-life models pull smollm2-135m``."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel

from digital_life.errors import AssetError, ModelError
from digital_life.llm.chat import Message, ModelProfile
from digital_life.llm.connect import connect
from digital_life.llm.local_backend import LocalModel
from digital_life.llm.models import installed
from digital_life.llm.profiles import local_profile, served_profile
from digital_life.llm.registry import WEIGHTS

needs_runtime = pytest.mark.skipif(importlib.util.find_spec("xllamacpp") is None, reason="xllamacpp is not installed")
needs_weights = pytest.mark.skipif(
    installed("smollm2-135m") is None, reason="no weights: digital-life models pull smollm2-135m"
)


class Choice(BaseModel):
    """One field with two values."""

    motion: Literal["wave", "nod"]


@pytest.fixture(scope="module")
def model() -> Iterator[LocalModel]:
    path = installed("smollm2-135m")
    assert path is not None
    local = LocalModel(path, local_profile(path, WEIGHTS["smollm2-135m"]), threads=1)
    yield local
    local.close()


def _beginning(name: str) -> list[Message]:
    rules = f"You are {name}. " + "You like rivers and short answers. " * 8
    return [Message("system", rules, True), Message("user", "Hi", True), Message("assistant", "Hello.", True)]


@needs_runtime
@needs_weights
def test_the_same_prompt_gives_the_same_answer_whatever_came_before(model: LocalModel) -> None:
    mira, emeka = _beginning("Mira"), _beginning("Emeka")
    ask, other = [*mira, Message("user", "How are you today?")], [*emeka, Message("user", "What is new with you?")]

    def say(messages: list[Message]) -> str:
        return model.complete(messages, max_tokens=12, temperature=0.7, seed=3).text

    first, second = say(ask), say(other)
    say([*mira, Message("user", "One two three."), Message("assistant", "Four."), Message("user", "And then?")])
    assert [say(ask), say(other), say(ask)] == [first, second, first]


@needs_runtime
@needs_weights
def test_a_grammar_forces_the_form(model: LocalModel) -> None:
    answer, usage = model.structured([Message("user", "Choose a motion.")], Choice, max_tokens=30, temperature=0)
    assert answer.motion in ("wave", "nod") and usage.completion_tokens > 0


@needs_runtime
@needs_weights
def test_an_answer_that_is_cut_off_says_so(model: LocalModel) -> None:
    reply = model.complete([Message("user", "Tell me a long story.")], max_tokens=3, temperature=0)
    assert not reply.finished and reply.usage.completion_tokens <= 3


@needs_runtime
@needs_weights
def test_a_prompt_that_is_too_long_is_told_in_tokens(model: LocalModel) -> None:
    with pytest.raises(ModelError, match=r"prompt of \d+ tokens does not fit into the model's 2048"):
        model.complete([Message("user", "word " * 5000)])


@needs_runtime
@needs_weights
def test_the_time_limit_holds_and_the_model_lives_on(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "_timeout", 0.05)
    started = time.monotonic()
    with pytest.raises(ModelError, match="gave no answer in"):
        model.complete([Message("user", "Tell me a very long story about rivers.")], max_tokens=500)
    assert time.monotonic() - started < 10
    monkeypatch.setattr(model, "_timeout", 300.0)
    assert model.complete([Message("user", "Hi")], max_tokens=3).usage.completion_tokens > 0


@needs_runtime
@needs_weights
def test_connect_names_the_model_and_never_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = installed("smollm2-135m")
    assert path is not None
    mine = tmp_path / "my-model.gguf"
    mine.symlink_to(path)
    monkeypatch.setenv("DIGITAL_LIFE_GGUF", str(mine))
    local, reason = connect("local")
    local.close()
    assert local.profile.label == "local:my-model" and str(tmp_path) not in reason
    with pytest.raises(ModelError, match="closed"):
        local.complete([Message("user", "Hi")])


@needs_runtime
def test_a_damaged_file_is_told_without_a_crash(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(1000))
    with pytest.raises(AssetError, match=r"broken\.gguf cannot be loaded"):
        LocalModel(broken, ModelProfile("local", "broken", "dialogue", 512))


@pytest.mark.parametrize(
    ("name", "pipeline"),
    [
        ("gpt-5", "structured"),
        ("qwen2.5:0.5b", "dialogue"),
        ("llama-3.1-8b-instruct", "structured"),
        ("phi-3b", "dialogue"),
    ],
)
def test_served_models_are_judged_by_their_size(name: str, pipeline: str) -> None:
    assert served_profile(name).pipeline == pipeline


def test_the_user_may_overrule_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_PIPELINE", "dialogue")
    assert served_profile("gpt-5").pipeline == "dialogue"

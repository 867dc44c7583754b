"""A model that fails: a useless answer is an answer, none at all is asked for again, and patience ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digital_life.errors import InputError, ModelError
from digital_life.evaluate.fake_llm_server import FakeServer, Fault
from digital_life.evaluate.turns.answering import Connect, answer_all, open_folder
from digital_life.evaluate.turns.arms import Answer, Arm
from digital_life.evaluate.turns.evaluation import answer_and_check, make_sheet
from digital_life.evaluate.turns.held_out import Moment, drawn, moments
from digital_life.llm.embedding import shared_embedder
from digital_life.llm.openai_backend import OpenAIModel
from digital_life.llm.settings import ServerSettings
from digital_life.sociomind.encoder import CachedEncoder

MODEL = "tiny-0.5b"
JSON, MIND = Arm("json", MODEL), Arm("mind", MODEL)
FAILED: Sequence[Fault] = ["error"] * 3


def plain(request: dict[str, Any]) -> str:
    if request.get("response_format"):
        return json.dumps({"speech": "I would rather not say.", "emotion": "calm", "action": "nods"})
    return "So it was the train."


@pytest.fixture(scope="module")
def encoder() -> CachedEncoder:
    return CachedEncoder(shared_embedder())


@pytest.fixture(scope="module")
def asked() -> list[Moment]:
    return drawn(moments(), 6, 1)


def connecting(server: FakeServer) -> Connect:
    settings = ServerSettings(base_url=server.url, model=MODEL, key="", timeout=20.0, attempts=3)
    return lambda _arm: OpenAIModel(settings, sleep=lambda _seconds: None)


def kept(out: Path) -> list[Answer]:
    path = out / "answers.jsonl"
    lines = path.read_text().splitlines() if path.is_file() else []
    return [Answer.model_validate_json(line) for line in lines]


def test_a_moment_without_an_answer_is_asked_again_and_nothing_is_kept_of_it(
    tmp_path: Path, asked: list[Moment], encoder: CachedEncoder
) -> None:
    with FakeServer([*FAILED, "none", *FAILED], answer=plain) as server:
        found = answer_all(tmp_path, [JSON], asked, connecting(server), encoder, 1)
        assert [item.moment for item in found] == [asked[at].id for at in (1, 3, 4, 5)]
        assert kept(tmp_path) == found and not any(item.problem for item in found)
        again = answer_all(tmp_path, [JSON], asked, connecting(server), encoder, 1)
    assert [item.moment for item in again] == [moment.id for moment in asked]
    assert len(kept(tmp_path)) == len(asked)


@pytest.mark.parametrize("arm", [JSON, MIND], ids=lambda arm: arm.kind)
def test_a_server_that_goes_down_stops_the_arm_and_what_it_answered_stays(
    tmp_path: Path, asked: list[Moment], encoder: CachedEncoder, arm: Arm
) -> None:
    with FakeServer(["none", "none", "error"], forever=True, answer=plain) as server:
        with pytest.raises(ModelError, match=f"{arm.name} gave no answer 3 times in a row: .* status 500") as error:
            answer_all(tmp_path, [arm], asked, connecting(server), encoder, 1)
        assert "the answers so far are kept" in error.value.mend
    assert not any("gave no answer" in item.writer for item in kept(tmp_path))
    before = kept(tmp_path)
    with FakeServer(answer=plain) as server:
        found = answer_all(tmp_path, [arm], asked, connecting(server), encoder, 1)
    assert len(found) == len(asked) and kept(tmp_path)[: len(before)] == before
    assert arm is MIND or len(before) == 2


def test_a_useless_answer_is_kept_and_counts_alike_in_sheet_checks_and_cost(
    tmp_path: Path, asked: list[Moment], encoder: CachedEncoder
) -> None:
    def known(_act: str) -> bool:
        return True

    open_folder(tmp_path, asked, 1)
    with FakeServer(["wrong_schema"], forever=True) as server:
        connect = connecting(server)
        answers, _ = answer_and_check(tmp_path, [JSON], asked, connect, encoder, seed=1, fits_motion=known)
        first = len(server.requests)
        answers, (cost, checks) = answer_and_check(tmp_path, [JSON], asked, connect, encoder, seed=1, fits_motion=known)
        assert len(server.requests) == first
    assert kept(tmp_path) == answers and len(answers) == len(asked)
    assert all("no usable object" in item.problem and not item.writer for item in answers)
    assert all(item.prompt_tokens and item.completion_tokens for item in answers)
    by_name = dict(zip(cost.columns, cost.rows[0], strict=True))
    assert by_name["worded by a model"] == "0 of 6" and by_name["no answer"] == "6"
    by_name = dict(zip(checks.columns, checks.rows[0], strict=True))
    assert by_name["says something"].startswith("0.00") and by_name["says something"].endswith("n 6")
    assert by_name["no wrong word"] == "–"  # silence earns nothing
    assert len(make_sheet(tmp_path, answers, asked, 0)) == 6
    assert (tmp_path / "sheet.md").read_text().count("(says nothing)") == 6


@pytest.mark.parametrize(
    "change", [{"situation": "A ship at night."}, {"places": ("deck",)}, {"partner": "Tom"}, {"by_person": False}]
)
def test_a_folder_knows_everything_that_its_arms_were_asked(
    tmp_path: Path, asked: list[Moment], change: dict[str, Any]
) -> None:
    open_folder(tmp_path, asked, 1)
    open_folder(tmp_path, asked, 1)
    with pytest.raises(InputError, match="answers to other turns"):
        open_folder(tmp_path, [replace(asked[0], **change), *asked[1:]], 1)


def test_a_folder_of_an_earlier_version_is_refused_with_the_reason(tmp_path: Path, asked: list[Moment]) -> None:
    (tmp_path / "turns.json").write_text('{"version": 1, "turns": "0", "seed": 1}')
    with pytest.raises(InputError, match=r"begun by another version.*version 1, not 2"):
        open_folder(tmp_path, asked, 1)

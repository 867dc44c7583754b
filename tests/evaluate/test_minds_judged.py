"""The judged parts, with a served model that answers by rule."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digital_life.errors import InputError, ModelError
from digital_life.evaluate.fake_llm_server import FakeServer, example_answer
from digital_life.evaluate.minds.questions import ASPECTS, SOTOPIA, Sotopia, items
from digital_life.evaluate.minds.run_data import read_run
from digital_life.persona.library import load_persona
from digital_life.society.run_folder import RunFolder

Evaluate = Callable[..., str]
MIRA = load_persona("mira")


def knowing(request: dict[str, Any]) -> str:
    """Knows Mira's beliefs and motives; takes the first option otherwise, gives the highest consistency to long scripts."""
    answer = json.loads(example_answer(request))
    asked = request["messages"][-1]["content"]
    if "option" in answer:
        options = re.findall(r"^(\d)\. (.+)$", asked, re.MULTILINE)
        known = [number for number, text in options if text in [*MIRA.beliefs, MIRA.motivation.long_term]]
        answer["option"] = int((known or ["1"])[0])
    if "goal" in answer:
        answer |= {"relationship": 3, "goal": 7, "believability": 9, "secret": -1}
    if "score" in answer:
        answer["score"] = 6
    return json.dumps(answer)


@pytest.fixture
def copy(evaluated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(evaluated, tmp_path / "evaluation"))


def judged_by(server: FakeServer) -> list[str]:
    return ["--judge-url", server.url, "--judge-model", "big-1", "--judge-seed", "4"]


def test_without_a_judge_the_report_says_so_and_what_to_do(evaluated: Path) -> None:
    text = (evaluated / "report.html").read_text()
    assert "Judged by a model: not done" in text and "DIGITAL_LIFE_BASE_URL" in text
    assert "Wilson" not in text and not (evaluated / "judging.json").exists()


def test_judgements_are_counted_kept_and_not_asked_twice(copy: Path, scenario: Path, evaluate: Evaluate) -> None:
    with FakeServer(answer=knowing, models=["big-1"]) as server:
        evaluate(copy, scenario, *judged_by(server))
        asked = len(server.requests)
        first, kept = (copy / "report.html").read_text(), (copy / "judgements.jsonl").read_bytes()
        # The process is killed while it writes the last judgement: that one is asked again, no other.
        (copy / "judgements.jsonl").write_bytes(kept[:-40])
        evaluate(copy, scenario, *judged_by(server))
        assert len(server.requests) == asked + 1
    assert (copy / "report.html").read_text() == first
    key = json.loads((copy / "judging.json").read_text())
    assert key["seed"] == 4 and key["judge"] == "openai:big-1"
    kinds = Counter((row["arm"], row["kind"]) for row in key["questions"])
    for arm in ("full", "without-reflection"):
        assert {kind: kinds[arm, kind] for kind in (*ASPECTS, "sotopia", "state consistency", "plot consistency")} == {
            **dict.fromkeys((*ASPECTS, "sotopia", "state consistency"), 2), "plot consistency": 1,
        }  # fmt: skip
    arms = [row["arm"] for row in key["questions"]]
    assert arms != sorted(arms), "the arms are asked one after the other"
    for row in key["questions"]:
        if row["character"] == "Mira" and row["kind"] in ("belief", "motivation"):
            assert row["answer"]["option"] == row["right"]
    right = [
        row["answer"]["option"] == row["right"]
        for row in key["questions"]
        if row["kind"] == "belief" and row["arm"] == "full"
    ]
    assert f"<td>{sum(right) / 2:.2f} [" in first
    overall = (9 + 3 + 0 - 1 - 10 - 5 + 7) / 7
    assert f"{overall:.2f} [{overall:.2f}, {overall:.2f}], n 2" in first
    assert "6.00 [6.00, 6.00], n 2" in first  # state consistency of two characters


def test_no_question_tells_the_arm_and_both_arms_get_the_same_options(evaluated: Path) -> None:
    asked = {}
    for arm in ("full", "without-reflection"):
        run = read_run(RunFolder.open(evaluated / "runs" / f"{arm}-1"))
        asked[arm] = list(items(run, arm, 1, 0))
        text = "\n".join(message.content for item in asked[arm] for message in item.messages)
        assert arm not in text and "reflection" not in text.lower() and "exemplar" not in text.lower()
    for one, other in zip(*asked.values(), strict=True):
        assert (one.kind, one.character) == (other.kind, other.character)
        if one.kind in ("belief", "motivation", "personality"):
            assert (one.options, one.right) == (other.options, other.right)
            assert len(set(one.options)) == len(one.options) == {"personality": 3}.get(one.kind, 4)
        elif one.kind == "relationship":
            assert one.options == other.options and len(set(one.options)) == 5
    course = next(item for item in asked["full"] if item.kind == "state consistency").messages[-1].content
    assert "At the beginning: " in course and "After plot 2: " in course


def test_the_ranges_are_the_published_ones() -> None:
    for name, (low, high) in SOTOPIA.items():
        field = Sotopia.model_json_schema()["properties"][name]
        assert (field["minimum"], field["maximum"]) == (low, high)


def test_a_judge_that_fails_stops_the_evaluation_and_nothing_is_lost(
    copy: Path, scenario: Path, evaluate: Evaluate
) -> None:
    before = (copy / "report.html").read_text()
    with FakeServer(["none", "wrong_schema"], forever=True, answer=knowing, models=["big-1"]) as server:
        with pytest.raises(ModelError, match=r"3 questions in a row(.|\n)*run the same command"):
            evaluate(copy, scenario, *judged_by(server))
        assert len((copy / "judgements.jsonl").read_text().splitlines()) == 1
        assert (copy / "report.html").read_text() == before


def test_a_model_that_is_too_small_does_not_judge(copy: Path, scenario: Path, evaluate: Evaluate) -> None:
    refused = pytest.raises(InputError, match=r"too small to judge(.|\n)*--judge-model")
    with FakeServer(models=["tiny-1b"]) as server, refused:
        evaluate(copy, scenario, "--judge-url", server.url, "--judge-model", "tiny-1b")

"""Held-out turns: answers that survive a stop, a sheet that tells nothing, marks that come back as a table."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from digital_life.cli.evaluate import command
from digital_life.errors import InputError
from digital_life.evaluate.fake_llm_server import FakeServer, example_answer
from digital_life.evaluate.turns.arms import Answer
from digital_life.evaluate.turns.checks import Checks, as_oneself, language_fits
from digital_life.evaluate.turns.held_out import SHIPPED, drawn, moments
from digital_life.evaluate.turns.marks import read_marks
from digital_life.evaluate.turns.rubric import CRITERIA
from digital_life.evaluate.turns.sheet import sheet_rows
from digital_life.llm.embedding import shared_embedder
from digital_life.sociomind.encoder import CachedEncoder

MODEL = "tiny-0.5b"
SECOND = SHIPPED.with_name("held_out_turns_second.yaml")
ARMS = ("offline", f"mind:{MODEL}", f"json:{MODEL}")
TURNS = """
situation: A bench in a park.
places: [bench, tree]
personas: [mira, emeka]
opening:
  visitor: Good morning.
  friend: Hello there.
  answers: {mira: Morning to you., emeka: Good morning.}
turns:
  - kind: a fact
    good: Gives the fact.
    cases:
      mira: {says: "What is your favourite tea?", fact: Mint with honey., words: [mint]}
      emeka: {says: "Where did the night train go?", fact: To Kano., words: [kano]}
  - kind: a farewell
    good: Takes leave.
    says: I must go now. Goodbye!
    cases: {mira: {}, emeka: {}}
"""


def plain(request: dict[str, Any]) -> str:
    """Answers a plain prompt with an object; a mind, which asks for other words, with the same line every time."""
    if request.get("response_format"):
        return json.dumps({"speech": "Mint, if you must know.", "emotion": "warm smile", "action": "waves"})
    return "So it was the train."


def run(out: Path, *more: str, ok: bool = True) -> str:
    done = CliRunner().invoke(command, ["turns", "--out", str(out), *more], catch_exceptions=not ok)
    if not ok and done.exception:
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def turns_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("turns") / "own.yaml"
    path.write_text(TURNS)
    return path


def options(server: FakeServer, turns_file: Path) -> list[str]:
    arms = [option for arm in ARMS for option in ("--arm", arm)]
    return ["--turns", str(turns_file), "--base-url", server.url, "--judge", "none", *arms]


@pytest.fixture(scope="module")
def answered(turns_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("answered") / "turns"
    with FakeServer(answer=plain, models=[MODEL]) as server:
        shown = run(out, *options(server, turns_file))
        asked = len(server.requests)
        kept = (out / "answers.jsonl").read_bytes()
        # Killed while it writes the last answer: that one is asked for again, and no other.
        (out / "answers.jsonl").write_bytes(kept[:-25])
        run(out, *options(server, turns_file))
        assert len(server.requests) - asked <= 2  # the address is tried, and the lost answer asked for
    assert [json.loads(line)["arm"] for line in kept.splitlines()] == [arm for arm in ARMS for _ in range(4)]
    assert len((out / "answers.jsonl").read_text().splitlines()) == 12
    assert "worded by a model" in shown and "no echo" in shown and "[" in shown
    return out


def filled(out: Path, to: Path, mark: dict[str, str]) -> Path:
    """The sheet with the same marks in every row whose arms, by the key, are those of ``mark``."""
    arms = {row["number"]: row["arms"] for row in json.loads((out / "key.json").read_text())["rows"]}
    with (out / "sheet.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        given = mark[arms[int(row["number"])][-1]]
        row.update(zip(CRITERIA, given, strict=True))
    with to.open("w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return to


@pytest.mark.parametrize("path", [SHIPPED, SECOND], ids=["first", "second"])
def test_the_held_out_turns_are_twenty_for_four_personas(path: Path) -> None:
    found = moments(path)
    assert len(found) == 80 and len({moment.kind for moment in found}) == 20
    assert len({moment.heard for moment in found}) >= 70 and any(not moment.by_person for moment in found)
    for moment in found:
        case = moment.case
        if case.fact and case.words:
            assert any(word.lower() in case.fact.lower() for word in case.words), moment.id
        assert bool(moment.earlier) == (moment.id[:2] != "01")


def test_the_second_held_out_turns_share_nothing_with_the_first() -> None:
    first, second = moments(SHIPPED), moments(SECOND)
    assert not {moment.persona.name for moment in first} & {moment.persona.name for moment in second}
    assert not {moment.heard for moment in first} & {moment.heard for moment in second}


def test_a_sample_is_even_and_a_larger_one_holds_it() -> None:
    found = moments()
    forty = drawn(found, 40, 3)
    assert set(Counter(moment.id[:2] for moment in forty).values()) == {2}
    assert set(Counter(moment.persona.name for moment in forty).values()) == {10}
    assert {moment.id for moment in drawn(found, 13, 3)} < {moment.id for moment in forty}
    assert {moment.id for moment in drawn(found, 40, 4)} != {moment.id for moment in forty}


def test_the_sheet_tells_nothing_of_the_arms_and_is_shuffled(answered: Path, turns_file: Path) -> None:
    for name in ("sheet.csv", "sheet.md"):
        text = (answered / name).read_text().lower()
        assert not any(word in text for word in ("offline", "json", "mind:", MODEL, "fallback", "qwen"))
    rows = json.loads((answered / "key.json").read_text())["rows"]
    assert sorted(arm for row in rows for arm in row["arms"]) == sorted(arm for arm in ARMS for _ in range(4))
    order = [row["moment"] for row in rows]
    assert order != sorted(order)
    answers = [Answer.model_validate_json(line) for line in (answered / "answers.jsonl").read_text().splitlines()]
    again = [
        [(row.moment.id, row.arms) for row in sheet_rows(answers, moments(turns_file), seed)] for seed in (0, 0, 1)
    ]
    assert again[0] == again[1] != again[2]
    # What two arms answered alike is judged once, and counts for both.
    said = {(item.moment, item.speech, item.emotion, item.action) for item in answers}
    assert len(rows) == len(said) < 12


def test_marks_come_back_as_shares(answered: Path, tmp_path: Path) -> None:
    mark = {"offline": "y-yyyn", ARMS[1]: "y-yyyn", ARMS[2]: "nyyyyy"}
    table = run(answered, "--marks", str(filled(answered, tmp_path / "filled.csv", mark)))
    rows = {line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]] for line in table.splitlines()}
    assert rows["offline"][0].startswith("1.00 [0.51, 1.00], n 4") and rows["offline"][1] == "–"
    assert rows["offline"][5].startswith("0.00") and rows["offline"][6].startswith("0.00")
    assert rows[ARMS[2]][0].startswith("0.00") and rows[ARMS[2]][1].startswith("1.00 [0.51, 1.00], n 4")
    assert (answered / "judged.md").read_text().strip() == table.strip()


def test_arms_judged_on_different_moments_are_compared_on_those_they_share(
    answered: Path, turns_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "turns"
    out.mkdir()
    (out / "turns.json").write_bytes((answered / "turns.json").read_bytes())
    lines = (answered / "answers.jsonl").read_text().splitlines(keepends=True)
    (out / "answers.jsonl").write_text("".join(lines[:-3]))  # the last arm was stopped after one moment
    arms = [option for arm in ARMS for option in ("--arm", arm)]
    run(out, "--turns", str(turns_file), "--judge", "none", "--kept", *arms)
    assert len((out / "answers.jsonl").read_text().splitlines()) == 9
    shown = run(out, "--marks", str(filled(out, tmp_path / "filled.csv", dict.fromkeys(ARMS, "yyyyyy"))))
    everything, shared = shown.split("\n\n|")
    assert "n 4" in everything and "n 1" in everything
    assert "n 4" not in shared and shared.count(", n 1") == 3 * 7 and "1 moments that all arms" in shared


def test_a_sheet_with_a_gap_is_refused_and_a_marked_one_is_not_replaced(
    answered: Path, turns_file: Path, tmp_path: Path
) -> None:
    path = filled(answered, tmp_path / "filled.csv", dict.fromkeys(ARMS, "yyyyyy"))
    assert all(row.marks == dict.fromkeys(CRITERIA, True) for row in read_marks(path).values())
    path.write_text(path.read_text().replace("y,y,y,y,y,y", "y,y,,y,y,y", 1))
    with pytest.raises(InputError, match=r"row 2: 'no contradiction' is 'empty'|row 2: 'no contradiction' is empty"):
        read_marks(path)
    with pytest.raises(InputError, match="has no marks"):
        read_marks(answered / "sheet.csv")
    filled(answered, answered / "sheet.csv", dict.fromkeys(ARMS, "yyyyyy"))
    with (
        FakeServer(answer=plain, models=[MODEL]) as server,
        pytest.raises(InputError, match="was filled in or changed"),
    ):
        run(answered, *options(server, turns_file), "--sheet-seed", "5", ok=False)
    (answered / "sheet.csv").unlink()


def test_other_turns_are_refused_in_the_same_folder(answered: Path) -> None:
    with pytest.raises(InputError, match="answers to other turns"):
        run(answered, "--arm", "offline", "--judge", "none", ok=False)
    with pytest.raises(InputError, match="no arm 'offlin'"):
        run(answered, "--arm", "offlin", ok=False)


def test_a_model_judges_the_same_rows_without_knowing_whose_they_are(answered: Path, turns_file: Path) -> None:
    def judging(request: dict[str, Any]) -> str:
        marks = json.loads(example_answer(request))
        told = "Mint, if you must know." in request["messages"][-1]["content"]
        return json.dumps(marks | {"in_character": told, "right_fact": "yes"})

    with FakeServer(answer=plain, models=[MODEL]) as server, FakeServer(answer=judging, models=["big-1"]) as judge:
        wanted = [*options(server, turns_file), "--judge-url", judge.url, "--judge-model", "big-1", "--judge", "openai"]
        shown = run(answered, *wanted).split("\n\n")[-1]
        asked = [request["messages"][-1]["content"] for request in judge.requests if "messages" in request]
        assert asked and not any(word in text for text in asked for word in ("offline", "mind:", "json:", MODEL))
    rows = {line.split("|")[1].strip(): line for line in shown.splitlines() if "|" in line}
    assert "| 1.00 [0.51, 1.00], n 4 | 1.00 [0.34, 1.00], n 2" in rows[ARMS[2]]
    assert "| 0.00 [0.00, 0.49], n 4 | 1.00 [0.34, 1.00], n 2" in rows["offline"]


def test_checks_see_echo_fact_and_foreign_words() -> None:
    encoder = CachedEncoder(shared_embedder())
    checks = Checks(encoder, fits_motion=lambda act: act == "waves")
    moment = next(moment for moment in moments() if moment.id == "04-mira")

    def of(speech: str, emotion: str = "warm smile", action: str = "waves") -> dict[str, bool | None]:
        return checks.all(Answer(arm="x", moment=moment.id, speech=speech, emotion=emotion, action=action), moment)

    good = of("No cat! I'm allergic, I would sneeze all day.")
    assert set(good.values()) == {True}
    bad = of("You seem such a cat person. My cat is called Luna.", "verbose", "sits down")
    passed = {name for name, found in bad.items() if found}
    assert passed == {"says something", "as oneself", "language"}
    assert of("")["says something"] is False and of("")["no echo"] is None
    assert not as_oneself("Mira: Hello.", "Mira") and not as_oneself("Mira smiles at you.", "Mira")
    assert as_oneself("I'm Mira Solano, hello.", "Mira") and not as_oneself('{"speech": "hi"}', "Mira")
    assert language_fits("Ich wohne in Berlin, und das ist gut.", "de") and not language_fits("Я родилась.", "en")
    assert not language_fits("Ich wohne in Berlin, und das ist gut.", "en") and language_fits("Berlin.", "de")

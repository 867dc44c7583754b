"""A strong model as the judge of the same blind rows that a reader gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from digital_life.errors import ModelError
from digital_life.evaluate.minds.judge import Judge, gave_up
from digital_life.evaluate.turns.marks import Marks
from digital_life.evaluate.turns.rubric import CRITERIA, QUESTIONS, ModelMarks
from digital_life.evaluate.turns.sheet import Row
from digital_life.llm.chat import ChatModel, Message
from digital_life.llm.untrusted import as_data
from digital_life.sociomind.words import personality_in_words
from digital_life.yaml_file import load_yaml

_PROMPTS = Path(__file__).parents[1] / "data" / "turn_judge_prompt.yaml"
_PATIENCE = 3
"""Answers in a row that may stay without marks before the judging stops."""
JUDGEMENTS = "judgements.jsonl"


class _Prompts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    system: str
    row: str


def judge_rows(
    rows: Sequence[Row],
    model: ChatModel,
    out: Path,
    seed: int,
    report: Callable[[int, int], None] = lambda _d, _t: None,
) -> dict[int, Marks]:
    """The marks of ``model`` by number; its judgements are kept in ``out``. Rows it gave no marks for are left out.

    Raises:
        ModelError: it failed several times in a row; what it judged is kept.
    """
    judge, prompts = Judge(model, out / JUDGEMENTS, seed), load_yaml(_PROMPTS, _Prompts)
    found: dict[int, Marks] = {}
    failed = 0
    for row in rows:
        report(row.number, len(rows))
        try:
            marks = judge.ask(row_messages(row, prompts.system, prompts.row), ModelMarks).marks()
        except ModelError as error:
            failed += 1
            if failed >= _PATIENCE:
                raise gave_up(failed, error) from error
            continue
        failed = 0
        found[row.number] = marks if row.moment.case.fact else marks | {CRITERIA[1]: None}
    return found


def row_messages(row: Row, system: str, form: str) -> list[Message]:
    """What the judge reads of one row; nothing in it tells the arm."""
    moment, said, persona = row.moment, row.answer, row.moment.persona
    about = (
        f"{persona.description.strip()} {personality_in_words(persona.personality)}. Facts: {' '.join(persona.facts)} "
        f"Believes: {' '.join(persona.beliefs)} Speaks: {persona.speech.description}."
    )
    asked = form.format(
        name=persona.name,
        persona=as_data(about),
        talk="\n".join(map(as_data, moment.talk())),
        good=moment.good,
        fact=moment.case.fact or "none is asked for",
        speech=as_data(said.speech) or "(says nothing)",
        face=as_data(said.emotion) or "(nothing)",
        body=as_data(said.action) or "(nothing)",
        questions="\n".join(f"{name}: {question}" for name, question in QUESTIONS.items()),
    )
    return [Message("system", system), Message("user", asked)]

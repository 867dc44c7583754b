"""All arms answer all moments; every answer is kept at once, and none is asked for twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from digital_life.errors import InputError, StorageError
from digital_life.evaluate.kept_lines import add_line, read_lines
from digital_life.evaluate.turns.arms import Answer, Arm, answer
from digital_life.evaluate.turns.held_out import Moment
from digital_life.llm.chat import ChatModel
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.whole_file import whole_file

PLAN, ANSWERS = "turns.json", "answers.jsonl"
Connect = Callable[[Arm], ChatModel]
Report = Callable[[str, int, int], None]


class Plan(BaseModel):
    """What decides on the answers of a folder, whichever arms they are of: the turns and the seed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 1
    turns: str
    """Hash of all that the arms are asked."""
    seed: int


def open_folder(out: Path, moments: Sequence[Moment], seed: int) -> None:
    """Make ``out`` the folder of an evaluation of ``moments``, or go on with it.

    Raises:
        InputError: it holds something else, or answers to other turns or with another seed.
        StorageError: its plan is damaged, or it cannot be written.
    """
    asked = "\n".join(repr((moment.id, moment.persona, moment.talk())) for moment in moments)
    plan = Plan(turns=hashlib.sha256(asked.encode()).hexdigest(), seed=seed)
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is no folder", "choose another --out")
    if out.is_dir() and any(out.iterdir()):
        if not (out / PLAN).is_file():
            raise InputError(f"{out} holds something else than answers to held-out turns", "choose another --out")
        if _read(out / PLAN) != plan:
            raise InputError(f"{out} holds answers to other turns, or with another seed", "choose another --out")
        return
    with whole_file(out / PLAN, "keeping the plan of the evaluation") as file:
        file.write(plan.model_dump_json(indent=1).encode())


def _read(path: Path) -> Plan:
    try:
        return Plan.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} is damaged", "choose another --out") from error


def kept_answers(out: Path) -> list[Answer]:
    """The answers in the folder ``out``, in the order in which they were given.

    Raises:
        StorageError: the file is damaged.
    """
    path = out / ANSWERS
    try:
        return [Answer.model_validate(entry) for entry in read_lines(path, "arm", "moment")]
    except ValidationError as error:
        raise StorageError(f"{path} holds something that is no answer", "choose another --out") from error


def answer_all(
    out: Path,
    arms: Sequence[Arm],
    moments: Sequence[Moment],
    connect: Connect | None,
    encoder: CachedEncoder,
    seed: int,
    report: Report = lambda _what, _done, _total: None,
) -> list[Answer]:
    """The answers of ``arms``, those that are kept in ``out`` and the new ones; without ``connect`` no new one is asked for.

    A model is opened only when it is needed.

    Raises:
        AssetError, ModelError: a model cannot be opened.
        StorageError: an answer cannot be read or kept.
    """
    known = {(item.arm, item.moment): item for item in kept_answers(out)}
    for arm in arms if connect else ():
        missing = [moment for moment in moments if (arm.name, moment.id) not in known]
        if not missing or connect is None:
            continue
        model = connect(arm)
        try:
            for at, moment in enumerate(missing, len(moments) - len(missing)):
                report(arm.name, at, len(moments))
                new = answer(arm, moment, model, seed, encoder)
                add_line(out / ANSWERS, new.model_dump(), "keeping an answer")
                known[arm.name, moment.id] = new
        finally:
            model.close()
    asked = [(arm.name, moment.id) for arm in arms for moment in moments]
    return [known[pair] for pair in asked if pair in known]

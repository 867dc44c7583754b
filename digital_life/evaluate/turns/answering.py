"""All arms answer all moments; every answer is kept at once, and none is asked for twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from digital_life.errors import InputError, ModelError, StorageError
from digital_life.evaluate.kept_lines import add_line, read_lines, resume_lines
from digital_life.evaluate.turns.arms import Answer, Arm, answer
from digital_life.evaluate.turns.held_out import Moment
from digital_life.llm.chat import ChatModel
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.whole_file import whole_file

PLAN, ANSWERS = "turns.json", "answers.jsonl"
_VERSION = 2
_PATIENCE = 3
"""Moments in a row that may stay without an answer before an arm is stopped."""
Connect = Callable[[Arm], ChatModel]
Report = Callable[[str, int, int], None]


class Plan(BaseModel):
    """What decides on the answers of a folder, whichever arms they are of: the turns and the seed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = _VERSION
    turns: str
    """Hash of the turns as a whole: all that the arms are asked, and what their answers are judged by."""
    seed: int


def open_folder(out: Path, moments: Sequence[Moment], seed: int) -> None:
    """Make ``out`` the folder of an evaluation of ``moments``, or go on with it.

    Raises:
        InputError: it holds something else, or answers to other turns or with another seed.
        StorageError: its plan is damaged, or it cannot be written.
    """
    asked = TypeAdapter(list[Moment]).dump_json(list(moments))
    plan = Plan(turns=hashlib.sha256(asked).hexdigest(), seed=seed)
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is no folder", "choose another --out")
    if out.is_dir() and any(out.iterdir()):
        if not (out / PLAN).is_file():
            raise InputError(f"{out} holds something else than answers to held-out turns", "choose another --out")
        begun = _read(out / PLAN)
        if begun.version != plan.version:
            raise InputError(
                f"{out} was begun by another version, whose note of its turns is not that of this one ({PLAN}: version "
                f"{begun.version}, not {plan.version})",
                "choose another --out, or go on with the version that began it",
            )
        if begun != plan:
            raise InputError(f"{out} holds answers to other turns, or with another seed", "choose another --out")
        return
    with whole_file(out / PLAN, "keeping the plan of the evaluation") as file:
        file.write(plan.model_dump_json(indent=1).encode())


def _read(path: Path) -> Plan:
    try:
        return Plan.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} is damaged", "choose another --out") from error


def _kept(out: Path, resume: bool) -> list[Answer]:
    """The answers in the folder ``out``, in the order in which they were given; ``resume``: more are to be added.

    Raises:
        StorageError: the file is damaged.
    """
    path = out / ANSWERS
    read = resume_lines if resume else read_lines
    try:
        return [Answer.model_validate(entry) for entry in read(path, "arm", "moment")]
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

    A model is opened only when it is needed. A moment for which it gave no answer is left out, and asked again next time.

    Raises:
        AssetError, ModelError: a model cannot be opened, or failed several times in a row; what it answered is kept.
        StorageError: an answer cannot be read or kept.
    """
    known = {(item.arm, item.moment): item for item in _kept(out, resume=connect is not None)}
    for arm in arms if connect else ():
        missing = [moment for moment in moments if (arm.name, moment.id) not in known]
        if not missing or connect is None:
            continue
        model = connect(arm)
        try:
            told = partial(report, arm.name)
            for new in _answers(arm, missing, model, encoder, seed, told):
                add_line(out / ANSWERS, new.model_dump(), "keeping an answer")
                known[new.arm, new.moment] = new
        finally:
            model.close()
    asked = [(arm.name, moment.id) for arm in arms for moment in moments]
    return [known[pair] for pair in asked if pair in known]


def _answers(
    arm: Arm,
    moments: Sequence[Moment],
    model: ChatModel,
    encoder: CachedEncoder,
    seed: int,
    report: Callable[[int, int], None],
) -> Iterator[Answer]:
    """The answers of ``arm`` as they come, without the moments for which the model gave none.

    Raises:
        ModelError: it gave none several times in a row.
    """
    failed = 0
    for done, moment in enumerate(moments):
        report(done, len(moments))
        try:
            new = answer(arm, moment, model, seed, encoder)
        except ModelError as error:
            failed += 1
            if failed >= _PATIENCE:
                raise ModelError(
                    f"{arm.name} gave no answer {failed} times in a row: {error.problem}",
                    "mend that, then run the same command; the answers so far are kept",
                ) from error
            continue
        failed = 0
        yield new

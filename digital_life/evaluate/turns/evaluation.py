"""``digital-life evaluate turns``: answers, checks, the blind sheet, and the marks of a judge or a reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from digital_life.errors import InputError
from digital_life.evaluate.table import Table
from digital_life.evaluate.turns.answering import Connect, Report, answer_all, kept_answers
from digital_life.evaluate.turns.arms import Answer, Arm
from digital_life.evaluate.turns.checks import Checks
from digital_life.evaluate.turns.held_out import Moment
from digital_life.evaluate.turns.judging import judge_rows
from digital_life.evaluate.turns.sheet import Row, arms_of_rows, read_marks, sheet_rows, write_sheet
from digital_life.evaluate.turns.tables import checks_table, cost_table, judged_table
from digital_life.llm.chat import ChatModel
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.whole_file import whole_file

CHECKED, JUDGED = "checks.md", "judged.md"


def answer_and_check(
    out: Path,
    arms: Sequence[Arm],
    moments: Sequence[Moment],
    connect: Connect,
    encoder: CachedEncoder,
    *,
    seed: int,
    fits_motion: Callable[[str], bool] | None = None,
    report: Report = lambda _what, _done, _total: None,
) -> tuple[list[Answer], list[Table]]:
    """Have ``moments`` answered by ``arms`` in the folder ``out``, and check the answers: what they cost, and the checks.

    Raises:
        InputError: ``out`` holds something else.
        AssetError, ModelError: a model cannot be opened.
        StorageError: something cannot be read or written.
    """
    answers = answer_all(out, arms, moments, connect, encoder, seed, report)
    checks, asked = Checks(encoder, fits_motion), {moment.id: moment for moment in moments}
    found = {
        arm.name: [
            checks.all(item, asked[item.moment]) for item in answers if item.arm == arm.name and not item.problem
        ]
        for arm in arms
    }
    tables = [cost_table(answers, [arm.name for arm in arms]), checks_table(found)]
    _write(out / CHECKED, tables)
    return answers, tables


def make_sheet(out: Path, answers: Sequence[Answer], moments: Sequence[Moment], seed: int) -> list[Row]:
    """Write the blind sheet of ``answers`` with its key; returns its rows.

    Raises:
        InputError: the sheet that is there has marks, and is another one.
    """
    rows = sheet_rows(answers, moments, seed)
    write_sheet(out, rows, seed)
    return rows


def judged_by_model(
    out: Path, rows: Sequence[Row], arms: Sequence[Arm], judge: ChatModel, seed: int, report: Callable[[int, int], None]
) -> Table:
    """The table of the marks of a model.

    Raises:
        ModelError: the judge failed several times in a row; what it judged is kept.
    """
    marks = judge_rows(rows, judge, out, seed, report)
    table = judged_table(marks, {row.number: row.arms for row in rows}, [arm.name for arm in arms])
    _write(out / JUDGED, [table])
    return table


def judged_by_reader(out: Path, sheet: Path) -> Table:
    """The table of the marks on a sheet that somebody filled in; ``out`` is the folder with its key.

    Raises:
        InputError: the sheet or the key cannot be used, or do not belong together.
    """
    marks, arms_of = read_marks(sheet), arms_of_rows(out)
    unknown = sorted(set(marks) - set(arms_of))
    if unknown:
        raise InputError(
            f"{sheet} has the number {unknown[0]}, the key in {out} has not", "give the folder of this sheet"
        )
    arms = dict.fromkeys(item.arm for item in kept_answers(out))
    table = judged_table(marks, arms_of, list(arms))
    _write(out / JUDGED, [table])
    return table


def _write(path: Path, tables: Sequence[Table]) -> None:
    with whole_file(path, "writing the results") as file:
        file.write(("\n\n".join(table.text() for table in tables) + "\n").encode())

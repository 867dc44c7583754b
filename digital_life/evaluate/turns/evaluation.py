"""``digital-life evaluate turns``: answers, checks, the blind sheet, and the marks of a judge or a reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from digital_life.errors import InputError
from digital_life.evaluate.table import Table
from digital_life.evaluate.turns.answering import Connect, Report, answer_all
from digital_life.evaluate.turns.arms import Answer, Arm
from digital_life.evaluate.turns.checks import Checks
from digital_life.evaluate.turns.held_out import Moment
from digital_life.evaluate.turns.judging import judge_rows
from digital_life.evaluate.turns.key import KEY, Source, read_key
from digital_life.evaluate.turns.marks import Marks, read_marks
from digital_life.evaluate.turns.sheet import Row, sheet_rows, write_sheet
from digital_life.evaluate.turns.tables import checks_table, cost_table, judged_tables
from digital_life.llm.chat import ChatModel
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.whole_file import whole_file

CHECKED, JUDGED = "checks.md", "judged.md"


def answer_and_check(
    out: Path,
    arms: Sequence[Arm],
    moments: Sequence[Moment],
    connect: Connect | None,
    encoder: CachedEncoder,
    *,
    seed: int,
    fits_motion: Callable[[str], bool] | None = None,
    report: Report = lambda _what, _done, _total: None,
) -> tuple[list[Answer], list[Table]]:
    """Have ``moments`` answered by ``arms`` in the folder ``out``, and check the answers: what they cost, and the checks.

    Without ``connect`` only the answers that are kept there already are taken.

    Raises:
        InputError: ``out`` holds something else.
        AssetError, ModelError: a model cannot be opened, or failed several times in a row; what it answered is kept.
        StorageError: something cannot be read or written.
    """
    answers = answer_all(out, arms, moments, connect, encoder, seed, report)
    checks, asked = Checks(encoder, fits_motion), {moment.id: moment for moment in moments}
    found = {
        arm.name: [checks.all(item, asked[item.moment]) for item in answers if item.arm == arm.name] for arm in arms
    }
    tables = [cost_table(answers, [arm.name for arm in arms]), checks_table(found)]
    _write(out / CHECKED, tables)
    return answers, tables


def make_sheet(out: Path, answers: Sequence[Answer], moments: Sequence[Moment], seed: int) -> list[Row]:
    """Write the blind sheet of ``answers`` with its key; returns its rows.

    Raises:
        InputError: the sheet that is there was filled in or changed, and is another one.
    """
    rows = sheet_rows(answers, moments, seed)
    write_sheet(out, rows, list(dict.fromkeys(item.arm for item in answers)), seed)
    return rows


def judged_by_model(
    out: Path, rows: Sequence[Row], arms: Sequence[Arm], judge: ChatModel, seed: int, report: Callable[[int, int], None]
) -> list[Table]:
    """The tables of the marks of a model.

    Raises:
        ModelError: the judge failed several times in a row; what it judged is kept.
    """
    marks = judge_rows(rows, judge, out, seed, report)
    sources = {row.number: row.source() for row in rows}
    return _judged(out, marks, sources, [arm.name for arm in arms])


def judged_by_reader(out: Path, sheet: Path) -> list[Table]:
    """The tables of the marks on a sheet that somebody filled in; ``out`` is the folder with its key.

    Raises:
        InputError: the sheet or the key cannot be used, or do not belong together.
        StorageError: the key is damaged, or the tables cannot be written.
    """
    marked, key = read_marks(sheet), read_key(out)
    for number, row in marked.items():
        if number not in key.rows or row.text != key.rows[number].text:
            raise InputError(
                f"{sheet}, number {number}: what stands there is not what the key in {out} has under this number",
                f"give the folder of this sheet; where another sheet was written there since, its {KEY} is made again by "
                "--kept with the options of this sheet; change nothing but the marks",
            )
    judged = {arm for number in marked for arm in key.rows[number].arms}
    marks = {number: row.marks for number, row in marked.items()}
    return _judged(out, marks, key.rows, [arm for arm in key.arms if arm in judged])


def _judged(out: Path, marks: Mapping[int, Marks], sources: Mapping[int, Source], arms: Sequence[str]) -> list[Table]:
    tables = judged_tables(marks, sources, arms)
    _write(out / JUDGED, tables)
    return tables


def _write(path: Path, tables: Sequence[Table]) -> None:
    with whole_file(path, "writing the results") as file:
        file.write(("\n\n".join(table.text() for table in tables) + "\n").encode())

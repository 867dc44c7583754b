"""The blind sheet and its key: marks reach the answers they were given to, whichever program saved them, or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from digital_life.errors import InputError, StorageError
from digital_life.evaluate.turns.arms import Answer
from digital_life.evaluate.turns.evaluation import judged_by_reader, make_sheet
from digital_life.evaluate.turns.held_out import Moment, drawn, moments
from digital_life.evaluate.turns.rubric import CRITERIA

ARMS = ("offline", "mind:tiny", "json:tiny")


@pytest.fixture(scope="module")
def asked() -> list[Moment]:
    return drawn(moments(), 4, 1)


def answers(asked: Sequence[Moment], arms: Sequence[str] = ARMS) -> list[Answer]:
    return [
        Answer(arm=arm, moment=moment.id, speech=f"“Well”; {at} – {moment.id}.", emotion="calm", action="nods")
        for at, arm in enumerate(arms)
        for moment in asked
    ]


def filled(sheet: Path, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """The sheet with a yes in every cell, as a spreadsheet saves it."""
    rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8"))))
    written = io.StringIO()
    table = csv.DictWriter(written, list(rows[0]), delimiter=delimiter)
    table.writeheader()
    table.writerows(row | dict.fromkeys(CRITERIA, "y") for row in rows)
    return written.getvalue().encode(encoding)


def test_marks_of_another_sheet_are_not_credited_to_the_rows_of_this_key(tmp_path: Path, asked: list[Moment]) -> None:
    make_sheet(tmp_path, answers(asked), asked, seed=0)
    marked = tmp_path / "filled.csv"
    marked.write_bytes(filled(tmp_path / "sheet.csv"))
    assert len(judged_by_reader(tmp_path, marked)[0].rows) == 3
    make_sheet(tmp_path, answers(asked), asked, seed=5)  # the same numbers stand for other answers now
    with pytest.raises(InputError, match=r"number \d+: what stands there is not what the key"):
        judged_by_reader(tmp_path, marked)
    make_sheet(tmp_path, answers(asked), asked, seed=0)
    assert len(judged_by_reader(tmp_path, marked)[0].rows) == 3
    marked.write_bytes(marked.read_bytes().replace(b"calm", b"glad", 1))
    with pytest.raises(InputError, match="number 1: what stands there"):
        judged_by_reader(tmp_path, marked)


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-8")]
)
def test_a_filled_in_sheet_is_read_and_never_replaced(
    tmp_path: Path, asked: list[Moment], delimiter: str, encoding: str
) -> None:
    make_sheet(tmp_path, answers(asked), asked, seed=0)
    sheet = tmp_path / "sheet.csv"
    marked = filled(sheet, delimiter, encoding)
    sheet.write_bytes(marked)
    with pytest.raises(InputError, match="was filled in or changed"):
        make_sheet(tmp_path, answers(asked), asked, seed=5)
    make_sheet(tmp_path, answers(asked), asked, seed=0)
    assert sheet.read_bytes() == marked
    (table,) = judged_by_reader(tmp_path, sheet)
    assert [row[0] for row in table.rows] == list(ARMS)
    assert all(cell.startswith("1.00") and cell.endswith("n 4") for row in table.rows for cell in row[1:2])


def test_a_sheet_in_another_encoding_is_refused_in_words_and_stays(tmp_path: Path, asked: list[Moment]) -> None:
    make_sheet(tmp_path, answers(asked), asked, seed=0)
    sheet = tmp_path / "sheet.csv"
    marked = filled(sheet, ";", "cp1252")
    sheet.write_bytes(marked)
    with pytest.raises(InputError, match="is not in UTF-8"):
        judged_by_reader(tmp_path, sheet)
    for seed in (0, 5):
        with pytest.raises(InputError, match="was filled in or changed"):
            make_sheet(tmp_path, answers(asked), asked, seed)
    assert sheet.read_bytes() == marked


def test_an_untouched_sheet_gives_way_to_the_next_one(tmp_path: Path, asked: list[Moment]) -> None:
    make_sheet(tmp_path, answers(asked), asked, seed=0)
    before = (tmp_path / "sheet.csv").read_bytes()
    make_sheet(tmp_path, answers(asked, ARMS[:2]), asked, seed=0)
    assert (tmp_path / "sheet.csv").read_bytes() != before
    noted = before.replace(b",,,,,,,\n", b",,,,,,,too short\n", 1)
    assert noted != before
    (tmp_path / "sheet.csv").write_bytes(noted)
    with pytest.raises(InputError, match="was filled in or changed"):
        make_sheet(tmp_path, answers(asked, ARMS[:2]), asked, seed=0)


def test_marks_need_the_sheet_and_its_key_only(tmp_path: Path, asked: list[Moment]) -> None:
    make_sheet(tmp_path / "made", answers(asked), asked, seed=0)
    moved = tmp_path / "moved"
    moved.mkdir()
    (moved / "sheet.csv").write_bytes(filled(tmp_path / "made" / "sheet.csv"))
    with pytest.raises(InputError, match=r"key.json is missing"):
        judged_by_reader(moved, moved / "sheet.csv")
    (moved / "key.json").write_bytes((tmp_path / "made" / "key.json").read_bytes())
    assert [row[0] for row in judged_by_reader(moved, moved / "sheet.csv")[0].rows] == list(ARMS)
    (moved / "key.json").write_text('{"seed": 0, "rows": [{"number": 1, "moment": "x", "arms": ["offline"]}]}')
    with pytest.raises(StorageError, match="damaged, or of an earlier version"):
        judged_by_reader(moved, moved / "sheet.csv")

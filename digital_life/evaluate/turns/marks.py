"""The marks of a sheet that somebody filled in, whichever program saved it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digital_life.errors import InputError
from digital_life.evaluate.turns.key import digest
from digital_life.evaluate.turns.rubric import CRITERIA, LETTERS, Mark

SHOWN = ("number", "character", "talk", "a good answer", "right fact is", "speech", "face", "body")
"""Columns of a sheet that tell what is judged; those of the marks follow."""
_DELIMITERS = ",;\t"
"""What spreadsheets put between cells, by the language they are set to."""
Marks = dict[str, Mark]


@dataclass(frozen=True)
class MarkedRow:
    """The marks of a row, and the digest of what it shows."""

    marks: Marks
    text: str


def row_digest(shown: Sequence[str]) -> str:
    """The digest of what stands in the columns ``SHOWN``; white space, which spreadsheets change, does not count."""
    return digest("\0".join(" ".join(cell.split()) for cell in shown).encode())


def table_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a sheet, by column; cells may be parted by commas, semicolons or tabs.

    Raises:
        InputError: it cannot be read as a sheet: no UTF-8, no CSV, or without the columns of one.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=first.count)
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval=""))
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not in UTF-8", "save it from the spreadsheet as CSV in UTF-8") from error
    except (OSError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a sheet: {error}", "give the sheet that was filled in") from error
    if not rows or not {*SHOWN, *CRITERIA} <= set(rows[0]):
        raise InputError(f"{path} lacks the columns of a sheet", "keep the first line as it was written")
    return rows


def read_marks(path: Path) -> dict[int, MarkedRow]:
    """The rows of a sheet that was filled in, by number; those without any mark are left out.

    Raises:
        InputError: it is no sheet, or a row has some marks but not all, or a mark is none.
    """
    found: dict[int, MarkedRow] = {}
    for line, row in enumerate(table_rows(path), 2):
        given = {name: row[name].strip().lower()[:1] for name in CRITERIA}
        if not any(given.values()):
            continue
        wrong = [name for name, mark in given.items() if mark not in LETTERS]
        number = row["number"].strip()
        if wrong or not number.isdecimal() or int(number) in found:
            what = (
                f"'{wrong[0]}' is {given[wrong[0]] or 'empty'!r}"
                if wrong
                else f"the number {number!r} is wrong or doubled"
            )
            raise InputError(f"{path}, row {line}: {what}", "mark every criterion with y, n or -, and keep the numbers")
        text = row_digest([row[name] for name in SHOWN])
        found[int(number)] = MarkedRow({name: LETTERS[mark] for name, mark in given.items()}, text)
    if not found:
        raise InputError(f"{path} has no marks", "fill in the columns with y, n or -")
    return found

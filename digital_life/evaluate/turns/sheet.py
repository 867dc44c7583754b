"""The blind sheet: answers in an order that mixes the arms, without a word of who wrote them; the key stands in another file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from digital_life.errors import InputError, StorageError
from digital_life.evaluate.turns.arms import Answer
from digital_life.evaluate.turns.held_out import Moment
from digital_life.evaluate.turns.rubric import CRITERIA, LETTERS, QUESTIONS, Mark
from digital_life.sociomind.words import personality_in_words
from digital_life.whole_file import whole_file

SHEET, READING, KEY = "sheet.csv", "sheet.md", "key.json"
_SHOWN = ("number", "character", "talk", "a good answer", "right fact is", "speech", "face", "body")
Marks = dict[str, Mark]


@dataclass(frozen=True)
class Row:
    """One answer to be judged. Arms that answered the very same share the row, and its marks."""

    number: int
    moment: Moment
    answer: Answer
    arms: tuple[str, ...]


def sheet_rows(answers: Sequence[Answer], moments: Sequence[Moment], seed: int) -> list[Row]:
    """The answers to ``moments`` that are to be judged, shuffled by ``seed``."""
    answered: dict[str, list[Answer]] = {moment.id: [] for moment in moments}
    for item in answers:
        answered[item.moment].append(item)
    found = []
    for moment in moments:
        same: dict[tuple[str, str, str], list[Answer]] = {}
        for item in answered[moment.id]:
            same.setdefault((item.speech, item.emotion, item.action), []).append(item)
        found += [(moment, group[0], tuple(item.arm for item in group)) for group in same.values()]
    Random(seed).shuffle(found)
    return [Row(number, *row) for number, row in enumerate(found, 1)]


def write_sheet(out: Path, rows: Sequence[Row], seed: int) -> Path:
    """Write the sheet to fill in (CSV), the same to read (Markdown), and the key; returns the first.

    A sheet with marks in it is not written over.

    Raises:
        InputError: the sheet that is there has marks, and is not this one.
        StorageError: a file cannot be written.
    """
    path, text = out / SHEET, _csv(rows)
    if path.is_file() and path.read_text(encoding="utf-8") != text and _has_marks(path):
        raise InputError(f"{path} has marks in it already", "move it to another place, then run the command again")
    key = {"seed": seed, "rows": [{"number": row.number, "moment": row.moment.id, "arms": row.arms} for row in rows]}
    for name, content in ((SHEET, text), (READING, _markdown(rows)), (KEY, json.dumps(key, indent=1))):
        with whole_file(out / name, "writing the sheet") as file:
            file.write(content.encode())
    return path


def _has_marks(path: Path) -> bool:
    with path.open(encoding="utf-8", newline="") as file:
        return any((row.get(name) or "").strip() for row in csv.DictReader(file) for name in CRITERIA)


def _csv(rows: Sequence[Row]) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow([*_SHOWN, *CRITERIA, "note"])
    for row in rows:
        moment, said = row.moment, row.answer
        shown = [row.number, moment.persona.name, " / ".join(moment.talk()), moment.good, moment.case.fact]
        table.writerow([*shown, said.speech, said.emotion, said.action, *[""] * len(CRITERIA), ""])
    return written.getvalue()


def _markdown(rows: Sequence[Row]) -> str:
    parts = [
        "# Answers to judge",
        "",
        f"Give every answer six marks in `{SHEET}`: y, n, or - where one does not apply.",
        "",
    ]
    parts += [f"* {name}: {question}" for name, question in QUESTIONS.items()]
    people = {row.moment.persona.name: row.moment.persona for row in rows}
    for name, persona in sorted(people.items()):
        facts = " ".join(persona.facts)
        parts += ["", f"**{name}**: {persona.description.strip()} {personality_in_words(persona.personality)}.", facts]
        parts += [f"Believes: {' '.join(persona.beliefs)} Speaks: {persona.speech.description}."]
    for row in rows:
        parts += ["", f"## {row.number}", "", *(f"> {line}" for line in row.moment.talk()), ""]
        parts += [f"*{row.moment.good}*" + (f" *{row.moment.case.fact}*" if row.moment.case.fact else ""), ""]
        said = row.answer
        parts += [f"{row.moment.persona.name}: **{said.speech or '(says nothing)'}** [{said.emotion} | {said.action}]"]
    return "\n".join(parts) + "\n"


def read_marks(path: Path) -> dict[int, Marks]:
    """The marks of a sheet that was filled in, by number; rows without any mark are left out.

    Raises:
        InputError: it is no sheet, or a row has some marks but not all, or a mark is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path} cannot be read as a sheet: {error}", f"give the {SHEET} that was filled in"
        ) from error
    if not rows or not {"number", *CRITERIA} <= set(rows[0]):
        raise InputError(f"{path} lacks the columns of a sheet", f"keep the first line of {SHEET} as it was written")
    found: dict[int, Marks] = {}
    for line, row in enumerate(rows, 2):
        given = {name: (row[name] or "").strip().lower()[:1] for name in CRITERIA}
        if not any(given.values()):
            continue
        wrong = [name for name, mark in given.items() if mark not in LETTERS]
        number = (row["number"] or "").strip()
        if wrong or not number.isdigit() or int(number) in found:
            what = (
                f"'{wrong[0]}' is {given[wrong[0]] or 'empty'!r}"
                if wrong
                else f"the number {number!r} is wrong or doubled"
            )
            raise InputError(f"{path}, row {line}: {what}", "mark every criterion with y, n or -, and keep the numbers")
        found[int(number)] = {name: LETTERS[mark] for name, mark in given.items()}
    if not found:
        raise InputError(f"{path} has no marks", "fill in the columns with y, n or -")
    return found


@dataclass(frozen=True)
class Source:
    """What the key says of a row: which moment was answered, and by which arms."""

    moment: str
    arms: tuple[str, ...]


def read_key(out: Path) -> dict[int, Source]:
    """The key of the sheet in ``out``, by number.

    Raises:
        InputError: there is no key.
        StorageError: it is damaged.
    """
    path = out / KEY
    if not path.is_file():
        raise InputError(f"{path} is missing", "give the folder in which the sheet was written with --out")
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return {int(row["number"]): Source(row["moment"], tuple(map(str, row["arms"]))) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path} is damaged", "write the sheet again") from error

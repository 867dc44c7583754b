"""The blind sheet: answers in an order that mixes the arms, without a word of who wrote them; ``key`` keeps who did."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from digital_life.errors import InputError
from digital_life.evaluate.turns.arms import Answer
from digital_life.evaluate.turns.held_out import Moment
from digital_life.evaluate.turns.key import Key, Source, digest, kept_digest, write_key
from digital_life.evaluate.turns.marks import SHOWN, row_digest, table_rows
from digital_life.evaluate.turns.rubric import CRITERIA, QUESTIONS
from digital_life.sociomind.words import personality_in_words
from digital_life.whole_file import whole_file

SHEET, READING = "sheet.csv", "sheet.md"


@dataclass(frozen=True)
class Row:
    """One answer to be judged. Arms that answered the very same share the row, and its marks."""

    number: int
    moment: Moment
    answer: Answer
    arms: tuple[str, ...]

    def shown(self) -> list[str]:
        """What stands in the columns ``SHOWN``."""
        moment, said = self.moment, self.answer
        about = [str(self.number), moment.persona.name, " / ".join(moment.talk()), moment.good, moment.case.fact]
        return [*about, said.speech, said.emotion, said.action]

    def source(self) -> Source:
        """What the key says of it."""
        return Source(self.moment.id, self.arms, row_digest(self.shown()))


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


def write_sheet(out: Path, rows: Sequence[Row], arms: Sequence[str], seed: int) -> Path:
    """Write the sheet to fill in (CSV), the same to read (Markdown), and the key; returns the first.

    A sheet that somebody filled in or changed is never written over: where it is one of these rows it stays as it is.

    Raises:
        InputError: the sheet that is there was changed since it was written, and is one of other rows.
        StorageError: a file cannot be written.
    """
    path, text = out / SHEET, _csv(rows).encode()
    files = {SHEET: text, READING: _markdown(rows).encode()}
    if path.is_file() and digest(path.read_bytes()) not in (digest(text), kept_digest(out)):
        if not _shows(path, rows):
            raise InputError(
                f"{path} was filled in or changed since it was written, and is not the sheet of these answers",
                "move it to another place, together with the key, then run the command again",
            )
        del files[SHEET]
    for name, content in files.items():
        with whole_file(out / name, "writing the sheet") as file:
            file.write(content)
    write_key(out, Key({row.number: row.source() for row in rows}, tuple(arms), digest(text)), seed)
    return path


def _shows(path: Path, rows: Sequence[Row]) -> bool:
    """Whether the sheet at ``path``, whatever its marks are, is that of ``rows``."""
    try:
        there = [row_digest([row[name] for name in SHOWN]) for row in table_rows(path)]
    except InputError:
        return False
    return sorted(there) == sorted(row.source().text for row in rows)


def _csv(rows: Sequence[Row]) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow([*SHOWN, *CRITERIA, "note"])
    table.writerows([*row.shown(), *[""] * len(CRITERIA), ""] for row in rows)
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

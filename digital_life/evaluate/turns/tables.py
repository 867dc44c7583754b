"""The results of the arms as tables: shares with Wilson's 95 % intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digital_life.evaluate.minds.intervals import share
from digital_life.evaluate.table import Table
from digital_life.evaluate.turns.arms import Answer
from digital_life.evaluate.turns.key import Source
from digital_life.evaluate.turns.marks import Marks
from digital_life.evaluate.turns.rubric import CRITERIA, Mark

Marked = Sequence[Mapping[str, Mark]]


def judged_tables(marks: Mapping[int, Marks], sources: Mapping[int, Source], arms: Sequence[str]) -> list[Table]:
    """A row for each of ``arms``: the share of yes in every criterion, and of answers with no "no" at all.

    Where the arms were not judged on the same moments, a second table takes those only that all were judged on.
    """
    judged: dict[str, set[str]] = {arm: set() for arm in arms}
    for number in marks:
        for arm in sources[number].arms:
            judged[arm].add(sources[number].moment)
    shared = set.intersection(*judged.values())
    tables = [_judged(marks, sources, arms)]
    if shared and any(moments != shared for moments in judged.values()):
        paired = {number: given for number, given in marks.items() if sources[number].moment in shared}
        table = _judged(paired, sources, arms)
        tables.append(Table(table.columns, table.rows, [f"The {len(shared)} moments that all arms were judged on."]))
    return tables


def _judged(marks: Mapping[int, Marks], sources: Mapping[int, Source], arms: Sequence[str]) -> Table:
    rows = []
    for arm in arms:
        given = [found for number, found in marks.items() if arm in sources[number].arms]
        whole: list[Mark] = [False not in found.values() for found in given]
        rows.append([arm, *(_share([found[name] for found in given]) for name in CRITERIA), _share(whole)])
    return Table(["arm", *CRITERIA, "all of them"], rows)


def checks_table(checks: Mapping[str, Marked]) -> Table:
    """A row for each arm with the share of its answers that pass each check, where it applies."""
    names = list(dict.fromkeys(name for found in checks.values() for each in found for name in each))
    rows = [[arm, *(_share([each[name] for each in found]) for name in names)] for arm, found in checks.items()]
    return Table(["arm", *names], rows)


def cost_table(answers: Sequence[Answer], arms: Sequence[str]) -> Table:
    """Who wrote the words of each arm, and what its answers cost on average."""
    rows = []
    for arm in arms:
        mine = [item for item in answers if item.arm == arm]
        own = sum(bool(item.writer) and not item.writer.startswith("offline") for item in mine)
        rows.append(
            [
                arm,
                f"{own} of {len(mine)}",
                str(sum(bool(item.problem) for item in mine)),
                f"{_mean([item.prompt_tokens for item in mine]):.0f}",
                f"{_mean([item.completion_tokens for item in mine]):.0f}",
                f"{_mean([item.seconds for item in mine]):.1f}",
            ]
        )
    columns = ["arm", "worded by a model", "no answer", "prompt tokens", "tokens written", "seconds in the model"]
    return Table(columns, rows)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _share(marks: Sequence[Mark]) -> str:
    asked = [mark for mark in marks if mark is not None]
    found = share(sum(asked), len(asked))
    return found.text() if found else "–"

"""The judged part of an evaluation: all questions, shuffled over arms, asked one by one, and the results with their key."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from digital_life.errors import ModelError
from digital_life.evaluate.minds.judge import Judge, gave_up
from digital_life.evaluate.minds.questions import Choice, Item, Rating, Sotopia
from digital_life.whole_file import whole_file

_PATIENCE = 3
"""Questions in a row that may fail before the evaluation stops."""


@dataclass(frozen=True)
class Judged:
    """A question with its answer, None where the judge gave none."""

    item: Item
    answer: Choice | Rating | Sotopia | None


def ask_all(
    items: Sequence[Item], judge: Judge, seed: int, report: Callable[[int, int], None] = lambda _done, _total: None
) -> list[Judged]:
    """Ask all ``items`` in an order that mixes the arms, by ``seed``.

    Raises:
        ModelError: the judge failed several times in a row; what it judged is kept.
    """
    order = list(items)
    Random(seed).shuffle(order)
    judged: list[Judged] = []
    failed = 0
    for number, item in enumerate(order):
        report(number, len(order))
        try:
            judged.append(Judged(item, judge.ask(item.messages, item.schema)))
            failed = 0
        except ModelError as error:
            judged.append(Judged(item, None))
            failed += 1
            if failed >= _PATIENCE:
                raise gave_up(failed, error) from error
    return judged


def write_key(path: Path, judged: Sequence[Judged], judge: str, seed: int) -> None:
    """Write which question was about what, in the order in which they were asked, with the answers."""
    rows = [
        {
            "number": number,
            "kind": each.item.kind,
            "arm": each.item.arm,
            "seed": each.item.seed,
            "character": each.item.character,
            "options": each.item.options,
            "right": each.item.right or None,
            "answer": each.answer.model_dump(mode="json") if each.answer else None,
        }
        for number, each in enumerate(judged, 1)
    ]
    with whole_file(path, "writing the key of the judgements") as file:
        file.write(json.dumps({"judge": judge, "seed": seed, "questions": rows}, ensure_ascii=False, indent=1).encode())

"""What an evaluation consists of, kept beside its results so that it goes on where it was stopped, and only that one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from digital_life.errors import InputError, StorageError
from digital_life.society.scenario import LoadedScenario
from digital_life.whole_file import whole_file

PLAN, REPORT, JUDGEMENTS, KEY = "evaluation.json", "report.html", "judgements.jsonl", "judging.json"
_OWN = (PLAN, REPORT, JUDGEMENTS, KEY, "runs", "drift")


class Plan(BaseModel):
    """Everything that decides on the results; the judge is none of it, each judgement is kept with its judge."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    runs: tuple[str, ...] = ()
    """Recorded runs, where such are evaluated; arms are not played then."""
    scenario: LoadedScenario | None = None
    arms: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    mind: str = ""
    """Label of the model that plays."""
    drift_turns: int = 0


def open_folder(out: Path, plan: Plan, *, force: bool = False) -> None:
    """Make ``out`` the folder of ``plan``, or go on with it; ``force`` removes the results of another evaluation.

    Raises:
        InputError: it holds something else, or another evaluation and ``force`` is not given.
        StorageError: its plan is damaged, or it cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is no folder", "choose another --out")
    if out.is_dir() and any(out.iterdir()):
        if not (out / PLAN).is_file():
            raise InputError(f"{out} holds something else than an evaluation", "choose another --out")
        if not force and _read(out / PLAN) == plan:
            return
        if not force:
            raise InputError(
                f"{out} holds an evaluation with other runs, arms, seeds, turns, scenario or mind",
                "go on with the options it was started with, choose another --out, or replace it with --force",
            )
        _clear(out)
    with whole_file(out / PLAN, "keeping the plan of the evaluation") as file:
        file.write(plan.model_dump_json(indent=1).encode())


def _read(path: Path) -> Plan:
    try:
        return Plan.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} is damaged", "start anew with another --out, or with --force") from error


def _clear(out: Path) -> None:
    """Remove what an evaluation wrote, and nothing else."""
    for name in _OWN:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

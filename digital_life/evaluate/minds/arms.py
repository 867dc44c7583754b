"""Arms played: the same scenario and seeds with every way of working of the minds (``sociomind.config.ARMS``), words only."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from digital_life.llm.chat import ChatModel
from digital_life.society.run_folder import RunFolder
from digital_life.society.scenario import LoadedScenario
from digital_life.society.simulation import Simulation, start_run
from digital_life.sociomind.config import ARMS

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Trial:
    """One run of one arm. ``arm`` is empty for a run that was recorded before."""

    arm: str
    seed: int
    path: Path


def trials(out: Path, arms: Sequence[str], seeds: Sequence[int]) -> list[Trial]:
    """The runs of an evaluation, seed by seed so that a stopped one has whole comparisons first."""
    return [Trial(arm, seed, out / "runs" / f"{arm}-{seed}") for seed in seeds for arm in arms]


def play(trial: Trial, loaded: LoadedScenario, model: ChatModel, report: Report) -> None:
    """Play the run of ``trial``, or the rest of it where it was stopped.

    Raises:
        ModelError: the model gave no answer; what was played is kept.
    """
    if (trial.path / "run.db").is_file() and (trial.path / "scene.json").is_file():
        folder = RunFolder.open(trial.path, write=True)
    else:
        if trial.path.is_dir():  # stopped while the folder was made: nothing was played in it
            shutil.rmtree(trial.path)
        label, config = model.profile.label, ARMS[trial.arm]
        folder = start_run(loaded, trial.path, mind=label, seed=trial.seed, bodies=False, config=config)
    try:
        Simulation(folder, model, report).run()
    finally:
        folder.close()

"""``digital-life evaluate mind``: everything that is measured about minds, and the report that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from digital_life.evaluate.minds import page
from digital_life.evaluate.minds.arms import Trial, play, trials
from digital_life.evaluate.minds.arms_report import comparison, drift
from digital_life.evaluate.minds.drift import DriftTalk, drift_talk
from digital_life.evaluate.minds.judge import Judge
from digital_life.evaluate.minds.judged_report import judged_parts, not_judged
from digital_life.evaluate.minds.judging import ask_all, write_key
from digital_life.evaluate.minds.likeness import PersonaClassifier
from digital_life.evaluate.minds.plan import JUDGEMENTS, KEY, REPORT, Plan, open_folder
from digital_life.evaluate.minds.questions import items
from digital_life.evaluate.minds.run_data import RunData, read_run
from digital_life.evaluate.minds.run_report import run_parts
from digital_life.llm.chat import ChatModel
from digital_life.llm.embedding import shared_embedder
from digital_life.society.run_folder import RunFolder
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.whole_file import whole_file

Report = Callable[[str, int, int], None]


def _silent(_what: str, _done: int, _total: int) -> None:
    pass


@dataclass(frozen=True)
class Bench:
    """Who judges: a model, or nobody for ``reason``. ``seed`` shuffles questions and options."""

    model: ChatModel | None
    reason: str
    seed: int = 0


def evaluate(
    plan: Plan,
    out: Path,
    model: ChatModel | None = None,
    *,
    bench: Bench,
    force: bool = False,
    report: Report = _silent,
) -> Path:
    """Carry ``plan`` out in the folder ``out`` and write the report; returns its path.

    ``model`` writes what the minds of the arms say, ``bench`` judges. What is done already is not done again.

    Raises:
        InputError: ``out`` holds something else, or a run of the plan is no run.
        ModelError: the model or the judge gave no answer; what is done is kept.
        StorageError: something cannot be read or written.
    """
    open_folder(out, plan, force=force)
    encoder = CachedEncoder(shared_embedder())
    played = trials(out, plan.arms, plan.seeds) or [Trial("", 0, Path(path)) for path in plan.runs]
    talks: list[DriftTalk] = []
    if plan.scenario is not None and model is not None:
        for trial in played:
            name = f"{trial.arm}, seed {trial.seed}"
            play(trial, plan.scenario, model, lambda what, done, most, name=name: report(f"{name}: {what}", done, most))  # type: ignore[misc]
        talks = _hold_talks(plan, out, model, report)
    report("Reading the runs", 0, 0)
    runs = [(trial, _read(trial.path)) for trial in played]
    parts = [*_about(plan), *_judged(plan, runs, bench, out, report), *_comparisons(plan, runs, talks, encoder)]
    for number, (trial, run) in enumerate(runs):
        label = f"{trial.arm}, seed {trial.seed}" if trial.arm else ""
        shown = run_parts(run, encoder, label)
        parts += shown if number == 0 or not trial.arm else [page.folded(f"Run: {label}", "".join(shown))]
    return write_report(out, parts)


def _hold_talks(plan: Plan, out: Path, model: ChatModel, report: Report) -> list[DriftTalk]:
    personas = plan.scenario.personas if plan.scenario and plan.drift_turns else ()
    talks = []
    for seed in plan.seeds:
        for arm in plan.arms:
            for persona in personas:
                name = f"Long talk with {persona.name}, {arm}, seed {seed}"

                def told(done: int, name: str = name) -> None:
                    report(name, done, plan.drift_turns)

                talks.append(drift_talk(out / "drift", persona, arm, seed, plan.drift_turns, model, told))
    return talks


def _about(plan: Plan) -> list[str]:
    if plan.scenario is None:
        return []
    seeds = ", ".join(map(str, plan.seeds))
    title = plan.scenario.scenario.title
    return [page.paragraph(f"Scenario '{title}' played by {plan.mind}; arms {', '.join(plan.arms)}; seeds {seeds}.")]


def _judged(plan: Plan, runs: Sequence[tuple[Trial, RunData]], bench: Bench, out: Path, report: Report) -> list[str]:
    if bench.model is None:
        return not_judged(bench.reason)
    questions = [item for trial, run in runs for item in items(run, trial.arm, trial.seed, bench.seed)]
    judge = Judge(bench.model, out / JUDGEMENTS, bench.seed)
    judged = ask_all(questions, judge, bench.seed, lambda done, total: report("Judging", done, total))
    write_key(out / KEY, judged, judge.label, bench.seed)
    return judged_parts(judged, plan.arms or ("",), judge.label, plan.mind, bench.seed)


def _comparisons(
    plan: Plan, runs: Sequence[tuple[Trial, RunData]], talks: Sequence[DriftTalk], encoder: CachedEncoder
) -> list[str]:
    if plan.scenario is None:
        return []
    by_arm = {arm: [run for trial, run in runs if trial.arm == arm] for arm in plan.arms}
    return [
        *comparison(by_arm, encoder),
        *drift(talks, PersonaClassifier(plan.scenario.personas, encoder), encoder, plan.mind),
    ]


def write_report(out: Path, parts: Sequence[str]) -> Path:
    """Write ``parts``, which are HTML, as the report in the folder ``out``."""
    with whole_file(out / REPORT, "writing the report") as file:
        file.write(page.page("Evaluation of minds", parts).encode())
    return out / REPORT


def _read(path: Path) -> RunData:
    folder = RunFolder.open(path)
    try:
        return read_run(folder)
    finally:
        folder.close()

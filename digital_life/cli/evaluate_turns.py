"""``digital-life evaluate turns``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digital_life.cli.judge_options import judge_options, open_judge

if TYPE_CHECKING:
    from digital_life.evaluate.turns.answering import Connect
    from digital_life.evaluate.turns.arms import Arm


@click.command()
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("runs/turns"), show_default=True, help="Folder."
)
@click.option(
    "--arm",
    "arms",
    multiple=True,
    metavar="ARM",
    help="offline, mind:MODEL or json:MODEL (may be repeated); default: offline, and both for every installed model.",
)
@click.option(
    "--turns", "turns_file", type=click.Path(path_type=Path), help="Turns of your own; default: the held-out ones."
)
@click.option("--base-url", help="Server of the models that are no local ones; default: that of the environment.")
@click.option(
    "--threads", type=click.IntRange(min=1), help="Threads of a local model; default: one a core, at most four."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the answers.")
@click.option(
    "--sheet-seed", type=click.IntRange(min=0), default=0, show_default=True, help="Shuffles and draws the sheet."
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    help="So many moments only, drawn by the sheet's seed, evenly over turns and personas.",
)
@click.option("--kept", is_flag=True, help="Ask for no answers; take those that are there.")
@click.option(
    "--marks", type=click.Path(path_type=Path), help="A sheet that was filled in: make the table of its marks."
)
@judge_options("only the sheet is written")
def turns(
    out: Path,
    arms: tuple[str, ...],
    turns_file: Path | None,
    base_url: str | None,
    threads: int | None,
    seed: int,
    sheet_seed: int,
    sample: int | None,
    kept: bool,
    marks: Path | None,
    judge: Any,
    judge_model: str | None,
    judge_url: str | None,
) -> None:
    """Have minds answer held-out turns, and have the answers judged blind.

    Twenty turns for four personas, answered by our mind with a small model, by the same model with a plain JSON prompt, and
    by the offline mind. The folder gets checks that need no judge, and a sheet without the names of the arms: fill it in (y,
    n or -), and --marks makes the table. The same command goes on where it was stopped.
    """
    from digital_life.evaluate.turns.evaluation import judged_by_reader

    if marks is not None:
        click.echo("\n\n".join(table.text() for table in judged_by_reader(out, marks)))
        return
    from digital_life.cli.progress import make_progress
    from digital_life.evaluate.turns.answering import open_folder
    from digital_life.evaluate.turns.arms import Arm, default_arms
    from digital_life.evaluate.turns.evaluation import answer_and_check, judged_by_model, make_sheet
    from digital_life.evaluate.turns.held_out import drawn, moments
    from digital_life.evaluate.turns.sheet import SHEET
    from digital_life.llm.embedding import shared_embedder
    from digital_life.sociomind.encoder import CachedEncoder

    asked = [Arm.named(name) for name in dict.fromkeys(arms)] or default_arms()
    judging, _ = open_judge(judge, judge_model, judge_url, sheet_seed)
    try:
        with make_progress() as progress:
            task = progress.add_task("Starting", total=None)

            def report(what: str, done: int, total: int) -> None:
                progress.update(task, description=what[:70], completed=done, total=total or None)

            found, encoder = moments(turns_file), CachedEncoder(shared_embedder())
            open_folder(out, found, seed)
            found = drawn(found, sample, sheet_seed)
            connecting = None if kept else _connecting(base_url, seed, threads)
            answers, tables = answer_and_check(out, asked, found, connecting, encoder, seed=seed, report=report)
            rows = make_sheet(out, answers, found, sheet_seed)
            if judging is not None:
                told = partial(report, "Judging")
                tables += judged_by_model(out, rows, asked, judging, sheet_seed, told)
    finally:
        if judging is not None:
            judging.close()
    click.echo("\n\n".join(table.text() for table in tables))
    missing = 0 if kept else len(asked) * len(found) - len(answers)
    if missing:
        click.echo(f"\n{missing} answers are missing: a model gave none. The same command asks again.", err=True)
    click.echo(f"\n{len(rows)} answers to judge: {out / SHEET}; then --marks makes the table.", err=True)


def _connecting(base_url: str | None, seed: int, threads: int | None) -> Connect:
    """Opens the model of an arm: none, a local one, or else one of the server."""
    from digital_life.llm.chat import ChatModel
    from digital_life.llm.connect import Mind, connect
    from digital_life.llm.registry import WEIGHTS

    def opened(arm: Arm) -> ChatModel:
        if arm.kind == "offline":
            return connect("offline")[0]
        back_end: Mind = "local" if arm.model in WEIGHTS or arm.model.endswith(".gguf") else "openai"
        return connect(back_end, model=arm.model, base_url=base_url, seed=seed, threads=threads)[0]

    return opened

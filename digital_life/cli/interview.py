"""``digital-life interview``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from digital_life.cli.options import mind_options


@click.command()
@click.argument("who")
@click.argument("questions", nargs=-1)
@click.option(
    "--run", type=click.Path(path_type=Path), help="Run folder in which WHO has lived; default: a fresh mind."
)
@click.option("--turn", type=click.IntRange(min=0), help="Ask WHO as it was after this turn of the run.")
@mind_options
def command(
    who: str,
    questions: tuple[str, ...],
    run: Path | None,
    turn: int | None,
    mind: Any,
    model: str | None,
    base_url: str | None,
) -> None:
    """Ask WHO (a persona, or a character of a run) QUESTIONS about itself; nothing in it or in the run changes.

    Without QUESTIONS they are read line by line, until an empty one.
    """
    from digital_life.errors import InputError
    from digital_life.llm.connect import connect
    from digital_life.persona.library import load_persona
    from digital_life.society.interviewing import fresh_mind, mind_of_run
    from digital_life.society.run_folder import RunFolder

    if turn is not None and run is None:
        raise InputError("--turn is a turn of a run", "say which with --run")
    chat_model, _ = connect(mind, model=model, base_url=base_url)
    folder = RunFolder.open(run) if run else None
    try:
        asked = mind_of_run(folder, who, chat_model, turn=turn) if folder else fresh_mind(load_persona(who), chat_model)
        for question in questions or iter(
            lambda: click.prompt("", default="", show_default=False, prompt_suffix="> "), ""
        ):
            answer = asked.interview(question)
            click.echo(f"{asked.persona.name}: {answer.text}  ({answer.mind})")
    finally:
        chat_model.close()
        if folder is not None:
            folder.close()

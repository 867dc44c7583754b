"""Options of the commands that have a model judge something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from digital_life.cli.options import Decorated

if TYPE_CHECKING:
    from digital_life.llm.chat import ChatModel


def judge_options(otherwise: str) -> Callable[[Decorated], Decorated]:
    """``--judge``, ``--judge-model`` and ``--judge-url``; ``otherwise`` says what happens without a judge."""

    def decorate(function: Decorated) -> Decorated:
        function = click.option("--judge-url", help="Address of the judge's server; default: that of the environment.")(
            function
        )
        function = click.option("--judge-model", help="Model name at the judge's server, or path of a GGUF file.")(
            function
        )
        return click.option(
            "--judge",
            type=click.Choice(["auto", "none", "openai", "local"]),
            default="auto",
            show_default=True,
            help=f"A model that judges. auto takes a configured server; without one {otherwise}.",
        )(function)

    return decorate


def open_judge(judge: Any, model: str | None, base_url: str | None, seed: int) -> tuple[ChatModel | None, str]:
    """The judge that the options name, or None, and why; says so, and how to have one where one was wanted.

    Raises:
        DigitalLifeError: the judge that was named cannot be had.
    """
    from digital_life.evaluate.minds.judge import HOW_TO_CONFIGURE, connect_judge

    judging, why = connect_judge(judge, model=model, base_url=base_url, seed=seed)
    wanted = judging is None and judge != "none"
    click.echo(f"Judge: {why}" + (f"\n  To have one: {HOW_TO_CONFIGURE}" if wanted else ""), err=True)
    return judging, why

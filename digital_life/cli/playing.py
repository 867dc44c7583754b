"""Options of ``simulate`` about how a scenario is played: mode, plots, events, budget, cassettes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from digital_life.llm.budget import Budget
    from digital_life.society.scenario import SceneEvent

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_EVENT = re.compile(r"^(?:(?P<plot>[0-9]+)\s*:\s*)?(?:@(?P<who>[^:]+):\s*)?(?P<text>.+)$", re.DOTALL)


def story_options(function: Decorated) -> Decorated:
    """``--mode``, ``--plots`` and ``--event``."""
    function = click.option(
        "--event",
        "events",
        multiple=True,
        metavar="[PLOT:][@NAME,NAME:]TEXT",
        help="Something that happens before a plot (default: the first) to characters (default: all). May be repeated.",
    )(function)
    function = click.option("--plots", type=click.IntRange(1, 50), help="How many plots are played.")(function)
    return click.option(
        "--mode",
        type=click.Choice(["scripted", "preconfigured", "autonomous", "event-driven"]),
        help="Who decides what happens: the scenario (scripted or preconfigured), the minds, or the minds moved by events.",
    )(function)


def budget_options(function: Decorated) -> Decorated:
    """``--max-cost``, ``--max-tokens``, ``--max-seconds`` and ``--price``."""
    function = click.option(
        "--price",
        metavar="IN,OUT",
        help="Money for a million prompt and completion tokens, such as 0.15,0.60 (also DIGITAL_LIFE_PRICE).",
        envvar="DIGITAL_LIFE_PRICE",
    )(function)
    function = click.option("--max-seconds", type=float, help="End the run well after so many seconds of playing it.")(
        function
    )
    function = click.option("--max-tokens", type=int, help="End the run well when the model has used so many tokens.")(
        function
    )
    return click.option("--max-cost", type=float, help="End the run well when the model has cost so much.")(function)


def cassette_options(function: Decorated) -> Decorated:
    """``--record`` and ``--replay``."""
    path = click.Path(path_type=Path, dir_okay=False)
    function = click.option("--replay", type=path, help="Play from a cassette, without a model: the same run again.")(
        function
    )
    return click.option("--record", type=path, help="Keep all answers of the model in this cassette.")(function)


def scene_events(texts: tuple[str, ...]) -> list[SceneEvent]:
    """The events of the command line.

    Raises:
        InputError: one has no text or a plot that cannot be.
    """
    from pydantic import ValidationError

    from digital_life.errors import InputError
    from digital_life.society.scenario import SceneEvent

    found = []
    for text in texts:
        match = _EVENT.match(text.strip())
        who = [name.strip() for name in (match["who"] or "").split(",") if name.strip()] if match else []
        try:
            found.append(
                SceneEvent(plot=int(match["plot"] or 1), who=who, text=match["text"].strip()) if match else None
            )
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise InputError(f"--event {text!r}: {problem}", "write it as 2:@Mira:A letter has come.") from None
    if None in found:
        raise InputError("--event has no text", "write it as 2:@Mira:A letter has come.")
    return [event for event in found if event is not None]


def budget_of(
    max_cost: float | None, max_tokens: int | None, max_seconds: float | None, price: str | None
) -> Budget | None:
    """The budget of the command line; None when nothing was said.

    Raises:
        InputError: a number is not positive, or the price is not two numbers.
    """
    from pydantic import ValidationError

    from digital_life.errors import InputError
    from digital_life.llm.budget import Budget, Prices

    try:
        prices = None
        if price:
            prompt, completion = (float(part) for part in price.split(","))
            prices = Prices(prompt=prompt, completion=completion)
    except ValueError:
        raise InputError(f"--price {price!r} is not two numbers", "write it as 0.15,0.60") from None
    if max_cost is None and max_tokens is None and max_seconds is None and prices is None:
        return None
    try:
        return Budget(max_cost=max_cost, max_tokens=max_tokens, max_seconds=max_seconds, price=prices)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise InputError(f"--{option}: {first['msg']}", "give a number above 0") from None

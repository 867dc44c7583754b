"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def mind_options(function: Decorated) -> Decorated:
    """``--mind``, ``--model`` and ``--base-url``."""
    function = click.option(
        "--base-url", help="Address of an OpenAI-compatible server (also DIGITAL_LIFE_BASE_URL or OPENAI_BASE_URL)."
    )(function)
    function = click.option(
        "--model", help="Model name at the server, name of a pulled model, or path of a GGUF file."
    )(function)
    return click.option(
        "--mind",
        type=click.Choice(["auto", "offline", "local", "openai"]),
        default="auto",
        show_default=True,
        help="What writes the words. auto takes the first that is there: openai, local, offline.",
    )(function)


def licence_option(function: Decorated) -> Decorated:
    """``--licence``: which motions may be used."""
    return click.option(
        "--licence",
        type=click.Choice(["default", "permissive", "all"]),
        default="default",
        show_default=True,
        help="permissive: leave out motions that may not be used commercially. all: generate with research weights, which may "
        "not be used commercially either.",
    )(function)


def output_options(what: str, *, required: bool = True) -> Callable[[Decorated], Decorated]:
    """``-o/--out`` and ``--force``, alike in all commands that write a file.

    Folders on the way are made; a file that is there stays unless ``--force`` is given. Commands call
    ``whole_file.refuse_existing(out, force)`` before they begin.
    """

    def decorate(function: Decorated) -> Decorated:
        function = click.option("--force", is_flag=True, help="Replace files that exist.")(function)
        out = click.Path(path_type=Path)
        return click.option("-o", "--out", type=out, required=required, help=f"{what} Missing folders are made.")(
            function
        )

    return decorate


def serve_options(function: Decorated) -> Decorated:
    """``--host``, ``--port`` and ``--no-browser``."""
    function = click.option("--no-browser", is_flag=True, help="Do not open a browser window.")(function)
    function = click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port; 0 takes a free one.")(
        function
    )
    return click.option(
        "--host", default="127.0.0.1", show_default=True, help="Address to listen on; the default is this machine only."
    )(function)

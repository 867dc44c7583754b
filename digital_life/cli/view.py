"""``digital-life view``."""

from __future__ import annotations

from pathlib import Path

import click

from digital_life.cli.options import serve_options


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@serve_options
def command(run_dir: Path, host: str, port: int, no_browser: bool) -> None:
    """Replay RUN_DIR in the browser: scrub, look around, listen."""
    from digital_life.api import Run

    Run.open(run_dir).view(host=host, port=port, open_browser=not no_browser)

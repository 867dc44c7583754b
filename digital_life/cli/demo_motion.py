"""``digital-life demo-motion``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from digital_life.cli.options import licence_option, output_options


@click.command()
@click.argument("reel", type=click.Path(path_type=Path), required=False)
@output_options("Video file to write (.mp4).")
@click.option("--width", type=click.IntRange(160, 3840), default=1280, show_default=True)
@click.option("--height", type=click.IntRange(120, 2160), default=720, show_default=True)
@click.option("--fast", is_flag=True, help="A preview: OpenGL skins the bodies, no shadows but spots under feet.")
@licence_option
def command(reel: Path | None, out: Path, force: bool, width: int, height: int, fast: bool, licence: Any) -> None:
    """Film what one character makes of a list of prompts, about a minute of them.

    REEL is a file such as examples/motion_reel.yaml, which is taken unless another one is given.
    """
    from digital_life.assets import asset_dir
    from digital_life.cli.progress import bar
    from digital_life.render.run_video import film
    from digital_life.society.reel import load_reel, perform_reel
    from digital_life.whole_file import refuse_existing

    refuse_existing(out, force)
    wanted = load_reel(reel or asset_dir("examples") / "motion_reel.yaml")
    with bar("Performing") as advance:
        performed = perform_reel(wanted, licence=licence, progress=advance)
    for one in performed.done:
        click.echo(f"{one.start:5.1f} s  {one.words}  ({one.kind}{': ' + one.clip if one.clip else ''})")
    notes: list[str] = []
    with bar("Rendering the video") as advance:
        film(performed.job, out, size=(width, height), fast=fast, progress=advance, notice=notes.append)
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"Video: {out}, {performed.job.duration:.1f} s")

"""``digital-life render``."""

from __future__ import annotations

from pathlib import Path

import click

from digital_life.cli.options import output_options


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@output_options("Video file. Default: video.mp4 in the run folder, made anew.", required=False)
@click.option("--width", type=click.IntRange(160, 3840), default=1280, show_default=True)
@click.option("--height", type=click.IntRange(120, 2160), default=720, show_default=True)
@click.option("--fast", is_flag=True, help="A preview: OpenGL skins the bodies, no shadows but spots under feet.")
def command(run_dir: Path, out: Path | None, force: bool, width: int, height: int, fast: bool) -> None:
    """Make the video of RUN_DIR (H.264 with sound, 30 frames per second)."""
    from digital_life.api import Run
    from digital_life.cli.progress import bar
    from digital_life.whole_file import refuse_existing

    if out is not None:
        refuse_existing(out, force)
    notes: list[str] = []
    with bar("Rendering the video") as advance:
        path = Run.open(run_dir).render(
            out,
            size=(width, height),
            fast=fast,
            report=lambda _w, done, total: advance(done, total),
            notice=notes.append,
        )
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"Video: {path}")

"""``digital-life render``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Video file. Default: video.mp4 in the run folder.")
@click.option("--width", type=click.IntRange(160, 3840), default=1280, show_default=True)
@click.option("--height", type=click.IntRange(120, 2160), default=720, show_default=True)
def command(run_dir: Path, out: Path | None, width: int, height: int) -> None:
    """Make the video of RUN_DIR (H.264 with sound, 30 frames per second)."""
    from digital_life.api import Run
    from digital_life.cli.progress import bar

    with bar("Rendering the video") as advance:
        path = Run.open(run_dir).render(out, size=(width, height), report=lambda _w, done, total: advance(done, total))
    click.echo(f"Video: {path}")

"""``digital-life motions``."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """Search and describe the motion library."""


@command.command()
@click.argument("text")
@click.option("-k", "count", type=click.IntRange(1, 100), default=5, show_default=True, help="How many clips.")
@click.option("--posture", type=click.Choice(["standing", "seated"]), help="Only clips for that posture.")
def search(text: str, count: int, posture: str | None) -> None:
    """Rank clips by how well a caption of theirs fits TEXT."""
    from digital_life.llm.embedding import shared_embedder
    from digital_life.momat.library import MotionLibrary
    from digital_life.momat.search import MotionSearch

    hits = MotionSearch(MotionLibrary.default(), shared_embedder()).search(text, k=count, posture=posture)
    click.echo(f"{'score':>5}  {'clip':26} {'seconds':>7}  caption")
    for hit in hits:
        name = hit.clip.id + (" (mirrored)" if hit.mirrored else "")
        click.echo(f"{hit.score:5.2f}  {name:26} {hit.clip.duration:7.1f}  {hit.caption}")


@command.command()
def info() -> None:
    """Say what the library holds."""
    from digital_life.momat.library import MotionLibrary

    library = MotionLibrary.default()
    seconds = sum(clip.duration for clip in library.clips)
    captions = sum(len(clip.captions) for clip in library.clips)
    click.echo(f"{len(library.clips)} clips, {seconds:.0f} s, {captions} captions")
    for clip in library.clips:
        click.echo(f"  {clip.id:26} {clip.posture:9} {clip.duration:5.1f} s  {clip.captions[0]}")


@command.command()
def build() -> None:
    """Compile the keyframe files into the cache (done by itself at first use)."""
    from digital_life.momat.library import MotionLibrary

    click.echo(f"{len(MotionLibrary.default().clips)} clips are compiled and indexed")

"""``digital-life motions``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digital_life.cli.options import licence_option, output_options
from digital_life.errors import InputError

if TYPE_CHECKING:
    from digital_life.momat.growing import Outcome
    from digital_life.momat.library import MotionLibrary
    from digital_life.momat.search import Hit
    from digital_life.render.contact_sheet import Row

_database = click.option(
    "--db",
    "folder",
    type=click.Path(path_type=Path),
    help="A motion database alone. Default: the shipped motions and your database.",
)


@click.group()
def command() -> None:
    """Add to, search and describe the motion library."""


@command.command()
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Database folder. Default: your own database.")
@click.option("--licence", help="Licence of the files (SPDX name such as CC-BY-4.0). Default: unknown.")
@click.option(
    "--licence-class",
    type=click.Choice(["permissive", "noncommercial"]),
    help="What the licence allows. Default: what its name says, else noncommercial.",
)
@click.option("--caption", "captions", multiple=True, help="What the motion shows; may be given several times.")
@click.option("--source", help="Where the motions come from; the first part of their ids. Default: the folder's name.")
@click.option("--rig", help="Joint names of BVH, glTF and SmartBody files: a known rig, or a YAML map.")
@click.option("--fps", type=click.FloatRange(1, 500), help="Frame rate of SMPL-X files that do not say their own.")
@click.option("--replace", is_flag=True, help="Let a motion take the place of another one with the same id.")
def add(
    path: tuple[Path, ...],
    folder: Path | None,
    licence: str | None,
    licence_class: Any,
    captions: tuple[str, ...],
    source: str | None,
    rig: str | None,
    fps: float | None,
    replace: bool,
) -> None:
    """Add motion packs, motion files (npz, npy, bvh, glb, gltf, vrma, skm) and folders of them to a motion database.

    Captions stand in captions.yaml or NAME.txt beside a file, or in its name; a rig.yaml maps the joints of the files
    beside it. What is there already stays as it is.
    """
    from digital_life.cli.progress import bar
    from digital_life.momat.growing import add_motions
    from digital_life.momat.intake import Intake, Labels
    from digital_life.momat.library import user_database

    folder = folder or user_database()
    with bar("Adding motions") as advance:
        labels = Labels(source, licence, licence_class, captions)
        intake = Intake(path, labels, rig=rig, fps=fps, report=advance)
        outcome = add_motions(folder, intake, replace_frames=replace)
    outcome.rejected[:0] = intake.rejected
    _report(outcome, folder)
    for note in intake.notes:
        click.echo(f"Note: {note}", err=True)
    if intake.unlicensed:
        have = "1 file has" if intake.unlicensed == 1 else f"{intake.unlicensed} files have"
        click.echo(
            f"{have} no licence, so --licence permissive leaves them out. "
            "Add them again with --licence NAME to give them one"
        )


def _report(outcome: Outcome, folder: Path) -> None:
    for what, why in outcome.rejected:
        click.echo(f"rejected  {what}: {why}", err=True)
    counts = [(outcome.added, "added"), (outcome.updated, "changed"), (outcome.unchanged, "already there")]
    said = [f"{len(ids)} {word}" for ids, word in counts if ids]
    if not said:
        raise InputError(f"{folder}: nothing was added", "see what is wrong with each file above")
    if outcome.rejected:
        said.append(f"{len(outcome.rejected)} rejected")
    click.echo(f"{folder}: {', '.join(said)}")


@command.command()
@click.argument("text")
@click.option("-k", "count", type=click.IntRange(1, 100), default=5, show_default=True, help="How many clips.")
@click.option("--posture", type=click.Choice(["standing", "seated", "floor"]), help="Only clips for that posture.")
@click.option("--style", help="A manner such as angry or tired.")
@click.option("--hand", type=click.Choice(["left", "right", "both", "either"]), help="The hand that acts.")
@licence_option
@_database
def search(
    text: str,
    count: int,
    posture: str | None,
    style: str | None,
    hand: str | None,
    licence: Any,
    folder: Path | None,
) -> None:
    """Rank clips by how well a caption of theirs fits TEXT."""
    from digital_life.llm.embedding import shared_embedder
    from digital_life.momat.search import MotionSearch

    searcher = MotionSearch(_library(folder, licence), shared_embedder())
    hits = searcher.search(text, k=count, posture=posture, style=style, hand=hand)
    width = max([26, *(len(hit.clip.id) for hit in hits)])
    click.echo(f"{'score':>5}  {'clip':{width}} {'seconds':>7}  {'licence':18} caption")
    for hit in hits:
        clip = hit.clip
        click.echo(f"{hit.score:5.2f}  {clip.id:{width}} {clip.duration:7.1f}  {clip.licence:18} {hit.caption}")


@command.command()
@click.option("--clips", is_flag=True, help="List every clip.")
@licence_option
@_database
def info(clips: bool, licence: Any, folder: Path | None) -> None:
    """Say what the library holds."""
    from digital_life.momat.summary import Summary, by_source_and_licence, summarize

    library = _library(folder, licence)
    total = summarize(library.clips)
    click.echo(
        f"{total.takes} takes, {total.segments} parts of takes; {total.hours:.2f} h, {total.frames} frames; "
        f"{total.captions} captions, {total.captions_zh} in Chinese\n"
    )

    def line(group: Summary) -> str:
        kind = group.licence_class + (", copyleft" if group.copyleft else "")
        counts = (
            f"{group.takes:6} {group.segments:6} {60 * group.hours:8.1f} {group.with_fingers:6} {group.with_face:6}"
        )
        return f"{group.source:16} {group.licence:24} {kind:22} {counts}"

    click.echo(
        f"{'source':16} {'licence':24} {'class':22} {'takes':>6} {'parts':>6} {'minutes':>8} {'hands':>6} {'faces':>6}"
    )
    for group in by_source_and_licence(library.clips):
        click.echo(line(group))
    if clips:
        click.echo()
        for clip in library.clips:
            words = f"{clip.kind:10} {clip.posture:9} {clip.duration:6.1f} s  {clip.licence:16} {clip.captions[0]}"
            click.echo(f"{clip.id:50} {words}")


@command.command()
def build() -> None:
    """Compile the keyframe files and embed the captions of every clip (both are done by themselves at first use)."""
    from digital_life.llm.embedding import shared_embedder
    from digital_life.momat.library import MotionLibrary
    from digital_life.momat.search import MotionSearch

    library = MotionLibrary.default()
    MotionSearch(library, shared_embedder()).search("a person waves", k=1)  # the first search makes the index
    click.echo(f"{len(library.clips)} clips are compiled and indexed")


def _library(folder: Path | None, licence: Any) -> MotionLibrary:
    from digital_life.momat.library import MotionLibrary

    return MotionLibrary.default(licence) if folder is None else MotionLibrary.open(folder, licence)


@command.command()
@click.argument("what")
@output_options("Picture to write (.png or .jpg).")
@click.option(
    "-k", "count", type=click.IntRange(1, 30), default=5, show_default=True, help="How many clips of a search."
)
@click.option("--columns", type=click.IntRange(1, 20), default=6, show_default=True, help="Frames of each clip.")
@click.option("--sticks", is_flag=True, help="Draw stick figures instead of bodies.")
@licence_option
@_database
def show(
    what: str, out: Path, force: bool, count: int, columns: int, sticks: bool, licence: Any, folder: Path | None
) -> None:
    """Draw WHAT, the id of a clip or a text to search for, as a contact sheet."""
    from digital_life.cli.progress import bar
    from digital_life.render.contact_sheet import contact_sheet
    from digital_life.whole_file import refuse_existing

    refuse_existing(out, force)
    rows = _rows(_library(folder, licence), what, count)
    with bar("Drawing") as advance:
        note = contact_sheet(rows, out, heading=what, columns=columns, bodies=not sticks, progress=advance)
    if note:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"{out}: {len(rows)} {'clip' if len(rows) == 1 else 'clips'}")


def _rows(library: MotionLibrary, what: str, count: int) -> list[Row]:
    from digital_life.render.contact_sheet import Row

    if what in library or ("/" in what and " " not in what):
        clip = library[what]
        return [Row.of(clip, clip.captions[0])]
    from digital_life.llm.embedding import shared_embedder
    from digital_life.momat.search import MotionSearch

    hits = MotionSearch(library, shared_embedder()).search(what, k=count)
    return [Row.of(hit.clip, f"{hit.score:.2f}  {_readable(hit)}") for hit in hits]


def _readable(hit: Hit) -> str:
    """The caption that fits, with the English one beside a Chinese one."""
    return hit.caption if hit.caption.isascii() else f"{hit.caption}  {hit.clip.captions[0]}"

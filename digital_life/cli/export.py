"""``digital-life export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from digital_life.motion.formats.export import Form

FORMS = ("bvh", "glb", "npz", "vrma", "amass", "humanml3d")


@click.command()
@click.argument("source", metavar="RUN_DIR|MOTION", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMS), required=True, help="What to write; glb is the dressed character."
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path),
    help="Folder for a run (default: export/ in the run), file for a motion (default: beside it).",
)  # fmt: skip
@click.option("--animation", help="Which animation of a GLB or glTF file, by name or number.")
@click.option("--rig", help="Joint names of the motion file: a known rig, or a YAML map.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def command(source: Path, form: Form, out: Path | None, animation: str | None, rig: str | None, force: bool) -> None:
    """Write RUN_DIR for other programs, one file for each character, or one MOTION file in another format.

    Motions are read from npz (ours, AMASS, SMPL-X), bvh, glb, gltf, vrma, skm and npy (HumanML3D) files.
    """
    if source.is_dir():
        _export_run(source, form, out, force)
    else:
        _convert(source, form, out, animation, rig, force)


def _export_run(source: Path, form: Form, out: Path | None, force: bool) -> None:
    from digital_life.api import Run
    from digital_life.cli.progress import bar
    from digital_life.society.run_export import export_run

    folder = Run.open(source).folder
    try:
        with bar(f"Writing {form}") as advance:
            paths = export_run(folder, form, out or source / "export", force=force, report=advance)
        seconds = folder.duration
    finally:
        folder.close()
    for path in paths:
        click.echo(f"{path}: {seconds:.1f} s, {path.stat().st_size / 2**20:.1f} MiB")


def _convert(source: Path, form: Form, out: Path | None, animation: str | None, rig: str | None, force: bool) -> None:
    from digital_life.motion.formats.export import refuse_existing, suffix, write_as
    from digital_life.motion.formats.gltf_animation import read_gltf
    from digital_life.motion.formats.read import read_motion

    target = out or source.with_name(source.stem + suffix(form))
    refuse_existing(target, force)
    motion = read_gltf(source, animation=animation, rig=rig) if animation else read_motion(source, rig=rig)
    write_as(form, motion, target)
    click.echo(f"{target}: {len(motion)} frames, {motion.duration:.1f} s")

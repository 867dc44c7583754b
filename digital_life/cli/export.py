"""``digital-life export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digital_life.cli.options import output_options

if TYPE_CHECKING:
    from digital_life.motion.formats.export import Form
    from digital_life.motion.motion import Motion

FORMS = ("bvh", "glb", "npz", "vrma", "amass", "humanml3d")


@click.command()
@click.argument("source", metavar="RUN_DIR|MOTION", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMS), required=True, help="What to write; glb is the dressed character."
)
@output_options(
    "Folder for a run (default: export/ in the run), file for a motion (default: beside it).", required=False
)
@click.option("--animation", help="Which animation of a GLB or glTF file, by name or number.")
@click.option("--rig", help="Joint names of the motion file: a known rig, or a YAML map.")
@click.option("--fps", type=click.FloatRange(1, 500), help="Frame rate of a motion file that does not say its own.")
@click.option("--cut", metavar="FROM:TO", help="Keep only these seconds of the motion.")
@click.option("--mirror", is_flag=True, help="Exchange left and right.")
@click.option("--plant-feet", is_flag=True, help="Take out foot skate.")
@click.option("--loop", is_flag=True, help="Close the motion, so that it can follow itself without a seam.")
def command(source: Path, form: Form, out: Path | None, force: bool, **of_motion: Any) -> None:
    """Write RUN_DIR for other programs, one file for each character, or one MOTION file in another format.

    Motions are read from npz (ours, AMASS, SMPL-X), bvh, glb, gltf, vrma, skm and npy (HumanML3D) files. The options
    from --animation to --loop are for a motion, not for a run.
    """
    if not source.is_dir():
        _convert(source, form, out, force, **of_motion)
    elif any(of_motion.values()):
        raise click.UsageError(
            "--animation, --rig, --fps, --cut, --mirror, --plant-feet and --loop are for a MOTION file"
        )
    else:
        _export_run(source, form, out, force)


def _export_run(source: Path, form: Form, out: Path | None, force: bool) -> None:
    from digital_life.api import Run
    from digital_life.cli.progress import bar
    from digital_life.motion.formats.losses import lost_by_writing

    run = Run.open(source)
    try:
        with bar(f"Writing {form}") as advance:
            paths = run.export(form, out, force=force, report=lambda _what, done, total: advance(done, total))
        seconds = run.folder.duration
    finally:
        run.folder.close()
    _note(lost_by_writing(form))
    for path in paths:
        click.echo(f"{path}: {seconds:.1f} s, {path.stat().st_size / 2**20:.1f} MiB")


def _convert(
    source: Path,
    form: Form,
    out: Path | None,
    force: bool,
    animation: str | None,
    rig: str | None,
    fps: float | None,
    **edits: Any,
) -> None:
    from digital_life.motion.formats.export import suffix, write_as
    from digital_life.motion.formats.gltf_animation import read_gltf
    from digital_life.motion.formats.losses import lost_by_writing, missing_in
    from digital_life.motion.formats.read import read_motion
    from digital_life.whole_file import refuse_existing

    target = out or source.with_name(source.stem + suffix(form))
    refuse_existing(target, force)
    motion = read_gltf(source, animation=animation, rig=rig) if animation else read_motion(source, rig=rig, fps=fps)
    motion = _edited(motion, **edits)
    write_as(form, motion, target)
    _note(missing_in(source) and f"{source}: {missing_in(source)}")
    _note(lost_by_writing(form, face=motion.face is not None))
    click.echo(f"{target}: {len(motion)} frames, {motion.duration:.1f} s")


def _note(loss: str) -> None:
    if loss:
        click.echo(f"Note: {loss}", err=True)


def _edited(motion: Motion, *, cut: str | None, mirror: bool, plant_feet: bool, loop: bool) -> Motion:
    from digital_life.motion import cleanup, foot_skate
    from digital_life.motion import mirror as mirroring

    if cut is not None:
        motion = cleanup.trim(motion, *_seconds(cut))
    if mirror:
        motion = mirroring.mirror(motion)
    if plant_feet:
        before = foot_skate.foot_skate(motion)
        motion = foot_skate.plant_feet(motion)
        after = foot_skate.foot_skate(motion, contacts=motion.contacts)
        click.echo(f"Foot skate: {before:.1f} cm/s before, {after:.1f} cm/s after")
    return cleanup.loop(motion) if loop else motion


def _seconds(cut: str) -> tuple[float, float | None]:
    start, colon, stop = cut.partition(":")
    try:
        if not colon:
            raise ValueError(cut)
        return float(start or 0.0), float(stop) if stop else None
    except ValueError as error:
        raise click.UsageError(f"--cut takes FROM:TO in seconds, such as 0.5:3, not {cut!r}") from error

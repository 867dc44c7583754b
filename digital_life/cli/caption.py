"""``digital-life caption``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digital_life.cli.options import licence_option

if TYPE_CHECKING:
    from digital_life.mogen.captioning.captioner import Caption
    from digital_life.momat.library import Licences


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rig", help="Joint names of the file: a known rig, or a YAML map.")
@click.option("--fps", type=click.FloatRange(1, 500), help="Frame rate of a file that does not say its own.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@licence_option
def command(file: Path, rig: str | None, fps: float | None, as_json: bool, licence: Licences) -> None:
    """Say in words what the motion FILE shows (npz, bvh, glb, gltf, vrma, skm, npy)."""
    from digital_life.mogen.captioning.captioner import caption
    from digital_life.motion.formats.read import read_motion

    found = caption(read_motion(file, rig=rig, fps=fps), licence=licence)
    if as_json:
        import json

        click.echo(json.dumps(found.record(), ensure_ascii=False, indent=2))
    else:
        _print(found)


def _print(found: Caption) -> None:
    click.echo(f"{found.text}\n{found.chinese}")
    for other in found.alternatives:
        click.echo(f"or: {other}")
    for name, value in found.facts.record().items():
        click.echo(f"{name.replace('_', ' ')}: {_said(value)}")


def _said(value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(f"{name} {part}" for name, part in value.items() if part not in ("", False, None))

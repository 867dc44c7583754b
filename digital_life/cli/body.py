"""``digital-life body``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digital_life.cli.options import output_options

if TYPE_CHECKING:
    from digital_life.body.character import Character
    from digital_life.body.person_files import BodyForm
    from digital_life.render.fast_portrait import FastPortraits

FORMS = ("glb", "vrm", "obj", "npz")


@click.group()
def command() -> None:
    """Look into body models, free and licensed, and write personas' bodies for other programs."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def info(file: Path | None) -> None:
    """Say what the body model FILE holds (default: the free body that comes with the program)."""
    from digital_life.body.layer import DEFAULT_BODY
    from digital_life.body.layer_info import describe_body

    path = file or DEFAULT_BODY
    facts = describe_body(path)
    click.echo(path)
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        click.echo(f"  {name:{width}}  {value}")


@command.command()
@click.argument("persona")
@click.option("--format", "form", type=click.Choice(FORMS), help="Default: what the file's name ends in.")
@output_options("File to write.")
def export(persona: str, form: BodyForm | None, out: Path, force: bool) -> None:
    """Write the dressed body of PERSONA (a name or a file) for other programs.

    glb: skin, face shapes, materials, for any glTF viewer. vrm: an avatar with expressions and humanoid bones. obj: the
    mesh at rest, materials and textures beside it. npz: the SMPL-X-form body and the mesh as arrays.
    """
    from digital_life.body.person_files import export_person
    from digital_life.persona.library import load_persona

    for path in export_person(load_persona(persona), out, form, force=force):
        click.echo(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


@command.command()
@click.argument("persona")
@output_options("Picture file; its suffix is the format.")
@click.option("--fast", is_flag=True, help="A preview: OpenGL skins the body, no shadows but spots under the feet.")
def turntable(persona: str, out: Path, force: bool, fast: bool) -> None:
    """Draw PERSONA (a name or a file) from the front, the side and behind, the face and the hands, in one picture."""
    from digital_life.body.appearance import build_character
    from digital_life.persona.library import load_persona
    from digital_life.render.portrait import Portraits
    from digital_life.render.turntable import check_picture_name, largest, save_turntable
    from digital_life.render.turntable import turntable as draw
    from digital_life.whole_file import refuse_existing

    check_picture_name(out)
    refuse_existing(out, force)
    loaded = load_persona(persona)
    character = build_character(loaded.name, loaded.appearance)
    with (_quick_portraits(character) if fast else None) or Portraits(character, largest()) as pictures:
        sheet = draw(character, pictures, f"{loaded.appearance.age} years, {loaded.description.split('.')[0]}")
    save_turntable(sheet, out)
    click.echo(f"{out}: {sheet.width} x {sheet.height} pixels")


@command.command("montage")
@click.option("--people", type=click.IntRange(1), default=24, show_default=True, help="How many.")
@click.option("--first", type=click.IntRange(0), default=0, show_default=True, help="Seed of the first one.")
@output_options("Picture file; its suffix is the format.")
def montage_command(people: int, first: int, out: Path, force: bool) -> None:
    """Draw random people side by side, faces and figures."""
    from digital_life.persona.random_appearance import random_appearance
    from digital_life.render.montage import montage
    from digital_life.render.turntable import check_picture_name, save_turntable
    from digital_life.whole_file import refuse_existing

    check_picture_name(out)
    refuse_existing(out, force)
    sheet = montage([random_appearance(seed) for seed in range(first, first + people)])
    save_turntable(sheet, out)
    click.echo(f"{out}: {sheet.width} x {sheet.height} pixels")


@command.command("add-assets")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace assets of the same name.")
def add_assets(folder: Path, force: bool) -> None:
    """Add MakeHuman clothes and hair (.mhclo with its .obj, .mhmat and textures) below FOLDER to your wardrobe.

    Personas name them in appearance.outfit.assets and appearance.hair_asset. Every file is checked first.
    """
    from digital_life.body.asset_store import add_assets as add
    from digital_life.errors import InputError

    done = add(folder, force=force)
    for entry in done.added:
        instead = f"worn in place of {' and '.join(entry.replaces)}" if entry.replaces else "worn on top"
        click.echo(f"{entry.name}: {instead}; licence: {entry.licence}")
    for note in done.notes:
        click.echo(note, err=True)
    if done.refused:
        raise InputError("\n".join(done.refused))


@command.command()
def assets() -> None:
    """List the clothes and hair that were added."""
    from digital_life.body.asset_store import wardrobe

    for entry in wardrobe():
        click.echo(f"{entry.name}: {' and '.join(entry.replaces) or 'on top'}; licence: {entry.licence}")


@command.command("face-fit")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--all", "everything", is_flag=True, help="Every shape, not only the mean and the worst.")
def face_fit(file: Path | None, everything: bool) -> None:
    """Fit ARKit's 52 face shapes and the expressions of the body model FILE to each other, and say the error.

    Without FILE: the free body. Sizes and errors are root mean squares over the skin that a shape moves.
    """
    from digital_life.body.layer import DEFAULT_BODY, BodyModel
    from digital_life.face.fit import FaceFit

    fit = FaceFit(BodyModel.load(file or DEFAULT_BODY))
    ways = (
        (f"ARKit to {fit.expressions} expressions and jaw", fit.errors_to_smplx()),
        (f"{fit.expressions} expressions and jaw to ARKit", fit.errors_to_arkit()),
    )
    for title, errors in ways:
        whole = sum(error.size**2 for error in errors)
        explained = 1 - sum(error.left**2 for error in errors) / max(whole, 1e-12)
        mean = sum(error.left for error in errors) / len(errors)
        click.echo(f"{title}: {mean:.2f} mm left on average, {explained:.0%} of the squared motion explained")
        ranked = sorted(errors, key=lambda error: error.explained)
        for error in ranked if everything else ranked[:5]:
            click.echo(
                f"  {error.name:22} {error.size:6.2f} mm, {error.left:5.2f} mm left ({error.explained:.0%} explained)"
            )


def _quick_portraits(character: Character) -> FastPortraits | None:
    """None, and a note for the user, where the quick renderer does not work."""
    from digital_life.errors import AssetError
    from digital_life.render.fast_portrait import FastPortraits
    from digital_life.render.turntable import largest

    try:
        return FastPortraits(character, largest())
    except AssetError as error:
        click.echo(f"Note: drawn with the usual renderer: {error.problem}", err=True)
        return None

"""A persona's body for other programs, in a format that is named."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from digital_life.body.appearance import build_character
from digital_life.body.glb import write_glb
from digital_life.body.obj import obj_files, write_obj
from digital_life.body.person_npz import write_person
from digital_life.body.vrm import write_vrm
from digital_life.errors import InputError
from digital_life.persona.schema import Persona
from digital_life.whole_file import refuse_existing

BodyForm = Literal["glb", "vrm", "obj", "npz"]
BODY_FORMS: tuple[BodyForm, ...] = get_args(BodyForm)


def form_of(path: Path, form: BodyForm | None = None) -> BodyForm:
    """The format of a file: the one that is asked for, or what its name ends in.

    Raises:
        InputError: the name ends in no known format, or in another than is asked for.
    """
    ending = next((known for known in BODY_FORMS if path.suffix.lower() == f".{known}"), None)
    if ending is None:
        raise InputError(
            f"{path}: a body is written as {', '.join(BODY_FORMS)}", f"name it {path.stem}.{form or 'glb'}"
        )
    if form is not None and form != ending:
        raise InputError(f"{path}: a {form} file ends in .{form}", f"name it {path.stem}.{form}")
    return ending


def export_person(persona: Persona, path: Path, form: BodyForm | None = None, *, force: bool = False) -> list[Path]:
    """Write the dressed body of ``persona``; returns every file written (OBJ has its materials and textures beside it).

    Raises:
        InputError: the name does not fit the format, or a file is there already and ``force`` is not given.
        StorageError: a file cannot be written.
    """
    kind = form_of(path, form)
    refuse_existing(path, force)
    character = build_character(persona.name, persona.appearance)
    if kind == "obj":
        for file in obj_files(character, path):
            refuse_existing(file, force)
        return write_obj(character, path)
    if kind == "npz":
        write_person(character, persona.appearance, path)
    elif kind == "vrm":
        write_vrm(character, path)
    else:
        write_glb(character, path)
    return [path]

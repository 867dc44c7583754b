"""Motions in a format that is named, not guessed from the suffix: what ``digital-life export --format`` offers."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from digital_life.errors import InputError
from digital_life.motion.formats.amass import write_amass
from digital_life.motion.formats.read import write_motion
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import Skeleton

Form = Literal["bvh", "glb", "npz", "vrma", "amass", "humanml3d"]
_SUFFIXES: dict[Form, str] = {"amass": ".amass.npz", "humanml3d": ".npy"}


def suffix(form: Form) -> str:
    """The end of a file name in that format."""
    return _SUFFIXES.get(form, f".{form}")


def write_as(form: Form, motion: Motion, path: Path, skeleton: Skeleton | None = None) -> None:
    """Write ``motion``, made for ``skeleton`` (default: canonical).

    Raises:
        InputError: the motion has no frames, or ``path`` does not end as the format wants.
        StorageError: the file cannot be written.
    """
    if path.suffix != Path(f"x{suffix(form)}").suffix:
        raise InputError(f"{path}: a {form} file ends in {suffix(form)}", f"name it {path.stem}{suffix(form)}")
    if form == "amass":
        write_amass(motion, path)
    else:
        write_motion(motion, path, skeleton)

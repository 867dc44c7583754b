"""Motion files by their suffix: ``read_motion`` and ``write_motion``; each format is a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from digital_life.errors import InputError
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import resample
from digital_life.motion.skeleton import Skeleton


@dataclass(frozen=True)
class Format:
    """Where the reader and the writer of a suffix are; modules are imported when they are needed.

    A reader is ``read(path)``, or ``read(path, rig=...)`` where ``takes_rig``; a writer is ``write(motion, path)``, or
    ``write(motion, path, skeleton=...)`` where ``takes_skeleton``; ``takes_fps`` as ``takes_rig``, where files may not
    say their frame rate.
    """

    module: str
    read: str
    write: str = ""
    takes_rig: bool = False
    takes_skeleton: bool = False
    takes_fps: bool = False


SLOWEST, FASTEST = 1, 500
"""Frames per second that a motion file may have."""

_HERE = "digital_life.motion.formats"
FORMATS: Mapping[str, Format] = {
    ".npz": Format("digital_life.motion.files", "load_motion", "save_motion", takes_fps=True),
    ".bvh": Format(f"{_HERE}.bvh", "read_bvh", "write_bvh", takes_rig=True, takes_skeleton=True),
    ".glb": Format(f"{_HERE}.gltf_animation", "read_gltf", "write_gltf", takes_rig=True, takes_skeleton=True),
    ".gltf": Format(f"{_HERE}.gltf_animation", "read_gltf", takes_rig=True),
    ".vrma": Format(f"{_HERE}.vrma", "read_vrma", "write_vrma", takes_skeleton=True),
    ".npy": Format(f"{_HERE}.humanml3d", "read_humanml3d", "write_humanml3d", takes_skeleton=True),
    ".skm": Format(f"{_HERE}.skm", "read_skm", takes_rig=True),
    ".skb": Format(f"{_HERE}.skm", "read_skm", takes_rig=True),
    ".skmb": Format(f"{_HERE}.skm", "read_skm", takes_rig=True),
}
"""Every format that is known, by suffix."""


def read_motion(path: Path | str, *, rig: Path | str | None = None, fps: float | None = None) -> Motion:
    """The motion in a file, on the canonical skeleton, at 30 frames per second.

    ``rig`` is a YAML map of the file's joint names (see ``rigs.Rig``) or the name of a rig that comes with the
    package; without it the rig is recognised by its joint names. Formats whose joints are fixed take no rig. ``fps`` is
    the frame rate of a file that does not say its own (some SMPL-X files); where the file says it, that counts.

    Raises:
        InputError: no such file, unknown suffix, or what is wrong in the file, with its line or joint.
    """
    path = Path(path)
    known = _format(path)
    if not path.is_file():
        what = "this is a folder, not a motion file" if path.is_dir() else "there is no such motion file"
        raise InputError(f"{path}: {what}", "check the path")
    options: dict[str, Any] = {}
    if rig is not None:
        if not known.takes_rig:
            raise InputError(
                f"{path}: a {path.suffix} file takes no rig", "leave the rig out: its joints have fixed names"
            )
        options["rig"] = rig
    if known.takes_fps:
        options["fps"] = fps
    motion = _function(known.module, known.read)(path, **options)
    assert isinstance(motion, Motion)
    if len(motion) == 0:
        raise InputError(f"{path}: the motion has no frames", "export it again from the program that made it")
    if not SLOWEST <= motion.fps <= FASTEST:
        raise InputError(
            f"{path}: {motion.fps} frames per second; a motion has {SLOWEST} to {FASTEST}",
            "correct the frame rate in the file, or export it again",
        )
    if motion.fps != FPS:
        motion = resample(motion, FPS)
    if "source" not in motion.provenance:
        motion = replace(motion, provenance={**motion.provenance, "source": path.as_posix()})
    return motion


def write_motion(motion: Motion, path: Path | str, skeleton: Skeleton | None = None, *, fps: int | None = None) -> None:
    """Write a motion in the format of the path's suffix.

    ``skeleton`` gives the bones of formats that hold some (default: the canonical body's), ``fps`` another frame rate.

    Raises:
        InputError: the suffix is unknown or can only be read; the motion has no frames; ``fps`` is out of range.
        StorageError: the file cannot be written.
    """
    path = Path(path)
    known = check_writable(path)
    if len(motion) == 0:
        raise InputError(f"{path}: the motion has no frames, so there is nothing to write")
    options = {"skeleton": skeleton} if known.takes_skeleton and skeleton is not None else {}
    _function(known.module, known.write)(motion if fps is None else resample(motion, fps), path, **options)


def check_writable(path: Path) -> Format:
    """The format of a path's suffix, asked before the work for the file begins.

    Raises:
        InputError: the suffix is unknown or can only be read.
    """
    known = _format(path)
    if not known.write:
        writable = ", ".join(suffix for suffix, form in FORMATS.items() if form.write)
        raise InputError(f"{path}: {path.suffix} files can only be read", f"write one of {writable}")
    return known


def _format(path: Path) -> Format:
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        raise InputError(
            f"{path}: '{path.suffix}' is no motion format that is known here", f"take one of {', '.join(FORMATS)}"
        )
    return known


def _function(module: str, name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function

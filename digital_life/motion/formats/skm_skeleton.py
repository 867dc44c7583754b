"""SmartBody skeleton files (``.sk``): joints, offsets and the fixed rotations before and after the animated one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat

Array = NDArray[np.float64]

MAX_BYTES = 8 * 2**20
MAX_JOINTS = 1000


@dataclass(frozen=True)
class SkSkeleton:
    """Joints with parents before children; a joint's local rotation is ``before * animated * after`` [J, 4]."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: Array
    before: Array
    after: Array


def read_skeleton(path: Path) -> SkSkeleton:
    """Read a ``.sk`` file.

    Raises:
        InputError: the file is missing, damaged or no skeleton; with line and joint.
    """
    names: list[str] = []
    parents: list[int] = []
    offsets: list[Array] = []
    before: list[Array] = []
    after: list[Array] = []
    stack: list[int] = []
    lines = read_text(path, MAX_BYTES).split("\n")
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].replace("{", " { ").replace("}", " } ").split()
        while words:
            word = words.pop(0)
            where = (
                f"{path}:{number}: joint {names[stack[-1]]}" if stack and stack[-1] < len(names) else f"{path}:{number}"
            )
            if word in ("root", "joint") and words:
                if words[0] in names or len(names) == MAX_JOINTS:
                    raise InputError(f"{where}: joint {words[0]} stands twice or is one too many", "export it again")
                parents.append(stack[-1] if stack else -1)
                names.append(words.pop(0))
                offsets.append(np.zeros(3))
                before.append(quat.IDENTITY)
                after.append(quat.IDENTITY)
            elif word == "{":
                stack.append(len(names) - 1)
            elif word == "}":
                if not stack:
                    raise InputError(f"{where}: a '}}' too many", "export the skeleton again")
                stack.pop()
            elif word == "offset" and stack:
                offsets[stack[-1]] = _numbers(words, 3, where)
                words = []
            elif word in ("prerot", "postrot") and stack:
                (before if word == "prerot" else after)[stack[-1]] = _rotation(words, where)
                words = []
            else:
                words = []
    if not names or stack or parents.count(-1) != 1:
        raise InputError(f"{path}: no whole skeleton: {len(names)} joints, {len(stack)} not closed", "copy it again")
    return SkSkeleton(tuple(names), tuple(parents), np.array(offsets), np.array(before), np.array(after))


def read_text(path: Path, limit: int) -> str:
    """The text of a file that is not larger than ``limit`` bytes, with plain line ends."""
    try:
        if path.stat().st_size > limit:
            raise InputError(
                f"{path}: larger than the {limit // 2**20} MiB that are read", "check that it is the right file"
            )
        return path.read_bytes().decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", "check the path") from error


def find_skeleton(motion: Path, joints: set[str]) -> Path:
    """The ``.sk`` file near a motion that has most of its joints: in its folder, or a ``skeletons`` folder above.

    Raises:
        InputError: none is there.
    """
    places = [place for parent in list(motion.resolve().parents)[:3] for place in (parent, parent / "skeletons")]
    found = sorted({file for place in places if place.is_dir() for file in place.glob("*.sk")})
    character = motion.name.partition("@")[0].casefold()

    def fitness(file: Path) -> tuple[int, bool]:
        words = set(read_text(file, MAX_BYTES).split())
        return len(joints & words), file.stem.casefold() == character

    best = max(found, key=fitness, default=None)
    if best is None or fitness(best)[0] == 0:
        raise InputError(
            f"{motion}: an SKM motion says nothing about its bones, and no skeleton (.sk) lies near it",
            "put the character's .sk beside it or in a folder 'skeletons', or name it as the rig (rig=PATH.sk)",
        )
    return best


def _numbers(words: list[str], count: int, where: str) -> Array:
    try:
        values = np.array([float(word) for word in words[:count]])
    except ValueError:
        values = np.zeros(0)
    if len(values) != count or not np.isfinite(values).all() or np.abs(values).max() > 1e7:
        raise InputError(
            f"{where}: found '{' '.join(words)[:40]}' where {count} numbers should stand", "export it again"
        )
    return values


def _rotation(words: list[str], where: str) -> Array:
    """``axis x y z ang degrees``, or nothing that turns."""
    if words[:1] != ["axis"] or words[4:5] != ["ang"]:
        raise InputError(f"{where}: a rotation should read 'axis x y z ang degrees'", "export the skeleton again")
    axis, angle = _numbers(words[1:], 3, where), _numbers(words[5:], 1, where)
    size = float(np.linalg.norm(axis))
    return quat.from_axis_angle(axis / size * np.radians(angle[0])) if size > 1e-9 else quat.IDENTITY

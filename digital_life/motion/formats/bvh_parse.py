"""The text of a BVH file: hierarchy and numbers, checked line by line."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError

MAX_BYTES = 64 * 2**20
"""Larger files are refused unread; half an hour of 55 joints at 30 frames per second is under 60 MiB."""

MAX_JOINTS = 1000
MAX_NUMBERS = 10_000_000
"""Frames times channels; a file of that many takes about a gigabyte of memory on the way to a motion."""

MIN_FPS, MAX_FPS = 1.0, 500.0
_LARGEST = 1e7
"""A number beyond this is damage, not a length or an angle."""

CHANNELS: tuple[str, ...] = ("Xposition", "Yposition", "Zposition", "Xrotation", "Yrotation", "Zrotation")
_CHANNEL = {name.lower(): name for name in CHANNELS}
_EXPORT_AGAIN = "export the file again, or repair that line"


@dataclass
class Joint:
    """A joint as it stands in the file; ``tip`` is its End Site."""

    name: str
    parent: int
    line: int
    offset: tuple[float, float, float] | None = None
    channels: tuple[str, ...] | None = None
    tip: tuple[float, float, float] | None = None


@dataclass
class BvhText:
    """What a BVH file says: joints (parents first), frames per second, values [T, channels] in the order of the file."""

    joints: list[Joint] = field(default_factory=list)
    fps: float = 0.0
    values: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))


class _Lines:
    """The lines of a file that hold something, one ahead; errors say where we are."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.number = 0
        self._rest: Iterator[tuple[int, str]] = (
            (number, line.strip()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()
        )

    def next(self, wanted: str) -> str:
        try:
            self.number, line = next(self._rest)
        except StopIteration:
            raise self.error(f"the file ends where {wanted} should stand", "the file is cut: copy it again") from None
        return line

    def rest(self) -> Iterator[tuple[int, str]]:
        return self._rest

    def error(self, problem: str, mend: str = _EXPORT_AGAIN) -> InputError:
        return InputError(f"{self.name}:{max(self.number, 1)}: {problem}", mend)


def parse_bvh(path: Path) -> BvhText:
    """Read a BVH file.

    Raises:
        InputError: the file is no BVH, is damaged, or is larger than this program takes; with file, line and joint.
    """
    lines = _Lines(str(path), _text(path))
    bvh = BvhText(joints=_hierarchy(lines))
    frames, bvh.fps = _header(lines)
    bvh.values = _values(lines, bvh.joints, frames)
    return bvh


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                f"{path}: {size / 2**20:.0f} MiB, but at most {MAX_BYTES // 2**20} MiB are read",
                "cut the recording into shorter files",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such motion file", "check the path") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", "check the path and its permissions") from error
    if not data.strip():
        raise InputError(f"{path}:1: the file is empty", "copy or export it again")
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise InputError(f"{path}:{line}: binary data, but BVH is text", "check that the file is a BVH")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _hierarchy(lines: _Lines) -> list[Joint]:
    if lines.next("HIERARCHY").upper() != "HIERARCHY":
        raise lines.error("a BVH file starts with the line HIERARCHY", "check that the file is a BVH")
    kind, name = _heading(lines, lines.next("ROOT"))
    if kind != "ROOT":
        raise lines.error(f"found {kind or 'something else'} where ROOT should stand")
    joints = [Joint(name, -1, lines.number)]
    named = {name: lines.number}
    stack = [0]
    while stack:
        joint = joints[stack[-1]]
        line = lines.next(f"the '}}' of joint {joint.name}")
        word = line.split()[0].upper()
        if line == "}":
            _complete(lines, joint)
            stack.pop()
        elif word == "OFFSET":
            joint.offset = _offset(lines, line, joint.name)
        elif word == "CHANNELS":
            joint.channels = _channels(lines, line, joint.name)
        elif word == "END":
            joint.tip = _end_site(lines, line, joint.name)
        elif word == "JOINT":
            _, name = _heading(lines, line)
            if name in named:
                raise lines.error(
                    f"joint {name}: its name stands in line {named[name]} already", "give every joint its own name"
                )
            if len(joints) == MAX_JOINTS:
                raise lines.error(f"more than {MAX_JOINTS} joints", "check that the file is a recording of a body")
            named[name] = lines.number
            joints.append(Joint(name, stack[-1], lines.number))
            stack.append(len(joints) - 1)
        else:
            raise lines.error(f"joint {joint.name}: found '{_short(line)}'; allowed: OFFSET, CHANNELS, JOINT, End, }}")
    return joints


def _heading(lines: _Lines, line: str) -> tuple[str, str]:
    """Kind and name of ``ROOT name`` or ``JOINT name``, and past the ``{`` behind it (on this line or the next)."""
    kind, _, name = line.partition(" ")
    kind, _, more = kind.partition("\t")
    name = (more + name).strip()
    if name.endswith("{"):
        name = name[:-1].strip()
    elif lines.next(f"the '{{' of {_short(name)}") != "{":
        raise lines.error(f"joint {_short(name)}: found no '{{' after its name")
    if kind.upper() in ("ROOT", "JOINT") and not name:
        raise lines.error("a joint has no name")
    return kind.upper(), name


def _complete(lines: _Lines, joint: Joint) -> None:
    if joint.offset is None:
        raise lines.error(f"joint {joint.name} (line {joint.line}) has no OFFSET")
    if joint.channels is None:
        raise lines.error(f"joint {joint.name} (line {joint.line}) has no CHANNELS")


def _end_site(lines: _Lines, line: str, joint: str) -> tuple[float, float, float]:
    if not line.endswith("{") and lines.next("the '{' of an End Site") != "{":
        raise lines.error(f"joint {joint}: found no '{{' after End Site")
    offset = _offset(lines, lines.next("the OFFSET of an End Site"), f"{joint} (End Site)")
    if lines.next("the '}' of an End Site") != "}":
        raise lines.error(f"joint {joint}: an End Site holds its OFFSET only")
    return offset


def _offset(lines: _Lines, line: str, joint: str) -> tuple[float, float, float]:
    words = line.split()
    try:
        x, y, z = (float(word) for word in words[1:])
    except ValueError:
        x = y = z = math.nan
    if words[0].upper() != "OFFSET" or not all(abs(value) <= _LARGEST for value in (x, y, z)):
        raise lines.error(f"joint {joint}: found '{_short(line)}' where OFFSET and three numbers should stand")
    return x, y, z


def _channels(lines: _Lines, line: str, joint: str) -> tuple[str, ...]:
    words = line.split()[1:]
    names = tuple(_CHANNEL.get(word.lower(), "") for word in words[1:])
    for word, name in zip(words[1:], names, strict=True):
        if not name:
            raise lines.error(f"joint {joint}: channel '{_short(word)}' is unknown; allowed: {', '.join(CHANNELS)}")
    if not words or not words[0].isdecimal() or int(words[0]) != len(names):
        said = _short(words[0]) if words else "nothing"
        raise lines.error(f"joint {joint}: CHANNELS says {said} but names {len(names)}")
    if len(set(names)) < len(names):
        raise lines.error(f"joint {joint}: a channel stands twice")
    return names


def _header(lines: _Lines) -> tuple[int, float]:
    if lines.next("MOTION").upper() != "MOTION":
        raise lines.error("found something else where MOTION should stand")
    line = lines.next("'Frames:'")
    word, _, number = line.replace(":", " ").partition(" ")
    if word.upper() != "FRAMES" or not number.strip().isdecimal():
        raise lines.error(f"found '{_short(line)}' where 'Frames:' and a whole number should stand")
    frames = int(number.strip()[:12])
    if frames == 0:
        raise lines.error("the file holds no frames", "export a range of at least one frame")
    line = lines.next("'Frame Time:'")
    words = line.replace(":", " ").split()
    try:
        seconds = float(words[2]) if [word.upper() for word in words[:2]] == ["FRAME", "TIME"] else math.nan
    except (ValueError, IndexError):
        seconds = math.nan
    if len(words) != 3 or not math.isfinite(seconds):
        raise lines.error(f"found '{_short(line)}' where 'Frame Time:' and seconds should stand")
    if not 1.0 / MAX_FPS <= seconds <= 1.0 / MIN_FPS:
        rate = f"{1.0 / seconds:.6g}" if seconds else "infinitely many"
        raise lines.error(
            f"a frame time of {seconds:g} s means {rate} frames per second; allowed: {MIN_FPS:g} to {MAX_FPS:g}",
            "write the seconds between two frames, such as 0.0333333",
        )
    fps = 1.0 / seconds
    return frames, float(round(fps)) if abs(fps - round(fps)) < 0.002 * fps else fps


def _values(lines: _Lines, joints: list[Joint], frames: int) -> NDArray[np.float64]:
    columns = [(joint.name, channel) for joint in joints for channel in joint.channels or ()]
    if not columns:
        raise lines.error("no joint has channels, so nothing moves")
    if frames * len(columns) > MAX_NUMBERS:
        raise lines.error(
            f"{frames} frames of {len(columns)} channels are more than the {MAX_NUMBERS} numbers that are read",
            "cut the recording into shorter files",
        )
    rows: list[NDArray[np.float64]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # numpy's way to say that a text is not all numbers
        for number, line in lines.rest():
            lines.number = number
            if len(rows) == frames:
                raise lines.error(f"more lines than the {frames} frames that 'Frames:' announces")
            rows.append(_numbers(lines, line, columns, len(rows) + 1))
    if len(rows) < frames:
        raise lines.error(f"the file ends after {len(rows)} of {frames} frames", "the file is cut: copy it again")
    return np.array(rows)


def _numbers(lines: _Lines, line: str, columns: list[tuple[str, str]], frame: int) -> NDArray[np.float64]:
    try:
        row = np.fromstring(line, sep=" ")
        if len(row) == len(columns) and np.abs(row).max() <= _LARGEST:
            return row
    except (DeprecationWarning, ValueError):
        pass
    words = line.split()
    if len(words) != len(columns):
        raise lines.error(f"frame {frame} has {len(words)} numbers, but the joints have {len(columns)} channels")
    for word, (joint, channel) in zip(words, columns, strict=True):
        try:
            good = abs(float(word)) <= _LARGEST
        except ValueError:
            good = False
        if not good:
            raise lines.error(f"joint {joint}, {channel}: found '{_short(word)}' where a number should stand")
    return np.array(words, dtype=np.float64)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."

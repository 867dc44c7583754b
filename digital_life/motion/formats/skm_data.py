"""The numbers of a SmartBody motion: the text form (``.skm``) and the binary one (``.skb``, ``.skmb``)."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.skm_skeleton import read_text

Array = NDArray[np.float64]

MAX_BYTES = 128 * 2**20
MAX_CHANNELS, MAX_NUMBERS = 5000, 16_000_000
KINDS: tuple[str, ...] = ("XPos", "YPos", "ZPos", "XRot", "YRot", "ZRot", "Quat", "Swing", "Twist")
"""Kinds of channels in the order of their numbers in binary files."""

_SYNC = {
    "ready": "ready", "strokestart": "stroke_start", "emphasis": "emphasis", "stroke": "stroke", "relax": "relax",
}  # fmt: skip
_BINARY_SYNC = ("start", "ready", "stroke_start", "stroke", "stroke_stop", "relax", "stop")
_AGAIN = "export the motion again, or repair that line"


@dataclass(frozen=True)
class SkmData:
    """Key times [T] (seconds); per joint its places (offsets from rest) [T, 3] and rotations [T, 4]; sync times."""

    times: Array
    places: dict[str, Array]
    rotations: dict[str, Array]
    sync: dict[str, float]


def read_text_motion(path: Path) -> SkmData:
    """Read the text form; rotations are rotation vectors (radians).

    Raises:
        InputError: the file is damaged; with line and joint.
    """
    tokens = _Tokens(path)
    channels: list[tuple[str, str]] = []
    sync: dict[str, float] = {}
    times, rows = [], []
    frames = None
    for word in tokens:
        if word == "name":
            tokens.skip_line()
        elif word == "channels":
            count = tokens.whole("channels", MAX_CHANNELS)
            channels = [_channel(tokens) for _ in range(count)]
        elif word == "frames":
            frames = tokens.whole("frames", MAX_NUMBERS // max(1, _width(channels, 3)))
        elif word == "kt":
            times.append(tokens.number("a key time"))
            if tokens.take("'fr'") != "fr":
                raise tokens.error("found no 'fr' behind the key time")
            rows.append([tokens.number(f"joint {joint} {kind}") for joint, kind in _columns(channels, 3)])
        elif word.lower() in _SYNC:
            if tokens.take("'time:'") == "time:":
                sync[_SYNC[word.lower()]] = tokens.number("a time")
        elif word != "SkMotion":
            raise tokens.error(f"found '{word[:40]}', which means nothing in a motion")
    if not channels:
        raise InputError(f"{path}: no channels, so this is no SKM motion", "check the file")
    if frames is None or len(rows) != frames or frames == 0:
        raise InputError(f"{path}: 'frames' says {frames}, but {len(rows)} are there", "the file is cut: copy it again")
    return _data(path, channels, np.array(times), np.array(rows).reshape(len(rows), -1), 3, sync)


def read_binary_motion(path: Path) -> SkmData:
    """Read the binary form, a protobuf message ``Motion``; rotations are quaternions (wxyz).

    Raises:
        InputError: the file is cut, damaged or another kind of file.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: larger than the {MAX_BYTES // 2**20} MiB that are read", "cut the recording")
        fields: dict[int, list[bytes | int]] = {}
        for number, value in _protobuf(path.read_bytes()):
            fields.setdefault(number, []).append(value)
        names = [value.decode("latin-1") for value in fields.get(3, []) if isinstance(value, bytes)]
        kinds = [KINDS[kind] for kind in _integers(fields.get(4, []))]
        channels = list(zip(names, kinds, strict=True))
        times, values = _floats(fields.get(6, [])), _floats(fields.get(7, []))
        points = _floats(fields.get(8, []))
        rows = values.reshape(len(times), _width(channels, 4)) if channels and len(times) else np.zeros((0, 0))
    except (ValueError, IndexError, struct.error, OSError) as error:
        raise InputError(f"{path}: not a whole binary SmartBody motion ({error})", "copy it again") from error
    if not len(rows):
        raise InputError(f"{path}: no frames or no channels", "check that this is a SmartBody motion")
    sync = {name: float(point) for name, point in zip(_BINARY_SYNC, points, strict=False) if math.isfinite(point)}
    return _data(path, channels, times, rows, 4, sync)


class _Tokens:
    """The words of a text file with their lines; ``#`` starts a comment."""

    def __init__(self, path: Path) -> None:
        self.path, self.line = path, 1
        self._lines = enumerate(read_text(path, MAX_BYTES).split("\n"), start=1)
        self._words: list[str] = []

    def __iter__(self) -> Iterator[str]:
        while (word := self._next()) is not None:
            yield word

    def _next(self) -> str | None:
        while not self._words:
            try:
                self.line, line = next(self._lines)
            except StopIteration:
                return None
            self._words = line.partition("#")[0].split()[::-1]
        return self._words.pop()

    def take(self, wanted: str) -> str:
        word = self._next()
        if word is None:
            raise self.error(f"the file ends where {wanted} should stand")
        return word

    def skip_line(self) -> None:
        self._words = []

    def number(self, wanted: str) -> float:
        word = self.take(wanted)
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not abs(value) <= 1e7:
            raise self.error(f"{wanted}: found '{word[:40]}' where a number should stand")
        return value

    def whole(self, wanted: str, most: int) -> int:
        word = self.take(wanted)
        if not word.isdecimal() or len(word) > 9 or not 0 < int(word) <= most:
            raise self.error(f"{wanted}: found '{word[:40]}'; allowed: 1 to {most}")
        return int(word)

    def error(self, problem: str) -> InputError:
        return InputError(f"{self.path}:{self.line}: {problem}", _AGAIN)


def _channel(tokens: _Tokens) -> tuple[str, str]:
    joint, kind = tokens.take("a joint"), tokens.take("a kind of channel")
    if kind not in KINDS:
        raise tokens.error(f"joint {joint}: channel '{kind[:40]}' is unknown; allowed: {', '.join(KINDS)}")
    return joint, kind


def _size(kind: str, quaternion: int) -> int:
    return {"Quat": quaternion, "Swing": 2}.get(kind, 1)


def _width(channels: list[tuple[str, str]], quaternion: int) -> int:
    return sum(_size(kind, quaternion) for _, kind in channels)


def _columns(channels: list[tuple[str, str]], quaternion: int) -> Iterator[tuple[str, str]]:
    for joint, kind in channels:
        for _ in range(_size(kind, quaternion)):
            yield joint, kind


def _data(
    path: Path, channels: list[tuple[str, str]], times: Array, rows: Array, quaternion: int, sync: dict[str, float]
) -> SkmData:
    if not (np.isfinite(times).all() and np.isfinite(rows).all() and np.abs(rows).max(initial=0.0) <= 1e7):
        raise InputError(f"{path}: holds values that are not finite numbers", "export the motion again")
    if (np.diff(times) <= 0).any() or not 0 <= times[-1] - times[0] < 86400:
        raise InputError(f"{path}: the key times do not rise from frame to frame", "export the motion again")
    places: dict[str, Array] = {}
    rotations: dict[str, Array] = {}
    column = 0
    for joint, kind in channels:
        values = rows[:, column : column + _size(kind, quaternion)]
        column += values.shape[1]
        if kind == "Quat":
            rotations[joint] = quat.from_axis_angle(values) if quaternion == 3 else _unit(path, joint, values)
        elif kind.endswith("Pos"):
            places.setdefault(joint, np.zeros((len(rows), 3)))[:, "XYZ".index(kind[0])] = values[:, 0]
        else:
            raise InputError(f"{path}: joint {joint}: channels of kind {kind} are not read", "bake them to Quat first")
    return SkmData(times, places, rotations, sync)


def _unit(path: Path, joint: str, values: Array) -> Array:
    if (np.linalg.norm(values, axis=-1) < 0.5).any():
        raise InputError(f"{path}: joint {joint} has a quaternion of no length", "export the motion again")
    return quat.normalize(values)


def _protobuf(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Fields of a protobuf message: their numbers and values; fixed32 values come as their four bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        size, at = (4, at) if wire == 5 else (8, at) if wire == 1 else _varint(data, at)
        if wire not in (1, 2, 5) or at + size > len(data):
            raise ValueError("a field is cut")
        yield number, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number is too long")


def _floats(values: list[bytes | int]) -> Array:
    raw = b"".join(value for value in values if isinstance(value, bytes))
    return np.frombuffer(raw, dtype="<f4").astype(np.float64)


def _integers(values: list[bytes | int]) -> list[int]:
    found: list[int] = []
    for value in values:
        if isinstance(value, int):
            found.append(value)
            continue
        at = 0
        while at < len(value):
            number, at = _varint(value, at)
            found.append(number)
    return found

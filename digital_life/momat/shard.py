"""A shard: the frames of some clips in memory-mapped arrays, written once and never changed.

``body`` int16 [N, 25, 4] and ``fingers`` int16 [M, 30, 4] are quaternions times 32767 (largest error 0.004 degrees, a
tenth of the quantisation error of common motion packs, at half the size of float32); fingers are stored only for clips
that have them. ``translation`` float32 [N, 3] metres, ``contacts`` uint8 [N, 4] and ``face`` uint8 [K, 52] times 255.
``kinematics`` has a row for every clip: the take, then its segments; one named float32 column for every measure.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import AssetError
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.motion import CONTACT_JOINTS, Motion
from digital_life.motion.skeleton import JOINT_COUNT

BODY_JOINTS = 25
"""The first joints, which every clip has: body, jaw and eyes; the other 30 are the fingers'."""
QUATERNION_STEPS = 32767
WEIGHT_STEPS = 255
CLIPS = "clips.json"
_KINEMATICS = "kinematics.npy"


@dataclass(frozen=True)
class _Column:
    dtype: str
    shape: tuple[int, ...]


COLUMNS: Final[Mapping[str, _Column]] = {
    "translation": _Column("<f4", (3,)),
    "body": _Column("<i2", (BODY_JOINTS, 4)),
    "fingers": _Column("<i2", (JOINT_COUNT - BODY_JOINTS, 4)),
    "contacts": _Column("|u1", (len(CONTACT_JOINTS),)),
    "face": _Column("|u1", (len(ARKIT_NAMES),)),
}
_EVERY_FRAME = ("translation", "body", "contacts")
"""Columns with a row for every frame of every clip."""


@dataclass(frozen=True)
class Place:
    """Where a take is: rows from ``start`` of a shard's arrays; fingers, face and kinematics have rows of their own."""

    shard: str
    start: int
    frames: int
    fingers: int | None = None
    face: int | None = None
    kinematics: int = 0


class ShardWriter:
    """Appends motions to the arrays of a new shard in ``folder``; call :meth:`finish`, then write ``clips.json``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder
        self._rows = dict.fromkeys(COLUMNS, 0)
        self._kinematics: list[Mapping[str, float]] = []
        self._files: dict[str, IO[bytes]] = {}
        for column in COLUMNS:
            self._files[column] = (folder / f"{column}.npy").open("wb")
            self._write_header(column)

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()

    @property
    def frames(self) -> int:
        """Frames written so far."""
        return self._rows["translation"]

    def append(self, motion: Motion, kinematics: Sequence[Mapping[str, float]], *, fingers: bool) -> Place:
        """Write a motion that has contacts, with its ``fingers`` or without, and the measures of it and its segments."""
        assert motion.contacts is not None
        face = motion.face
        place = Place(
            self.name,
            self._rows["translation"],
            len(motion),
            self._rows["fingers"] if fingers else None,
            self._rows["face"] if face is not None else None,
            len(self._kinematics),
        )
        self._kinematics += kinematics
        self._write("translation", motion.translation)
        self._write("body", np.rint(motion.rotations[:, :BODY_JOINTS] * QUATERNION_STEPS))
        self._write("contacts", np.rint(motion.contacts * WEIGHT_STEPS))
        if fingers:
            self._write("fingers", np.rint(motion.rotations[:, BODY_JOINTS:] * QUATERNION_STEPS))
        if face is not None:
            self._write("face", np.rint(np.clip(face, 0.0, 1.0) * WEIGHT_STEPS))
        return place

    def finish(self) -> None:
        """Put the final sizes into the files, the kinematics beside them, and all on the disk."""
        for column, file in self._files.items():
            file.seek(0)
            self._write_header(column)
            file.flush()
            os.fsync(file.fileno())

        with (self._folder / _KINEMATICS).open("wb") as table:
            np.save(table, _table(self._kinematics))
            table.flush()
            os.fsync(table.fileno())

    def _write(self, column: str, rows: NDArray[np.floating[Any]]) -> None:
        self._files[column].write(np.ascontiguousarray(rows, dtype=COLUMNS[column].dtype).tobytes())
        self._rows[column] += len(rows)

    def _write_header(self, column: str) -> None:
        """NumPy leaves room in its header for a growing first dimension, so it can be written again."""
        shape = (self._rows[column], *COLUMNS[column].shape)
        header = {"descr": COLUMNS[column].dtype, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._files[column], header)


def _table(rows: Sequence[Mapping[str, float]]) -> NDArray[Any]:
    """A structured array with a column for every measure that any row has; NaN where a row lacks it."""
    names = sorted({name for row in rows for name in row})
    table = np.full(len(rows), np.nan, dtype=[(name, "<f4") for name in names])
    for name in names:
        table[name] = [row.get(name, np.nan) for row in rows]
    return table


class Shard:
    """The arrays of a shard, mapped into memory when they are first read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, NDArray[Any]] = {}

    def check(self, frames: int) -> None:
        """See that every array is as long as its header says and holds the ``frames`` of the manifest; reads no rows.

        Raises:
            AssetError: an array is missing, cut, or too short; the message names it.
        """
        for name in (*COLUMNS, "kinematics"):
            rows = self._table if name == "kinematics" else self._column(name)
            if name in _EVERY_FRAME and len(rows) < frames:
                path = self._folder / f"{name}.npy"
                raise AssetError(f"{path}: holds {len(rows)} of the {frames} frames of the manifest", _MEND)

    def motion(self, place: Place, first: int, last: int, provenance: Mapping[str, Any]) -> Motion:
        """Frames ``first`` to ``last`` (exclusive) of the clip at ``place``, as they were stored."""

        def rows(column: str, start: int) -> NDArray[np.float32]:
            return np.asarray(self._column(column)[start + first : start + last], dtype=np.float32)

        rotations = np.zeros((last - first, JOINT_COUNT, 4), np.float32)
        rotations[:, :BODY_JOINTS] = rows("body", place.start)
        if place.fingers is None:
            rotations[:, BODY_JOINTS:, 0] = 1.0
        else:
            rotations[:, BODY_JOINTS:] = rows("fingers", place.fingers)
        rotations /= np.maximum(np.sqrt(np.einsum("...i,...i->...", rotations, rotations))[..., None], 1e-9)
        return Motion(
            rows("translation", place.start),
            rotations,
            face=None if place.face is None else rows("face", place.face) / np.float32(WEIGHT_STEPS),
            contacts=rows("contacts", place.start) / np.float32(WEIGHT_STEPS),
            provenance=provenance,
        )

    def kinematics(self, row: int) -> dict[str, float]:
        """The measures in a row of the table."""
        names: Sequence[str] = self._table.dtype.names or ()
        values = zip(names, self._table[row].tolist(), strict=True)
        return {name: round(value, 4) for name, value in values if not math.isnan(value)}

    @cached_property
    def _table(self) -> NDArray[Any]:
        return self._load(_KINEMATICS)

    def _column(self, name: str) -> NDArray[Any]:
        if name not in self._open:
            rows, column = self._load(f"{name}.npy"), COLUMNS[name]
            if rows.dtype != np.dtype(column.dtype) or rows.shape[1:] != column.shape:
                path = self._folder / f"{name}.npy"
                raise AssetError(f"{path}: holds {rows.dtype} {rows.shape}, expected {column.dtype}", _MEND)
            self._open[name] = rows
        return self._open[name]

    def _load(self, name: str) -> NDArray[Any]:
        path = self._folder / name
        try:
            rows: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        except OSError as error:
            raise AssetError(f"{path}: a part of the motion database is missing ({error.strerror})", _MEND) from error
        except (ValueError, EOFError) as error:
            raise AssetError(f"{path}: damaged or cut array of a motion database ({error})", _MEND) from error
        return rows


_MEND = (
    "restore the folder from a copy, or add the motions to a new database: digital-life motions add PATH --to FOLDER"
)

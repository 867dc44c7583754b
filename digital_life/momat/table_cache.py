"""Locomotion tables kept on disk, for making one takes seconds."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np

from digital_life.assets import cache_dir
from digital_life.errors import storage_error
from digital_life.momat.locomotion_table import LocomotionTable

_ROOM = Path(__file__).resolve().parent
_MAKERS = ("feet", "footsteps", "gait_file", "gaits", "locomotion_table", "planting", "walking")
"""Modules on which the rows of a table depend, beside the ground floor."""


def kept_table(source: bytes, make: Callable[[], LocomotionTable]) -> LocomotionTable:
    """The table of a ``source`` (anything that names its clips for certain), made only if it is not kept yet.

    Raises:
        StorageError: the cache cannot be written.
    """
    path = cache_dir("motions") / f"locomotion-{_key(source)}.npz"
    table = _read(path)
    if table is None:
        table = make()
        _write(path, table)
    return table


def _key(source: bytes) -> str:
    ground = _ROOM.parent / "motion"
    parts = [
        *(_ROOM / f"{name}.py" for name in _MAKERS),
        *sorted(ground.glob("*.py")),
        *sorted((ground / "data").iterdir()),
    ]
    digest = hashlib.sha256(source)
    for path in parts:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:24]


def _read(path: Path) -> LocomotionTable | None:
    """The kept table, or None when it must be made (not kept, or damaged)."""
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        arrays["names"] = tuple(str(name) for name in arrays["names"])
        return LocomotionTable(**arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _write(path: Path, table: LocomotionTable) -> None:
    """Write beside, then rename: a second process sees the whole file or none."""
    arrays = {field.name: np.asarray(getattr(table, field.name)) for field in fields(table)}
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        os.replace(file.name, path)  # noqa: PTH105
    except OSError as error:
        raise storage_error(error, path, "writing the walking clips") from error

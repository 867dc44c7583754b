"""Locomotion tables kept on disk, for making one takes seconds."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np

from digital_life.assets import cache_dir
from digital_life.kept_files import forget_old, note_use
from digital_life.momat.content_key import content_key
from digital_life.momat.locomotion_table import LocomotionTable
from digital_life.whole_file import whole_file

_MAKERS = ("feet", "footsteps", "gait_file", "gaits", "locomotion_table", "planting", "walking")
"""Modules on which the rows of a table depend, beside the ground floor."""


def kept_table(source: bytes, make: Callable[[], LocomotionTable]) -> LocomotionTable:
    """The table of a ``source`` (anything that names its clips for certain), made only if it is not kept yet.

    Raises:
        StorageError: the cache cannot be written.
    """
    path = cache_dir("motions") / f"locomotion-{content_key(words=source, makers=_MAKERS)}.npz"
    table = _read(path)
    if table is None:
        table = make()
        _write(path, table)
    return table


def _read(path: Path) -> LocomotionTable | None:
    """The kept table, or None when it must be made (not kept, or damaged)."""
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        arrays["names"] = tuple(str(name) for name in arrays["names"])
        note_use(path)
        return LocomotionTable(**arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _write(path: Path, table: LocomotionTable) -> None:
    arrays = {field.name: np.asarray(getattr(table, field.name)) for field in fields(table)}
    with whole_file(path, "writing the walking clips") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    forget_old(path)

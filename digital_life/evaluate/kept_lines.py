"""Results kept one JSON object a line as soon as they are there, so that a stop at any moment loses at most the last one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import SEEK_END
from pathlib import Path
from typing import Any

from digital_life.errors import StorageError, storage_error
from digital_life.whole_file import whole_file


def read_lines(path: Path, *needed: str) -> list[dict[str, Any]]:
    """The objects in ``path``, none where there is no file; without a last line that was cut off by a stop.

    Changes nothing, so another process may be writing the file.

    Raises:
        StorageError: a line is damaged, or lacks one of the fields ``needed``.
    """
    return _read(path, needed)[0]


def resume_lines(path: Path, *needed: str) -> list[dict[str, Any]]:
    """As ``read_lines``, for a process that goes on to ``add_line``: a last line that was cut off is removed from the file.

    Raises:
        StorageError: as ``read_lines``, or the file cannot be written.
    """
    found, whole = _read(path, needed)
    if whole is not None:
        with whole_file(path, "removing a line that was cut off") as file:
            file.write(whole)
    return found


def _read(path: Path, needed: tuple[str, ...]) -> tuple[list[dict[str, Any]], bytes | None]:
    """The objects in ``path``, and its whole lines where the last one was cut off."""
    if not path.is_file():
        return [], None
    found: list[dict[str, Any]] = []
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            missing = [name for name in needed if name not in entry]
        except (ValueError, TypeError):
            entry, missing = None, list(needed) or ["object"]
        if missing and number == len(lines) and not line.endswith(b"\n"):
            return found, b"".join(lines[:-1])
        if missing:
            raise StorageError(f"{path}, line {number} is damaged", "delete the line")
        found.append(entry)
    return found, None


def add_line(path: Path, entry: Mapping[str, object], doing: str) -> None:
    """Add ``entry`` to the end of ``path``, on a line of its own.

    Raises:
        StorageError: the file cannot be written; ``doing`` says what was going on.
    """
    try:
        with path.open("ab+") as file:
            line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
            if file.seek(0, SEEK_END):
                file.seek(-1, SEEK_END)
                line = line if file.read(1) == b"\n" else b"\n" + line
            file.write(line)
    except OSError as error:
        raise storage_error(error, path, doing) from error

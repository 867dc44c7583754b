"""Results kept one JSON object a line as soon as they are there, so that a stop at any moment loses at most the last one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digital_life.errors import StorageError, storage_error


def read_lines(path: Path, *needed: str) -> list[dict[str, Any]]:
    """The objects in ``path``, none where there is no file; a last line that was cut off by a stop is removed.

    Raises:
        StorageError: a line is damaged, or lacks one of the fields ``needed``.
    """
    if not path.is_file():
        return []
    found: list[dict[str, Any]] = []
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            missing = [name for name in needed if name not in entry]
        except (ValueError, TypeError):
            entry, missing = None, list(needed) or ["object"]
        if missing and number == len(lines) and not line.endswith(b"\n"):
            path.write_bytes(b"".join(lines[:-1]))
        elif missing:
            raise StorageError(f"{path}, line {number} is damaged", "delete the line")
        else:
            found.append(entry)
    return found


def add_line(path: Path, entry: Mapping[str, object], doing: str) -> None:
    """Add ``entry`` to the end of ``path``.

    Raises:
        StorageError: the file cannot be written; ``doing`` says what was going on.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except OSError as error:
        raise storage_error(error, path, doing) from error

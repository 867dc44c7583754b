"""Files that appear whole or not at all, whoever else writes or reads them meanwhile."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from digital_life.errors import storage_error


@contextlib.contextmanager
def whole_file(path: Path, doing: str) -> Iterator[BinaryIO]:
    """A file to write, beside ``path`` until the block ends and then in its place; folders on the way are made.

    Where the block fails, nothing is left behind and what was at ``path`` stays. Other processes see the old file or the
    whole new one.

    Raises:
        StorageError: the file cannot be written; ``doing`` says what was going on.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            yield file
        partial.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise storage_error(error, path, doing) from error
        raise

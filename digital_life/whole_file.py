"""Files that appear whole or not at all, whoever else writes or reads them meanwhile."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from digital_life.errors import InputError, storage_error


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


def refuse_existing(path: Path, force: bool) -> None:
    """Before any work: the file ``path`` can be written; folders on the way to it are made when it is.

    Raises:
        InputError: it exists and is not to be replaced (``force``), is a folder, or lies under a file.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder", "name the file to write with -o, with its suffix")
    if path.exists() and not force:
        raise InputError(f"{path} exists already", "choose another place with -o, or replace it with --force")
    above = next(folder for folder in path.absolute().parents if folder.exists())
    if not above.is_dir():
        raise InputError(f"{path}: {above} is a file, not a folder", "choose another place with -o")

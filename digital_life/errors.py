"""Errors that a user can mend.

Every message says what was wrong, where, and how to mend it. The command line prints the message without a traceback
and exits with code 2; anything that is not a ``DigitalLifeError`` is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

from pathlib import Path


class DigitalLifeError(Exception):
    """Base class. ``mend`` is one sentence that tells what to do about it."""

    def __init__(self, problem: str, mend: str = "") -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(f"{problem}\n  To mend it: {mend}" if mend else problem)


class InputError(DigitalLifeError):
    """A file or an option of the user's is wrong (broken YAML, unknown field, missing file, wrong value)."""


class AssetError(DigitalLifeError):
    """A part that should be installed or downloaded is missing or damaged (weights, body, motion library, page)."""


class ModelError(DigitalLifeError):
    """A language model or its server did not give a usable answer."""


class StorageError(DigitalLifeError):
    """Something could not be written or read back (disk full, no permission, damaged run folder)."""


def storage_error(error: OSError, path: Path, doing: str) -> StorageError:
    """Turn an ``OSError`` met while ``doing`` something to ``path`` into a message with a mend."""
    import errno

    if error.errno == errno.ENOSPC:
        return StorageError(
            f"{path}: the disk is full while {doing}; everything before this is kept",
            "free some space, then run the same command with --resume",
        )
    return StorageError(f"{path}: {error.strerror or error} while {doing}", "check the path and its permissions")

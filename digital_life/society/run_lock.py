"""One writer for a run: a second process that wants to play or talk in the same folder is refused.

The lock belongs to the process, so it is gone when the process is, however it ended. Readers need none.
"""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from digital_life.errors import InputError, storage_error

LOCK = "run.lock"


def lock_run(root: Path) -> FileLock:
    """Become the only writer of the run folder ``root``; ``release()`` gives it back.

    Raises:
        InputError: another process is writing this run.
        StorageError: the folder cannot be written.
    """
    lock = FileLock(root / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(
            f"{root} is being played by another process",
            "wait until it has ended, or stop it, or choose another --out; looking on with `digital-life view` is possible",
        ) from None
    except OSError as error:
        raise storage_error(error, root / LOCK, "locking the run") from error
    return lock

"""Files of the cache whose names change with what they were made of: the last ones stay, older ones go."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

KEPT = 6
"""Files of one kind: the libraries of a few projects and versions, used side by side."""


def forget_old(path: Path, kept: int = KEPT) -> None:
    """Delete the files named like ``path`` up to its last ``-`` that were used longest ago, but for the ``kept`` last.

    Call it after writing ``path``, and :func:`note_use` when it is read.
    """
    kind = f"{path.stem.rpartition('-')[0]}-*{path.suffix}"
    with contextlib.suppress(OSError):  # another process may be doing the same
        by_age = sorted(path.parent.glob(kind), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for old in by_age[kept:]:
            old.unlink(missing_ok=True)


def note_use(path: Path) -> None:
    """Mark a kept file as used now."""
    with contextlib.suppress(OSError):
        os.utime(path)

"""Names for what is kept on disk by everything that it was made of, so that a change of any part makes it anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

_ROOM = Path(__file__).resolve().parent
_GROUND = _ROOM.parent / "motion"


def content_key(*, words: bytes = b"", files: Iterable[Path] = (), makers: Iterable[str] = ()) -> str:
    """Hash of ``words``, of ``files``, of the modules ``makers`` of this room and of the whole of ``motion/`` under it."""
    digest = hashlib.sha256(words)
    ground = [*sorted(_GROUND.glob("*.py")), *sorted((_GROUND / "data").iterdir())]
    for path in [*files, *(_ROOM / f"{name}.py" for name in makers), *ground]:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:24]

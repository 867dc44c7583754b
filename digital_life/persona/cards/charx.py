"""CHARX: a zip with ``card.json`` and the files that belong to it. Nothing of it is ever written under its own path."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from digital_life.errors import InputError

MOST_FILES = 2000
MOST_UNPACKED = 256 * 1024 * 1024
MOST_RATIO = 200
"""Unpacked bytes a packed byte; text of cards packs about 1:10, a bomb 1:1000."""
_SMALL = 1024 * 1024
_WHEN = (1980, 1, 1, 0, 0, 0)
CARD = "card.json"


def read_zip(data: bytes, what: str) -> dict[str, bytes]:
    """All files of a zip by their path.

    Raises:
        InputError: it is damaged, encrypted, a bomb, or a path leads out of it (absolute, ``..``, drive, backslash).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(entries, what)
            return {entry.filename: _read(archive, entry, what) for entry in entries}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{what}: the zip cannot be read ({error})", "export the card again") from None


def _check(entries: list[zipfile.ZipInfo], what: str) -> None:
    if len(entries) > MOST_FILES:
        raise InputError(f"{what}: {len(entries)} files are too many for a card", f"at most {MOST_FILES} are read")
    for entry in entries:
        if unsafe_path(entry.filename):
            raise InputError(
                f"{what}: the path {entry.filename!r} in it leads out of the archive", "do not use this file"
            )
        if entry.flag_bits & 1:
            raise InputError(f"{what}: {entry.filename} is encrypted", "cards must not be encrypted")
    total = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if total > MOST_UNPACKED or (total > _SMALL and total / packed > MOST_RATIO):
        raise InputError(f"{what}: it unpacks to {total / 1e6:,.0f} MB; that is no card", "do not use this file")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, what: str) -> bytes:
    with archive.open(entry) as file:
        body = file.read(entry.file_size + 1)
    if len(body) != entry.file_size:
        raise InputError(f"{what}: {entry.filename} is larger than the archive says", "do not use this file")
    return body


def unsafe_path(path: str) -> bool:
    """Whether a path of an archive could point outside of it, or is no path of a portable archive."""
    parts = path.split("/")
    bad = any(part in ("", ".", "..") for part in parts) or "\\" in path or ":" in path
    return bad or any(ord(char) < 32 for char in path) or len(path) > 400


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip of ``files`` in their order; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in files.items():
            info = zipfile.ZipInfo(path, _WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
    return out.getvalue()

"""The key of a blind sheet: which arms wrote the answer of each row, and a digest by which a row is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from digital_life.errors import InputError, StorageError
from digital_life.whole_file import whole_file

KEY = "key.json"


@dataclass(frozen=True)
class Source:
    """What the key says of a row: which moment was answered, by which arms, and the digest of what the row shows."""

    moment: str
    arms: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Key:
    """The rows by number, all arms in order, and the digest of the sheet as it was written."""

    rows: Mapping[int, Source]
    arms: tuple[str, ...]
    sheet: str


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write_key(out: Path, key: Key, seed: int) -> None:
    """Keep ``key`` in the folder ``out``; ``seed`` shuffled the rows.

    Raises:
        StorageError: it cannot be written.
    """
    rows = [
        {"number": number, "moment": row.moment, "arms": row.arms, "text": row.text} for number, row in key.rows.items()
    ]
    content = {"seed": seed, "arms": key.arms, "sheet": key.sheet, "rows": rows}
    with whole_file(out / KEY, "writing the key of the sheet") as file:
        file.write(json.dumps(content, indent=1).encode())


def kept_digest(out: Path) -> str:
    """The digest of the sheet that was last written in ``out``; empty where no key tells it."""
    try:
        return read_key(out).sheet
    except (InputError, StorageError):
        return ""


def read_key(out: Path) -> Key:
    """The key of the sheet in ``out``.

    Raises:
        InputError: there is no key.
        StorageError: it is damaged.
    """
    path = out / KEY
    if not path.is_file():
        raise InputError(f"{path} is missing", "give the folder in which the sheet was written with --out")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = {
            int(row["number"]): Source(row["moment"], tuple(map(str, row["arms"])), row["text"])
            for row in content["rows"]
        }
        return Key(rows, tuple(map(str, content["arms"])), content["sheet"])
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"{path} is damaged, or of an earlier version", "write the sheet again, with --kept and the same options"
        ) from error

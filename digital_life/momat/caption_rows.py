"""Embeddings of captions, kept on disk per caption text: a library that grows embeds only what is new.

The cache is a folder of parts. A process adds what it had to embed as one more part, written beside and then renamed, so
several processes may do so at once; a damaged part is dropped and what it held is embedded again. What the shipped library
says comes embedded by the shipped encoder (``tools/embed_captions.py``), so that a first use need not wait for it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digital_life.assets import cache_dir
from digital_life.whole_file import whole_file

SHIPPED = Path(__file__).parent / "data" / "caption_rows"
"""Rows of the shipped library's captions and terms, a part named by the encoder."""
_PROBE = "a person waves with the right hand"
_MERGE_AT = 8
"""Parts that are joined into one when there are so many."""
_BATCH = 256


class Encoder(Protocol):
    """Sentences to unit rows [N, D]."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed ``texts``."""
        ...


def caption_rows(texts: Sequence[str], embedder: Encoder, folder: Path | None = None) -> NDArray[np.float32]:
    """Unit rows [N, D] of ``texts``, embedded once per text and encoder.

    ``folder`` is the cache's (one in the user's cache folder when None). Rows have half precision, whether they come from
    the cache or not, so that scores never depend on it.

    Raises:
        StorageError: the cache cannot be written.
    """
    if not texts:
        return np.zeros((0, embedder.encode([_PROBE]).shape[1]), dtype=np.float32)
    key = encoder_key(embedder)
    parts = (folder or cache_dir("captions")) / key
    known = _shipped(key) | _read(parts)
    fresh = [text for text in dict.fromkeys(texts) if text not in known]
    if fresh:
        added = dict(zip(fresh, _encode(fresh, embedder), strict=True))
        known.update(added)
        write_part(parts / _name(added), added)
    return np.stack([known[text] for text in texts]).astype(np.float32)


def encoder_key(embedder: Encoder) -> str:
    """Name of an encoder by what it makes of one sentence: other weights give another cache."""
    probe = np.round(embedder.encode([_PROBE])[0].astype(np.float64), 2) + 0.0
    return f"{len(probe)}-{hashlib.sha256(probe.tobytes()).hexdigest()[:16]}"


@cache
def _shipped(key: str) -> dict[str, NDArray[np.float16]]:
    path = SHIPPED / f"{key}.npz"
    return read_part(path) if path.is_file() else {}


def _encode(texts: Sequence[str], embedder: Encoder) -> NDArray[np.float16]:
    from rich.console import Console
    from rich.progress import track

    batches = track(
        range(0, len(texts), _BATCH),
        description="Embedding captions",
        transient=True,
        disable=len(texts) < 2 * _BATCH,
        console=Console(stderr=True),
    )
    return np.concatenate([embedder.encode(texts[first : first + _BATCH]) for first in batches]).astype(np.float16)


def read_part(path: Path) -> dict[str, NDArray[np.float16]]:
    """Rows by text of one file.

    Raises:
        OSError, ValueError, KeyError, EOFError, BadZipFile: it is damaged.
    """
    with np.load(path, allow_pickle=False) as archive:
        texts, rows = json.loads(bytes(archive["texts"])), archive["rows"]
    if rows.dtype != np.float16 or rows.ndim != 2 or not np.isfinite(rows).all():
        raise ValueError("no rows of half precision")
    return dict(zip(texts, rows, strict=True))


def write_part(path: Path, rows: Mapping[str, NDArray[np.float16]]) -> None:
    """Write rows by text into one file.

    Raises:
        StorageError: it cannot be written.
    """
    texts = np.frombuffer(json.dumps(list(rows)).encode(), dtype=np.uint8)
    with whole_file(path, "writing the embeddings of captions") as file:
        np.savez(file, texts=texts, rows=np.stack(list(rows.values())))


def _read(parts: Path) -> dict[str, NDArray[np.float16]]:
    known: dict[str, NDArray[np.float16]] = {}
    files = sorted(parts.glob("*.npz"))
    for path in files:
        try:
            known.update(read_part(path))
        except FileNotFoundError:
            continue  # another process has just merged it
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    if known and len(files) >= _MERGE_AT:
        write_part(parts / _name(known), known)
        for path in files:
            if path.name != _name(known):
                path.unlink(missing_ok=True)
    return known


def _name(rows: Mapping[str, NDArray[np.float16]]) -> str:
    return f"{hashlib.sha256(chr(10).join(rows).encode()).hexdigest()[:24]}.npz"

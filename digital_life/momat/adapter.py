"""A small correction of sentence embeddings for the language of motion, trained by ``momat/train_adapter.py``.

Rows x become the unit rows of x + (x U) V, with U [D, r] and V [r, D]. The weights are derived from captions of the training
split of a motion pack and from the lexicon; they hold no text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import storage_error
from digital_life.momat.caption_rows import Encoder

Rows = NDArray[np.float32]

WEIGHTS_PATH = Path(__file__).parent / "data" / "adapter.safetensors"
PROBE = "a person lifts one hand and looks to the side"
_SAME = 0.999
"""Cosine of two embeddings of the probe by one encoder, whatever the machine."""


@dataclass(frozen=True)
class Adapter:
    """``up`` [D, r], ``down`` [r, D] and ``probe`` [D], what the encoder that it corrects makes of :data:`PROBE`."""

    up: Rows
    down: Rows
    probe: Rows

    def apply(self, rows: Rows) -> Rows:
        """Corrected unit rows [N, D]."""
        moved = rows + (rows @ self.up) @ self.down
        return np.asarray(moved / np.linalg.norm(moved, axis=-1, keepdims=True), dtype=np.float32)

    def suits(self, embedder: Encoder) -> bool:
        """Whether ``embedder`` is the encoder that the weights were made for."""
        row = embedder.encode([PROBE])[0]
        return row.shape == self.probe.shape and float(row @ self.probe) > _SAME

    def save(self, path: Path) -> None:
        """Write the weights in half precision.

        Raises:
            StorageError: they cannot be written.
        """
        from safetensors.numpy import save_file

        tensors = {"up": self.up, "down": self.down, "probe": self.probe}
        try:
            save_file({name: np.ascontiguousarray(rows, dtype=np.float16) for name, rows in tensors.items()}, path)
        except OSError as error:
            raise storage_error(error, path, "writing the weights of the caption adapter") from error

    @staticmethod
    def load(path: Path = WEIGHTS_PATH) -> Adapter:
        """The weights in ``path`` (the shipped ones)."""
        from safetensors.numpy import load_file

        tensors = {name: rows.astype(np.float32) for name, rows in load_file(path).items()}
        return Adapter(tensors["up"], tensors["down"], tensors["probe"])


@cache
def shipped_adapter() -> Adapter:
    """The shipped weights, read once."""
    return Adapter.load()


class AdaptedEncoder:
    """An encoder with the correction that suits it, or as it is where none does."""

    def __init__(self, embedder: Encoder, adapter: Adapter | None = None) -> None:
        self._embedder = embedder
        chosen = adapter or shipped_adapter()
        self._adapter = chosen if chosen.suits(embedder) else None

    def encode(self, texts: Sequence[str]) -> Rows:
        """Unit rows [N, D]."""
        return self.correct(self._embedder.encode(texts))

    def correct(self, rows: Rows) -> Rows:
        """Corrected rows of the encoder's own."""
        return self._adapter.apply(rows) if self._adapter else rows

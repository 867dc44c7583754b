"""Any other sentence model that a user has, through sentence-transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import AssetError

Rows = NDArray[np.float32]


class SentenceModel:
    """A model folder of sentence-transformers, such as a multilingual one; on the processor, never from a network."""

    def __init__(self, folder: Path) -> None:
        """Load the model in ``folder``.

        Raises:
            AssetError: the folder is damaged or holds no sentence model.
            ImportError: sentence-transformers is not installed.
        """
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except Exception as error:  # each of its model kinds raises errors of its own
            raise AssetError(
                f"the embedding model in {folder} cannot be loaded: {error}", "install it again"
            ) from error

    def sentences(self, texts: Sequence[str]) -> Rows:
        """[N, D] unit rows."""
        rows = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, np.float32)

    def states(self, texts: Sequence[str]) -> list[Rows]:
        """States [n, D] of the last layer for the n word pieces of each text, with the marks of beginning and end."""
        states = self._model.encode(list(texts), output_value="token_embeddings", show_progress_bar=False)
        return [np.asarray(state.numpy(), np.float32) for state in states]

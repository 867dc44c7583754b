"""The critic: how well a motion does what a text says, for whoever chooses motions.

It is a judge of another seed and size. The judge that measures (``digital-life bench mogen``) is never asked when
something is chosen, so that nothing is measured by what it was chosen with.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digital_life.mogen.judge import LONGEST, Judge, load_judge
from digital_life.mogen.representation import encode
from digital_life.mogen.text import TextRows
from digital_life.mogen.weights import FOLDER
from digital_life.momat.library import Licences
from digital_life.motion.motion import Motion

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder

_FILES = {
    "default": "critic-permissive.safetensors",
    "permissive": "critic-permissive.safetensors",
    "all": "critic.safetensors",
}
"""Files of the shipped critics; that of "all" learnt from motions that may not be used commercially, too."""
Rows = NDArray[np.float32]


class Critic:
    """Cosines of texts and motions in a space where what belongs together lies together."""

    def __init__(self, judge: Judge, embedder: Embedder | None = None) -> None:
        """Use ``judge``; ``embedder`` defaults to the shared MiniLM."""
        self.judge = judge
        self._embedder = embedder

    @staticmethod
    def default(licence: Licences = "default") -> Critic:
        """The critic that is installed for a licence setting, read once.

        Raises:
            AssetError: none is installed, or it is damaged or of another version.
        """
        return _installed(FOLDER / _FILES[licence])

    @staticmethod
    def open(path: Path) -> Critic:
        """The critic in a file that :func:`~digital_life.mogen.judge.save_judge` wrote.

        Raises:
            AssetError: it is missing, damaged or of another version.
        """
        return Critic(load_judge(path))

    @property
    def embedder(self) -> Embedder:
        """The text encoder, loaded at first use."""
        if self._embedder is None:
            from digital_life.llm.embedding import shared_embedder

            self._embedder = shared_embedder()
        return self._embedder

    def score(self, text: str, motions: Sequence[Motion]) -> Rows:
        """Cosines [N] of ``text`` and each motion, higher is better.

        Raises:
            InputError: a motion is shorter than two frames or not at 30 frames per second.
        """
        scores: Rows = self.embed_motions(motions) @ self.embed_texts([text])[0]
        return scores

    def embed_motions(self, motions: Sequence[Motion]) -> Rows:
        """Unit embeddings [N, D] of motions on the canonical skeleton, of which the first ten seconds count.

        Raises:
            InputError: a motion is shorter than two frames or not at 30 frames per second.
        """
        return self.embed_rows([encode(motion.slice(0, min(len(motion), LONGEST))) for motion in motions])

    def embed_rows(self, rows: Sequence[Rows]) -> Rows:
        """Unit embeddings [N, D] of motions as rows [T, 320] of :func:`~digital_life.mogen.representation.encode`."""
        return self.judge.embed_rows(rows).astype(np.float32)

    def embed_texts(self, texts: Sequence[str]) -> Rows:
        """Unit embeddings [N, D] of texts."""
        return self.judge.embed_words(TextRows.of(list(texts), self.embedder)).astype(np.float32)


@cache
def _installed(path: Path) -> Critic:
    return Critic.open(path)

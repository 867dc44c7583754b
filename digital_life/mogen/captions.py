"""The captions of the training data as rows, and of their mirrored forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.mogen.dataset import Item, mirrored_captions
from digital_life.mogen.text import TextRows

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder


class CaptionRows:
    """Token states of every caption, embedded once; ``meanings`` [N, 384] one unit row for each item."""

    def __init__(self, items: Sequence[Item], embedder: Embedder) -> None:
        self.items = items
        texts = {text for item in items for text in (*item.captions, *mirrored_captions(item.captions))}
        self._places = {text: place for place, text in enumerate(sorted(texts))}
        self._rows = TextRows.of(list(self._places), embedder)
        sentences = embedder.encode(list(self._places))
        means = np.stack([sentences[[self._places[t] for t in item.captions]].mean(axis=0) for item in items])
        self.meanings = means / np.linalg.norm(means, axis=1, keepdims=True)

    def draw(self, chosen: NDArray[np.intp], mirrored: NDArray[np.bool_], rng: np.random.Generator) -> list[str]:
        """One caption of each of the ``chosen`` items at random, with sides exchanged where it is ``mirrored``."""
        texts = []
        for number, flip in zip(chosen, mirrored, strict=True):
            captions = self.items[number].captions
            captions = mirrored_captions(captions) if flip else captions
            texts.append(captions[int(rng.integers(len(captions)))])
        return texts

    def take(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Known captions: states [B, W, 384] float32 and mask [B, W], true where there is a word."""
        places = [self._places[text] for text in texts]
        lengths = self._rows.lengths[places]
        width = int(lengths.max())
        mask = np.arange(width)[None] < lengths[:, None]
        return torch.from_numpy(self._rows.tokens[places, :width].astype(np.float32)), torch.from_numpy(mask)

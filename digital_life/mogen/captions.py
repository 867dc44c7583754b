"""The captions of the training data as rows, and of their mirrored forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.errors import InputError
from digital_life.mogen.dataset import Item, mirrored_captions
from digital_life.mogen.text import TOKENS

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder


@dataclass(frozen=True)
class CaptionStates:
    """MiniLM's states of N texts, one text after the other, so that nothing is padded.

    ``states`` [M, 384] of all word pieces, ``lengths`` [N] word pieces of each text, ``sentences`` [N, 384] unit rows.
    """

    texts: tuple[str, ...]
    states: NDArray[np.float16]
    lengths: NDArray[np.int64]
    sentences: NDArray[np.float16]

    @staticmethod
    def of(texts: Iterable[str], embedder: Embedder) -> CaptionStates:
        """Embed each of the different ``texts`` once."""
        from rich.progress import track

        known = tuple(sorted(set(texts)))
        parts = []
        for begin in track(range(0, len(known), 256), description="Embedding captions", transient=True):
            parts += [rows[:TOKENS].astype(np.float16) for rows in embedder.encode_tokens(known[begin : begin + 256])]
        parts = [rows if len(rows) else np.zeros((1, 384), np.float16) for rows in parts]
        lengths = np.array([len(rows) for rows in parts])
        return CaptionStates(known, np.concatenate(parts), lengths, embedder.encode(known).astype(np.float16))

    @property
    def size(self) -> int:
        """Bytes."""
        return self.states.nbytes + self.sentences.nbytes + sum(len(text) + 8 for text in self.texts)


def all_captions(items: Sequence[Item]) -> set[str]:
    """The captions of ``items`` and of their mirror images."""
    return {text for item in items for text in (*item.captions, *mirrored_captions(item.captions))}


class CaptionRows:
    """Token states of every caption on ``device``; ``meanings`` [N, 384] one unit row for each item."""

    def __init__(
        self,
        items: Sequence[Item],
        embedder: Embedder | None,
        *,
        states: CaptionStates | None = None,
        device: torch.device | None = None,
    ) -> None:
        """Take the ``states`` that came with the data where they hold every caption, else embed with ``embedder``.

        Raises:
            InputError: a caption is not among the states and there is no embedder.
        """
        needed = all_captions(items)
        if states is None or not needed <= set(states.texts):
            if embedder is None:
                raise InputError("the data hold captions without their states", "install the sentence model MiniLM")
            states = CaptionStates.of(needed, embedder)
        self.items = items
        self._places = {text: place for place, text in enumerate(states.texts)}
        self._captions = [(item.captions, mirrored_captions(item.captions)) for item in items]
        self._states = torch.from_numpy(states.states).to(device)
        self._lengths = torch.from_numpy(states.lengths).to(device)
        self._starts = self._lengths.cumsum(0) - self._lengths
        sentences = states.sentences.astype(np.float32)
        means = np.stack([sentences[[self._places[t] for t in item.captions]].mean(axis=0) for item in items])
        self.meanings = means / np.linalg.norm(means, axis=1, keepdims=True)

    def draw(self, chosen: NDArray[np.intp], mirrored: NDArray[np.bool_], rng: np.random.Generator) -> list[str]:
        """One caption of each of the ``chosen`` items at random, with sides exchanged where it is ``mirrored``."""
        texts = []
        for number, flip in zip(chosen, mirrored, strict=True):
            captions = self._captions[number][int(flip)]
            texts.append(captions[int(rng.integers(len(captions)))])
        return texts

    def take(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Known captions: states [B, W, 384] float32 and mask [B, W], true where there is a word."""
        places = torch.tensor([self._places[text] for text in texts], device=self._lengths.device)
        lengths = self._lengths[places]
        along = torch.arange(int(lengths.max()), device=lengths.device)[None]
        mask = along < lengths[:, None]
        rows = self._starts[places][:, None] + torch.minimum(along, lengths[:, None] - 1)
        return self._states[rows].float() * mask[..., None], mask

"""The captions of the training data as rows, and of their mirrored forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.errors import InputError
from digital_life.mogen.aligned_text import with_embedding
from digital_life.mogen.dataset import Item, mirrored_captions
from digital_life.mogen.judge import TextEncoder
from digital_life.mogen.paraphrases import paraphrases
from digital_life.mogen.text import TOKENS
from digital_life.momat.wording import swap_sides

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
        known = tuple(sorted(set(texts)))
        states, lengths = _word_states(known, embedder)
        return CaptionStates(known, states, lengths, embedder.encode(known).astype(np.float16))

    def and_states(self, texts: Iterable[str], embedder: Embedder) -> CaptionStates:
        """These, and the word pieces of the other ``texts``, whose sentence rows are zero: half of the work."""
        more = tuple(sorted(set(texts) - set(self.texts)))
        states, lengths = _word_states(more, embedder)
        return CaptionStates(
            (*self.texts, *more),
            np.concatenate([self.states, states]),
            np.concatenate([self.lengths, lengths]),
            np.concatenate([self.sentences, np.zeros((len(more), 384), np.float16)]),
        )

    @property
    def size(self) -> int:
        """Bytes."""
        return self.states.nbytes + self.sentences.nbytes + sum(len(text) + 8 for text in self.texts)


def _word_states(texts: Sequence[str], embedder: Embedder) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    """States [M, 384] of the word pieces of all ``texts``, and how many each has."""
    from rich.progress import track

    parts = [np.zeros((0, 384), np.float16)]
    for begin in track(range(0, len(texts), 256), description="Embedding captions", transient=True):
        parts += [rows[:TOKENS].astype(np.float16) for rows in embedder.encode_tokens(texts[begin : begin + 256])]
    parts[1:] = [rows if len(rows) else np.zeros((1, 384), np.float16) for rows in parts[1:]]
    return np.concatenate(parts), np.array([len(rows) for rows in parts[1:]], np.int64)


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
        wordings: int = 0,
        reworded: float = 0.5,
        seed: int = 0,
        aligner: TextEncoder | None = None,
    ) -> None:
        """Take the ``states`` that came with the data, and embed what is not among them with ``embedder``.

        Of every caption up to ``wordings`` paraphrases are learnt too; ``reworded`` is the share of draws that takes one.
        With an ``aligner``, every text has one word more (:func:`~digital_life.mogen.aligned_text.with_embedding`).

        Raises:
            InputError: a text is not among the states and there is no embedder.
        """
        captions = {text for item in items for text in item.captions}
        self._wordings = {text: paraphrases(text, wordings, seed=seed) for text in captions} if wordings else {}
        self._wordings |= {swap_sides(text): mirrored_captions(said) for text, said in self._wordings.items()}
        self._reworded = reworded if wordings else 0.0
        self._aligner = None if aligner is None else deepcopy(aligner).to(device)
        needed = all_captions(items)
        said = needed.union(*self._wordings.values())
        if states is None or not said <= set(states.texts):
            if embedder is None:
                raise InputError("the data hold captions without their states", "install the sentence model MiniLM")
            if states is None or not needed <= set(states.texts):
                states = CaptionStates.of(needed, embedder)
            states = states.and_states(said, embedder)
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
        """One caption (or wording of it) of each of the ``chosen`` items, with sides exchanged where it is ``mirrored``."""
        texts = []
        for number, flip in zip(chosen, mirrored, strict=True):
            captions = self._captions[number][int(flip)]
            text = captions[int(rng.integers(len(captions)))]
            others = self._wordings.get(text, ())
            if others and rng.random() < self._reworded:
                text = others[int(rng.integers(len(others)))]
            texts.append(text)
        return texts

    def take(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Known captions: states [B, W, 384] float32 and mask [B, W], true where there is a word."""
        places = torch.tensor([self._places[text] for text in texts], device=self._lengths.device)
        lengths = self._lengths[places]
        along = torch.arange(int(lengths.max()), device=lengths.device)[None]
        mask = along < lengths[:, None]
        rows = self._starts[places][:, None] + torch.minimum(along, lengths[:, None] - 1)
        states = self._states[rows].float() * mask[..., None]
        return (states, mask) if self._aligner is None else with_embedding(self._aligner, states, mask)

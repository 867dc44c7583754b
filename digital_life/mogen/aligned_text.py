"""What a text means among motions, told to the generator beside its words.

MiniLM's states know words that mean the same; which texts ask for like movements they were never told. A critic's text encoder
was (:mod:`digital_life.mogen.judge`): where it puts a text among motions goes before the generator as one more word.
(Motion-aligned text as a condition: after TMR, Petrovich et al. 2023.)
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from digital_life.errors import InputError
from digital_life.mogen.judge import Judge, TextEncoder, load_judge

LOUDNESS = 0.5
"""Size of a number of the added word: about that of a number in MiniLM's states."""


def text_half(judge: Judge) -> TextEncoder:
    """The encoder of texts of a judge or critic, on its own."""
    encoder = TextEncoder(judge.size)
    own = encoder.state_dict()
    encoder.load_state_dict({name: value for name, value in judge.state_dict().items() if name in own})
    return encoder.eval().requires_grad_(False)


def read_text_half(path: Path, width: int) -> TextEncoder:
    """The encoder of texts of the judge or critic in ``path``, whose embeddings fit into words of ``width`` numbers.

    Raises:
        AssetError: the file is missing, damaged or of another version.
        InputError: the embeddings are too wide.
    """
    encoder = text_half(load_judge(path))
    if encoder.size.embedding > width:
        raise InputError(f"{path}: embeddings of {encoder.size.embedding} numbers", f"take a critic of {width} at most")
    return encoder


@torch.no_grad()
def with_place(encoder: TextEncoder, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """States [B, W, D] of words and their ``mask`` [B, W] with one more word, where ``encoder`` puts the text: [B, W + 1, D]."""
    place = encoder.texts(states, mask)
    size = place.shape[1]
    word = nn.functional.pad(place * (LOUDNESS * size**0.5), (0, states.shape[2] - size))
    return torch.cat([states, word[:, None]], 1), torch.cat([mask, torch.ones_like(mask[:, :1])], 1)

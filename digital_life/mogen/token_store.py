"""All clips as tokens of the finished auto-encoder, encoded once, and draws of clips of like length.

Half of the clips of a motion pack are shorter than three seconds: batches of like length spend no time on padding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.mogen.autoencoder import PATCH, MotionAutoencoder
from digital_life.mogen.dataset import TrainingData, mirror_rows
from digital_life.mogen.windows import balanced_weights

CHUNK = 3000
"""Frames that are encoded at once; a multiple of :data:`PATCH`."""
EDGES = (8, 16, 32)
"""Tokens that part the groups of like length."""

Numbers = NDArray[np.intp]


class TokenStore:
    """Normalised tokens of every item, as it is and mirrored, on ``device``.

    ``mean`` and ``scale`` [latent] bring the auto-encoder's tokens to unit size; ``counts`` [N] tokens of each item.
    """

    def __init__(self, data: TrainingData, codec: MotionAutoencoder, device: torch.device) -> None:
        codec = codec.to(device).eval().requires_grad_(False)
        order, signs = mirror_rows()
        self.counts = np.array([max(1, item.frames // PATCH) for item in data.items])
        self.starts = np.concatenate([[0], np.cumsum(self.counts)[:-1]])
        sides: list[list[Tensor]] = [[], []]
        for item, count in zip(data.items, self.counts, strict=True):
            rows = data.rows[item.start : item.start + item.frames]
            rows = rows[np.minimum(np.arange(count * PATCH), len(rows) - 1)]
            sides[0].append(_encoded(codec, rows, device))
            sides[1].append(_encoded(codec, (rows[:, order] * signs).astype(np.float32), device))
        tokens = torch.stack([torch.cat(side) for side in sides])
        self.mean = tokens.mean(dim=(0, 1))
        self.scale = tokens.std(dim=(0, 1)).clamp(min=1e-3)
        self.tokens = (tokens - self.mean) / self.scale

    def take(self, chosen: Numbers, mirrored: NDArray[np.bool_], first: Numbers, width: int) -> tuple[Tensor, Tensor]:
        """Tokens [B, width, latent] of items from their token ``first`` on, and mask [B, width], true before the end."""
        device = self.tokens.device
        left = torch.from_numpy(self.counts[chosen] - first).to(device)
        begin = torch.from_numpy(self.starts[chosen] + first).to(device)
        along = torch.arange(width, device=device)[None]
        mask = along < left[:, None]
        place = begin[:, None] + torch.minimum(along, left[:, None] - 1)
        side = torch.from_numpy(mirrored.astype(np.int64)).to(device)
        return self.tokens[side[:, None], place] * mask[..., None], mask


@torch.no_grad()
def _encoded(codec: MotionAutoencoder, rows: NDArray[np.float32], device: torch.device) -> Tensor:
    parts = [
        codec.encode(torch.from_numpy(rows[begin : begin + CHUNK])[None].to(device))[0][0]
        for begin in range(0, len(rows), CHUNK)
    ]
    return torch.cat(parts)


@dataclass(frozen=True)
class Draw:
    """Items of a batch, whether each is mirrored, its first token, and the tokens of the longest."""

    chosen: Numbers
    mirrored: NDArray[np.bool_]
    first: Numbers
    width: int


class LikeLengths:
    """Draws batches of items of like length; the same seed and step give the same batch."""

    def __init__(self, data: TrainingData, counts: Numbers, *, longest: int, batch: int, mirror: float, seed: int):
        self.counts, self.longest, self.mirror, self.seed = counts, longest, mirror, seed
        weights = balanced_weights(data)
        groups = np.digitize(np.minimum(counts, longest), EDGES, right=True)
        self.members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
        self.shares = [weights[members] / weights[members].sum() for members in self.members]
        self.chances = np.array([weights[members].sum() for members in self.members])
        widths = [min(longest, int(counts[members].max())) for members in self.members]
        mean = float((weights * np.minimum(counts, longest)).sum())
        self.sizes = [max(2, round(batch * mean / width)) for width in widths]

    def draw(self, step: int) -> Draw:
        """A batch of one group; long items are cut at a random place."""
        rng = np.random.default_rng([self.seed, step])
        group = int(rng.choice(len(self.members), p=self.chances / self.chances.sum()))
        chosen = self.members[group][rng.choice(len(self.members[group]), size=self.sizes[group], p=self.shares[group])]
        first = rng.integers(0, np.maximum(self.counts[chosen] - self.longest, 0) + 1)
        width = min(self.longest, int(self.counts[chosen].max()))
        return Draw(chosen, rng.random(len(chosen)) < self.mirror, first, width)

"""Random windows of clips for training: cut in time, mirrored, the rare clips not drowned by the long ones."""

from __future__ import annotations

from collections import Counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.mogen.dataset import TrainingData, mirror_rows
from digital_life.mogen.representation import HANDS, TRAVEL


class Windows:
    """Draws batches from training data; the same seed and step give the same batch, so a resumed run goes on as it was."""

    def __init__(
        self, data: TrainingData, frames: int, *, mirror: float, seed: int, device: torch.device | None = None
    ) -> None:
        """Draw windows of ``frames``; they come on ``device``, where all rows are kept if they fit."""
        self.data = data
        self.frames = frames
        self.mirror = mirror
        self.seed = seed
        self.device = device or torch.device("cpu")
        self.weights = balanced_weights(data)
        rows = torch.from_numpy(data.rows)
        self._rows = rows.to(self.device) if _fits(rows, self.device) else rows
        order, signs = mirror_rows()
        self._order = torch.from_numpy(order).to(self._rows.device)
        self._signs = torch.from_numpy(signs).to(self._rows.device)
        self._starts = np.array([item.start for item in data.items])
        self._lengths = np.array([item.frames for item in data.items])
        self._fingers = np.array([item.fingers for item in data.items], np.float32)

    def draw(self, step: int, count: int) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp]]:
        """Numbers of ``count`` items, whether each is mirrored, and the first frame of its window."""
        rng = np.random.default_rng([self.seed, step])
        chosen = rng.choice(len(self.data.items), size=count, p=self.weights)
        spare = np.maximum(self._lengths[chosen] - self.frames, 0)
        return chosen, rng.random(count) < self.mirror, rng.integers(0, spare + 1)

    def lengths(self, chosen: NDArray[np.intp], first: NDArray[np.intp]) -> NDArray[np.intp]:
        """Frames [B] of each window before its clip ends."""
        return np.minimum(self._lengths[chosen] - first, self.frames)

    def rows(self, chosen: NDArray[np.intp], mirrored: NDArray[np.bool_], first: NDArray[np.intp]) -> Tensor:
        """[B, frames, 320]; a clip that ends is held, standing still, at its last frame."""
        where = self._rows.device
        left = torch.from_numpy(self._lengths[chosen] - first).to(where)[:, None]
        begin = torch.from_numpy(self._starts[chosen] + first).to(where)[:, None]
        along = torch.arange(self.frames, device=where)[None]
        batch = self._rows[begin + torch.minimum(along, left - 1)]
        flip = torch.from_numpy(mirrored).to(where)
        batch[flip] = batch[flip][..., self._order] * self._signs
        batch[..., : TRAVEL.stop] *= (along < left)[..., None]
        return batch.to(self.device, non_blocking=True)

    def fingers(self, chosen: NDArray[np.intp]) -> Tensor:
        """[B] 1 where the clip has fingers."""
        return torch.from_numpy(self._fingers[chosen]).to(self.device)


def _fits(rows: Tensor, device: torch.device) -> bool:
    """Whether the rows take no more than a third of the memory that is free on a GPU."""
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return rows.nbytes < free / 3


def balanced_weights(data: TrainingData) -> NDArray[np.float64]:
    """Chance of each item: by the root of its length, and of how many clips show the same concept."""
    seconds = np.sqrt([min(item.frames, 300) for item in data.items])
    crowd = Counter(item.concept for item in data.items)
    rarity = np.array([1.0 / np.sqrt(crowd[item.concept]) for item in data.items])
    weights = seconds * rarity
    return np.asarray(weights / weights.sum())


def row_statistics(data: TrainingData) -> tuple[Tensor, Tensor]:
    """Mean and scale [320] of the rows of the items; numbers that hardly change are not blown up."""
    used = np.zeros(len(data.rows), dtype=bool)
    fingers = np.zeros(len(data.rows), dtype=bool)
    for item in data.items:
        used[item.start : item.start + item.frames] = True
        fingers[item.start : item.start + item.frames] = item.fingers
    body = data.rows[used].astype(np.float64)
    mean, scale = body.mean(axis=0), body.std(axis=0)
    if (used & fingers).any():
        hands = data.rows[used & fingers][:, HANDS].astype(np.float64)
        mean[HANDS], scale[HANDS] = hands.mean(axis=0), hands.std(axis=0)
    scale = np.maximum(scale, 0.05)
    return torch.from_numpy(mean.astype(np.float32)), torch.from_numpy(scale.astype(np.float32))

"""Random windows of clips for training: cut in time, mirrored, the rare clips not drowned by the long ones."""

from __future__ import annotations

from collections import Counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.mogen.dataset import TrainingData, mirror_rows


class Windows:
    """Draws batches from training data; the same seed and step give the same batch, so a resumed run goes on as it was."""

    def __init__(self, data: TrainingData, frames: int, *, mirror: float, seed: int) -> None:
        self.data = data
        self.frames = frames
        self.mirror = mirror
        self.seed = seed
        self.weights = balanced_weights(data)

    def draw(self, step: int, count: int) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp]]:
        """Numbers of ``count`` items, whether each is mirrored, and the first frame of its window."""
        rng = np.random.default_rng([self.seed, step])
        chosen = rng.choice(len(self.data.items), size=count, p=self.weights)
        spare = np.array([max(0, self.data.items[k].frames - self.frames) for k in chosen])
        return chosen, rng.random(count) < self.mirror, rng.integers(0, spare + 1)

    def rows(self, chosen: NDArray[np.intp], mirrored: NDArray[np.bool_], first: NDArray[np.intp]) -> Tensor:
        """[B, frames, 320]; a clip that ends is held, standing still, at its last frame."""
        order, signs = mirror_rows()
        batch = np.empty((len(chosen), self.frames, self.data.rows.shape[1]), np.float32)
        for place, (number, flip, start) in enumerate(zip(chosen, mirrored, first, strict=True)):
            item = self.data.items[number]
            begin = item.start + int(start)
            window = self.data.rows[begin : min(begin + self.frames, item.start + item.frames)]
            batch[place, : len(window)] = window[:, order] * signs if flip else window
            batch[place, len(window) :] = batch[place, len(window) - 1]
            batch[place, len(window) :, :3] = 0.0
        return torch.from_numpy(batch)

    def fingers(self, chosen: NDArray[np.intp]) -> Tensor:
        """[B] 1 where the clip has fingers."""
        return torch.tensor([float(self.data.items[k].fingers) for k in chosen])


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
        hands = data.rows[used & fingers][:, 136:316].astype(np.float64)
        mean[136:316], scale[136:316] = hands.mean(axis=0), hands.std(axis=0)
    scale = np.maximum(scale, 0.05)
    return torch.from_numpy(mean.astype(np.float32)), torch.from_numpy(scale.astype(np.float32))

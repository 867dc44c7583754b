"""Second stage of the training: the generator, over the tokens of the finished auto-encoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.mogen.autoencoder import PATCH, MotionAutoencoder
from digital_life.mogen.captions import CaptionRows
from digital_life.mogen.conditions import Conditions, style_emotion
from digital_life.mogen.config import GeneratorConfig, TrainingConfig
from digital_life.mogen.dataset import TrainingData
from digital_life.mogen.flow import flow_loss
from digital_life.mogen.loop import Training
from digital_life.mogen.network import Context, MotionNetwork
from digital_life.mogen.retrieval import neighbours
from digital_life.mogen.windows import Windows
from digital_life.motion.motion import FPS

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder


class Batches:
    """Batches for the generator: clean tokens and the context they are to be made from."""

    def __init__(
        self,
        settings: GeneratorConfig,
        data: TrainingData,
        codec: MotionAutoencoder,
        embedder: Embedder,
        device: torch.device,
        *,
        mirror: float,
        seed: int,
    ) -> None:
        self.settings = settings
        self.data = data
        self.codec = codec.to(device).eval().requires_grad_(False)
        self.device = device
        self.windows = Windows(data, settings.schedule.frames, mirror=mirror, seed=seed)
        self.captions = CaptionRows(data.items, embedder)
        self.near = neighbours(data.items, self.captions.meanings)
        self.seed = seed
        self.mean, self.scale = self._latent_statistics()

    def draw(self, step: int) -> tuple[Tensor, Context]:
        """Clean normalised tokens [B, N, latent] and their context, with conditions dropped at random."""
        count = self.settings.schedule.batch
        rng = np.random.default_rng([self.seed, step, 1])
        chosen, mirrored, first = self.windows.draw(step, count)
        clean = self._tokens(chosen, mirrored, first)
        near = self.near[chosen, rng.integers(0, self.near.shape[1], count)]
        spare = np.array([max(0, self.data.items[k].frames - self.windows.frames) for k in near])
        sample = self._tokens(near, mirrored, rng.integers(0, spare + 1))
        lengths = self._lengths(chosen, first)
        text, text_mask = self.captions.draw(chosen, mirrored, rng)
        mask = torch.arange(clean.shape[1])[None] < torch.from_numpy(lengths)[:, None]
        sample_mask = torch.from_numpy(rng.random(count) >= self.settings.drop_sample)[:, None].expand(
            *sample.shape[:2]
        )
        text_mask = text_mask & torch.from_numpy(rng.random(count) >= self.settings.drop_text)[:, None]
        known = torch.from_numpy(self._known(lengths, clean.shape[1], rng))
        parts = (
            text,
            text_mask,
            sample,
            sample_mask,
            clean,
            known,
            self._conditions(chosen, first, lengths, rng),
            mask,
        )
        return clean, Context(*(part.to(self.device) for part in parts))

    def _tokens(self, chosen: NDArray[np.intp], mirrored: NDArray[np.bool_], first: NDArray[np.intp]) -> Tensor:
        rows = self.windows.rows(chosen, mirrored, first).to(self.device)
        with torch.no_grad():
            tokens, _ = self.codec.encode(rows)
        return (tokens - self.mean) / self.scale

    def _latent_statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and scale of tokens over some batches, so that noise and motion have one size."""
        self.mean = torch.zeros(self.codec.size.latent, device=self.device)
        self.scale = torch.ones_like(self.mean)
        tokens = torch.cat([self._tokens(*self.windows.draw(step, 64)).flatten(0, 1) for step in range(8)])
        return tokens.mean(dim=0), tokens.std(dim=0).clamp(min=1e-3)

    def _lengths(self, chosen: NDArray[np.intp], first: NDArray[np.intp]) -> NDArray[np.intp]:
        """Tokens of each window that are motion and not a held last frame."""
        frames = np.array([self.data.items[k].frames for k in chosen]) - first
        return np.asarray(np.ceil(np.minimum(frames, self.windows.frames) / PATCH).astype(np.intp))

    def _known(self, lengths: NDArray[np.intp], tokens: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """[B, N, 1] tokens that are given: none, the first few (continuation), or some at both ends (in-between)."""
        known = np.zeros((len(lengths), tokens, 1), np.float32)
        for place, length in enumerate(lengths):
            draw = rng.random()
            if length < 4 or draw >= self.settings.given:
                continue
            known[place, : int(rng.integers(1, min(6, length - 2) + 1))] = 1.0
            if draw < self.settings.given / 3:
                known[place, length - int(rng.integers(1, 3)) : length] = 1.0
        return known

    def _conditions(
        self, chosen: NDArray[np.intp], first: NDArray[np.intp], lengths: NDArray[np.intp], rng: np.random.Generator
    ) -> Tensor:
        rows = []
        for number, start, length in zip(chosen, first, lengths, strict=True):
            item = self.data.items[number]
            asked = Conditions(
                seconds=float(length) * PATCH / FPS,
                posture=item.posture if start == 0 else None,
                posture_end=item.posture_end if start + self.windows.frames >= item.frames else None,
                emotion=style_emotion(item.style),
                fingers=item.fingers,
            )
            if rng.random() < self.settings.drop_conditions:
                asked = replace(asked, posture=None, posture_end=None, emotion=None)
            rows.append(asked.row())
        return torch.from_numpy(np.stack(rows))


def train_generator(
    config: TrainingConfig,
    data: TrainingData,
    codec: MotionAutoencoder,
    embedder: Embedder,
    folder: Path,
    device: torch.device,
    *,
    seconds: float | None = None,
) -> MotionNetwork:
    """Train (or go on training) the generator in ``folder``; returns the averaged network."""
    settings = config.generator
    torch.manual_seed(config.seed)
    batches = Batches(settings, data, codec, embedder, device, mirror=config.mirror, seed=config.seed)
    network = MotionNetwork(settings.size(codec.size.latent))
    network.token_mean.copy_(batches.mean)
    network.token_scale.copy_(batches.scale)
    training = Training(network, settings.schedule, folder, device, config.precision)

    def losses(step: int) -> Mapping[str, Tensor]:
        clean, context = batches.draw(step)
        with training.precision():
            return {"flow": flow_loss(training.network, clean, context)}  # type: ignore[arg-type]

    training.run(losses, seconds=seconds)
    network.load_state_dict(training.average.state_dict())
    return network.eval()

"""Second stage of the training: the generator, over the tokens of the finished auto-encoder."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from digital_life.errors import InputError
from digital_life.mogen.autoencoder import PATCH, MotionAutoencoder
from digital_life.mogen.captions import CaptionRows
from digital_life.mogen.conditions import Conditions, style_emotion
from digital_life.mogen.config import GeneratorConfig, TrainingConfig
from digital_life.mogen.dataset import TrainingData
from digital_life.mogen.distil import distil_loss
from digital_life.mogen.flow import flow_loss
from digital_life.mogen.judge import TextEncoder
from digital_life.mogen.loop import Training
from digital_life.mogen.network import Context, MotionNetwork
from digital_life.mogen.retrieval import neighbours
from digital_life.mogen.sample_sheet import draw_sheet, made_of, sheet_captions
from digital_life.mogen.token_store import LikeLengths, TokenStore
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
        embedder: Embedder | None,
        device: torch.device,
        *,
        mirror: float,
        seed: int,
        aligner: TextEncoder | None = None,
    ) -> None:
        self.settings = settings
        self.data = data
        self.device = device
        self.store = TokenStore(data, codec, device)
        schedule = settings.schedule
        self.longest = schedule.frames // PATCH
        self.lengths = LikeLengths(
            data, self.store.counts, longest=self.longest, batch=schedule.batch, mirror=mirror, seed=seed
        )
        self.captions = CaptionRows(
            data.items,
            embedder,
            states=data.texts,
            device=device,
            wordings=settings.paraphrases,
            reworded=settings.paraphrased,
            seed=seed,
            aligner=aligner,
        )
        self.near = neighbours(data.items, self.captions.meanings)
        self.seed = seed

    def draw(self, step: int) -> tuple[Tensor, Context]:
        """Clean normalised tokens [B, N, latent] and their context, with conditions dropped at random."""
        rng = np.random.default_rng([self.seed, step, 1])
        drawn = self.lengths.draw(step)
        count = len(drawn.chosen)
        clean, mask = self.store.take(drawn.chosen, drawn.mirrored, drawn.first, drawn.width)
        near = self.near[drawn.chosen, rng.integers(0, self.near.shape[1], count)]
        spare = np.maximum(self.store.counts[near] - drawn.width, 0)
        sample, sample_mask = self.store.take(near, drawn.mirrored, rng.integers(0, spare + 1), drawn.width)
        text, text_mask = self.captions.take(self.captions.draw(drawn.chosen, drawn.mirrored, rng))
        lengths = np.minimum(self.store.counts[drawn.chosen] - drawn.first, drawn.width)
        sample_mask = sample_mask & self._kept(rng, count, self.settings.drop_sample)
        text_mask = text_mask & self._kept(rng, count, self.settings.drop_text)
        known = torch.from_numpy(self._known(lengths, drawn.width, rng))
        conditions = self._conditions(drawn.chosen, drawn.first, lengths, rng)
        parts = (text, text_mask, sample, sample_mask, clean, known, conditions, mask)
        return clean, Context(*(part.to(self.device) for part in parts))

    def _kept(self, rng: np.random.Generator, count: int, dropped: float) -> Tensor:
        """[B, 1] false where a condition is left out."""
        return torch.from_numpy(rng.random(count) >= dropped)[:, None].to(self.device)

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
            item, ends = self.data.items[number], start + length >= self.store.counts[number]
            asked = Conditions(
                seconds=float(length) * PATCH / FPS,
                posture=item.posture if start == 0 else None,
                posture_end=item.posture_end if ends else None,
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
    embedder: Embedder | None,
    folder: Path,
    device: torch.device,
    *,
    seconds: float | None = None,
    start: MotionNetwork | None = None,
    aligner: TextEncoder | None = None,
) -> MotionNetwork:
    """Train (or go on training) the generator in ``folder``; returns the averaged network.

    A training without a checkpoint begins with the weights of ``start``, or with random ones. With ``config.generator.distil``
    it learns to do what ``start`` does. ``aligner`` tells it where each text lies among motions.

    Raises:
        InputError: there is nothing to distil.
    """
    settings = config.generator
    torch.manual_seed(config.seed)
    batches = Batches(settings, data, codec, embedder, device, mirror=config.mirror, seed=config.seed, aligner=aligner)
    network = MotionNetwork(settings.size(codec.size.latent))
    network.token_mean.copy_(batches.store.mean)
    network.token_scale.copy_(batches.store.scale)
    if start is not None:
        network.load_state_dict(start.state_dict())
    training = Training(network, settings.schedule, folder, device, config.precision)

    teacher = None if settings.distil is None else _teacher(start, device)

    def losses(step: int) -> Mapping[str, Tensor]:
        clean, context = batches.draw(step)
        student = training.network
        assert isinstance(student, MotionNetwork)
        with training.precision():
            if teacher is None or settings.distil is None:
                return {"flow": flow_loss(student, clean, context)}
            passes, guidance = settings.distil.passes, settings.distil.guidance
            return {"distil": distil_loss(student, teacher, clean, context, passes=passes, guidance=guidance)}

    def observe(step: int, average: nn.Module) -> None:
        every = settings.sheet_every
        if every and step % every < settings.schedule.save_every:
            assert isinstance(average, MotionNetwork)
            made = made_of(sheet_captions(data.items), batches.captions, codec, average)
            draw_sheet(made, folder / "sheets" / f"step-{step:06d}.png")

    training.run(losses, seconds=seconds, observe=observe)
    network.load_state_dict(training.average.state_dict())
    return network.eval()


def _teacher(start: MotionNetwork | None, device: torch.device) -> MotionNetwork:
    if start is None:
        raise InputError("there is nothing to distil", "say which weights by --start")
    return deepcopy(start).to(device).eval().requires_grad_(False)

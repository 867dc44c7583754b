"""First stage of the training: the temporal auto-encoder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from digital_life.mogen.autoencoder import MotionAutoencoder
from digital_life.mogen.config import TrainingConfig
from digital_life.mogen.dataset import TrainingData
from digital_life.mogen.loop import Training
from digital_life.mogen.motion_losses import motion_losses
from digital_life.mogen.windows import Windows, row_statistics


def train_autoencoder(
    config: TrainingConfig,
    data: TrainingData,
    folder: Path,
    device: torch.device,
    *,
    seconds: float | None = None,
    start: MotionAutoencoder | None = None,
) -> MotionAutoencoder:
    """Train (or go on training) the auto-encoder in ``folder`` on ``data``; returns the averaged network.

    A training without a checkpoint begins with the weights of ``start``, or with random ones.
    """
    settings = config.autoencoder
    torch.manual_seed(config.seed)
    network = MotionAutoencoder(settings.size)
    mean, scale = row_statistics(data)
    network.mean.copy_(mean)
    network.scale.copy_(scale)
    if start is not None:
        network.load_state_dict(start.state_dict())
    training = Training(network, settings.schedule, folder, device, config.precision)
    windows = Windows(data, settings.schedule.frames, mirror=config.mirror, seed=config.seed, device=device)

    def losses(step: int) -> Mapping[str, Tensor]:
        chosen, mirrored, first = windows.draw(step, settings.schedule.batch)
        rows = windows.rows(chosen, mirrored, first)
        with training.precision():
            made, token_mean, log_variance = network(rows)
        terms = motion_losses(made.float(), rows, network.scale, windows.fingers(chosen))
        token_mean, log_variance = token_mean.float(), log_variance.float()
        divergence = -0.5 * (1 + log_variance - token_mean**2 - log_variance.exp()).mean()
        weighted = {name: settings.losses.get(name, 0.0) * value for name, value in terms.items()}
        return {**weighted, "divergence": settings.divergence * divergence}

    training.run(losses, seconds=seconds)
    network.load_state_dict(training.average.state_dict())
    return network.eval()

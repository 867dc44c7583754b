"""``python -m digital_life.evaluate.train_judge``: train the judge on the training split."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
import torch
from torch import Tensor

from digital_life.evaluate.judge import Judge, contrastive_loss
from digital_life.mogen.captions import CaptionRows
from digital_life.mogen.config import Schedule
from digital_life.mogen.dataset import TrainingData
from digital_life.mogen.loop import Training
from digital_life.mogen.train import read_data
from digital_life.mogen.windows import Windows, row_statistics
from digital_life.momat.wording import sides_named

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder

SCHEDULE = Schedule(steps=8000, batch=128, frames=200, learning_rate=4e-4, weight_decay=0.05)


def train_judge(
    data: TrainingData,
    embedder: Embedder,
    folder: Path,
    device: torch.device,
    *,
    schedule: Schedule = SCHEDULE,
    seconds: float | None = None,
    seed: int = 0,
) -> Judge:
    """Train (or go on training) the judge in ``folder``; returns the averaged network."""
    torch.manual_seed(seed)
    network = Judge()
    mean, scale = row_statistics(data)
    network.mean.copy_(mean)
    network.scale.copy_(scale)
    training = Training(network, schedule, folder, device, "auto")
    windows = Windows(data, schedule.frames, mirror=0.5, seed=seed)
    captions = CaptionRows(data.items, embedder)
    concepts = np.unique([item.concept for item in data.items], return_inverse=True)[1]
    sided = np.array([any(sides_named(caption) for caption in item.captions) for item in data.items])

    def losses(step: int) -> Mapping[str, Tensor]:
        rng = np.random.default_rng([seed, step, 2])
        chosen, mirrored, first = windows.draw(step, schedule.batch)
        rows = windows.rows(chosen, mirrored, first).to(device)
        frames = np.array([data.items[k].frames for k in chosen]) - first
        lengths = torch.from_numpy(np.minimum(frames, schedule.frames)).to(device)
        tokens, mask = captions.draw(chosen, mirrored, rng)
        keys = torch.from_numpy(2 * concepts[chosen] + (mirrored & sided[chosen])).to(device)
        with training.precision():
            motions = network.motions(rows, lengths)
            texts = network.texts(tokens.to(device), mask.to(device))
        same = keys[:, None] == keys[None]
        return {"contrast": contrastive_loss(motions.float(), texts.float(), network.log_temperature, same)}

    training.run(losses, seconds=seconds)
    network.load_state_dict(training.average.state_dict())
    return network.eval()


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), required=True, help="Pack, database or packed file."
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/judge"), show_default=True)
@click.option("--seconds", type=float, help="Stop after so long; the same command goes on from there.")
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, or auto.")
def main(data: Path, out: Path, seconds: float | None, device: str) -> None:
    """Train the judge on every clip of the split 'train'."""
    from digital_life.llm.embedding import shared_embedder

    where = torch.device(device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu")
    train_judge(read_data(data).select(split="train"), shared_embedder(), out, where, seconds=seconds)


if __name__ == "__main__":
    main()

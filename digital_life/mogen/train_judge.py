"""``python -m digital_life.mogen.train_judge``: train a judge, or with another seed and size a critic."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digital_life.mogen.captions import CaptionRows
from digital_life.mogen.config import Schedule
from digital_life.mogen.dataset import Item, TrainingData, concept_name, mirrored_captions
from digital_life.mogen.judge import LONGEST, STRIDE, Judge, JudgeSize, contrastive_loss, save_judge
from digital_life.mogen.loop import Training
from digital_life.mogen.representation import HANDS
from digital_life.mogen.windows import Windows, row_statistics

if TYPE_CHECKING:
    from digital_life.llm.embedding import Embedder

SCHEDULE = Schedule(
    steps=1600,
    batch=64,
    frames=LONGEST,
    learning_rate=6e-4,
    warm_up=100,
    weight_decay=0.05,
    average=0.99,
    save_every=100,
)
HELD_OUT = 0.06
"""Share of the takes on which the best step is chosen; they are not trained on."""
BARE_HANDS = 0.2
"""Share of the clips with fingers that are shown without, so that a motion is not told by having fingers."""
_GROUP = 16
"""Clips of like length that are encoded together."""


class JudgeBatches:
    """Motions with one of their captions each, and which of them show the same thing."""

    def __init__(
        self, data: TrainingData, captions: CaptionRows, schedule: Schedule, seed: int, device: torch.device
    ) -> None:
        self.data = data
        self.captions = captions
        self.schedule = schedule
        self.seed = seed
        self.windows = Windows(data, schedule.frames, mirror=0.5, seed=seed, device=device)
        self._flat = torch.tensor([1.0, 0, 0, 0, 1, 0], device=device).repeat(30)
        names = [_shown(item, flip) for flip in (False, True) for item in data.items]
        self.shown = np.unique(names, return_inverse=True)[1].reshape(2, -1)

    def draw(self, step: int) -> tuple[Tensor, NDArray[np.intp], list[str], NDArray[np.bool_]]:
        """Rows [B, T, 320], frames of each, a caption of each, and which pairs [B, B] show the same thing."""
        rng = np.random.default_rng([self.seed, step, 2])
        chosen, mirrored, first = self.windows.draw(step, self.schedule.batch)
        rows = self.windows.rows(chosen, mirrored, first)
        bare = torch.from_numpy(rng.random(len(chosen)) < BARE_HANDS).to(rows.device)
        rows[bare, :, HANDS] = self._flat
        texts = self.captions.draw(chosen, mirrored, rng)
        said = np.unique(texts, return_inverse=True)[1]
        shown = self.shown[mirrored.astype(int), chosen]
        same = (said[:, None] == said) | (shown[:, None] == shown)
        return rows, self.windows.lengths(chosen, first), texts, same


def _shown(item: Item, mirrored: bool) -> str:
    """What an item shows, in words that a mirrored item shares with one that was recorded so."""
    captions = mirrored_captions(item.captions) if mirrored else item.captions
    return f"{captions[0]}/{item.style}"


def held_out(items: tuple[Item, ...]) -> NDArray[np.bool_]:
    """Which items [N] are kept for choosing the best step: whole takes with all their repetitions, the same for any seed."""
    keys = [concept_name(item.id.partition("#")[0]) for item in items]
    return np.array([zlib.crc32(key.encode()) % 1000 < 1000 * HELD_OUT for key in keys])


class BestStep:
    """Measures the averaged judge on held-out clips as it is trained and keeps the best in ``folder/best.safetensors``."""

    def __init__(self, folder: Path, data: TrainingData, captions: CaptionRows, card: Mapping[str, object]) -> None:
        self.folder = folder
        self.card = card
        self.items = data.items
        self.motions = [data.rows[item.start : item.start + item.frames] for item in data.items]
        self.tokens, self.mask = captions.take([item.captions[1 % len(item.captions)] for item in data.items])
        self.same = np.unique([_shown(item, False) for item in data.items], return_inverse=True)[1]
        self.log = folder / "held_out.csv"
        self.best = max((float(line.split(",")[1]) for line in self._lines()), default=-1.0)

    def _lines(self) -> list[str]:
        return self.log.read_text().splitlines()[1:] if self.log.is_file() else []

    def observe(self, step: int, judge: torch.nn.Module) -> None:
        """Log the score of ``judge`` after ``step`` steps and keep it if it is the best so far."""
        assert isinstance(judge, Judge)
        score = self.score(judge)
        lines = ["step,score", *self._lines(), f"{step},{score:.4f}"]
        self.log.write_text("\n".join(lines) + "\n")
        if score > self.best:
            self.best = score
            save_judge(
                judge, self.folder / "best.safetensors", {**self.card, "step": step, "held_out": round(score, 4)}
            )

    def score(self, judge: Judge) -> float:
        """Mean reciprocal rank of the own text among all texts of other things, seen from the motion."""
        where = next(judge.parameters()).device
        with torch.inference_mode():
            texts = judge.texts(self.tokens.to(where), self.mask.to(where)).double().cpu().numpy()
        nearness = judge.embed_rows(self.motions) @ texts.T
        own = np.diagonal(nearness)[:, None]
        other = self.same[:, None] != self.same
        return float((1.0 / (1 + ((nearness > own) & other).sum(axis=1))).mean())


def train_judge(
    data: TrainingData,
    embedder: Embedder | None,
    folder: Path,
    device: torch.device,
    *,
    size: JudgeSize | None = None,
    schedule: Schedule = SCHEDULE,
    seconds: float | None = None,
    seed: int = 0,
    card: Mapping[str, object] | None = None,
) -> Judge:
    """Train (or go on training) a judge in ``folder``; returns the averaged network, the best one stays in ``folder``."""
    torch.manual_seed(seed)
    network = Judge(size)
    network.to(device)
    kept = held_out(data.items)
    if kept.all():
        kept[:] = False
    learnt = replace(data, items=tuple(item for item, out in zip(data.items, kept, strict=True) if not out))
    mean, scale = row_statistics(learnt)
    network.mean.copy_(mean)
    network.scale.copy_(scale)
    training = Training(network, schedule, folder, device, "auto")
    batches = JudgeBatches(
        learnt, CaptionRows(learnt.items, embedder, states=data.texts, device=device), schedule, seed, device
    )
    observe = None
    if kept.any():
        rest = replace(data, items=tuple(item for item, out in zip(data.items, kept, strict=True) if out))
        facts = {**(card or {}), "seed": seed, "clips": len(learnt.items), "batch": schedule.batch}
        observe = BestStep(folder, rest, CaptionRows(rest.items, embedder, states=data.texts), facts).observe

    def losses(step: int) -> Mapping[str, Tensor]:
        rows, frames, texts, same = batches.draw(step)
        tokens, mask = batches.captions.take(texts)
        with training.precision():
            motions = _by_length(network, rows, frames)
            said = network.texts(tokens, mask)
        pairs = torch.from_numpy(same).to(device)
        return {"contrast": contrastive_loss(motions.float(), said.float(), network.log_temperature, pairs)}

    training.run(losses, seconds=seconds, observe=observe)
    network.load_state_dict(training.average.state_dict())
    return network.eval()


def _by_length(network: Judge, rows: Tensor, frames: NDArray[np.intp]) -> Tensor:
    """Embeddings [B, D] of padded rows, clips of like length together, so that little padding is computed."""
    order = np.argsort(frames, kind="stable")
    made = []
    for first in range(0, len(order), _GROUP):
        part = order[first : first + _GROUP]
        longest = -(-int(frames[part].max()) // STRIDE) * STRIDE
        made.append(network.motions(rows[part, :longest], torch.from_numpy(frames[part]).to(rows.device)))
    return torch.cat(made)[torch.from_numpy(np.argsort(order)).to(rows.device)]


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), required=True, help="Pack, database or packed file."
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/judge"), show_default=True)
@click.option("--licence", type=click.Choice(["permissive", "all"]), default="all", show_default=True)
@click.option("--steps", type=int, default=SCHEDULE.steps, show_default=True)
@click.option("--width", type=int, default=160, show_default=True, help="Channels; a critic is smaller.")
@click.option("--depth", type=int, default=4, show_default=True, help="Layers of the motion side.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--seconds", type=float, help="Stop after so long; the same command goes on from there.")
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, or auto.")
def main(
    data: Path,
    out: Path,
    licence: str,
    steps: int,
    width: int,
    depth: int,
    seed: int,
    seconds: float | None,
    device: str,
) -> None:
    """Train a judge on the clips of the split 'train'; the best step is kept as OUT/best.safetensors."""
    from digital_life.mogen.train import caption_embedder, plain_errors, read_data, some

    where = torch.device(device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu")
    with plain_errors():
        training = some(read_data(data).select(split="train", licence=licence))
        schedule = SCHEDULE.model_copy(update={"steps": steps})
        train_judge(
            training,
            caption_embedder(training),
            out,
            where,
            size=JudgeSize(width=width, depth=depth),
            schedule=schedule,
            seconds=seconds,
            seed=seed,
            card={"licence": licence},
        )
    if (out / "held_out.csv").is_file():
        click.echo(json.dumps({"held out": (out / "held_out.csv").read_text().splitlines()[-1]}))


if __name__ == "__main__":
    main()

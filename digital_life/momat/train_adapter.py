"""Train the caption adapter: ``python -m digital_life.momat.train_adapter PACK`` (a minute on one core).

Contrastive (InfoNCE, both ways): two captions of one concept of the TRAINING split of the pack lie nearer to each other than
to captions of other concepts, and so do two terms of one value of the lexicon. Sides are left out of the captions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.adapter import PROBE, WEIGHTS_PATH, Adapter
from digital_life.momat.caption_rows import Encoder, caption_rows
from digital_life.momat.clip import Clip
from digital_life.momat.lexicon import motion_lexicon
from digital_life.momat.wording import without_sides

Rows = NDArray[np.float32]


@dataclass(frozen=True)
class Schedule:
    """How long and how gently."""

    rank: int = 128
    steps: int = 200
    batch: int = 96
    rate: float = 2e-3
    decay: float = 1e-3
    temperature: float = 0.15
    dropout: float = 0.2
    shrink: float = 0.02
    """Weight of the squared size of the correction."""


def train_adapter(
    clips: Sequence[Clip], embedder: Encoder, *, seed: int = 0, schedule: Schedule | None = None
) -> Adapter:
    """The adapter for ``embedder`` from those of ``clips`` that are of the training split.

    Raises:
        InputError: there are none.
    """
    import torch

    plan = schedule or Schedule()
    groups = [_embedded(group, embedder) for group in (_concepts(clips), _values())]
    if not groups[0]:
        raise InputError("no clip of the training split has two captions", "train on a motion pack with its splits")
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    width = groups[0][0].shape[1]
    up = torch.nn.Parameter(0.02 * torch.randn(width, plan.rank))
    down = torch.nn.Parameter(torch.zeros(plan.rank, width))
    optimiser = torch.optim.AdamW([up, down], lr=plan.rate, weight_decay=plan.decay)

    def corrected(rows: torch.Tensor) -> torch.Tensor:
        dropped = torch.nn.functional.dropout(rows, plan.dropout)
        return torch.nn.functional.normalize(rows + (dropped @ up) @ down, dim=-1)

    for _ in range(plan.steps):
        loss = plan.shrink * ((up @ down) ** 2).sum()
        for group in groups:
            pairs = torch.from_numpy(_pairs(group, plan.batch, rng))
            likeness = corrected(pairs[0]) @ corrected(pairs[1]).T / plan.temperature
            target = torch.arange(len(likeness))
            loss = loss + torch.nn.functional.cross_entropy(likeness, target)
            loss = loss + torch.nn.functional.cross_entropy(likeness.T, target)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return Adapter(up.detach().numpy(), down.detach().numpy(), embedder.encode([PROBE])[0])


def _concepts(clips: Iterable[Clip]) -> list[list[str]]:
    captions: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for clip in clips:
        if clip.split == "train":
            captions[clip.tags[:1]].update(without_sides(caption) for caption in clip.captions)
    return [sorted(texts) for texts in captions.values()]


def _values() -> list[list[str]]:
    lexicon = motion_lexicon()
    return [lexicon.terms_of(name) for name in lexicon.values if name.startswith(("act", "style"))]


def _embedded(groups: Iterable[Sequence[str]], embedder: Encoder) -> list[Rows]:
    several = [group for group in groups if len(group) > 1]
    rows = caption_rows([text for group in several for text in group], embedder)
    return np.split(rows, np.cumsum([len(group) for group in several])[:-1]) if several else []


def _pairs(groups: Sequence[Rows], batch: int, rng: np.random.Generator) -> Rows:
    """Two different members of each of up to ``batch`` groups [2, B, D]."""
    chosen = rng.choice(len(groups), min(batch, len(groups)), replace=False)
    return np.stack([groups[group][rng.choice(len(groups[group]), 2, replace=False)] for group in chosen], axis=1)


def main(arguments: Sequence[str], notice: Callable[[str], object] = print) -> None:
    """Train on the pack that is named and write the shipped weights."""
    from digital_life.llm.embedding import shared_embedder
    from digital_life.momat.pack import read_pack

    if len(arguments) != 1:
        raise SystemExit("usage: python -m digital_life.momat.train_adapter PACK")
    adapter = train_adapter(list(read_pack(Path(arguments[0]))), shared_embedder())
    adapter.save(WEIGHTS_PATH)
    notice(f"wrote {WEIGHTS_PATH.name}: rank {adapter.up.shape[1]}, {WEIGHTS_PATH.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])

"""Flow matching over motion tokens: the loss, and sampling in a few steps with guidance for every condition.

Rectified flow (Liu et al. 2022; Lipman et al. 2022): ``x_t = (1 - t) noise + t clean``. The network predicts the clean
tokens, which keeps few steps honest; the velocity follows as ``(clean - x_t) / (1 - t)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor

from digital_life.mogen.conditions import KEPT, Conditions
from digital_life.mogen.network import Context, MotionNetwork, Prepared

STEPS = 4
"""Passes of the network where nothing else is asked."""
LATEST = 0.98
"""Velocities are taken at this time at the latest, for they blow up towards 1."""


@dataclass(frozen=True)
class Guidance:
    """How strongly text, sample and conditions (postures and emotion) are followed: 1 as trained, more for more; 0 leaves
    them out. Each that is not 1 makes a pass dearer by one evaluation.
    """

    text: float = 2.5
    sample: float = 1.5
    conditions: float = 1.0


class Network(Protocol):
    """What sampling needs of :class:`~digital_life.mogen.network.MotionNetwork`."""

    def prepare(self, context: Context) -> Prepared:
        """Read the context once."""

    def step(self, noisy: Tensor, time: Tensor, prepared: Prepared) -> Tensor:
        """Predicted clean tokens."""


def flow_loss(network: MotionNetwork, clean: Tensor, context: Context) -> Tensor:
    """Mean squared error of the predicted clean tokens [B, N, latent] at random times, weighted towards the middle."""
    batch = clean.shape[0]
    time = torch.sigmoid(torch.randn(batch, device=clean.device))
    noise = torch.randn_like(clean)
    mixed = (1 - time)[:, None, None] * noise + time[:, None, None] * clean
    mixed = torch.where(context.known_mask > 0, clean, mixed)
    made = network(mixed, time, context).float()
    weight = 1.0 / ((1 - time).clamp(min=0.1) ** 2)
    counted = context.mask[..., None] * (1 - context.known_mask)
    error = ((made - clean) ** 2 * counted).sum(dim=(1, 2)) / (counted.sum(dim=(1, 2)) * clean.shape[-1]).clamp(min=1.0)
    loss: Tensor = (error * weight / weight.mean()).mean()
    return loss


@torch.inference_mode()
def sample(
    network: Network, context: Context, noise: Tensor, *, steps: int = STEPS, guidance: Guidance | None = None
) -> Tensor:
    """Tokens [B, N, latent] made from ``noise`` of that shape in ``steps`` passes (Euler).

    Known tokens come out as they went in. Each pass evaluates the guided variants as one batch.
    """
    predict = guided(network, context, guidance or Guidance())
    x = noise
    times = torch.linspace(0.0, 1.0, steps + 1).to(x).unbind()
    for now, then in pairwise(times):
        x = torch.where(context.known_mask > 0, context.known, x)
        x = euler(x, predict(x, now.expand(len(x))), now.expand(len(x)), then.expand(len(x)))
    return torch.where(context.known_mask > 0, context.known, x)


def guided(network: Network, context: Context, guidance: Guidance) -> Callable[[Tensor, Tensor], Tensor]:
    """What predicts the clean tokens of noisy ones [B, N, latent] at times [B]; the context is read once.

    A call evaluates the guided variants as one batch.
    """
    variants, weights = _variants(context, guidance)
    prepared = network.prepare(_stacked(variants))

    def predict(x: Tensor, now: Tensor) -> Tensor:
        made = network.step(x.repeat(len(variants), 1, 1), now.repeat(len(variants)), prepared)
        clean = sum(weight * part for weight, part in zip(weights, made.chunk(len(variants)), strict=True))
        assert isinstance(clean, Tensor)
        return clean

    return predict


def euler(x: Tensor, clean: Tensor, now: Tensor, then: Tensor) -> Tensor:
    """Tokens [B, N, latent] at times ``then`` [B], from ``x`` at ``now`` and the ``clean`` ones predicted there."""
    now, then = now[:, None, None], then[:, None, None]
    return torch.where(then >= 1.0, clean, x + (then - now) * (clean - x) / (1.0 - now.clamp(max=LATEST)))


def _variants(context: Context, guidance: Guidance) -> tuple[list[Context], list[float]]:
    """Contexts to evaluate and their weights, which sum to one: everything, and without each that is guided."""
    variants, weights = [context], [1.0]
    has_sample = bool(context.sample_mask.any())
    for strength, without in (
        (guidance.text, without_text),
        (guidance.sample if has_sample else 1.0, without_sample),
        (guidance.conditions, without_conditions),
    ):
        if strength != 1.0:
            variants.append(without(context))
            weights[0] += strength - 1.0
            weights.append(1.0 - strength)
    return variants, weights


def without_text(context: Context) -> Context:
    """The context with nothing said."""
    return replace(context, text=torch.zeros_like(context.text), text_mask=torch.zeros_like(context.text_mask))


def without_sample(context: Context) -> Context:
    """The context with nothing retrieved."""
    return replace(context, sample=torch.zeros_like(context.sample), sample_mask=torch.zeros_like(context.sample_mask))


def without_conditions(context: Context) -> Context:
    """The context with postures and emotion free; length and fingers stay."""
    free = torch.from_numpy(Conditions(0.0).row()).to(context.conditions)
    return replace(
        context,
        conditions=torch.cat([free[:-KEPT].expand(len(context.conditions), -1), context.conditions[:, -KEPT:]], 1),
    )


def _stacked(contexts: Sequence[Context]) -> Context:
    names = ("text", "text_mask", "sample", "sample_mask", "known", "known_mask", "conditions", "mask")
    return Context(**{name: torch.cat([getattr(context, name) for context in contexts]) for name in names})

"""The generator's network: a transformer over motion tokens that looks at text, a retrieved motion and known tokens.

Every block attends to its own tokens, the text and the retrieved sample at once, each through its own keys and values
(dual semantics-modulated attention of MoMat-MoGen, CVPR 2024, with softmax in place of the linear form), and is
modulated by time and conditions (adaptive layer norm, Peebles and Xie 2023; one for all blocks, each with its own
constant, Chen et al. 2023, PixArt-alpha).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from digital_life.mogen.conditions import WIDTH as CONDITIONS

TEXT = 384


@dataclass(frozen=True)
class NetworkSize:
    """Channels, blocks, attention heads, and numbers of a motion token."""

    width: int = 256
    depth: int = 7
    heads: int = 4
    latent: int = 48


@dataclass(frozen=True)
class Context:
    """What a batch of B motions is to be.

    ``text`` [B, W, 384] with ``text_mask`` [B, W] (true where there is a word), ``sample`` [B, M, latent] the retrieved
    motion with ``sample_mask`` [B, M], ``known`` [B, N, latent] with ``known_mask`` [B, N, 1] (1 where a token is
    given), ``conditions`` [B, C] and ``mask`` [B, N] (true where the motion goes on).
    """

    text: Tensor
    text_mask: Tensor
    sample: Tensor
    sample_mask: Tensor
    known: Tensor
    known_mask: Tensor
    conditions: Tensor
    mask: Tensor


@dataclass(frozen=True)
class Prepared:
    """What of a context is the same at every time, computed once: see :meth:`MotionNetwork.prepare`."""

    entered: Tensor
    known: Tensor
    free: Tensor
    guide: Tensor
    shown: tuple[tuple[Tensor, Tensor], ...]
    seen: Tensor


class _Block(nn.Module):
    """Joint attention over own tokens, text and sample, then a gated feed-forward layer."""

    def __init__(self, size: NetworkSize) -> None:
        super().__init__()
        width = size.width
        self.heads = size.heads
        self.norm_one = nn.LayerNorm(width, elementwise_affine=False)
        self.norm_two = nn.LayerNorm(width, elementwise_affine=False)
        self.own = nn.Linear(width, 3 * width)
        self.text = nn.Linear(width, 2 * width)
        self.sample = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.modulation = nn.Parameter(torch.zeros(6, width))

    def shown(self, text: Tensor, sample: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values [B, heads, W + M, width / heads] of text and sample, which are the same at every time."""
        text_key, text_value = self.text(text).chunk(2, dim=-1)
        sample_key, sample_value = self.sample(sample).chunk(2, dim=-1)
        keys, values = torch.cat([text_key, sample_key], dim=1), torch.cat([text_value, sample_value], dim=1)
        return self._split(keys), self._split(values)

    def forward(self, x: Tensor, shown: tuple[Tensor, Tensor], mask: Tensor, guide: Tensor) -> Tensor:
        shift_a, scale_a, gate_a, shift_f, scale_f, gate_f = (guide + self.modulation)[:, :, None].unbind(1)
        query, key, value = self.own(self.norm_one(x) * (1 + scale_a) + shift_a).chunk(3, dim=-1)
        keys = torch.cat([self._split(key), shown[0]], dim=2)
        values = torch.cat([self._split(value), shown[1]], dim=2)
        heard = scaled_dot_product_attention(self._split(query), keys, values, attn_mask=mask)
        x = x + gate_a * self.out(heard.transpose(1, 2).flatten(2))
        out: Tensor = x + gate_f * self.feed(self.norm_two(x) * (1 + scale_f) + shift_f)
        return out

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(*x.shape[:2], self.heads, -1).transpose(1, 2)


class MotionNetwork(nn.Module):
    """Noisy motion tokens [B, N, latent] at times [B] in 0..1, and a context, to the clean tokens.

    Tokens are normalised: ``token_mean`` and ``token_scale`` [latent] bring the auto-encoder's tokens to unit size.
    """

    token_mean: Tensor
    token_scale: Tensor

    def __init__(self, size: NetworkSize | None = None) -> None:
        super().__init__()
        size = size or NetworkSize()
        self.size = size
        width = size.width
        self.register_buffer("token_mean", torch.zeros(size.latent))
        self.register_buffer("token_scale", torch.ones(size.latent))
        self.enter = nn.Linear(3 * size.latent, width)
        self.enter_known = nn.Linear(1, width, bias=False)
        self.enter_text = nn.Sequential(nn.Linear(TEXT, width), nn.LayerNorm(width))
        self.enter_sample = nn.Linear(size.latent, width)
        self.time = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.conditions = nn.Sequential(nn.Linear(CONDITIONS, width), nn.SiLU(), nn.Linear(width, width))
        self.summary = nn.Linear(width, width)
        self.modulate = nn.Linear(width, 6 * width)
        nn.init.zeros_(self.modulate.weight)
        nn.init.zeros_(self.modulate.bias)
        self.blocks = nn.ModuleList(_Block(size) for _ in range(size.depth))
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, size.latent)

    def forward(self, noisy: Tensor, time: Tensor, context: Context) -> Tensor:
        """Predicted clean tokens [B, N, latent]."""
        return self.step(noisy, time, self.prepare(context))

    def prepare(self, context: Context) -> Prepared:
        """Read the context once, for any number of steps."""
        entered = self.enter_known(context.known_mask) + _positions(
            context.known.shape[1], context.known_mask, self.size
        )
        words = context.text_mask[..., None].to(entered)
        text = self.enter_text(context.text) * words
        sample = self.enter_sample(context.sample)
        sample = sample + _positions(sample.shape[1], sample, self.size)
        said = text.sum(1) / words.sum(1).clamp(min=1.0)
        return Prepared(
            entered=entered,
            known=context.known * context.known_mask,
            free=1 - context.known_mask,
            guide=self.conditions(context.conditions) + self.summary(said),
            shown=tuple(block.shown(text, sample) for block in self._every_block()),
            seen=torch.cat([context.mask, context.text_mask, context.sample_mask], dim=1)[:, None, None],
        )

    def step(self, noisy: Tensor, time: Tensor, prepared: Prepared) -> Tensor:
        """Predicted clean tokens [B, N, latent] of ``noisy`` tokens of that shape at ``time`` [B]."""
        x = self.enter(torch.cat([noisy, prepared.known, noisy * prepared.free], dim=-1)) + prepared.entered
        guide = nn.functional.silu(self.time(_wave(time * 1000.0, self.size.width)) + prepared.guide)
        guide = self.modulate(guide).reshape(-1, 6, self.size.width)
        for block, shown in zip(self.blocks, prepared.shown, strict=True):
            x = block(x, shown, prepared.seen, guide)
        out: Tensor = self.leave(self.norm(x))
        return out

    def _every_block(self) -> Iterator[_Block]:
        for block in self.blocks:
            assert isinstance(block, _Block)
            yield block


def _wave(values: Tensor, width: int) -> Tensor:
    """Sinusoidal embedding [..., width] of numbers [...]."""
    rates = torch.exp(-math.log(10_000.0) * torch.arange(width // 2, device=values.device) / (width // 2))
    angles = values[..., None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def _positions(count: int, like: Tensor, size: NetworkSize) -> Tensor:
    """[1, count, width] sinusoidal embedding of the place in time."""
    return _wave(torch.arange(count, device=like.device, dtype=torch.float32), size.width)[None].to(like)

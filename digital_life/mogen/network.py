"""The generator's network: a transformer over motion tokens that looks at text, a retrieved motion and known tokens.

Every block attends to its own tokens, the text and the retrieved sample at once, each through its own keys and values
(dual semantics-modulated attention of MoMat-MoGen, CVPR 2024, with softmax in place of the linear form), and is
modulated by time and conditions (adaptive layer norm, Peebles and Xie 2023; one for all blocks, each with its own
constant, Chen et al. 2023, PixArt-alpha).
"""

from __future__ import annotations

import math
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

    def forward(self, x: Tensor, text: Tensor, sample: Tensor, mask: Tensor, guide: Tensor) -> Tensor:
        shift_a, scale_a, gate_a, shift_f, scale_f, gate_f = (guide + self.modulation)[:, :, None].unbind(1)
        query, key, value = self.own(self.norm_one(x) * (1 + scale_a) + shift_a).chunk(3, dim=-1)
        text_key, text_value = self.text(text).chunk(2, dim=-1)
        sample_key, sample_value = self.sample(sample).chunk(2, dim=-1)
        keys = torch.cat([key, text_key, sample_key], dim=1)
        values = torch.cat([value, text_value, sample_value], dim=1)
        split = self._split
        heard = scaled_dot_product_attention(split(query), split(keys), split(values), attn_mask=mask)
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
        known = context.known * context.known_mask
        x = self.enter(torch.cat([noisy, known, noisy * (1 - context.known_mask)], dim=-1))
        x = x + self.enter_known(context.known_mask) + _positions(x.shape[1], x)
        words = context.text_mask[..., None].to(x)
        text = self.enter_text(context.text) * words
        sample = self.enter_sample(context.sample)
        sample = sample + _positions(sample.shape[1], sample)
        said = text.sum(1) / words.sum(1).clamp(min=1.0)
        guide = self.time(_wave(time * 1000.0, self.size.width))
        guide = nn.functional.silu(guide + self.conditions(context.conditions) + self.summary(said))
        guide = self.modulate(guide).reshape(len(x), 6, -1)
        seen = torch.cat([context.mask, context.text_mask, context.sample_mask], dim=1)[:, None, None]
        for block in self.blocks:
            x = block(x, text, sample, seen, guide)
        out: Tensor = self.leave(self.norm(x))
        return out


def _wave(values: Tensor, width: int) -> Tensor:
    """Sinusoidal embedding [..., width] of numbers [...]."""
    rates = torch.exp(-math.log(10_000.0) * torch.arange(width // 2, device=values.device) / (width // 2))
    angles = values[..., None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def _positions(count: int, like: Tensor) -> Tensor:
    """[1, count, width] sinusoidal embedding of the place in time."""
    return _wave(torch.arange(count, device=like.device, dtype=torch.float32), like.shape[-1])[None].to(like)

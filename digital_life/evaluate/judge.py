"""The judge: a text and a motion encoder trained so that what belongs together lies together.

A contrastive pair of encoders as in TMR (Petrovich et al. 2023): the field measures generated motions in such a space.
Its weights are its own; the generator never sees them. Bodies and fingers are both judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from digital_life.mogen.representation import WIDTH

TEXT = 384
STRIDE = 5
"""Frames that become one token."""


@dataclass(frozen=True)
class JudgeSize:
    """Channels, transformer layers of the motion side, attention heads, and numbers of an embedding."""

    width: int = 192
    depth: int = 4
    heads: int = 4
    embedding: int = 128


class Judge(nn.Module):
    """``motions`` [B, T, 320] and ``texts`` [B, W, 384] to unit embeddings [B, 128] of one space."""

    mean: Tensor
    scale: Tensor

    def __init__(self, size: JudgeSize | None = None) -> None:
        super().__init__()
        size = size or JudgeSize()
        self.size = size
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("scale", torch.ones(WIDTH))
        self.patch = nn.Conv1d(WIDTH, size.width, STRIDE, stride=STRIDE)
        self.place = nn.Parameter(0.02 * torch.randn(1, 128, size.width))
        self.motion_query = nn.Parameter(0.02 * torch.randn(1, 1, size.width))
        self.motion = nn.TransformerEncoder(_layer(size), size.depth, enable_nested_tensor=False)
        self.motion_out = nn.Sequential(nn.LayerNorm(size.width), nn.Linear(size.width, size.embedding))
        self.words = nn.Linear(TEXT, size.width)
        self.text_query = nn.Parameter(0.02 * torch.randn(1, 1, size.width))
        self.text = nn.TransformerEncoder(_layer(size), 2, enable_nested_tensor=False)
        self.text_out = nn.Sequential(nn.LayerNorm(size.width), nn.Linear(size.width, size.embedding))
        self.log_temperature = nn.Parameter(torch.tensor(2.7))

    def motions(self, rows: Tensor, lengths: Tensor) -> Tensor:
        """Embeddings of rows [B, T, 320], of which the first ``lengths`` [B] frames count; T is a multiple of five."""
        x = ((rows - self.mean) / self.scale).clamp(-8.0, 8.0)
        x = self.patch(x.transpose(1, 2)).transpose(1, 2)
        x = x + self.place[:, : x.shape[1]]
        seen = torch.arange(x.shape[1], device=x.device)[None] * STRIDE < lengths[:, None]
        return _read(x, seen, self.motion_query, self.motion, self.motion_out)

    def texts(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Embeddings of MiniLM token states [B, W, 384]; ``mask`` [B, W] is true where there is a word."""
        return _read(self.words(tokens), mask, self.text_query, self.text, self.text_out)


def _layer(size: JudgeSize) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        size.width, size.heads, 4 * size.width, dropout=0.1, activation="gelu", batch_first=True, norm_first=True
    )


def _read(x: Tensor, seen: Tensor, query: Tensor, body: nn.Module, out: nn.Module) -> Tensor:
    """What a query token gathers from ``x``."""
    x = torch.cat([query.expand(len(x), -1, -1), x], dim=1)
    seen = torch.cat([torch.ones_like(seen[:, :1]), seen], dim=1)
    gathered = body(x, src_key_padding_mask=~seen)[:, 0]
    return nn.functional.normalize(out(gathered), dim=-1)


def contrastive_loss(motions: Tensor, texts: Tensor, log_temperature: Tensor, same: Tensor) -> Tensor:
    """InfoNCE both ways over a batch of embeddings; ``same`` [B, B] marks pairs that show one thing and are no negatives."""
    logits = motions @ texts.T * log_temperature.clamp(max=4.0).exp()
    diagonal = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
    logits = logits.masked_fill(same & ~diagonal, -1e4)
    target = torch.arange(len(logits), device=logits.device)
    cross = nn.functional.cross_entropy
    return 0.5 * (cross(logits, target) + cross(logits.T, target))

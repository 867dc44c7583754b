"""The judge: a text and a motion encoder trained so that what belongs together lies together.

A contrastive pair of encoders as in TMR (Petrovich et al. 2023): the field measures generated motions in such a space.
Its weights are its own. Those of the judge that measures the generator never sees; a critic's half that reads may tell it
what texts mean (:mod:`digital_life.mogen.aligned_text`). Bodies and fingers are both judged.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from digital_life.errors import AssetError
from digital_life.mogen.representation import WIDTH
from digital_life.mogen.tensor_file import MEND, read_tensors, write_tensors
from digital_life.mogen.text import TextRows

FORMAT = "digital-life-judge"
VERSION = "1"
TEXT = 384
STRIDE = 10
"""Frames that become one token."""
LONGEST = 300
"""Frames that are looked at; of a longer motion the first ten seconds."""
_AT_ONCE = 32


@dataclass(frozen=True)
class JudgeSize:
    """Channels, transformer layers of the motion and of the text side, attention heads, and numbers of an embedding."""

    width: int = 160
    depth: int = 4
    text_depth: int = 1
    heads: int = 4
    embedding: int = 128


class TextEncoder(nn.Module):
    """``texts`` [B, W, 384] to unit embeddings [B, 128] of the space of a :class:`Judge`: its half that reads."""

    def __init__(self, size: JudgeSize | None = None) -> None:
        super().__init__()
        self.size = size or JudgeSize()
        self.words, self.text_query, self.text, self.text_out = _text_side(self.size)

    def texts(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Embeddings of MiniLM token states [B, W, 384]; ``mask`` [B, W] is true where there is a word."""
        return _read(self.words(tokens), mask, self.text_query, self.text, self.text_out)


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
        self.motion_query = nn.Parameter(0.02 * torch.randn(1, 1, size.width))
        self.motion = nn.TransformerEncoder(_layer(size), size.depth, enable_nested_tensor=False)
        self.motion_out = nn.Sequential(nn.LayerNorm(size.width), nn.Linear(size.width, size.embedding))
        self.words, self.text_query, self.text, self.text_out = _text_side(size)
        self.log_temperature = nn.Parameter(torch.tensor(2.7))

    def motions(self, rows: Tensor, lengths: Tensor) -> Tensor:
        """Embeddings of rows [B, T, 320], of which the first ``lengths`` [B] frames count; T is a multiple of ten."""
        x = ((rows - self.mean) / self.scale).clamp(-8.0, 8.0)
        inside = torch.arange(x.shape[1], device=x.device)[None] < lengths[:, None]
        x = self.patch((x * inside[..., None]).transpose(1, 2)).transpose(1, 2)
        x = x + _places(x)
        return _read(x, inside[:, ::STRIDE], self.motion_query, self.motion, self.motion_out)

    def texts(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """As :meth:`TextEncoder.texts`."""
        return _read(self.words(tokens), mask, self.text_query, self.text, self.text_out)

    @torch.inference_mode()
    def embed_rows(self, motions: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
        """Embeddings [N, D] of the rows [T, 320] of N motions of any length."""
        if not motions:
            return np.zeros((0, self.size.embedding))
        order = sorted(range(len(motions)), key=lambda k: len(motions[k]))
        made = np.zeros((len(motions), self.size.embedding))
        where = self.mean.device
        for first in range(0, len(order), _AT_ONCE):
            part = order[first : first + _AT_ONCE]
            lengths = [min(len(motions[k]), LONGEST) for k in part]
            rows = np.zeros((len(part), math.ceil(max(lengths) / STRIDE) * STRIDE, WIDTH), np.float32)
            for place, (k, length) in enumerate(zip(part, lengths, strict=True)):
                rows[place, :length] = motions[k][:length]
            seen = self.motions(torch.from_numpy(rows).to(where), torch.tensor(lengths, device=where))
            made[part] = seen.double().cpu().numpy()
        return made

    @torch.inference_mode()
    def embed_words(self, texts: TextRows) -> NDArray[np.float64]:
        """Embeddings [N, D] of N texts."""
        if not len(texts.lengths):
            return np.zeros((0, self.size.embedding))
        tokens = torch.from_numpy(texts.tokens[:, : int(texts.lengths.max())].astype(np.float32))
        mask = torch.arange(tokens.shape[1])[None] < torch.from_numpy(texts.lengths)[:, None]
        where = self.mean.device
        return self.texts(tokens.to(where), mask.to(where)).double().cpu().numpy()


def _text_side(size: JudgeSize) -> tuple[nn.Linear, nn.Parameter, nn.TransformerEncoder, nn.Sequential]:
    return (
        nn.Linear(TEXT, size.width),
        nn.Parameter(0.02 * torch.randn(1, 1, size.width)),
        nn.TransformerEncoder(_layer(size), size.text_depth, enable_nested_tensor=False),
        nn.Sequential(nn.LayerNorm(size.width), nn.Linear(size.width, size.embedding)),
    )


def _layer(size: JudgeSize) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        size.width, size.heads, 4 * size.width, dropout=0.1, activation="gelu", batch_first=True, norm_first=True
    )


def _places(like: Tensor) -> Tensor:
    """[1, N, width] sinusoidal embedding of the place in time (Vaswani et al. 2017)."""
    half = like.shape[2] // 2
    rates = torch.exp(-math.log(10_000.0) * torch.arange(half, device=like.device) / half)
    angles = torch.arange(like.shape[1], device=like.device)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)[None].to(like)


def _read(x: Tensor, seen: Tensor, query: Tensor, body: nn.Module, out: nn.Module) -> Tensor:
    """What a query token gathers from ``x``."""
    x = torch.cat([query.expand(len(x), -1, -1).to(x), x], dim=1)
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


def save_judge(judge: Judge, path: Path, card: Mapping[str, Any]) -> None:
    """Write a judge in half precision; ``card`` (JSON) says what it was trained on.

    Raises:
        StorageError: the file cannot be written.
    """
    header = {
        "format": FORMAT,
        "version": VERSION,
        "size": json.dumps(asdict(judge.size)),
        "card": json.dumps(dict(card)),
    }
    write_tensors(path, judge.state_dict(), header)


def load_judge(path: Path) -> Judge:
    """Read what :func:`save_judge` wrote, ready to run.

    Raises:
        AssetError: the file is missing, damaged, or of another version.
    """
    tensors, header = read_tensors(path, FORMAT, VERSION)
    try:
        judge = Judge(JudgeSize(**json.loads(header["size"])))
        judge.load_state_dict(tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise AssetError(f"{path}: the weights do not fit their own header ({error})", MEND) from error
    return judge.eval().requires_grad_(False)


def judge_card(path: Path) -> dict[str, Any]:
    """What a file of :func:`save_judge` says about how it was trained.

    Raises:
        AssetError: the file is missing, damaged, or of another version.
    """
    _, header = read_tensors(path, FORMAT, VERSION)
    try:
        return dict(json.loads(header["card"]))
    except (KeyError, TypeError, ValueError) as error:
        raise AssetError(f"{path}: the weights have no card ({error})", MEND) from error

"""The temporal auto-encoder: five frames of a motion become one token of a few numbers, and back.

A convolution over frames, a patch of frames to one token, and residual convolutions over tokens; the decoder mirrors
it. Slightly variational (Kingma and Welling 2014), so that the space between tokens decodes to something sensible.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from digital_life.mogen.representation import WIDTH

PATCH = 5
"""Frames of one token: six tokens a second."""


@dataclass(frozen=True)
class AutoencoderSize:
    """Channels at frame rate, channels at token rate, residual blocks each way, and numbers of a token."""

    frame: int = 192
    width: int = 384
    depth: int = 4
    latent: int = 48


class _Norm(nn.Module):
    """Root-mean-square norm over channels, each moment by itself, so that a chunk gives what the whole gives."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gain * torch.rsqrt((x * x).mean(dim=1, keepdim=True) + 1e-6)


class _Residual(nn.Module):
    """Two convolutions over time (kernel 3) around which the input goes on unchanged."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.norm = _Norm(channels)
        self.first = nn.Conv1d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.second(nn.functional.gelu(self.first(self.norm(x))))
        return out


class _Frames(nn.Module):
    """A residual convolution at frame rate without normalisation over time, so that any chunk gives the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(channels, channels, 5, padding=2)
        self.second = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.second(nn.functional.gelu(self.first(x)))
        return out


class MotionAutoencoder(nn.Module):
    """Rows [B, T, 320] to tokens [B, T / 5, latent] and back; T is a multiple of five. Rows are in their own units."""

    mean: Tensor
    scale: Tensor

    def __init__(self, size: AutoencoderSize | None = None) -> None:
        super().__init__()
        size = size or AutoencoderSize()
        self.size = size
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("scale", torch.ones(WIDTH))
        blocks = [2 ** (k % 3) for k in range(size.depth)]
        self.enter = nn.Conv1d(WIDTH, size.frame, 5, padding=2)
        self.pack = nn.Conv1d(size.frame, size.width, PATCH, stride=PATCH)
        self.encoder = nn.Sequential(*(_Residual(size.width, d) for d in blocks))
        self.to_latent = nn.Conv1d(size.width, 2 * size.latent, 1)
        self.from_latent = nn.Conv1d(size.latent, size.width, 1)
        self.decoder = nn.Sequential(*(_Residual(size.width, d) for d in reversed(blocks)))
        self.unpack = nn.ConvTranspose1d(size.width, size.frame, PATCH, stride=PATCH)
        self.smooth = nn.Sequential(_Frames(size.frame), _Frames(size.frame))
        self.leave = nn.Conv1d(size.frame, WIDTH, 5, padding=2)

    def encode(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance [B, T / 5, latent] of the tokens."""
        x = ((rows - self.mean) / self.scale).clamp(-8.0, 8.0).transpose(1, 2)
        x = self.pack(nn.functional.gelu(self.enter(x)))
        mean, log_variance = self.to_latent(self.encoder(x)).transpose(1, 2).chunk(2, dim=-1)
        return mean, log_variance.clamp(-12.0, 4.0)

    def decode(self, tokens: Tensor) -> Tensor:
        """Rows [B, 5 * N, 320] of tokens [B, N, latent]; contacts come as probabilities."""
        x = self.unpack(self.decoder(self.from_latent(tokens.transpose(1, 2))))
        rows = self.leave(self.smooth(x)).transpose(1, 2)
        rows = rows * self.scale + self.mean
        return torch.cat([rows[..., :-4], torch.sigmoid(4.0 * (rows[..., -4:] - 0.5))], dim=-1)

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Reconstruction, mean and log variance; the reconstruction is of a sample."""
        mean, log_variance = self.encode(rows)
        sample = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        return self.decode(sample), mean, log_variance

"""Strand textures: clumps of strands with pointed ends, darker at the roots, in columns for cards, scalp and stubble."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from digital_life.body.colour import Colour
from digital_life.body.garment_surface import smoothstep

HEIGHT, COLUMN = 512, 64
COLUMNS = 8
STRAIGHT, SHADED, WAVY, WISPY, SHELL, STUBBLE = (0, 1), 2, (3, 4), 5, 6, 7
"""Columns: locks, locks that lie deeper, wavy locks, single strands, the cover of the scalp, short stubble."""
LEVELS = 28
"""Brightness is rounded to so many steps, which makes the PNG several times smaller."""

Floats = NDArray[np.float64]
_V = (np.arange(HEIGHT)[:, None] + 0.5) / HEIGHT
_X = (np.arange(COLUMN)[None, :] + 0.5) / COLUMN


def _clumps(
    random: np.random.Generator, count: int, width: float, shortest: float, wave: float
) -> tuple[Floats, Floats]:
    """(brightness around 0, alpha) of one column: overlapping clumps, each narrowing to a point."""
    light, alpha = np.full((HEIGHT, COLUMN), -0.5), np.zeros((HEIGHT, COLUMN))
    middles = random.permutation(np.linspace(0.09, 0.91, count)) + random.normal(0, 0.02, count)
    phase = random.uniform(0, 2 * np.pi)
    for middle in middles:
        length = random.uniform(shortest, 1.0) * (1 - 0.35 * abs(2 * middle - 1) ** 2)
        drift = random.normal(0, 0.05) * _V**2
        sway = wave * np.sin(2 * np.pi * 4.5 * _V + phase + random.normal(0, 0.4)) * smoothstep(0.0, 0.15, _V)
        half = width * random.uniform(0.7, 1.2) * np.sqrt(np.clip(1 - (_V / length) ** 2.2, 0, 1))
        across = (_X - (middle + drift + sway)) / np.maximum(half, 1e-6)
        inside = (np.abs(across) < 1) & (half > 0.004)
        round_shade = -0.9 * np.abs(across) ** 2.5 + random.normal(0, 0.45)
        light = np.where(inside, round_shade, light)
        alpha = np.where(inside, 1.0, alpha)
    fine = gaussian_filter(random.normal(size=(HEIGHT, COLUMN)), (40, 0.6), mode="wrap")
    return light + 0.45 * fine / fine.std(), alpha


def _cover(random: np.random.Generator) -> tuple[Floats, Floats]:
    """The scalp's cover: dense strands that fray at the hairline (v = 0)."""
    fine = gaussian_filter(random.normal(size=(HEIGHT, COLUMN)), (46, 0.7), mode="wrap")
    broad = gaussian_filter(random.normal(size=(HEIGHT, COLUMN)), (60, 2.0), mode="wrap")
    ends = gaussian_filter(random.normal(size=COLUMN), 0.7, mode="wrap")
    fray = 0.035 + 0.025 * ends / ends.std()
    return 0.55 * fine / fine.std() + 0.4 * broad / broad.std() - 0.35, (fray[None] < _V).astype(float)


def _stubble(random: np.random.Generator) -> tuple[Floats, Floats]:
    """Dots that close up away from the hairline."""
    dots = gaussian_filter(random.normal(size=(HEIGHT, COLUMN)), (1.3, 0.8), mode="wrap")
    dots /= dots.std()
    return 0.5 * dots, (dots + 2.6 * smoothstep(0.0, 0.6, _V) - 1.7 > 0).astype(float)


@lru_cache(maxsize=2)
def _strands(seed: int) -> tuple[Floats, Floats]:
    """(brightness around 0, alpha) [HEIGHT, COLUMNS * COLUMN]."""
    random = np.random.default_rng(seed)
    drawn = {column: _clumps(random, 15, 0.085, 0.72, 0.0) for column in (*STRAIGHT, SHADED)}
    drawn |= {column: _clumps(random, 13, 0.095, 0.78, 0.075) for column in WAVY}
    drawn[WISPY] = _clumps(random, 7, 0.045, 0.5, 0.0)
    drawn[SHELL], drawn[STUBBLE] = _cover(random), _stubble(random)
    drawn[SHADED] = (drawn[SHADED][0] - 0.8, drawn[SHADED][1])
    columns = [drawn[column] for column in range(COLUMNS)]
    return np.concatenate([c[0] for c in columns], axis=1), np.concatenate([c[1] for c in columns], axis=1)


@lru_cache(maxsize=8)
def strand_texture(colour: Colour, seed: int = 0, shell: float = 1.0) -> NDArray[np.uint8]:
    """[512, 512, 4] sRGB and alpha: darker at the roots and between clumps, lighter to the tips.

    ``shell`` is the brightness of the scalp's cover.
    """
    light, alpha = _strands(seed)
    grown = np.ones((HEIGHT, COLUMNS * COLUMN)) * (
        0.74 + 0.26 * smoothstep(0.0, 0.35, _V) + 0.10 * smoothstep(0.5, 1, _V)
    )
    grown[:, SHELL * COLUMN :], grown[:, STUBBLE * COLUMN :] = shell, 1.0
    tone = np.clip(grown * (1 + 0.15 * np.clip(light, -2.4, 2.2)), 0.3, 1.5)
    tone = np.round(tone * LEVELS) / LEVELS
    base = np.array(colour) * 0.92 + 0.012
    warm = 1 + np.array([0.03, 0.0, -0.03]) * (tone[..., None] - 0.8)
    pixels = np.concatenate([np.clip(base * tone[..., None] * warm, 0, 1), alpha[..., None]], axis=-1)
    return np.asarray(pixels * 255, dtype=np.uint8)

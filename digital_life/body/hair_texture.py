"""Strand textures: streaks of lighter and darker hair, alpha that frays at tips and hairline."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from digital_life.body.colour import Colour
from digital_life.body.garment_surface import smoothstep

SIZE = 512
VARIANTS = 8
"""Columns of the texture: cards 0-5, then the shell's strands, then short stubble."""
SHELL, STUBBLE = 6, 7


@lru_cache(maxsize=2)
def _strands(seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(brightness around 0, alpha) [SIZE, SIZE] of all columns."""
    random = np.random.default_rng(seed)
    fine = gaussian_filter(random.normal(size=(SIZE, SIZE)), (46, 0.8), mode="wrap")
    broad = gaussian_filter(random.normal(size=(SIZE, SIZE)), (90, 3.0), mode="wrap")
    light = 0.5 * fine / fine.std() + 0.6 * broad / broad.std()
    v = np.linspace(0, 1, SIZE)[:, None]
    width = SIZE // VARIANTS
    ends = gaussian_filter(random.normal(size=SIZE), 1.2)
    ends = ends / ends.std()
    alpha = np.ones((SIZE, SIZE))
    x = np.abs((np.arange(SIZE) % width + 0.5) / width * 2 - 1)
    tip = 0.93 + 0.05 * ends - 0.30 * x**2.5
    alpha = np.minimum(alpha, smoothstep(0.02, -0.02, v - tip[None, :]))
    ragged = 0.55 + 0.5 * gaussian_filter(random.normal(size=(SIZE, SIZE)), (30, 1.0)) / 0.06
    alpha = np.where((x > 0.82)[None, :], np.minimum(alpha, np.clip(ragged, 0, 1)), alpha)
    shell = slice(SHELL * width, (SHELL + 1) * width)
    fray = 0.035 + 0.028 * ends[shell]
    alpha[:, shell] = smoothstep(-0.01, 0.012, v - fray[None, :])
    stubble = slice(STUBBLE * width, (STUBBLE + 1) * width)
    dots = gaussian_filter(random.normal(size=(SIZE, width)), (1.6, 0.7), mode="wrap")
    light[:, stubble] = 0.9 * dots / dots.std()
    alpha[:, stubble] = (dots / dots.std() + smoothstep(0.0, 0.25, v) * 4.0 - 1.2 > 0).astype(float)
    return light, alpha


@lru_cache(maxsize=8)
def strand_texture(colour: Colour, seed: int = 0) -> NDArray[np.uint8]:
    """[512, 512, 4] sRGB and alpha: darker at the roots, a little lighter and warmer to the tips."""
    light, alpha = _strands(seed)
    v = np.linspace(0, 1, SIZE)[:, None]
    base = np.array(colour)
    tone = (0.88 + 0.13 * smoothstep(0.0, 0.6, v) + 0.07 * smoothstep(0.6, 1.0, v))[..., None]
    warm = 1 + np.array([0.05, 0.0, -0.05]) * smoothstep(0.3, 1.0, v)[..., None]
    streak = 1 + 0.17 * np.clip(light, -2.2, 2.2)[..., None]
    rgb = (base + 0.012) * tone * warm * streak
    pixels = np.concatenate([np.clip(rgb, 0, 1), alpha[..., None]], axis=-1)
    return np.asarray(pixels * 255, dtype=np.uint8)

"""Short-hand for rows of ARKit weights: a name without its side stands for both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES

Array = NDArray[np.float32]


def columns(name: str) -> tuple[int, ...]:
    """Columns of ``Motion.face`` that ``name`` stands for ("mouthSmile" is left and right, "jawOpen" itself)."""
    if name in ARKIT_INDEX:
        return (ARKIT_INDEX[name],)
    return (ARKIT_INDEX[f"{name}Left"], ARKIT_INDEX[f"{name}Right"])


def row(weights: Mapping[str, float]) -> Array:
    """[52] row of the named weights; all others are 0."""
    out = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, value in weights.items():
        out[list(columns(name))] = value
    return out


def smooth_step(x: NDArray[np.floating[Any]]) -> Array:
    """0 to 1 with no speed at either end, for ``x`` from 0 to 1."""
    inside = np.clip(x, 0.0, 1.0)
    return np.asarray(inside * inside * (3.0 - 2.0 * inside), np.float32)

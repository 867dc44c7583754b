"""Directions in words, as seen by the person who moves: ``"up"``, ``"forward in*0.5"``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WORDS: dict[str, tuple[float, float, float]] = {
    "out": (1.0, 0.0, 0.0),
    "in": (-1.0, 0.0, 0.0),
    "up": (0.0, 1.0, 0.0),
    "down": (0.0, -1.0, 0.0),
    "forward": (0.0, 0.0, 1.0),
    "back": (0.0, 0.0, -1.0),
}
"""(out, up, forward): ``out`` is away from the middle of the body, on the hand's own side."""


def parse_direction(text: str) -> Array:
    """Unit vector [3] (out, up, forward) of a phrase such as ``"forward up*0.5"``.

    Raises:
        ValueError: a word is not known, or the words cancel each other.
    """
    total = np.zeros(3)
    for part in text.split():
        word, _, factor = part.partition("*")
        if word not in WORDS:
            raise ValueError(f"unknown direction '{word}'; allowed words: {', '.join(WORDS)}, each with *number")
        try:
            total += np.array(WORDS[word]) * (float(factor) if factor else 1.0)
        except ValueError:
            raise ValueError(f"'{factor}' is not a number in the direction '{part}'") from None
    length = float(np.linalg.norm(total))
    if length < 1e-6:
        raise ValueError(f"the direction '{text}' points nowhere; write for example 'forward up*0.5'")
    return np.asarray(total / length)


def to_world(vector: Array, side: str) -> Array:
    """(out, up, forward) of one side as body axes (+X left, +Y up, +Z forward)."""
    return np.asarray(vector * np.array([1.0 if side == "left" else -1.0, 1.0, 1.0]))

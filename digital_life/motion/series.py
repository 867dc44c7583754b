"""Small things that are needed wherever values change over time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def minimum_jerk(s: Array) -> Array:
    """From 0 to 1 with no velocity and no acceleration at either end, for ``s`` 0..1 (Flash and Hogan 1985)."""
    return np.asarray(s**3 * (10.0 - 15.0 * s + 6.0 * s * s))


def wrap(angle: NDArray[np.floating[Any]] | float) -> Array:
    """Angles in radians brought into -pi..pi."""
    return np.asarray((np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi)


def spans(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs [start, stop) of true values in ``flags`` [T]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]

"""95 % confidence intervals: Wilson's for shares, Student's t for means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_Z = 1.959963984540054


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval, from ``count`` observations. Without an interval the ends are None."""

    value: float
    low: float | None
    high: float | None
    count: int

    def text(self, digits: int = 2) -> str:
        """Such as "0.80 [0.62, 0.91], n 25"."""
        if self.low is None or self.high is None:
            return f"{self.value:.{digits}f}, n {self.count}"
        return f"{self.value:.{digits}f} [{self.low:.{digits}f}, {self.high:.{digits}f}], n {self.count}"


def share(right: int, total: int) -> Estimate | None:
    """``right`` of ``total`` with the interval of Wilson (1927); None for nothing observed."""
    if total == 0:
        return None
    p, z2 = right / total, _Z * _Z
    middle = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * math.sqrt(p * (1 - p) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half), total)


def mean(values: Sequence[float]) -> Estimate | None:
    """Arithmetic mean with Student's t interval; without one for a single value, None for no value."""
    if not values:
        return None
    average = float(np.mean(values))
    if len(values) == 1:
        return Estimate(average, None, None, 1)
    half = _critical(len(values) - 1) * float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return Estimate(average, average - half, average + half, len(values))


def slope(values: Sequence[float]) -> Estimate | None:
    """Least-squares slope per step of equally spaced ``values`` with its t interval; None for fewer than three."""
    n = len(values)
    if n < 3:
        return None
    x = np.arange(n, dtype=float) - (n - 1) / 2
    y = np.asarray(values, dtype=float)
    steepness = float(x @ y / (x @ x))
    rest = y - y.mean() - steepness * x
    half = _critical(n - 2) * math.sqrt(float(rest @ rest) / (n - 2) / float(x @ x))
    return Estimate(steepness, steepness - half, steepness + half, n)


def guess_corrected(right: int, options: Sequence[int]) -> float | None:
    """Share of right answers without those that chance gives: (right - g) / (n - g), g = sum of 1 / options (reference).

    ``options`` holds the number of choices of every question; None where nothing was asked.
    """
    if not options:
        return None
    guesses = sum(1 / count for count in options)
    return (right - guesses) / (len(options) - guesses)


def _critical(freedom: int) -> float:
    """Two-sided 95 % point of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))

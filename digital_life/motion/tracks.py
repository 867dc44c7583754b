"""Curves through keys: smooth, without overshoot, then followed by a body part with its own lag and springiness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATE = 120
"""Samples per second at which springs are simulated."""

EASES: dict[str, Callable[[Array], Array]] = {
    "smooth": lambda u: u,
    "attack": lambda u: 1.0 - (1.0 - u) ** 1.8,
    "gather": lambda u: u**1.8,
    "snap": lambda u: u * u * (3.0 - 2.0 * u),
    "linear": lambda u: u,
}
"""How time passes on the way to a key: ``attack`` starts fast and arrives softly, ``gather`` starts slowly and arrives
fast, ``snap`` waits, jumps and settles."""


@dataclass(frozen=True)
class Follow:
    """How a body part follows its curve: ``lag`` seconds behind the key times, a spring of ``hertz`` and ``damping``."""

    lag: float
    hertz: float
    damping: float


@dataclass
class Track:
    """Keys of one part: times (s), values [d], eases."""

    times: list[float] = field(default_factory=list)
    values: list[Array] = field(default_factory=list)
    eases: list[str] = field(default_factory=list)

    def add(self, time: float, value: Array, ease: str = "smooth") -> None:
        """Add a key after the last one; a key at the same time replaces it."""
        if self.times and time <= self.times[-1] + 1e-6:
            self.values[-1] = value
            return
        self.times.append(time)
        self.values.append(np.asarray(value, dtype=np.float64))
        self.eases.append(ease)

    def evaluate(self, query: Array) -> Array:
        """Values [N, d] at times [N], held at the ends. No keys can be added afterwards."""
        if self._curve is None:
            return np.repeat(self.values[0][None], len(query), axis=0)
        times = np.array(self.times)
        warped = np.clip(query, times[0], times[-1])
        for k, ease in enumerate(self.eases[1:], start=1):
            if ease in ("smooth", "linear"):
                continue
            inside = (query > times[k - 1]) & (query < times[k])
            span = times[k] - times[k - 1]
            warped[inside] = times[k - 1] + span * EASES[ease]((query[inside] - times[k - 1]) / span)
        return np.asarray(self._curve(warped))

    @cached_property
    def _curve(self) -> Callable[[Array], Array] | None:
        """Piecewise cubic without overshoot (Fritsch and Carlson 1980); None where nothing changes."""
        from scipy.interpolate import PchipInterpolator

        values = np.array(self.values)
        constant = bool(np.all(values == values[0]))
        return None if constant else PchipInterpolator(np.array(self.times), values, axis=0)

    def held(self, margin: float) -> Track:
        """The same keys with the first and last value held ``margin`` seconds beyond them."""
        return Track(
            [self.times[0] - margin, *self.times, self.times[-1] + margin],
            [self.values[0], *self.values, self.values[-1]],
            ["smooth", *self.eases, "smooth"],
        )

    def repeated(self, period: float, advance: Array | None = None) -> Track:
        """The keys of a loop, one period before and two after; ``advance`` [d] is added per period."""
        whole = Track()
        step = np.zeros_like(self.values[0]) if advance is None else advance
        for cycle in (-1, 0, 1, 2):
            for time, value, ease in zip(self.times, self.values, self.eases, strict=True):
                if time < period - 1e-6:
                    whole.add(time + cycle * period, value + cycle * step, ease)
        return whole


def follow(samples: Array, part: Follow) -> Array:
    """Pass curves [N, d] at ``RATE`` through a damped spring that starts at rest on the first sample.

    x'' = w^2 (target - x) - 2 z w x', made discrete by the bilinear transform. Its own delay is 2 z / w seconds.
    """
    from scipy.signal import lfilter

    numerator, denominator, rest = _spring_filter(part)
    return np.asarray(lfilter(numerator, denominator, samples, axis=0, zi=rest[:, None] * samples[0])[0])


@lru_cache(maxsize=64)
def _spring_filter(part: Follow) -> tuple[Array, Array, Array]:
    """Coefficients of the digital filter, and its state when at rest on 1."""
    from scipy.signal import bilinear, lfilter_zi

    w = 2.0 * np.pi * part.hertz
    numerator, denominator = bilinear([w * w], [1.0, 2.0 * part.damping * w, w * w], fs=RATE)
    return numerator, denominator, lfilter_zi(numerator, denominator)


def spring_delay(part: Follow) -> float:
    """Seconds by which the spring alone runs behind slow movement."""
    return part.damping / (np.pi * part.hertz)


def perform(track: Track, part: Follow, frame_times: Array, overlap: float) -> Array:
    """What the body part does at ``frame_times`` [N] (s): the track, late by ``lag * overlap``, with follow-through."""
    before, after = 0.75, 0.25
    start, stop = frame_times[0] - before, frame_times[-1] + after
    grid = start + np.arange(round((stop - start) * RATE) + 1) / RATE
    lead = spring_delay(part) - part.lag * overlap
    samples = follow(track.evaluate(grid + lead), part)
    return np.stack([np.interp(frame_times, grid, column) for column in samples.T], axis=1)


def continuous(vectors: list[Array]) -> list[Array]:
    """Rotation vectors [3] of successive keys, each written so that it is nearest to the one before."""
    result = [vectors[0]]
    for vector in vectors[1:]:
        angle = float(np.linalg.norm(vector))
        other = vector * (1.0 - 2.0 * np.pi / max(angle, 1e-9))
        nearer = np.linalg.norm(vector - result[-1]) <= np.linalg.norm(other - result[-1])
        result.append(vector if nearer or angle < 1e-6 else other)
    return result

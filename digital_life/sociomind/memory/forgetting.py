"""The forgetting curve: how much of a memory is left after some plots.

Ebbinghaus' curve in the form of Averell and Heathcote (2011), with the constants of SocioMind (Cai et al. 2024):
``rate = a + (1 - a) exp(-k age / (2^access (3 + poignancy)))``, age in plots. Below a threshold the memory is forgotten.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.sociomind.memory.node import KINDS, Kind


@dataclass(frozen=True)
class Curve:
    """Constants of one kind of memory: ``a``, ``k`` and the threshold."""

    floor: float
    steepness: float
    threshold: float


_LIVED = Curve(0.1, 4.0, 0.3)
_CONCLUDED = Curve(0.4, 2.0, 0.6)
CURVES: dict[Kind, Curve] = {
    "event": _LIVED,
    "thought": _CONCLUDED,
    "behaviour": _LIVED,
    "plot": _LIVED,
    "topic": _LIVED,
    "fact": _CONCLUDED,
}
"""Events and thoughts as in the reference; what is lived fades like events, what is known like thoughts [ours]."""
MOST_ACCESSES = 6
"""Accesses beyond this strengthen no more; otherwise a popular memory would become immortal."""

_TABLE = np.array([[c.floor, c.steepness, c.threshold] for c in (CURVES[kind] for kind in KINDS)], dtype=np.float64)


def retention(kind: Kind, age: float, poignancy: float, accesses: int) -> float:
    """Share 0..1 of a memory that is left after ``age`` plots. An age below 0 (a clock set back) counts as 0."""
    curve = CURVES[kind]
    strength = 2 ** min(accesses, MOST_ACCESSES) * (3 + poignancy)
    return curve.floor + (1 - curve.floor) * math.exp(-curve.steepness * max(age, 0.0) / strength)


def is_forgotten(kind: Kind, age: float, poignancy: float, accesses: int) -> bool:
    """Whether the rate is below the threshold of its kind."""
    return retention(kind, age, poignancy, accesses) < CURVES[kind].threshold


def retentions(
    kinds: NDArray[np.int8], ages: NDArray[np.int32], poignancy: NDArray[np.int8], accesses: NDArray[np.int16]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """``retention`` and ``is_forgotten`` of many memories [N]; ``kinds`` are places in ``KINDS``."""
    floor, steepness, threshold = _TABLE[kinds].T
    strength = 2.0 ** np.minimum(accesses, MOST_ACCESSES) * (3.0 + poignancy)
    rates = floor + (1 - floor) * np.exp(-steepness * np.maximum(ages, 0) / strength)
    return rates.astype(np.float32), rates < threshold

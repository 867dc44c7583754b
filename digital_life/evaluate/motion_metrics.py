"""The field's measures of generated motions, in the space of a judge (Guo et al. 2022, "Generating Diverse and Natural 3D
Human Motions from Text", section 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POOL = 32
"""Candidates of R-precision: the right text and 31 others."""
REPETITIONS = 20


@dataclass(frozen=True)
class Interval:
    """Mean of repeated measurements and half the width of its 95 % confidence interval."""

    mean: float
    half_width: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} ± {self.half_width:.3f}"


def repeated(measure: Callable[[np.random.Generator], float], *, seed: int = 0) -> Interval:
    """``measure`` taken :data:`REPETITIONS` times with different random pools; the interval is 1.96 s / sqrt(n)."""
    values = [measure(np.random.default_rng([seed, k])) for k in range(REPETITIONS)]
    return Interval(float(np.mean(values)), float(1.96 * np.std(values) / np.sqrt(REPETITIONS)))


def r_precision(motions: Array, texts: Array, rng: np.random.Generator, *, top: int) -> float:
    """Share of motions [N, D] whose own text is among the ``top`` nearest of :data:`POOL` texts [N, D].

    Motions are shuffled and cut into pools, a last pool that is not full is left out, as is usual; with fewer than
    :data:`POOL` motions they are one pool.
    """
    order = rng.permutation(len(motions))
    pool = min(POOL, len(order))
    hits = []
    for start in range(0, len(order) - pool + 1, pool):
        chosen = order[start : start + pool]
        distance = np.linalg.norm(motions[chosen][:, None] - texts[chosen][None], axis=-1)
        own = np.diagonal(distance)[:, None]
        hits.append((distance < own).sum(axis=1) < top)
    return float(np.mean(np.concatenate(hits)))


def r_precision_unlike(
    motions: Array, texts: Array, shown: NDArray[np.intp], rng: np.random.Generator, *, top: int
) -> float:
    """As :func:`r_precision`, but the 31 other texts are drawn among those of other things: ``shown`` [N] numbers them.

    In a small set many texts of a random pool say the same as the right one, which no evaluator can tell apart.
    """
    hits = []
    for number, own in enumerate(shown):
        others = np.flatnonzero(shown != own)
        pool = rng.choice(others, size=min(POOL - 1, len(others)), replace=False)
        distance = np.linalg.norm(texts[pool] - motions[number], axis=-1)
        hits.append((distance < np.linalg.norm(texts[number] - motions[number])).sum() < top)
    return float(np.mean(hits))


def multimodal_distance(motions: Array, texts: Array) -> float:
    """Mean distance of a motion to its text."""
    return float(np.linalg.norm(motions - texts, axis=-1).mean())


def frechet_distance(ours: Array, theirs: Array) -> float:
    """Frechet distance of two sets of embeddings [N, D], [M, D] taken as Gaussians (FID, Heusel et al. 2017).

    The trace of the root of the product of two covariances is the sum of the roots of its eigenvalues.
    """
    mean = ((ours.mean(axis=0) - theirs.mean(axis=0)) ** 2).sum()
    one, other = np.cov(ours, rowvar=False), np.cov(theirs, rowvar=False)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(one @ other).real, 0.0))
    return float(mean + np.trace(one + other) - 2.0 * roots.sum())


def diversity(motions: Array, rng: np.random.Generator, *, pairs: int = 300) -> float:
    """Mean distance of randomly paired motions [N, D]; at most N / 2 pairs."""
    count = min(pairs, len(motions) // 2)
    order = rng.permutation(len(motions))[: 2 * count]
    return float(np.linalg.norm(motions[order[:count]] - motions[order[count:]], axis=-1).mean())


def multimodality(motions: Array, rng: np.random.Generator, *, pairs: int = 10) -> float:
    """Mean distance of randomly paired motions of one text; ``motions`` [texts, takes, D]."""
    takes = motions.shape[1]
    count = min(pairs, takes // 2)
    distances = []
    for same in motions:
        order = rng.permutation(takes)[: 2 * count]
        distances.append(np.linalg.norm(same[order[:count]] - same[order[count:]], axis=-1).mean())
    return float(np.mean(distances))

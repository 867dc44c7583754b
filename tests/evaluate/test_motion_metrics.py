"""Measures against values worked out by hand."""

import numpy as np
import pytest

from digital_life.evaluate.motion_metrics import (
    diversity,
    frechet_distance,
    multimodal_distance,
    multimodality,
    r_precision,
    repeated,
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_perfect_embeddings_have_perfect_precision_and_random_ones_that_of_chance(rng: np.random.Generator) -> None:
    texts = rng.normal(size=(3200, 16))
    assert r_precision(texts + 1e-3, texts, rng, top=1) == 1.0
    chance = r_precision(rng.normal(size=texts.shape), texts, rng, top=3)
    assert chance == pytest.approx(3 / 32, abs=0.02)


def test_precision_counts_ranks(rng: np.random.Generator) -> None:
    texts = np.arange(32.0)[:, None] * np.ones((1, 2))
    motions = texts + 0.6  # the next text is nearer than the own one, except for the last
    assert r_precision(motions, texts, rng, top=1) == pytest.approx(1 / 32)
    assert r_precision(motions, texts, rng, top=2) == 1.0


def test_frechet_distance_of_gaussians_is_the_closed_form(rng: np.random.Generator) -> None:
    ours = rng.normal(size=(200_000, 2))
    theirs = rng.normal(size=(200_000, 2)) * [2.0, 1.0] + [3.0, 0.0]
    assert frechet_distance(ours, ours) == pytest.approx(0.0, abs=1e-6)
    assert frechet_distance(ours, theirs) == pytest.approx(3.0**2 + (2.0 - 1.0) ** 2, rel=0.02)


def test_distances_between_pairs(rng: np.random.Generator) -> None:
    assert multimodal_distance(np.zeros((4, 2)), np.tile([3.0, 4.0], (4, 1))) == 5.0
    two = np.array([[0.0, 0.0], [3.0, 4.0]])
    assert diversity(two, rng) == 5.0
    assert multimodality(np.stack([two, two]), rng) == 5.0


def test_an_interval_narrows_around_the_mean() -> None:
    interval = repeated(lambda rng: float(rng.normal(10.0, 1.0)))
    assert interval.mean == pytest.approx(10.0, abs=1.0)
    assert 0.2 < interval.half_width < 0.8

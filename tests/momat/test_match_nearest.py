"""The pruned index gives what looking at every row gives."""

import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.momat.nearest import BoundedIndex, ExactIndex

COLUMNS = 24


def wandering(count: int, seed: int, columns: int = COLUMNS) -> np.ndarray:
    """Rows like those of motions: smooth walks, cut every so often, some columns wider than others."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 0.1, (count, columns))
    steps[:: max(2, count // 40)] += rng.normal(0, 2.0, (len(steps[:: max(2, count // 40)]), columns))
    width = np.exp(-np.arange(columns) / 6.0)
    return (np.sin(np.cumsum(steps, axis=0)) * width).astype(np.float32)


def queries(rows: np.ndarray, count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(9)
    near = rows[rng.integers(len(rows), size=count)]
    spread = rng.choice([0.0, 0.05, 0.5, 3.0], size=(count, 1))
    return list((near + rng.normal(0, 1, near.shape) * spread).astype(np.float32))


def same(one, other) -> None:
    assert np.array_equal(one.rows, other.rows)
    assert np.array_equal(one.distances, other.distances)


@pytest.mark.parametrize("count", [1, 3, 100, 4097, 20003])
@pytest.mark.parametrize("k", [1, 7])
def test_both_indices_agree_row_by_row(count: int, k: int) -> None:
    rows = wandering(count, seed=count)
    exact, bounded = ExactIndex(rows), BoundedIndex(rows)
    for query in queries(rows, 25):
        same(bounded.query(query, k=k), exact.query(query, k=k))


def test_the_answer_is_the_least_distance_written_out() -> None:
    rows = wandering(5000, seed=1)
    bounded = BoundedIndex(rows)
    for query in queries(rows, 20):
        distances = np.linalg.norm(rows.astype(np.float64) - query, axis=1)
        found = bounded.query(query)
        assert found.rows[0] == np.argmin(distances)
        assert found.distances[0] == pytest.approx(distances.min(), abs=1e-12)


def test_equal_rows_are_answered_lowest_first() -> None:
    rows = np.concatenate([wandering(6000, seed=2)] * 3)
    exact, bounded = ExactIndex(rows), BoundedIndex(rows)
    for row in (0, 17, 5999):
        found = bounded.query(rows[row], k=3)
        assert found.rows.tolist() == [row, row + 6000, row + 12000]
        same(found, exact.query(rows[row], k=3))
    still = BoundedIndex(np.zeros((9000, COLUMNS), np.float32))
    assert still.query(np.ones(COLUMNS, np.float32), k=2).rows.tolist() == [0, 1]


@pytest.mark.parametrize("share", [0.9, 0.3, 0.01, 0.0001, 0.0])
def test_masks_and_subsets_agree_too(share: float) -> None:
    rows = wandering(20000, seed=3)
    mask = np.random.default_rng(4).random(len(rows)) < share
    exact, bounded = ExactIndex(rows), BoundedIndex(rows)
    subset = bounded.subset(mask) if mask.any() else None
    for query in queries(rows, 15):
        expected = exact.query(query, mask, k=3)
        same(bounded.query(query, mask, k=3), expected)
        assert mask[expected.rows].all() and len(expected.rows) == min(3, mask.sum())
        if subset is not None:
            same(subset.query(query, k=3), expected)


def test_a_mask_of_one_far_cluster_is_found() -> None:
    rows = wandering(20000, seed=5)
    rows[8000:14000] += 40.0
    mask = np.zeros(len(rows), bool)
    mask[8000:14000] = True
    exact, bounded = ExactIndex(rows), BoundedIndex(rows)
    for query in queries(rows[:8000], 15):
        same(bounded.query(query, mask), exact.query(query, mask))


def test_values_far_from_all_rows_are_answered() -> None:
    rows = wandering(20000, seed=6)
    exact, bounded = ExactIndex(rows), BoundedIndex(rows)
    for size in (1e3, 1e6, 1e9):
        query = np.full(COLUMNS, size, np.float32)
        same(bounded.query(query), exact.query(query))


def test_wrong_queries_are_refused() -> None:
    rows = wandering(50, seed=7)
    for index in (ExactIndex(rows), BoundedIndex(rows)):
        with pytest.raises(InputError, match="shape"):
            index.query(np.zeros(3, np.float32))
        with pytest.raises(InputError, match="query"):
            index.query(np.full(COLUMNS, np.nan, np.float32))
        with pytest.raises(InputError, match="mask"):
            index.query(rows[0], np.ones(49, bool))
        with pytest.raises(InputError, match="0 nearest"):
            index.query(rows[0], k=0)
    with pytest.raises(InputError, match="not all finite"):
        BoundedIndex(np.full((5, 3), np.inf, np.float32))
    with pytest.raises(InputError, match="at least one row"):
        BoundedIndex(np.zeros((0, 3), np.float32))


def test_bodies_that_do_not_move_are_all_found() -> None:
    rows = np.concatenate([wandering(9000, seed=5), np.repeat(wandering(3, seed=6), 3000, axis=0)])
    exact, bounded = ExactIndex(rows), BoundedIndex(rows)
    mask = np.random.default_rng(1).random(len(rows)) < 0.6
    for query in queries(rows[9000:], 10):
        same(bounded.query(query), exact.query(query))
        same(bounded.query(query, k=9), exact.query(query, k=9))
        same(bounded.query(query, mask), exact.query(query, mask))

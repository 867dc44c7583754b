"""How fast and how exact the nearest frames are found, beside plain NumPy and faiss, on queries as they occur."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.measuring import measuring_library
from digital_life.momat.clip import Clip
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.features import FEATURES, HORIZONS, TRAJECTORY, with_path
from digital_life.momat.nearest import BoundedIndex, ExactIndex
from digital_life.motion.motion import FPS

Rows = NDArray[np.float32]
Mask = NDArray[np.bool_]
Query = Callable[[Rows], int]

ROWS = 600_000
QUERIES = 300
CHECKED = 100
"""Queries whose answers are compared with those of :class:`ExactIndex`."""
OURS = "BoundedIndex"
PLAYED = 6
"""Frames that are played from one query to the next."""
DECAY = 0.75
"""What is left of the difference at a join one frame later."""
SPEED, TURN = (0.7, 1.3), 1.2
"""A wanted path: so many times the speed the body has, turning by at most so many radians per second."""


@dataclass(frozen=True)
class _Queries:
    name: str
    rows: Rows


def match() -> list[Row]:
    """Nearest frame among 600,000 (all that there are, if fewer): time per query and agreement with looking at every row.

    Frames of the training split and their mirror images are searched, without the cut-out segments, which would count
    frames twice. "Played" queries are those of motion matching: a body plays on from the last answer, the join's
    difference decays, and a path is wanted that bends and changes speed. "Held out" are frames of the validation split.
    """
    table, held_out = _tables()
    rows = np.ascontiguousarray(table.rows[:ROWS])
    start = time.perf_counter()
    index = BoundedIndex(rows)
    built = time.perf_counter() - start
    queries = [_played(table, index, len(rows))]
    if held_out is not None:
        queries.append(_Queries("held out", _some(held_out, table)))
    result: list[Row] = [("rows of the index", float(len(rows)), "rows"), ("building the index", built, "s")]
    for kind in queries:
        result += _timings(kind, index, rows)
        result.append((f"{kind.name}: same row as ExactIndex", _agreement(kind, index, rows), "share"))
    return result + _masked(queries[0], index, table, len(rows))


def _tables() -> tuple[FeatureTable, FeatureTable | None]:
    clips = [clip for clip in measuring_library() if "#" not in clip.id]
    train = [clip for clip in clips if clip.split != "val"]
    held_out = [clip for clip in clips if clip.split == "val"]
    return FeatureTable.of(train), FeatureTable.of(held_out) if held_out else None


def _some(held_out: FeatureTable, table: FeatureTable) -> Rows:
    rng = np.random.default_rng(1)
    return table.normalise(held_out.raw[rng.integers(len(held_out.raw), size=QUERIES)])


def _played(table: FeatureTable, index: BoundedIndex, count: int) -> _Queries:
    """Queries of bodies that are led along paths, each playing on from the answer to the one before."""
    rng = np.random.default_rng(0)
    going = _going_on(table, count)
    queries: list[Rows] = []
    while len(queries) < QUERIES:
        row = int(rng.choice(going))
        offset = np.zeros(table.raw.shape[1], np.float32)
        speed, turn = rng.uniform(*SPEED), rng.uniform(-TURN, TURN)
        for _ in range(10):
            now = table.features_at(row) + offset
            query = table.normalise(with_path(now, _bend(now, speed, turn)))
            queries.append(query)
            best = int(index.query(query).rows[0])
            offset = (now - table.features_at(best)) * DECAY**PLAYED
            row = min(best + PLAYED, count - 1)
    return _Queries("played", np.array(queries[:QUERIES]))


def _going_on(table: FeatureTable, count: int) -> NDArray[np.intp]:
    """Rows of bodies that go somewhere."""
    path = FEATURES["path"].start + 2 * (len(HORIZONS) - 1)
    ahead = np.linalg.norm(table.raw[:, path : path + 2], axis=1)
    return np.flatnonzero(ahead[:count] > 0.4)


def _bend(features: Rows, speed: float, turn: float) -> NDArray[np.float64]:
    """[30, 2] a path in the body's ground frame at ``speed`` times its speed, turning by ``turn`` radians per second."""
    pace = speed * float(np.linalg.norm(features[TRAJECTORY][4:6]))
    angle = turn * np.arange(FPS) / FPS
    return np.cumsum(np.stack([np.sin(angle), np.cos(angle)], axis=1) * pace / FPS, axis=0)


def _timings(kind: _Queries, index: BoundedIndex, rows: Rows) -> list[Row]:
    """The contestants take turns query by query, so that all of them meet the same load of the machine."""
    contestants: dict[str, Query] = {OURS: lambda q: int(index.query(q).rows[0])}
    lengths = np.einsum("ij,ij->i", rows, rows)
    contestants["NumPy, one matrix product"] = lambda q: int(np.argmin(lengths - 2.0 * (rows @ q)))
    result: list[Row] = []
    if find_spec("faiss"):
        contestants["faiss IndexFlatL2, one thread"] = _faiss(rows)
    else:
        result.append(("faiss is not installed (pip install faiss-cpu): row skipped", 0.0, ""))
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for number, query in enumerate(kind.rows):
        for name, find in contestants.items():
            if name == OURS or number % 10 == 0:
                times[name].append(_timed(find, query))
    ours = np.array(times[OURS])
    for name, pairs in times.items():
        found = np.array(pairs)
        result.append((f"{kind.name}: {name}, mean", float(found[:, 0].mean()), "ms"))
        if name == OURS:
            result.append((f"{kind.name}: {name}, median", float(np.median(found[:, 0])), "ms"))
            result.append((f"{kind.name}: {name}, 95th percentile", float(np.percentile(found[:, 0], 95)), "ms"))
        result.append((f"{kind.name}: {name}, mean processor time", float(found[:, 1].mean()), "ms"))
        if name != OURS:
            times_faster = float(found[:, 1].mean() / ours[:, 1].mean())
            result.append((f"{kind.name}: {OURS} beats {name.split(',')[0]} by", times_faster, "times"))
    return result


def _timed(find: Query, query: Rows) -> tuple[float, float]:
    """Milliseconds by the clock, and those in which this process ran (others may share its core)."""
    clock, processor = time.perf_counter(), time.thread_time()
    find(query)
    return (time.perf_counter() - clock) * 1e3, (time.thread_time() - processor) * 1e3


def _faiss(rows: Rows) -> Query:
    import faiss

    faiss.omp_set_num_threads(1)
    flat: Any = faiss.IndexFlatL2(rows.shape[1])
    flat.add(rows)
    return lambda q: int(flat.search(q[None], 1)[1][0, 0])


def _agreement(kind: _Queries, index: BoundedIndex, rows: Rows) -> float:
    exact = ExactIndex(rows)
    checked = kind.rows[:: max(1, len(kind.rows) // CHECKED)]
    return float(np.mean([index.query(q).rows[0] == exact.query(q).rows[0] for q in checked]))


def _masked(kind: _Queries, index: BoundedIndex, table: FeatureTable, count: int) -> list[Row]:
    """Queries that only some rows may answer: the clips of a kind, and few candidate clips."""
    kinds = [clip.kind for clip in table.clips]
    common = max(set(kinds), key=lambda name: sum(c.frames for c in table.clips if c.kind == name))
    few = {clip.id for clip in _spread(table.clips, 12)}
    result: list[Row] = []
    for name, mask in ((f"kind '{common}'", table.mask(kind=common)), ("12 clips", table.mask(clips=few))):
        allowed = mask[:count]
        subset, exact = index.subset(allowed), ExactIndex(index.rows)
        share = float(np.mean(allowed))
        result.append((f"{name} ({share:.1%} of the rows): query with a mask", _mean(kind, index.query, allowed), "ms"))
        result.append((f"{name}: query of its subset index", _mean(kind, subset.query, None), "ms"))
        same = [
            index.query(q, allowed).rows[0] == subset.query(q).rows[0] == exact.query(q, allowed).rows[0]
            for q in kind.rows[:: len(kind.rows) // 20]
        ]
        result.append((f"{name}: same row as ExactIndex", float(np.mean(same)), "share"))
    return result


def _spread(clips: Sequence[Clip], count: int) -> list[Clip]:
    return list(clips[:: max(1, len(clips) // count)])[:count]


def _mean(kind: _Queries, query: Callable[[Rows, Mask | None], Any], mask: Mask | None) -> float:
    times = []
    for vector in kind.rows[::3]:
        start = time.perf_counter()
        query(vector, mask)
        times.append((time.perf_counter() - start) * 1e3)
    return float(np.mean(times))

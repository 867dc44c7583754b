"""Recall measured: which memories labelled cues bring up, for each way to score them, and how long a long life takes.

R@k: the share of cues of which one of the first k memories is right. Settings were chosen on the half "fit"; the half
"report" is what counts. Alone, a mind holds some forty memories; among others, the tales of all shipped personas too.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pydantic import BaseModel, ConfigDict

from digital_life.evaluate.benchmarks import Row
from digital_life.llm.embedding import Embedder, shared_embedder
from digital_life.persona.library import list_personas, load_persona
from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.memory import Kept, Kind, Memory, MemoryStore
from digital_life.yaml_file import load_yaml

ARMS = {
    "dense": MindConfig(hybrid=False),
    "hybrid": MindConfig(),
    "generative-agents": MindConfig(memory="generative-agents", hybrid=False),
}
MANY = 100_000
_PLOTS, _PARTNERS = 40, 20
_DEPTH = 10


class _Life(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mind: str
    memories: dict[str, str]
    cues: list[list[str]]


class _File(BaseModel):
    """The labelled set: memories of some minds, and cues with the memories that are right."""

    lives: list[_Life]


@dataclass(frozen=True)
class Outcome:
    """What one cue brought up: the place of the first right memory (from 0; None where none came), or whether anything
    came up where nothing should have (``noise``, for cues without a right memory).
    """

    half: str
    place: int | None
    noise: bool | None


def memory() -> list[Row]:
    """Quality on the labelled cues, then speed with 100,000 memories."""
    return [*quality(), *speed()]


def quality() -> list[Row]:
    """R@1, R@2 and the mean reciprocal rank of every arm on both halves."""
    encoder = CachedEncoder(shared_embedder())
    rows: list[Row] = []
    for setting, others in (("alone", []), ("among others", _tales())):
        for arm, config in ARMS.items():
            outcomes = [outcome for life in _lives() for outcome in _outcomes(life, others, encoder, config)]
            for half in ("fit", "report"):
                rows += _summary(f"{setting}, {arm}, {half}", [item for item in outcomes if item.half == half])
    return rows


def _lives() -> list[_Life]:
    return load_yaml(Path(__file__).parent / "data" / "memory_queries.yaml", _File).lives


def _tales() -> list[str]:
    personas = [load_persona(name) for name in list_personas()]
    return [
        f"{persona.name} said: {text}"
        for persona in personas
        for subject in persona.subjects
        for text in (*subject.tell, subject.why, subject.feeling)
        if text
    ]


def _outcomes(life: _Life, others: Sequence[str], encoder: CachedEncoder, config: MindConfig) -> Iterator[Outcome]:
    store = MemoryStore(encoder, config=config)
    right = {}
    for key, text in life.memories.items():
        kept = store.add(Memory(kind="event", description=text))
        right[key] = kept.id if kept else 0
    for text in others:
        store.add(Memory(kind="event", description=text))
    for number, (cue, *keys) in enumerate(life.cues):
        found = [item.memory.id for item in reversed(store.search(cue, 1, {"event": _DEPTH}))]
        wanted = {right[key] for key in keys}
        place = next((place for place, found_id in enumerate(found) if found_id in wanted), None)
        yield Outcome("report" if number % 2 else "fit", place, None if keys else bool(found))


def _summary(label: str, outcomes: Sequence[Outcome]) -> list[Row]:
    asked = [item for item in outcomes if item.noise is None]
    empty = [item for item in outcomes if item.noise is not None]
    found = [item.place for item in asked if item.place is not None]
    return [
        (f"{label} ({len(asked)}), R@1", sum(place < 1 for place in found) / len(asked), ""),
        (f"{label}, R@2", sum(place < 2 for place in found) / len(asked), ""),
        (f"{label}, mean reciprocal rank", sum(1 / (1 + place) for place in found) / len(asked), ""),
        (f"{label}, noise where nothing fits", sum(bool(item.noise) for item in empty), f"of {len(empty)}"),
    ]


def speed(count: int = MANY) -> list[Row]:
    """Milliseconds of a search among ``count`` memories, of adding one, of recording and of opening them again."""
    from digital_life.llm.chat import Usage
    from digital_life.society.record import Record
    from digital_life.sociomind.checkpoint import Checkpoint

    encoder = CachedEncoder(shared_embedder())
    kept = _long_life(count, encoder)
    start = time.perf_counter()
    store = MemoryStore.restored(encoder, kept, [])
    opened = time.perf_counter() - start
    cues = [cue[0] for life in _lives() for cue in life.cues[:20]]
    encoder.encode(cues)
    plot = _PLOTS
    turn: dict[Kind, int] = {"event": 2, "thought": 2, "fact": 2}
    searches: dict[str, Callable[[str], object]] = {
        "no filter": lambda cue: store.search(cue, plot, turn),
        "one partner": lambda cue: store.search(cue, plot, turn, partner="Partner 3"),
        "one kind": lambda cue: store.search(cue, plot, {"thought": 3}),
        "facts about one person": lambda cue: store.search(cue, plot, {"fact": 3}, person="Partner 3"),
        "three cues at once": lambda cue: store.search([cue, cues[0], cues[1]], plot, turn),
    }
    rows: list[Row] = []
    for name, search in searches.items():
        times, work = _milliseconds(search, cues)
        rows.append((f"{count} memories, {name}: median", statistics.median(times), "ms"))
        rows.append((f"{count} memories, {name}: slowest of {len(times)}", max(times), "ms"))
        rows.append((f"{count} memories, {name}: processor time, mean", work, "ms"))
    fresh = CachedEncoder(Embedder())
    fresh.one("warm")
    embedding, work = _milliseconds(fresh.one, cues)
    rows.append(("embedding a new cue, median (comes on top)", statistics.median(embedding), "ms"))
    rows.append(("embedding a new cue: processor time, mean", work, "ms"))
    texts = [f"{cue} That was on day {number}." for number, cue in enumerate(cues)]
    encoder.encode(texts)
    adding, _ = _milliseconds(lambda text: store.add(Memory(kind="thought", description=text, plot=plot)), texts)
    rows.append(
        (f"{count} memories: keeping one more, its sentence embedded before, median", statistics.median(adding), "ms")
    )
    rows.append((f"{count} memories: opening in memory", opened, "s"))
    with TemporaryDirectory() as folder:
        record = Record(Path(folder) / "run.db")
        unrecorded = MemoryStore(encoder).unrecorded()
        unrecorded.memories = kept
        start = time.perf_counter()
        record.add_turn(1, None, Usage(), {"Ann": Checkpoint({}, unrecorded, [])})
        rows.append((f"{count} memories: recording all in one transaction", time.perf_counter() - start, "s"))
        start = time.perf_counter()
        record.memories("Ann")
        rows.append((f"{count} memories: reading them from the record", time.perf_counter() - start, "s"))
        record.close()
        rows.append((f"{count} memories: size of the record", (Path(folder) / "run.db").stat().st_size / 1e6, "MB"))
    return rows


def _long_life(count: int, encoder: CachedEncoder) -> list[Kept]:
    """``count`` memories around the labelled ones: their texts mixed, their vectors near the real ones."""
    rng = np.random.default_rng(0)
    texts = [text for life in _lives() for text in life.memories.values()]
    real = encoder.encode(texts)
    kinds: tuple[Kind, ...] = ("event", "thought", "fact")
    kept = [Kept(Memory(id=1, kind="event", description=texts[0]), real[0].astype(np.float16).tobytes())]
    which = rng.integers(0, len(texts), (count, 2))
    spread = rng.normal(0, 0.03, (count, real.shape[1])).astype(np.float32)
    vectors = 0.6 * real[which[:, 0]] + 0.4 * real[which[:, 1]] + spread
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    halves = vectors.astype(np.float16)
    for number in range(1, count):
        one, other = texts[which[number, 0]].split(), texts[which[number, 1]].split()
        partner = f"Partner {number % _PARTNERS}"
        node = Memory(
            id=number + 1,
            kind=kinds[number % 3],
            description=" ".join(one[: len(one) // 2 + 1] + other[len(other) // 2 :]),
            partner=partner,
            person=partner,
            poignancy=int(rng.integers(1, 10)),
            plot=int(number * _PLOTS / count),
        )
        kept.append(Kept(node, halves[number].tobytes()))
    return kept


def _milliseconds(work: Callable[[str], object], texts: Sequence[str]) -> tuple[list[float], float]:
    """Milliseconds of each call, and the processor's mean (which others on the machine slow down less)."""
    work(texts[0])
    times = []
    before = time.process_time()
    for text in texts:
        start = time.perf_counter()
        work(text)
        times.append(1e3 * (time.perf_counter() - start))
    return times, 1e3 * (time.process_time() - before) / len(texts)

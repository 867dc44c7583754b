"""Speed of the motion generator in a process of its own with two threads: batch 1, text encoder and planted feet included."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from digital_life.errors import DigitalLifeError
from digital_life.evaluate.benchmarks import Row
from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.flow import STEPS
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.joining import finished
from digital_life.mogen.request import Request

THREADS = 2
SECONDS = 10.0
REPEATS = 15
CHUNKS = 60
"""Chunks of a stream: half a minute."""


def speed() -> list[Row]:
    """Time, memory and loading of :class:`~digital_life.mogen.generator.MotionGenerator`.

    Raises:
        AssetError: no weights are installed.
        DigitalLifeError: the measuring process failed.
    """
    start = time.perf_counter()
    MotionGenerator.default()
    ready = (
        "made ready in this process; the first time ever with the export to ONNX",
        time.perf_counter() - start,
        "s",
    )
    return [*_measured(), *_measured("torch"), ready]


def _measured(*arguments: str) -> list[Row]:
    threads = {name: str(THREADS) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    command = [sys.executable, "-m", "digital_life.evaluate.bench_speed", *arguments]
    done = subprocess.run(command, env={**os.environ, **threads}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DigitalLifeError(f"the measurement failed: {done.stderr.strip()[-300:]}", "run digital-life doctor")
    return [(str(name), float(value), str(unit)) for name, value, unit in json.loads(done.stdout)]


def measure(onnx: bool = True) -> list[Row]:
    """What :func:`speed` reports of one runtime, measured in this process."""
    rows, generator = _loading(onnx)
    rows += _whole(generator) + _streaming(generator)
    if not onnx:
        return [(f"torch: {name}", value, unit) for name, value, unit in rows]
    rows += _parts(generator)
    rows.append(("peak memory of the process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "MB"))
    return [*rows, _difference(generator)]


def _loading(onnx: bool) -> tuple[list[Row], MotionGenerator]:
    start = time.perf_counter()
    generator = MotionGenerator.default(onnx=onnx)
    shared_embedder().encode_tokens(["a person waves"])
    loaded = time.perf_counter()
    generator.generate("a person waves", seconds=1.0)
    rows = [
        ("cold load after imports: weights and text encoder", loaded - start, "s"),
        ("first motion after it", time.perf_counter() - loaded, "s"),
    ]
    return rows, generator


def _whole(generator: MotionGenerator) -> list[Row]:
    shown = generator.generate("a person walks", seconds=4.0)
    alone = _times(lambda number: generator.generate(f"a person waves {number} times", seconds=SECONDS, seed=number))
    eight = _times(lambda number: generator.generate(f"a person bows {number} times", seconds=SECONDS, steps=8))
    after = _times(lambda number: generator.generate(f"a person nods {number} times", seconds=SECONDS, shown=shown))
    return [
        (f"10 s of motion, {STEPS} steps, median", 1e3 * statistics.median(alone), "ms"),
        (f"10 s of motion, {STEPS} steps, fastest", 1e3 * min(alone), "ms"),
        ("10 s of motion, 8 steps, median", 1e3 * statistics.median(eight), "ms"),
        (f"10 s of motion after a shown one, {STEPS} steps, median", 1e3 * statistics.median(after), "ms"),
    ]


def _streaming(generator: MotionGenerator) -> list[Row]:
    first = _times(lambda number: next(generator.stream(f"a person waves {number} times", seed=number)))
    stream = generator.stream("a person walks")
    chunks = _times(lambda _number: next(stream), CHUNKS)
    return [
        ("stream: to the first frames of a new text, median", 1e3 * statistics.median(first), "ms"),
        ("stream: frames per second", CHUNKS * 15 / sum(chunks), "frames/s"),
        ("stream: slowest of 60 chunks of 0.5 s", 1e3 * max(chunks), "ms"),
    ]


def _parts(generator: MotionGenerator) -> list[Row]:
    request = Request.of("a person waves", seconds=SECONDS, steps=STEPS)
    words = generator.words(request.text)
    tokens = generator.window(words, request, generator.no_tokens(), 60, 0)
    rows = generator.rows(tokens)
    parts: list[tuple[str, Callable[[int], object]]] = [
        ("text encoder", lambda number: generator.words(f"a person waves {number} times")),
        (f"network, {STEPS} steps", lambda number: generator.window(words, request, generator.no_tokens(), 60, number)),
        ("decoder", lambda _number: generator.rows(tokens)),
        ("rotations and planted feet", lambda _number: finished(rows, None, {})),
    ]
    return [(f"of this: {name}", 1e3 * statistics.median(_times(work)), "ms") for name, work in parts]


def _difference(generator: MotionGenerator) -> Row:
    """By how much ONNX Runtime's numbers differ from torch's."""
    plain = MotionGenerator(generator.weights, generator.embedder)
    here, there = (each.generate("a person waves", seconds=SECONDS) for each in (generator, plain))
    return "largest difference of a number to torch's", float(np.abs(here.rotations - there.rotations).max()), ""


def _times(work: Callable[[int], object], repeats: int = REPEATS) -> list[float]:
    """Seconds of each call, after a first one that does not count."""
    if repeats == REPEATS:
        work(repeats)
    times = []
    for number in range(repeats):
        start = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure("torch" not in sys.argv)))

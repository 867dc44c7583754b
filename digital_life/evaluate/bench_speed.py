"""Speed of the motion generator in a process of its own with two threads: batch 1, text encoder and planted feet included.

Where no weights are installed, untrained ones of the same size are measured; they cost the same time.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from digital_life.errors import AssetError, DigitalLifeError
from digital_life.evaluate.benchmarks import Row
from digital_life.mogen.flow import STEPS

if TYPE_CHECKING:
    from digital_life.mogen.generator import MotionGenerator

THREADS = 2
SECONDS = 10.0
REPEATS = 15
CHUNKS = 60
"""Chunks of a stream: half a minute."""


def speed() -> list[Row]:
    """Time, memory and loading of :class:`~digital_life.mogen.generator.MotionGenerator`.

    Raises:
        DigitalLifeError: the measuring process failed.
    """
    return _measured(THREADS) + _measured(1, "onnx")


def _measured(torch_threads: int, *arguments: str) -> list[Row]:
    # Pools of waiting threads are in each other's way on two cores: NumPy and, beside ONNX Runtime, torch stay on one.
    threads = {"OMP_NUM_THREADS": str(torch_threads), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "digital_life.evaluate.bench_speed", *arguments]
    done = subprocess.run(command, env={**os.environ, **threads}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DigitalLifeError(f"the measurement failed: {done.stderr.strip()[-300:]}", "run digital-life doctor")
    return [(str(name), float(value), str(unit)) for name, value, unit in json.loads(done.stdout)]


def measure(onnx: bool = False) -> list[Row]:
    """What :func:`speed` reports of one runtime, measured in this process."""
    with tempfile.TemporaryDirectory() as folder:
        weights, kind = _weights(Path(folder))
        rows, generator = _loading(weights)
        if onnx:
            rows, generator = _onnx(generator, Path(folder) / "step.onnx")
        rows += _whole(generator) + _streaming(generator)
        if not onnx:
            rows += _parts(generator)
            rows.append(("peak memory of the process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "MB"))
    before = "ONNX Runtime: " if onnx else ""
    return [(f"{before}{name}{kind}", value, unit) for name, value, unit in rows]


def _weights(folder: Path) -> tuple[Path, str]:
    """The installed weights, else untrained ones as large; and what to say about them."""
    import torch

    from digital_life.mogen.autoencoder import AutoencoderSize, MotionAutoencoder
    from digital_life.mogen.network import MotionNetwork, NetworkSize
    from digital_life.mogen.weights import default_weights, save_weights

    try:
        return default_weights(), ""
    except AssetError:
        torch.manual_seed(0)
        codec = MotionAutoencoder(AutoencoderSize(frame=96, width=256, depth=3, latent=64))
        path = folder / "untrained.safetensors"
        save_weights(codec, MotionNetwork(NetworkSize(width=256, depth=6, heads=4, latent=64)), path, {})
        return path, " (untrained)"


def _loading(weights: Path) -> tuple[list[Row], MotionGenerator]:
    from digital_life.llm.embedding import shared_embedder
    from digital_life.mogen.generator import MotionGenerator

    start = time.perf_counter()
    generator = MotionGenerator(weights)
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
    from digital_life.mogen.joining import finished
    from digital_life.mogen.request import Request

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


def _onnx(generator: MotionGenerator, path: Path) -> tuple[list[Row], MotionGenerator]:
    """The same generator with its network in ONNX Runtime, and by how much its numbers differ."""
    import numpy as np

    from digital_life.mogen.generator import MotionGenerator
    from digital_life.mogen.onnx_network import OnnxNetwork, export_step

    export_step(generator.weights.network, path)
    network = OnnxNetwork(generator.weights.network, path, THREADS)
    other = MotionGenerator(generator.weights, generator.embedder, network=network)
    here, there = (each.generate("a person waves", seconds=SECONDS) for each in (generator, other))
    return [("largest difference of a number", float(np.abs(here.rotations - there.rotations).max()), "")], other


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
    sys.stdout.write(json.dumps(measure("onnx" in sys.argv)))

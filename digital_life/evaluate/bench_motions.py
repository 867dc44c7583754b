"""How fast the motion database is, and how large."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np

from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.measuring import PACK_VARIABLE
from digital_life.momat.growing import add_motions
from digital_life.momat.library import MotionLibrary
from digital_life.momat.new_motion import NewMotion
from digital_life.momat.pack import read_new_motions
from digital_life.motion.skeleton import canonical_skeleton

_OPENS = (
    "import time; start = time.perf_counter(); from pathlib import Path; from digital_life.momat.library import MotionLibrary;"
    "import sys; imported = time.perf_counter(); MotionLibrary.open(Path(sys.argv[1]));"
    "print(imported - start, time.perf_counter() - imported)"
)


def motions() -> list[Row]:
    """Adding the pack (or the shipped clips) to a new database, adding it again, opening it, reading clips of it."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "db"
        added, adding, cpu = _timed_addition(database)
        _, again, _ = _timed_addition(database)
        library = MotionLibrary.open(database)
        takes = [clip for clip in library if not clip.is_segment]
        size = sum(path.stat().st_size for path in database.rglob("*") if path.is_file())
        frames = sum(clip.frames for clip in takes)
        return [
            ("takes added", added, ""),
            ("parts of takes", len(library) - len(takes), ""),
            ("frames", frames, ""),
            ("adding them", adding, "s"),
            ("adding them, processor time", cpu, "s"),
            ("adding them again, which changes nothing", again, "s"),
            *_opening(database),
            ("size on disk", size / 1e6, "MB"),
            ("bytes a frame", size / frames, "bytes"),
            *_reading(library),
        ]


def _timed_addition(database: Path) -> tuple[int, float, float]:
    start, cpu = time.perf_counter(), time.process_time()
    outcome = add_motions(database, _sources())
    return len(outcome.added), time.perf_counter() - start, time.process_time() - cpu


def _sources() -> Iterable[NewMotion]:
    pack = os.environ.get(PACK_VARIABLE)
    if pack:
        return read_new_motions(Path(pack))
    return [NewMotion(clip, canonical_skeleton(), partial(str, clip.id)) for clip in MotionLibrary.default()]


def _opening(database: Path) -> list[Row]:
    """In new processes, so that nothing is warm but the disk."""
    seconds = []
    for _ in range(5):
        command = [sys.executable, "-c", _OPENS, str(database)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds.append([float(part) for part in said.split()])
    importing, opening = np.median(seconds, axis=0)
    return [("opening it, new process", float(opening), "s"), ("importing the package before", float(importing), "s")]


def _reading(library: MotionLibrary) -> list[Row]:
    order = np.random.default_rng(0).permutation(len(library))[:300]
    times, frames = [], 0
    for number in order:
        start = time.perf_counter()
        frames += len(library.clips[number].motion)
        times.append(time.perf_counter() - start)
    return [
        (f"reading a clip of {frames / len(order):.0f} frames, median", 1e3 * statistics.median(times), "ms"),
        ("reading frames", frames / sum(times), "frames/s"),
    ]

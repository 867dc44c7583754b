"""Speed and size of the main road, measured on this machine. Each function returns rows of (what, value, unit)."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from digital_life.assets import asset_dir
from digital_life.errors import DigitalLifeError
from digital_life.evaluate.benchmarks import Row


def _seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Median wall time of ``work``."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def startup() -> list[Row]:
    """Cold processes: the command line's help, and importing the package."""

    def run(*arguments: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    return [
        ("digital-life --help, new process", _seconds(run("-m", "digital_life", "--help")), "s"),
        ("import digital_life, new process", _seconds(run("-c", "import digital_life")), "s"),
        ("python itself, new process", _seconds(run("-c", "pass")), "s"),
    ]


def first_frame() -> list[Row]:
    """From starting ``digital-life simulate`` (offline mind) to the first frames on disk."""
    scenario = asset_dir("examples") / "first_meeting.yaml"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [
            "-m",
            "digital_life",
            "simulate",
            str(scenario),
            "--out",
            str(out),
            "--mind",
            "offline",
            "--no-video",
        ]
        start = time.time()
        process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        first = _wait_for_file(out / "performances", process)
        process.wait()
        total = time.time() - start
    return [("to the first frames on disk", first - start, "s"), ("whole run without video", total, "s")]


def _wait_for_file(folder: Path, process: subprocess.Popen[bytes]) -> float:
    while process.poll() is None:
        if folder.is_dir():
            files = sorted(folder.glob("*.npz"))
            if files:
                return files[0].stat().st_mtime
        time.sleep(0.05)
    raise DigitalLifeError("the simulation ended before its first frame", "run digital-life doctor")


def turns(turn_count: int = 6) -> list[Row]:
    """Seconds for one turn (one mind acts, the other perceives), for each mind that is on this machine, warmed up."""
    from digital_life.llm.connect import connect
    from digital_life.llm.embedding import shared_embedder
    from digital_life.persona.library import load_persona
    from digital_life.society.scenario import load_scenario
    from digital_life.sociomind.mind import Mind

    loaded = load_scenario(asset_dir("examples") / "first_meeting.yaml")
    personas = [load_persona(entry.persona) for entry in loaded.scenario.cast]
    rows: list[Row] = []
    for kind in ("offline", "local", "openai"):
        try:
            model, _ = connect(kind)
        except DigitalLifeError:
            continue
        minds = [Mind(persona, model, seed=i, embedder=shared_embedder()) for i, persona in enumerate(personas)]
        for mind, other in zip(minds, reversed(personas), strict=True):
            mind.warm_up()
            mind.begin(other.name, loaded.scenario.situation, ["window", "sofa"], max_turns=turn_count)
        times = []
        for i in range(2 * turn_count):
            start = time.perf_counter()
            behaviour = minds[i % 2].act()
            minds[1 - i % 2].perceive(behaviour)
            times.append(time.perf_counter() - start)
        model.close()
        label = model.profile.label
        rows += [(f"{label}: first turn", times[0], "s"), (f"{label}: median turn", statistics.median(times[1:]), "s")]
    return rows


def run(folder: Path) -> list[Row]:
    """Size of a recorded run per minute of scene, and what its turns cost."""
    from digital_life.society.run_folder import RunFolder

    opened = RunFolder.open(folder)
    minutes = opened.duration / 60
    if minutes == 0:
        raise DigitalLifeError(f"{folder}: nothing was performed yet", "simulate at least one turn first")
    kinds = {
        "record": "run.db*",
        "bodies": "characters/*",
        "motion": "performances/*",
        "sound": "audio/*",
        "video": "video.mp4",
    }
    rows: list[Row] = [("scene", opened.duration, "s")]
    for kind, pattern in kinds.items():
        size = sum(path.stat().st_size for path in folder.glob(pattern)) / 1e6
        per_minute = kind not in ("bodies",)
        rows.append((f"{kind} per minute" if per_minute else kind, size / minutes if per_minute else size, "MB"))
    thought = [turn.usage.seconds for turn in opened.record.turns() if turn.behaviour]
    opened.close()
    return [*rows, ("median seconds of thought per turn", statistics.median(thought) if thought else 0.0, "s")]


def video(frames: int = 600) -> list[Row]:
    """Frames per second of the off-screen renderer at 1280x720 with two dressed characters."""
    from digital_life.evaluate.bench_render import render_speed

    return [("video frames at 1280x720, two characters", render_speed(frames), "frames/s")]

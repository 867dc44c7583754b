"""How fast the off-screen renderers are."""

from __future__ import annotations

import math
import tempfile
import time
from pathlib import Path

import numpy as np

from digital_life.assets import asset_dir
from digital_life.body.appearance import build_character
from digital_life.body.character import Character
from digital_life.evaluate.table import Table
from digital_life.momat.library import MotionLibrary
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import Motion
from digital_life.render.fast_studio import FastStudio
from digital_life.render.job import RenderJob
from digital_life.render.studio import Studio
from digital_life.render.video import render_run
from digital_life.society.scenario import load_scenario
from digital_life.stage.performance import Performance

SIZES = ((512, 512), (1280, 720))
ROUNDS, FRAMES = 3, 12


def render() -> Table:
    """Frames a second of both renderers with two dressed, moving characters in a furnished room, taken by turns.

    Of several rounds the best counts, since whatever else the machine does only slows them down. Processor time tells
    more on a busy machine than the clock.

    Raises:
        AssetError: no off-screen OpenGL on this machine.
    """
    job = _job(ROUNDS * FRAMES)
    rows = []
    for size in SIZES:
        best = {"usual": (math.inf, math.inf), "fast": (math.inf, math.inf)}
        for _ in range(ROUNDS):
            for name, studio in (("usual", Studio), ("fast", FastStudio)):
                took = _draw(studio(job, size))
                best[name] = (min(best[name][0], took[0]), min(best[name][1], took[1]))
        (clock, work), (fast_clock, fast_work) = best["usual"], best["fast"]
        rows.append([
            f"{size[0]} x {size[1]}", f"{1 / clock:.1f}", f"{1 / fast_clock:.1f}", f"{clock / fast_clock:.2f}",
            f"{1000 * work:.0f} ms", f"{1000 * fast_work:.0f} ms", f"{work / fast_work:.2f}",
        ])  # fmt: skip
    columns = ("size", "usual, frames/s", "--fast, frames/s", "ratio", "usual, processor", "--fast, processor", "ratio")
    vertices = sum(len(part.vertices) for character in job.characters.values() for part in character.parts)
    return Table(
        columns,
        rows,
        (
            f"Two characters of {vertices} vertices together, posing, drawing and reading back; best of {ROUNDS} rounds of "
            f"{FRAMES} frames. usual: pyrender, skinned by NumPy, soft shadows on the room, smoothed outlines. --fast: "
            "moderngl, skinned by OpenGL, spots under the feet, no smoothing.",
        ),
    )


def _draw(studio: Studio | FastStudio) -> tuple[float, float]:
    """Seconds by the clock and of processor time for one frame."""
    with studio:
        studio.draw(0.0).compose()  # builds the background of the shot
        clock, work = time.perf_counter(), time.process_time()
        for frame in range(FRAMES):
            studio.draw(frame / 30).compose()
        return (time.perf_counter() - clock) / FRAMES, (time.process_time() - work) / FRAMES


def render_speed(frames: int) -> float:
    """Frames per second of a 1280x720 video of two talking characters, encoding included.

    Raises:
        AssetError: no off-screen OpenGL on this machine.
    """
    job = _job(frames)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        render_run(job, Path(folder) / "speed.mp4", size=(1280, 720))
        return frames / (time.perf_counter() - start)


def _job(frames: int) -> RenderJob:
    loaded = load_scenario(asset_dir("examples") / "first_meeting.yaml")
    idle = next(clip for clip in MotionLibrary.default().clips if clip.kind == "idle" and clip.posture == "standing")
    characters = {p.name: build_character(p.name, p.appearance) for p in loaded.personas}
    performances = [
        Performance(name, 0.0, _standing(idle.motion, character, frames, 0.6 * (2 * i - 1)))
        for i, (name, character) in enumerate(characters.items())
    ]
    return RenderJob(loaded.scenario.room, characters, performances, [], frames / 30)


def _standing(motion: Motion, character: Character, frames: int, x: float) -> Motion:
    fitted = fit_motion(motion, character.skeleton)
    index = np.arange(frames) % len(fitted)
    shift = np.array([x, 0.0, 0.0], np.float32)
    return Motion(fitted.translation[index] + shift, fitted.rotations[index])

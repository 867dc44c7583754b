"""How fast the off-screen renderer is."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from digital_life.assets import asset_dir
from digital_life.body.appearance import build_character
from digital_life.body.character import Character
from digital_life.momat.library import MotionLibrary
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import Motion
from digital_life.render.job import RenderJob
from digital_life.render.video import render_run
from digital_life.society.scenario import load_scenario
from digital_life.stage.performance import Performance


def render_speed(frames: int) -> float:
    """Frames per second of a 1280x720 video of two talking characters, encoding included.

    Raises:
        AssetError: no off-screen OpenGL on this machine.
    """
    loaded = load_scenario(asset_dir("examples") / "first_meeting.yaml")
    idle = next(clip for clip in MotionLibrary.default().clips if clip.kind == "idle" and clip.posture == "standing")
    characters = {p.name: build_character(p.name, p.appearance) for p in loaded.personas}
    performances = [
        Performance(name, 0.0, _standing(idle.motion, character, frames, 0.6 * (2 * i - 1)))
        for i, (name, character) in enumerate(characters.items())
    ]
    job = RenderJob(loaded.scenario.room, characters, performances, [], frames / 30)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        render_run(job, Path(folder) / "speed.mp4", size=(1280, 720))
        return frames / (time.perf_counter() - start)


def _standing(motion: Motion, character: Character, frames: int, x: float) -> Motion:
    fitted = fit_motion(motion, character.skeleton)
    index = np.arange(frames) % len(fitted)
    shift = np.array([x, 0.0, 0.0], np.float32)
    return Motion(fitted.translation[index] + shift, fitted.rotations[index])

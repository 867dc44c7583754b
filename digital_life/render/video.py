"""A scene as a video or as a single picture."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from digital_life.render.compose import unpack
from digital_life.render.encoder import Mp4Writer
from digital_life.render.job import RenderJob, Subtitle
from digital_life.render.sound import mix
from digital_life.render.studio import Drawing, Studio
from digital_life.render.subtitles import Subtitles

Progress = Callable[[int, int], None]
_IN_FLIGHT = 8


def render_run(
    job: RenderJob, out: Path, *, size: tuple[int, int] = (1280, 720), fps: int = 30, progress: Progress | None = None
) -> Path:
    """Film the scene into an MP4 (H.264, AAC) at ``out``; ``progress`` is told (frames done, frames in all).

    Raises:
        AssetError: no off-screen OpenGL on this machine; the message says what to install.
        OSError: ``out`` cannot be written.
    """
    total = max(1, int(job.duration * fps))
    sound = mix(job.performances, total / fps)
    with Studio(job, size) as studio, Mp4Writer(out, size, fps, sound) as writer, ThreadPoolExecutor(1) as encoding:
        subtitles = _subtitles(job, size)
        waiting: list[Future[None]] = []
        for index in range(total):
            waiting.append(encoding.submit(_finish, studio.draw(index / fps), index / fps, subtitles, writer))
            if len(waiting) > _IN_FLIGHT:
                waiting.pop(0).result()
            if progress:
                progress(index + 1, total)
        for future in waiting:
            future.result()
    return out


def _finish(drawing: Drawing, time: float, subtitles: Subtitles, writer: Mp4Writer) -> None:
    picture = unpack(drawing.compose())
    subtitles.draw(picture, time)
    writer.add(picture)


def render_still(
    job: RenderJob, time: float, path: Path, size: tuple[int, int] = (1280, 720), *, subtitles: bool = True
) -> Path:
    """One picture of the scene at ``time`` seconds, drawn at twice the size and reduced.

    Raises:
        AssetError: no off-screen OpenGL on this machine.
    """
    with Studio(job, (2 * size[0], 2 * size[1])) as studio:
        large = Image.fromarray(unpack(studio.draw(time).compose())[..., :3])
    picture = large.resize(size, Image.Resampling.LANCZOS)
    if subtitles:
        pixels = np.array(picture)
        _subtitles(job, size).draw(pixels, time)
        picture = Image.fromarray(pixels)
    picture.save(path)
    return path


def _subtitles(job: RenderJob, size: tuple[int, int]) -> Subtitles:
    return Subtitles([Subtitle(*line) for line in job.subtitles], list(job.characters), size)

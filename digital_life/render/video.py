"""A scene as a video or as a single picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from digital_life.render.compose import unpack
from digital_life.render.crew import Crew, crew_size
from digital_life.render.encoder import Mp4Writer
from digital_life.render.job import RenderJob, Subtitle
from digital_life.render.sound import mix
from digital_life.render.studio import Studio
from digital_life.render.subtitles import Subtitles
from digital_life.render.worker import Order, Segment, Slower

Progress = Callable[[int, int], None]


def render_run(
    job: RenderJob,
    out: Path,
    *,
    size: tuple[int, int] = (1280, 720),
    fps: int = 30,
    fast: bool = False,
    progress: Progress | None = None,
    notice: Callable[[str], None] | None = None,
) -> Path:
    """Film the scene into an MP4 (H.264, AAC) at ``out``; ``progress`` is told (frames done, frames in all).

    ``fast`` draws with the quick renderer, for previews; where that does not work, ``notice`` is told why and the usual
    one draws.

    Raises:
        AssetError: no off-screen OpenGL on this machine; the message says what to install.
        OSError: ``out`` cannot be written.
    """
    total = max(1, int(job.duration * fps))
    sound = mix(job.performances, total / fps)
    order = Order(job, size, fps, total, fast)
    with Crew(order, crew_size(total)) as crew, Mp4Writer(out, size, fps, sound) as writer:
        done, written = 0, 0
        told = notice is None
        early: dict[int, Segment] = {}
        for message in crew.film():
            if isinstance(message, Slower):
                if notice is not None and not told:
                    notice(f"drawn with the usual renderer: {message.why}")
                told = True
            elif isinstance(message, Segment):
                early[message.first] = message
            else:
                done += 1
                if progress:
                    progress(done, total)
            while written in early:
                segment = early.pop(written)
                writer.add(segment.first, segment.packets)
                written += len(segment.packets)
    return out


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

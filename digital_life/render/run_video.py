"""The video of a recorded run: read the run folder, film it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from digital_life.body.glb import read_glb
from digital_life.errors import InputError, storage_error
from digital_life.render.job import RenderJob, Subtitle
from digital_life.society.record import PerformanceRow
from digital_life.society.run_folder import RunFolder
from digital_life.stage.performance import Performance
from digital_life.voice.speech import Speech
from digital_life.voice.wav import read_wav

Report = Callable[[str, int, int], None]


def render_job(folder: RunFolder) -> RenderJob:
    """Everything the camera needs, from the files of a run folder.

    Raises:
        InputError: nothing was performed, or a file of the run is damaged.
    """
    turns = folder.turns()
    performances, subtitles = [], []
    for turn in turns:
        for row in turn.performances:
            performances.append(_with_sound(folder, row))
            behaviour = turn.row.behaviour
            if row.speech_seconds > 0 and behaviour is not None:
                start = row.start + row.speech_start
                subtitles.append(
                    Subtitle(start, start + row.speech_seconds, row.character, behaviour.speech, behaviour.partner)
                )
    return RenderJob(
        room=folder.scene.room,
        characters={name: read_glb(folder.glb(name)) for name in folder.scene.names},
        performances=performances,
        subtitles=subtitles,
        duration=turns[-1].end if turns else 0.0,
    )


def _with_sound(folder: RunFolder, row: PerformanceRow) -> Performance:
    performance = folder.performance(row)
    path = folder.audio_path(row)
    if path is None:
        return performance
    samples, rate = read_wav(path)
    return replace(performance, speech=Speech("", len(samples) / rate, samples=samples, rate=rate))


def render_run_folder(
    folder: RunFolder,
    out: Path,
    *,
    size: tuple[int, int],
    report: Report,
    fast: bool = False,
    notice: Callable[[str], None] | None = None,
) -> Path:
    """Write the video of a run to ``out``; a half-written one never has that name. ``fast`` and ``notice``: ``render_run``.

    Raises:
        InputError: ``out`` is no name of an MP4 file, or the size is odd.
        AssetError: no off-screen OpenGL; the message says what to install.
        StorageError: ``out`` cannot be written.
    """
    return film(
        render_job(folder),
        out,
        size=size,
        progress=lambda done, total: report("Rendering", done, total),
        fast=fast,
        notice=notice,
    )


def film(
    job: RenderJob,
    out: Path,
    *,
    size: tuple[int, int],
    progress: Callable[[int, int], None],
    fast: bool = False,
    notice: Callable[[str], None] | None = None,
) -> Path:
    """Write the video of a scene, as :func:`render_run_folder` does that of a run."""
    from digital_life.render.video import render_run

    _check_target(out, size)
    partial = out.with_name(f".{out.stem}.partial{out.suffix}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        render_run(job, partial, size=size, fast=fast, progress=progress, notice=notice)
        partial.replace(out)
    except OSError as error:
        raise storage_error(error, out, "writing the video") from error
    finally:
        partial.unlink(missing_ok=True)
    return out


def _check_target(out: Path, size: tuple[int, int]) -> None:
    if out.is_dir() or out.suffix.lower() != ".mp4":
        raise InputError(f"{out} is no name for a video file", "choose a name that ends in .mp4")
    if size[0] % 2 or size[1] % 2:
        raise InputError(f"a video of {size[0]}x{size[1]} pixels cannot be encoded", "choose an even width and height")

"""Videos and stills: pictures with the characters in them, sound in its place, clear words without OpenGL."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from digital_life.errors import AssetError
from digital_life.render.crew import Crew
from digital_life.render.job import RenderJob, Subtitle
from digital_life.render.sound import RATE, mix
from digital_life.render.subtitles import Subtitles, pages
from digital_life.render.video import render_run, render_still
from digital_life.render.worker import Order


def _opengl_works() -> bool:
    code = "from digital_life.render.opengl import open_renderer; open_renderer(64, 64)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


opengl = pytest.mark.opengl
needs_opengl = pytest.mark.skipif(not _opengl_works(), reason="no off-screen OpenGL on this machine")


def reddish(picture: np.ndarray) -> np.ndarray:
    red, green, blue = (picture[..., i].astype(int) for i in range(3))
    return (red > 90) & (red > 2.2 * green) & (red > 2.2 * blue)


def bluish(picture: np.ndarray) -> np.ndarray:
    red, green, blue = (picture[..., i].astype(int) for i in range(3))
    return (blue > 90) & (blue > 2 * red) & (blue > 2 * green)


@opengl
@needs_opengl
def test_still_shows_both_characters(job: RenderJob, tmp_path: Path) -> None:
    path = render_still(job, 1.0, tmp_path / "still.png", (320, 180))
    picture = np.asarray(Image.open(path))
    assert picture.shape == (180, 320, 3)
    red, blue = reddish(picture), bluish(picture)
    assert red.sum() > 80 and blue.sum() > 80
    assert abs(np.median(np.nonzero(red)[1]) - np.median(np.nonzero(blue)[1])) > 40


@opengl
@needs_opengl
def test_video_has_pictures_and_sound_of_the_right_length(job: RenderJob, tmp_path: Path) -> None:
    short = replace(job, duration=3.2)
    told: list[tuple[int, int]] = []
    path = render_run(short, tmp_path / "a.mp4", size=(320, 180), progress=lambda a, b: told.append((a, b)))
    assert told[0] == (1, 96) and told[-1] == (96, 96)
    with av.open(str(path)) as file:
        assert file.streams.video[0].codec_context.name == "h264"
        pictures = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    assert len(pictures) == 96
    with av.open(str(path)) as file:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    assert len(sound) / RATE == pytest.approx(3.2, abs=0.1)
    assert np.abs(sound[: int(1.9 * RATE)]).max() < 0.01
    assert np.abs(sound[int(2.2 * RATE) : int(2.8 * RATE)]).max() > 0.3
    bottom = slice(130, 180)
    assert np.abs(pictures[75][bottom].astype(int) - pictures[30][bottom]).max() > 100


def test_voices_are_mixed_on_the_clock(job: RenderJob) -> None:
    sound = mix(job.performances, job.duration)
    assert len(sound) == job.duration * RATE
    loud = np.flatnonzero(np.abs(sound) > 0.1) / RATE
    assert loud.min() == pytest.approx(2.0, abs=0.01)
    assert loud.max() == pytest.approx(3.0, abs=0.01)


def test_subtitles_are_drawn_only_in_their_time() -> None:
    drawn = Subtitles([Subtitle(1.0, 2.0, "Ann", "Hello there.")], ["Ann"], (320, 180))
    before, during = np.zeros((180, 320, 3), np.uint8), np.zeros((180, 320, 3), np.uint8)
    drawn.draw(before, 0.5)
    drawn.draw(during, 1.5)
    assert before.max() == 0
    rows, columns = np.nonzero(during.max(axis=2))
    assert rows.min() > 120 and columns.min() > 20 and columns.max() < 300


def test_long_lines_follow_each_other_in_pages() -> None:
    line = Subtitle(0.0, 20.0, "Ann", "and so the story goes on " * 20)
    parts = pages(line)
    assert len(parts) > 3
    assert " ".join(p.text for p in parts).split() == line.text.split()
    assert all(a.end == b.start for a, b in itertools.pairwise(parts))


def test_pages_end_where_sentences_or_clauses_end() -> None:
    text = (
        "Ah, the garden. I'm the one with earth under my nails, since half of what grows there is mine; "
        "the other half is weeds, and I am on good terms with those too."
    )
    first, second = pages(Subtitle(0.0, 9.0, "Ann", text))
    assert f"{first.text} {second.text}" == text
    assert first.text.endswith("mine;")
    assert 4.0 < first.end < 6.5


@opengl
@needs_opengl
def test_scene_filmed_by_several_processes_has_no_gaps(job: RenderJob, tmp_path: Path) -> None:
    path = render_run(job, tmp_path / "a.mp4", size=(160, 96))
    with av.open(str(path)) as file:
        times = [frame.time for frame in file.decode(video=0)]
    assert np.diff(times) == pytest.approx(1 / 30, abs=1e-3)
    assert len(times) == 360


@opengl
@needs_opengl
def test_failure_of_a_process_is_told_and_ends_the_others(job: RenderJob, tmp_path: Path) -> None:
    with Crew(Order(job, (160, 96), 30, 360), 2) as crew:
        crew._workers[0].kill()
        with pytest.raises(AssetError, match="code -9"):
            list(crew.film())
    assert all(worker.returncode is not None for worker in crew._workers)


def test_machine_without_opengl_is_told_what_to_install() -> None:
    code = (
        "from digital_life.errors import AssetError\n"
        "from digital_life.render import opengl\n"
        "opengl.find_library = lambda name: None\n"
        "try: opengl.open_renderer(64, 64)\n"
        "except AssetError as error: print(error)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PATH": ""})
    assert "libegl1" in answer.stdout

"""The quick renderer shows what the usual one shows, and steps back with a word where it does not work."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from test_video import bluish, needs_opengl, opengl, reddish

from digital_life.body.character import Character
from digital_life.render.compose import unpack
from digital_life.render.fast_portrait import FastPortraits
from digital_life.render.fast_studio import FastStudio
from digital_life.render.job import RenderJob, Subtitle
from digital_life.render.studio import Studio
from digital_life.render.turntable import largest, turntable
from digital_life.render.video import render_run
from digital_life.render.worker import Order, Slower, open_studio

SIZE = (320, 180)


def shown(studio: Studio | FastStudio, time: float) -> np.ndarray:
    with studio:
        return unpack(np.ascontiguousarray(studio.draw(time).compose()))[..., :3].copy()


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


@opengl
@needs_opengl
def test_both_renderers_show_the_same_scene(job: RenderJob) -> None:
    usual, fast = shown(Studio(job, SIZE), 1.0), shown(FastStudio(job, SIZE), 1.0)
    assert overlap(reddish(usual), reddish(fast)) > 0.6
    assert overlap(bluish(usual), bluish(fast)) > 0.6
    assert np.abs(usual.astype(int) - fast).mean() < 14


@opengl
@needs_opengl
def test_a_preview_is_a_video(job: RenderJob, tmp_path: Path) -> None:
    told: list[str] = []
    early = replace(job, duration=0.5, subtitles=[Subtitle(0.2, 0.4, "Ann", "Hello.")])
    path = render_run(early, tmp_path / "a.mp4", size=SIZE, fast=True, notice=told.append)
    with av.open(str(path)) as file:
        pictures = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    assert len(pictures) == 15 and told == []
    low = [int((picture[-SIZE[1] // 8 :].min(axis=2) > 235).sum()) for picture in (pictures[1], pictures[9])]
    assert low[1] > low[0] + 8, "the subtitle is in the picture"
    assert reddish(pictures[7]).sum() > 80 and bluish(pictures[7]).sum() > 80


@opengl
@needs_opengl
def test_a_quick_turntable_stands_on_a_spot(characters: dict[str, Character]) -> None:
    with FastPortraits(characters["Ann"], largest(100)) as pictures:
        sheet = np.asarray(turntable(characters["Ann"], pictures, detail=100))
    front = sheet[58:258, 4:94].astype(int)
    assert reddish(front).mean() > 0.03
    below = front[188:196, 30:60].sum(axis=2)
    assert below.min() < front[188:196, :6].sum(axis=2).min() - 40


@opengl
@needs_opengl
def test_without_moderngl_the_usual_renderer_draws_and_says_so(job: RenderJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moderngl", None)
    told: list[object] = []
    with open_studio(Order(job, SIZE, 30, 10, fast=True), told.append) as studio:
        assert isinstance(studio, Studio)
    assert len(told) == 1 and isinstance(told[0], Slower) and "moderngl" in told[0].why

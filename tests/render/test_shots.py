"""Camera work: everything stays in the frame, cuts are calm, nothing stands in the way."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from digital_life.body.character import Character
from digital_life.errors import InputError
from digital_life.render.blocking import Track, blocking
from digital_life.render.camera import frame_points
from digital_life.render.job import RenderJob, Subtitle, timelines
from digital_life.render.room import visible_furniture
from digital_life.render.shots import MIN_SHOT, heads, plan_cuts, plan_shots, wide_cuts

SIZE = (1280, 720)


def test_camera_sees_every_point_it_was_asked_to() -> None:
    points = np.random.default_rng(0).uniform([-2, 0, -1], [2, 1.8, 1], (50, 3))
    for angle in np.linspace(0, 6, 7):
        camera = frame_points(points, np.array([np.sin(angle), 0, np.cos(angle)]), yfov=0.6, aspect=16 / 9)
        pixels = camera.project(points, SIZE)
        assert (pixels > 0).all() and (pixels < SIZE).all()
        assert np.ptp(pixels, axis=0).max() > 300


def test_shots_cover_the_scene_with_everybody_in_wide_frames(job: RenderJob) -> None:
    tracks = blocking(job, timelines(job))
    lines = [Subtitle(*line) for line in job.subtitles]
    shots = plan_shots(tracks, job.room, plan_cuts(tracks, lines, job.duration), aspect=16 / 9)
    assert shots[0].start == 0 and shots[-1].end == job.duration
    assert all(a.end == b.start for a, b in itertools.pairwise(shots))
    assert len(shots) >= 2
    for track in tracks.values():
        pixels = shots[0].camera.project(track.joints[0], SIZE)
        assert (pixels > 0).all() and (pixels < SIZE).all()


def test_camera_never_crosses_the_line(job: RenderJob) -> None:
    tracks = blocking(job, timelines(job))
    lines = [Subtitle(3 * i, 3 * i + 2.8, "AnnBo"[: 3 if i % 2 else 0] or "Bo", "Well.") for i in range(4)]
    shots = plan_shots(tracks, job.room, plan_cuts(tracks, lines, job.duration), aspect=16 / 9)
    assert len({np.sign(shot.camera.eye[2]) for shot in shots}) == 1


def test_a_close_shot_in_a_group_is_of_the_two_who_talk(job: RenderJob) -> None:
    pair = blocking(job, timelines(job))
    shift = np.array([0.0, 0.0, 2.0])
    third = replace(pair["Ann"], joints=pair["Ann"].joints + shift, face=pair["Ann"].face + shift)
    group = {**pair, "Cy": third}

    def close(tracks: dict[str, Track], to: str) -> NDArray[np.float64]:
        shots = plan_shots(
            tracks, job.room, plan_cuts(tracks, [Subtitle(6.0, 11.0, "Bo", "Well.", to)], job.duration), aspect=16 / 9
        )
        return next(shot.camera.eye for shot in shots if shot.start <= 9.0 < shot.end)

    np.testing.assert_allclose(close(group, "Ann"), close(pair, "Ann"))
    assert not np.allclose(close(group, "Cy"), close(group, "Ann"))


def test_no_cut_is_shorter_than_three_seconds(job: RenderJob) -> None:
    tracks = blocking(job, timelines(job))
    rng = np.random.default_rng(4)
    for _ in range(20):
        times = np.sort(rng.uniform(0, 11, 8))
        lines = [Subtitle(t, t + rng.uniform(0.3, 4), str(rng.choice(["Ann", "Bo"])), "Yes.") for t in times]
        cuts = plan_cuts(tracks, lines, job.duration)
        assert min(cut.end - cut.start for cut in cuts) >= MIN_SHOT - 1e-6


def test_furniture_in_the_way_is_taken_out(job: RenderJob) -> None:
    tracks = blocking(job, timelines(job))
    lines = [Subtitle(*line) for line in job.subtitles]
    wide = plan_shots(tracks, job.room, plan_cuts(tracks, lines, job.duration), aspect=16 / 9)[0]
    kinds = {p.kind for p in visible_furniture(job.room, np.array(wide.camera.eye), heads(tracks, wide))}
    assert "lamp" not in kinds
    assert {"sofa", "rug", "bookshelf"} <= kinds


def test_job_without_performances_is_refused(job: RenderJob, characters: dict[str, Character]) -> None:
    with pytest.raises(InputError, match="nothing was performed"):
        RenderJob(job.room, characters, [], [], 3.0)
    with pytest.raises(InputError, match="Bo"):
        RenderJob(job.room, {"Ann": characters["Ann"]}, job.performances, [], 3.0)


def test_takes_are_wide_shots_one_after_the_other() -> None:
    cuts = wide_cuts([0.0, 4.0, 9.5, 30.0], 12.0)
    assert [(cut.start, cut.end, cut.kind) for cut in cuts] == [
        (0.0, 4.0, "wide"),
        (4.0, 9.5, "wide"),
        (9.5, 12.0, "wide"),
    ]

"""What both studios know of a job before the first picture: where everybody is, and which camera is on."""

from __future__ import annotations

from dataclasses import dataclass

from digital_life.render.blocking import Track, blocking
from digital_life.render.job import RenderJob, Subtitle, Timeline, timelines
from digital_life.render.shots import Shot, plan_cuts, plan_shots, wide_cuts


@dataclass(frozen=True)
class Plan:
    """``timelines`` and ``tracks`` by character; ``shots`` cover the scene."""

    timelines: dict[str, Timeline]
    tracks: dict[str, Track]
    shots: list[Shot]


def plan(job: RenderJob, size: tuple[int, int]) -> Plan:
    """The plan for pictures of ``size`` (width, height)."""
    lines = timelines(job)
    tracks: dict[str, Track] = blocking(job, lines)
    subtitles = [Subtitle(*line) for line in job.subtitles]
    cuts = wide_cuts(job.takes, job.duration) if job.takes else plan_cuts(tracks, subtitles, job.duration)
    return Plan(lines, tracks, plan_shots(tracks, job.room, cuts, aspect=size[0] / size[1]))

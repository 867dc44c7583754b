"""The shipped library: clips that people wrote beside clips that the weights made, kind by kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digital_life.assets import asset_dir
from digital_life.evaluate.motion_physics import Physics, mean_physics, physics
from digital_life.evaluate.table import Table
from digital_life.mogen.critic import Critic
from digital_life.momat.clip import AUTHORED, MADE, Clip
from digital_life.momat.gesture_size import size_of
from digital_life.momat.library import MotionLibrary

_SOURCES = {AUTHORED: "written", MADE: "made"}


def library() -> Table:
    """Counts, physics, size of gestures, and how much the permissive critic finds each clip like its own first caption."""
    from rich.progress import track

    shipped = MotionLibrary.open(asset_dir("motion_db"))
    critic = Critic.default("permissive")
    kinds = list(shipped.info()["kinds"])
    groups = [(kind, source, shipped.select(kind=kind, source=source)) for kind in kinds for source in _SOURCES]
    rows = [_row(*group, critic) for group in track(groups, description="Measuring", transient=True) if group[2]]
    every = [("all", source, shipped.select(source=source)) for source in _SOURCES]
    rows += [_row(*group, critic) for group in every]
    columns = ["kind", "clips", "number", "minutes", "captions", "Chinese", "skate cm/s", "jitter km/s3",
               "limit breaks %", "fingers rad/s", "size", "critic"]  # fmt: skip
    return Table(columns, rows, ["size: mean distance of the hands from their rest, in lengths of the arm."])


def _row(kind: str, source: str, clips: Sequence[Clip], critic: Critic) -> list[str]:
    measured: Physics = mean_physics(physics(clip.motion) for clip in clips)
    liked = [float(critic.score(clip.captions[0], [clip.motion])[0]) for clip in clips]
    return [
        kind,
        _SOURCES[source],
        str(len(clips)),
        f"{sum(clip.duration for clip in clips) / 60:.1f}",
        str(sum(len(clip.captions) for clip in clips)),
        str(sum(len(clip.captions_zh) for clip in clips)),
        f"{measured.skate:.2f}",
        f"{measured.jitter:.3f}",
        f"{measured.breaks:.2f}",
        f"{measured.fingers:.3f}",
        f"{np.mean([size_of(clip) for clip in clips]):.2f}",
        f"{np.mean(liked):.2f}",
    ]

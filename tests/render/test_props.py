"""Things in hands are drawn where they are held, and only while they are held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_video import needs_opengl, opengl

from digital_life.momat.interactions.held import Held
from digital_life.render.compose import unpack
from digital_life.render.job import RenderJob
from digital_life.render.props import prop_solids
from digital_life.render.shots import shot_at
from digital_life.render.studio import Studio

SIZE = (320, 180)
PARCEL = Held(
    "parcel", "parcel", (0.3, 0.3, 0.3), "right_wrist", (-0.1, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), start=1.0, stop=2.0
)  # fmt: skip


@pytest.mark.parametrize("shape", ["cup", "glass", "book", "parcel", "phone"])
def test_a_thing_is_as_large_as_its_file_says(shape: str) -> None:
    size = (0.08, 0.10, 0.06) if shape not in ("cup", "glass") else (0.08, 0.10, 0.08)
    solids = prop_solids(replace(PARCEL, shape=shape, size=size))
    points = np.concatenate([solid.vertices for solid in solids])
    extent = np.ptp(points, axis=0)
    handle = 0.035 if shape == "cup" else 0.0
    assert np.all(extent > 0.9 * np.array(size)) and np.all(extent < 1.1 * np.array(size) + [handle, 0.005, 0.005])


@opengl
@needs_opengl
def test_a_thing_is_seen_where_and_while_it_is_held(job: RenderJob) -> None:
    first, second = job.performances
    motion = replace(first.motion, provenance={"props": [PARCEL.record()]})
    holding = replace(job, performances=[replace(first, motion=motion), second])
    pictures: dict[tuple[bool, float], np.ndarray] = {}
    for has, film in ((True, holding), (False, job)):
        with Studio(film, SIZE) as studio:
            camera = shot_at(studio.shots, 1.5).camera
            for time in (1.5, 2.5):
                pictures[has, time] = unpack(studio.draw(time).compose())[..., :3].astype(int)
    changed, after = (np.abs(pictures[True, time] - pictures[False, time]).max(axis=-1) > 30 for time in (1.5, 2.5))
    place, _ = PARCEL.pose(motion, job.characters["Ann"].skeleton, 45)
    middle = camera.project(place[None], SIZE)[0]
    assert changed.sum() > 60
    assert np.linalg.norm(np.argwhere(changed).mean(axis=0)[::-1] - middle) < 12
    assert after.sum() < 10, "it is put down"

"""Pictures of one character: all of the sheet's views show it, lit and in front of the backdrop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from test_video import bluish, needs_opengl, opengl, reddish

from digital_life.body.character import Character
from digital_life.errors import InputError
from digital_life.render.portrait import Portraits
from digital_life.render.turntable import check_picture_name, largest, save_turntable, standing, turntable

DETAIL = 100


@pytest.fixture(scope="module")
def pictures(characters: dict[str, Character]) -> Iterator[Portraits]:
    with Portraits(characters["Ann"], largest(DETAIL)) as portraits:
        yield portraits


@opengl
@needs_opengl
def test_the_sheet_shows_the_character_from_all_sides(
    characters: dict[str, Character], pictures: Portraits, tmp_path: Path
) -> None:
    sheet = turntable(characters["Ann"], pictures, "a test", detail=DETAIL)
    save_turntable(sheet, tmp_path / "sheet.jpg")
    assert (tmp_path / "sheet.jpg").stat().st_size > 5000
    pixels = np.asarray(sheet)
    full = pixels[58:, :280]
    for column in range(3):
        view = full[:, 4 + 94 * column : 94 * (column + 1)]
        assert reddish(view).mean() > 0.03 and bluish(view).sum() == 0, column
    for y in (58, 158):
        for x in (286, 390):
            view = pixels[y : y + 100, x : x + 100].astype(int)
            skin = (view[..., 0] > 1.25 * view[..., 2]) & (view[..., 0] > 90)
            assert skin.mean() > 0.08, (x, y)


@opengl
@needs_opengl
def test_the_figure_casts_a_shadow_behind_it(characters: dict[str, Character], pictures: Portraits) -> None:
    from digital_life.render.camera import Camera

    camera = Camera((0.0, 0.6, 3.0), (0.0, 0.1, 0.0), 0.3)
    pose = standing(characters["Ann"])
    away = pose._replace(translation=pose.translation + np.array([0.0, 5.0, 0.0], np.float32))
    with_feet, without = (
        np.asarray(pictures.picture(p, camera, (100, 100))).astype(float).mean(axis=2) for p in (pose, away)
    )
    beside = (without - with_feet)[:, 68:]  # the light comes from the other side
    assert (beside > 6).sum() > 40
    assert np.abs(without - with_feet)[85:, :20].max() < 4


def test_a_name_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no picture format"):
        check_picture_name(tmp_path / "sheet.glb")

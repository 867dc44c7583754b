from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digital_life.errors import AssetError, InputError
from digital_life.momat.library import MotionLibrary
from digital_life.render import body_figures
from digital_life.render.contact_sheet import CELL, Row, contact_sheet
from digital_life.render.figures import WALL, StickFigures


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    library = MotionLibrary.default()
    return [Row.of(library[name], library[name].captions[0]) for name in ("wave_right", "sit_down")]


def drawn(picture: Image.Image) -> np.ndarray:
    """Which pixels [H, W] are not wall."""
    return np.abs(np.asarray(picture).astype(int) - WALL).sum(axis=2) > 90


def test_stick_figures_stand_on_their_feet_and_raise_the_hand_that_waves(rows: list[Row]) -> None:
    figures = StickFigures(CELL)
    middle = drawn(figures.picture(rows[0].motion, len(rows[0].motion) // 2))
    start = drawn(figures.picture(rows[0].motion, 0))
    seated = drawn(figures.picture(rows[1].motion, len(rows[1].motion) - 1))
    assert np.argmax(start.any(axis=1)) < 0.3 * CELL[1] < np.argmax(seated.any(axis=1))
    head_and_up = slice(0, int(0.35 * CELL[1]))
    assert middle[head_and_up, : CELL[0] // 2].sum() > 2 * start[head_and_up, : CELL[0] // 2].sum(), (
        "its right hand, on the left of the picture, should be up"
    )


def test_a_sheet_without_opengl_says_so_and_is_drawn_all_the_same(
    rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_size: int) -> None:
        raise AssetError("this machine has no off-screen OpenGL", "install it")

    monkeypatch.setattr(body_figures, "open_renderer", none)
    done: list[tuple[int, int]] = []
    note = contact_sheet(rows, tmp_path / "sheet.png", heading="x" * 500, progress=lambda *at: done.append(at))
    assert "stick figures" in note and "install it" in note
    assert done[-1] == (12, 12)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 6 * CELL[0] and sheet.height > 2 * CELL[1]


@pytest.mark.opengl
def test_a_sheet_of_bodies(rows: list[Row], tmp_path: Path) -> None:
    note = contact_sheet(rows[:1], tmp_path / "sheet.jpg", columns=2)
    if note:
        pytest.skip(note)
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        pixels = np.asarray(sheet).astype(int)
    assert ((pixels[..., 2] - pixels[..., 0]) > 60).sum() > 2000, "its shirt is blue"


def test_what_cannot_be_drawn_is_said(rows: list[Row], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no picture format"):
        contact_sheet(rows, tmp_path / "sheet.xyz")
    note = contact_sheet(rows[:1], tmp_path / "sheet.png", heading="坐着摇头", columns=1, bodies=False)
    assert note == "" or "no font with Chinese" in note
    with pytest.raises(InputError, match="at least one motion"):
        contact_sheet([], tmp_path / "sheet.png")

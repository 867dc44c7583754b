"""``persona picture``: head and shoulders in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from digital_life.cli.persona import command
from digital_life.errors import AssetError, InputError
from digital_life.render.bust import SIZE


def picture(*words: object) -> None:
    CliRunner().invoke(command, ["picture", *map(str, words)], catch_exceptions=False)


@pytest.mark.opengl
def test_a_persona_is_drawn_from_the_front(tmp_path: Path) -> None:
    out = tmp_path / "mira.png"
    try:
        picture("mira", "-o", out)
    except AssetError as error:
        pytest.skip(str(error))
    with Image.open(out) as opened:
        assert opened.size == SIZE
        pixels = np.asarray(opened.convert("RGB"), dtype=float)
    backdrop, middle = pixels[:40, :40].reshape(-1, 3), pixels[200:320, 150:260].reshape(-1, 3)
    assert np.ptp(backdrop, axis=0).max() < 40, "a plain backdrop"
    face = middle.mean(axis=0)
    assert face[0] > face[2] + 15, "skin in the middle"
    assert np.abs(face - backdrop.mean(axis=0)).max() > 20


def test_what_cannot_be_a_picture_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    taken = tmp_path / "mira.png"
    taken.write_text("mine")
    with pytest.raises(InputError, match="--force"):
        picture("mira", "-o", taken)
    assert taken.read_text() == "mine"
    with pytest.raises(InputError, match=r"mira\.txt"):
        picture("mira", "-o", tmp_path / "mira.txt")
    with pytest.raises(InputError, match="nobody"):
        picture("nobody", "-o", tmp_path / "new.png")

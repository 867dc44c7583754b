"""Every shipped persona has its picture, small and beside it."""

from __future__ import annotations

import pytest
from PIL import Image

from digital_life.persona.library import list_personas, load_persona

PERSONAS = list_personas()


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_a_shipped_persona_has_a_picture(name: str) -> None:
    path = PERSONAS[name].parent / load_persona(name).picture
    assert path.stat().st_size < 100_000
    with Image.open(path) as picture:
        assert picture.size == (416, 520)

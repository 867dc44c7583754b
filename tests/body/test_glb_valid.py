"""Whole characters as GLB files: valid for Khronos, small enough for any page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from khronos import NEEDS_VALIDATOR, issues

from digital_life.body.appearance import build_character
from digital_life.body.character import Character
from digital_life.body.glb import SIZE_LIMIT, read_glb, write_glb
from digital_life.body.glb_images import QUALITIES, ImageSet
from digital_life.persona.library import load_persona


@pytest.fixture(scope="module", params=["hana", "ingrid"])
def character(request: pytest.FixtureRequest) -> Character:
    persona = load_persona(request.param)
    return build_character(persona.name, persona.appearance)


KNOWN = {"MESH_PRIMITIVE_GENERATED_TANGENT_SPACE", "UNUSED_OBJECT"}
"""Remarks: normal maps without tangents, and pose correctives, which only ``extras`` name."""


@NEEDS_VALIDATOR
def test_a_dressed_character_is_valid_and_small(character: Character, tmp_path: Path) -> None:
    path = tmp_path / "character.glb"
    write_glb(character, path)
    assert path.stat().st_size <= SIZE_LIMIT
    said = issues(path)
    assert said["numErrors"] == 0, said["messages"][:3]
    assert {message["code"] for message in said["messages"]} <= KNOWN
    back = read_glb(path)
    assert [part.name for part in back.parts] == [part.name for part in character.parts]
    for old, new in zip(character.parts, back.parts, strict=True):
        assert new.material.shading == old.material.shading
        np.testing.assert_array_equal(new.vertices, old.vertices)


def test_textures_give_way_to_the_limit() -> None:
    """The same noise takes less and less room, and as little as there is where nothing is enough."""
    random = np.random.default_rng(0)
    images = ImageSet()
    picture = random.integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert images.add(picture) == images.add(picture.copy()) == 0
    assert images.add(random.integers(0, 255, (300, 300, 4), dtype=np.uint8)) == 1
    best = sum(len(data) for data, _ in images.encode(10_000_000))
    tight = sum(len(data) for data, _ in images.encode(best - 1))
    least = sum(len(data) for data, _ in images.encode(0))
    assert best > tight > least > 0
    assert [mime for _, mime in images.encode(0)] == ["image/jpeg", "image/png"]
    assert QUALITIES[-1].side < 300

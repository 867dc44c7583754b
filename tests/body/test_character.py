"""Characters: parts, morph targets, soles, and what the texture shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from digital_life.body.appearance import build_character, fresh_character
from digital_life.body.base_mesh import base_mesh
from digital_life.body.character import Character, MeshPart
from digital_life.body.colour import parse_colour
from digital_life.body.skin import head_texture
from digital_life.errors import InputError
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.persona.appearance import Appearance

MORPHS = set(ARKIT_NAMES) - {"jawLeft", "jawOpen", "jawRight"} | {"jawOpenCorrective"}


@pytest.fixture(scope="module")
def woman() -> Character:
    return build_character("Ada", Appearance(gender=1, age=30, height_cm=165, hair="bob", glasses="round", face_seed=2))


def part(character: Character, name: str) -> MeshPart:
    return next(p for p in character.parts if p.name == name)


def test_every_part_is_a_sound_mesh(woman: Character) -> None:
    for piece in woman.parts:
        assert piece.faces.max() < len(piece.vertices), piece.name
        assert np.isfinite(piece.vertices).all(), piece.name
        assert np.allclose(np.linalg.norm(piece.normals, axis=1), 1, atol=1e-3), piece.name
        assert np.allclose(piece.weights.sum(axis=1), 1, atol=1e-3), piece.name
        assert piece.joints.max() < 55, piece.name
        assert piece.uv is None or piece.uv.shape == (len(piece.vertices), 2), piece.name
    assert len(woman.parts) <= 12
    assert sum(len(p.faces) for p in woman.parts) < 60_000


def test_only_head_mouth_and_lashes_carry_face_keys(woman: Character) -> None:
    carriers = {p.name for p in woman.parts if p.morphs}
    assert carriers == {"head", "mouth", "lashes"}
    head = part(woman, "head")
    assert set(head.morphs) == MORPHS - {"tongueOut"} or set(head.morphs) == MORPHS
    assert "tongueOut" in part(woman, "mouth").morphs
    assert {"eyeBlinkLeft", "eyeBlinkRight"} <= set(part(woman, "lashes").morphs)


def test_eyes_turn_with_their_joints_and_the_jaw_moves_the_chin(woman: Character) -> None:
    eyes = part(woman, "eyes")
    left = eyes.vertices[:, 0] > 0
    assert (eyes.joints[left, 0] == JOINT_INDEX["left_eye"]).all()
    assert (eyes.joints[~left, 0] == JOINT_INDEX["right_eye"]).all()
    head = part(woman, "head")
    jaw = np.where(head.joints == JOINT_INDEX["jaw"], head.weights, 0).sum(axis=1)
    chin = head.vertices[:, 1] < woman.skeleton.rest_joints[JOINT_INDEX["jaw"], 1] - 0.06
    assert jaw[chin & (head.vertices[:, 2] > 0.1)].max() > 0.9
    assert woman.jaw_open == pytest.approx(0.303, abs=0.02)


def test_blinking_closes_the_eyes(woman: Character) -> None:
    head = part(woman, "head")
    indices, offsets = head.morphs["eyeBlinkLeft"]
    assert offsets[:, 1].min() < -0.006
    strength = np.linalg.norm(offsets, axis=1)
    assert np.average(head.vertices[indices][:, 0], weights=strength) == pytest.approx(0.03, abs=0.008)


def test_teeth_stay_behind_closed_lips(woman: Character) -> None:
    mouth, head = part(woman, "mouth"), part(woman, "head")
    eye = woman.skeleton.rest_joints[JOINT_INDEX["left_eye"]]
    lips = head.vertices[(np.abs(head.vertices[:, 0]) < 0.01) & (np.abs(head.vertices[:, 1] - (eye[1] - 0.07)) < 0.012)]
    assert mouth.vertices[:, 2].max() < lips[:, 2].max() - 0.004


def test_the_floor_is_the_sole(woman: Character) -> None:
    lowest = min(float(p.vertices[:, 1].min()) for p in woman.parts)
    assert woman.skeleton.floor == pytest.approx(lowest)
    bare = 1.65 - (part(woman, "head").vertices[:, 1].max() - woman.skeleton.floor)
    assert -0.06 < bare < 0.0  # shoes add at most six centimetres


def brightness(**changes: Any) -> dict[str, float]:
    texture = head_texture(base_mesh(), Appearance(**changes)).mean(axis=2)
    masks = {name: base_mesh().mask(f"head_{name}") > 120 for name in ("brows", "lips", "beard", "scalp", "lines")}
    return {name: float(texture[mask].mean()) for name, mask in masks.items() if mask.any()}


def test_texture_follows_hair_beard_and_age() -> None:
    plain = brightness(hair="bald", hair_colour="#101010", skin="#d8a888")
    assert plain["brows"] < plain["scalp"] - 30
    assert brightness(hair="buzz", hair_colour="#101010", skin="#d8a888")["scalp"] < plain["scalp"] - 30
    bearded = brightness(hair="bald", hair_colour="#101010", skin="#d8a888", beard=1.0)
    assert bearded["beard"] < plain["beard"] - 30
    assert (
        brightness(hair="bald", skin="#d8a888", age=85)["lines"] < brightness(hair="bald", skin="#d8a888")["lines"] - 8
    )


def test_people_differ_and_the_same_person_does_not() -> None:
    first, again = (fresh_character("A", Appearance(face_seed=5)) for _ in range(2))
    for a, b in zip(first.parts, again.parts, strict=True):
        assert np.array_equal(a.vertices, b.vertices)
        if a.material.texture is not None:
            assert np.array_equal(a.material.texture, b.material.texture)
    other = build_character("B", Appearance(face_seed=6))
    assert not np.array_equal(part(first, "head").vertices, part(other, "head").vertices)


def test_a_wrong_colour_is_named() -> None:
    with pytest.raises(InputError, match="#rrggbb"):
        parse_colour("brown")

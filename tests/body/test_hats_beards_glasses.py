"""What is worn on the head: hats over hair, beards that move with the face, glasses."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from digital_life.body.beard import BEARDS, make_beard
from digital_life.body.character import MeshPart
from digital_life.body.garment_hats import HATS, HatLine, make_hat
from digital_life.body.garment_surface import body_surface
from digital_life.body.glasses import GLASSES, make_glasses
from digital_life.body.hair import make_hair
from digital_life.body.hair_hull import HairHull
from digital_life.body.identity import Identity, make_identity
from digital_life.body.lashes import make_lashes
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.persona.appearance import Appearance

PEOPLE = {
    "child": Appearance(age=7, gender=0.5, face_seed=2),
    "strong man": Appearance(age=35, gender=0.0, muscle=0.9, height_cm=200),
    "heavy old man": Appearance(age=85, gender=0.05, build=1.0, height_cm=172, face_seed=8),
}


@cache
def person(name: str) -> Identity:
    return make_identity(PEOPLE[name])


def assert_sound(part: MeshPart) -> None:
    assert np.isfinite(part.vertices).all()
    assert part.faces.max() < len(part.vertices)
    np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(part.weights.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("kind", HATS)
def test_a_hat_covers_the_skull_and_leaves_the_eyes_free(name: str, kind: str) -> None:
    identity = person(name)
    hat = make_hat(body_surface(identity), kind, "#336699")
    assert_sound(hat)
    body = identity.vertices[np.unique(identity.quads("body"))]
    assert hat.vertices[:, 1].max() > body[:, 1].max() + 0.004
    eyes = identity.joints[JOINT_INDEX["left_eye"]]
    front = hat.vertices[np.abs(hat.vertices[:, 0]) < 0.05]
    assert front[front[:, 2] > eyes[2] - 0.02, 1].min() > eyes[1] + 0.008
    assert set(np.unique(hat.joints[hat.weights > 0]).tolist()) == {JOINT_INDEX["head"]}


@pytest.mark.parametrize("style", ["short", "curly", "bun", "long_wavy"])
def test_hair_lies_under_the_hat(style: str) -> None:
    identity = person("strong man")
    line = HatLine("beanie", HairHull(body_surface(identity)))
    (free,), (pressed,) = (make_hair(identity, style, "#222222", hat=hat) for hat in ("none", "beanie"))
    standing_out = []
    for part in (free, pressed):
        offset = part.vertices - line.hull.centre
        turn, distance = np.arctan2(offset[:, 0], offset[:, 2]), np.linalg.norm(offset, axis=1)
        under = part.vertices[:, 1] > line.edge(turn) + 0.01
        room = distance[under] - line.hull.skull_radius(offset[under] / distance[under, None])
        standing_out.append(float((room > line.pattern.room).mean()))
    assert standing_out[1] == 0 < standing_out[0]


@pytest.mark.parametrize("kind", BEARDS)
def test_beards_grow_outside_of_the_face_and_move_with_it(kind: str) -> None:
    identity = person("heavy old man")
    part = make_beard(identity, kind, (0.4, 0.4, 0.4))
    assert_sound(part)
    assert "mouthSmileLeft" in part.morphs
    jaw = np.where(part.joints == JOINT_INDEX["jaw"], part.weights, 0).sum(axis=1)
    assert (jaw.max() > 0.8) == (kind != "moustache")
    wide = float(np.abs(part.vertices[:, 0]).max())
    assert wide < 0.056 if kind in ("moustache", "goatee") else wide > 0.065


def test_a_full_beard_is_longer_than_a_short_one() -> None:
    identity = person("heavy old man")
    low = {kind: make_beard(identity, kind, (0.4, 0.4, 0.4)).vertices[:, 1].min() for kind in BEARDS}
    assert low["full_beard"] < low["short_beard"] - 0.02 < low["moustache"] - 0.04


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("kind", GLASSES)
def test_glasses_stand_before_the_eyes(name: str, kind: str) -> None:
    identity = person(name)
    parts = make_glasses(identity, kind)
    assert [part.name for part in parts] == ["glasses", "lenses"][: 2 if kind == "sunglasses" else 1]
    eyes = identity.vertices[np.unique(identity.quads("helper-l-eye"))]
    for part in parts:
        assert_sound(part)
        front = part.vertices[part.vertices[:, 2] > eyes[:, 2].min() + 0.02]
        assert front[np.abs(front[:, 0]) < 0.05, 2].min() > eyes[:, 2].max()


def test_lashes_are_single_hairs() -> None:
    part = make_lashes(person("child"))
    assert part.material.texture is not None
    alpha = part.material.texture[..., 3]
    assert (alpha[0] == 255).all()
    assert 0.1 < (alpha[20] > 0).mean() < 0.8
    assert "eyeBlinkLeft" in part.morphs


@pytest.mark.parametrize("name", PEOPLE)
def test_lashes_of_closed_eyes_point_down(name: str) -> None:
    part = make_lashes(person(name))
    assert part.uv is not None
    lid, tips = part.uv[:, 1] < 0.05, part.uv[:, 1] > 0.8
    for side, key in ((1, "eyeBlinkLeft"), (-1, "eyeBlinkRight")):
        closed = part.vertices.copy()
        moved, offsets = part.morphs[key]
        closed[moved] += offsets
        for nose, temple in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0)):
            third = (part.vertices[:, 0] * side > 0) & (part.uv[:, 0] >= nose) & (part.uv[:, 0] <= temple)
            fall = closed[third & lid].mean(axis=0) - closed[third & tips].mean(axis=0)
            assert fall[1] > 0.0005, "lashes of the closed eye stand up"
            rise = part.vertices[third & tips].mean(axis=0) - part.vertices[third & lid].mean(axis=0)
            assert rise[2] > 0.0005, "lashes of the open eye point inwards"

"""Hair: every style on every head."""

from __future__ import annotations

from functools import cache
from typing import get_args

import numpy as np
import pytest
from scipy.spatial import cKDTree

from digital_life.body.hair import make_hair
from digital_life.body.identity import Identity, make_identity
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.persona.appearance import Appearance, HairStyle

PEOPLE = {
    "slim woman": Appearance(age=24, gender=0.95, build=0.1, height_cm=158, face_seed=3),
    "strong man": Appearance(age=35, gender=0.0, muscle=0.9, height_cm=200),
    "heavy old man": Appearance(age=85, gender=0.05, build=1.0, height_cm=172, face_seed=8),
    "small old woman": Appearance(age=90, gender=1.0, build=0.4, height_cm=145),
}
STYLES: tuple[HairStyle, ...] = tuple(style for style in get_args(get_args(HairStyle)[0]) if style != "bald")


@cache
def person(name: str) -> Identity:
    return make_identity(PEOPLE[name])


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("style", STYLES)
def test_every_style_builds_for_every_head(name: str, style: HairStyle) -> None:
    identity = person(name)
    (part,) = make_hair(identity, style, "#5a3a22", seed=1)
    assert np.isfinite(part.vertices).all()
    assert part.faces.max() < len(part.vertices)
    assert len(part.faces) < 6_800
    np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(part.weights.sum(axis=1), 1, atol=1e-5)
    assert part.material.alpha_cutoff is not None
    assert part.material.texture is not None
    assert part.material.texture.shape[2] == 4
    eyes = identity.joints[[JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]]
    assert cKDTree(part.vertices).query(eyes)[0].min() > 0.02, "hair hangs into the eyes"


@pytest.mark.parametrize("name", PEOPLE)
def test_lengths_are_what_their_names_say(name: str) -> None:
    identity = person(name)
    head = identity.joints[JOINT_INDEX["head"], 1]
    lowest = {style: make_hair(identity, style, "#222222", seed=0)[0].vertices[:, 1].min() - head for style in STYLES}
    assert lowest["buzz"] > -0.07
    assert -0.15 < lowest["bob"] < lowest["buzz"]
    assert lowest["long_straight"] < lowest["bob"] - 0.1
    assert lowest["ponytail"] < -0.1 < lowest["bun"]


def test_bald_heads_have_no_hair() -> None:
    assert make_hair(person("strong man"), "bald", "#000000", seed=0) == []


def test_the_seed_decides() -> None:
    one, same, other = (make_hair(person("slim woman"), "curly", "#5a3a22", seed=s)[0].vertices for s in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_long_hair_follows_head_neck_and_back() -> None:
    (part,) = make_hair(person("slim woman"), "long_straight", "#5a3a22", seed=1)
    used = set(np.unique(part.joints[part.weights > 0.1]).tolist())
    assert used == {JOINT_INDEX[joint] for joint in ("head", "neck", "spine3")}
    top = part.vertices[:, 1] > np.quantile(part.vertices[:, 1], 0.8)
    assert (part.weights[top].max(axis=1) == 1).all()


@pytest.mark.parametrize("style", ["curly", "short"])
def test_locks_lie_down_at_the_crown(style: HairStyle) -> None:
    """The whorl brushes hair along the skull, not up from it."""
    identity = person("slim woman")
    (part,) = make_hair(identity, style, "#5a3a22", seed=1)
    crown = identity.vertices[np.unique(identity.quads("body")), 1].max()
    assert part.vertices[:, 1].max() < crown + 0.044


def test_the_cover_of_the_scalp_has_strands_everywhere() -> None:
    """Hair shines along its texture, which would sparkle where the texture stood still."""
    (part,) = make_hair(person("slim woman"), "buzz", "#15100d")
    assert part.uv is not None
    corners = part.uv[part.faces].astype(float)
    edges = corners[:, 1:] - corners[:, :1]
    area = np.abs(edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0])
    assert (area > 1e-9).mean() > 0.98


@pytest.mark.parametrize("name", ["slim woman", "small old woman"])
def test_locks_at_the_back_of_the_head_lie_on_it(name: str) -> None:
    """Light would show between the head and a lock that arches off it."""
    identity = person(name)
    (part,) = make_hair(identity, "long_wavy", "#5a3a22", seed=1)
    skin = identity.vertices[np.unique(identity.quads("body"))]
    head = identity.joints[JOINT_INDEX["head"]]
    upper = (part.vertices[:, 1] > head[1] + 0.06) & (part.vertices[:, 2] < head[2])
    assert cKDTree(skin).query(part.vertices[upper])[0].max() < 0.024

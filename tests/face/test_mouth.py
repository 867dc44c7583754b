"""Visemes, the jaw, and teeth that stay behind closed lips."""

from __future__ import annotations

import numpy as np
import pytest

from digital_life.body.identity import make_identity
from digital_life.body.jaw import JAW_SIDE, jaw_rotation
from digital_life.errors import InputError
from digital_life.evaluate.teeth import visible_teeth
from digital_life.face.viseme_table import VISEMES, viseme_weights
from digital_life.face.weights import row
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.persona.appearance import Appearance

CLOSED: dict[str, dict[str, float]] = {
    "rest": {},
    "smile": {"mouthSmile": 1.0, "cheekSquint": 0.5},
    "pressed": {"mouthPress": 1.0, "mouthRollLower": 0.5, "mouthRollUpper": 0.5},
}
CORNER = 4 / 136
"""Rays from a few of the 136 points of the teeth slip through the very corners of the lips."""
PEOPLE = {
    "woman": Appearance(gender=0.95, age=24, face_seed=3),
    "old man": Appearance(gender=0.1, age=85, build=0.9, face_seed=8),
    "child": Appearance(age=7, height_cm=124, face_seed=2),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_closed_lips_hide_the_teeth_and_an_open_mouth_shows_them(name: str) -> None:
    identity = make_identity(PEOPLE[name])
    for look, weights in CLOSED.items():
        assert visible_teeth(identity, row(weights)) <= CORNER, look
    assert visible_teeth(identity, viseme_weights("PP")) <= CORNER
    assert visible_teeth(identity, row({"jawOpen": 0.8})) > 0.1


def test_there_are_fifteen_visemes() -> None:
    assert len(VISEMES) == 15
    faces = np.stack([viseme_weights(name) for name in VISEMES])
    assert faces.shape == (15, 52) and (faces >= 0).all() and (faces <= 1).all()
    assert not faces[0].any()
    assert viseme_weights("aa")[ARKIT_INDEX["jawOpen"]] > viseme_weights("I")[ARKIT_INDEX["jawOpen"]] > 0
    distances = np.abs(faces[:, None] - faces[None]).max(axis=2) + np.eye(15)
    assert distances.min() > 0.02, "two visemes are alike"
    with pytest.raises(InputError, match="no viseme 'zz'"):
        viseme_weights("zz")


def test_the_jaw_opens_and_goes_aside() -> None:
    faces = np.stack([row({"jawOpen": 0.5}), row({"jawLeft": 1.0}), row({"jawRight": 1.0})])
    turns = jaw_rotation(faces, 0.3)
    np.testing.assert_allclose(turns, [[0.15, 0, 0], [0, JAW_SIDE, 0], [0, -JAW_SIDE, 0]], atol=1e-7)

"""Identities: heights, ages, builds and faces come out as asked, and the mesh stays whole."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from digital_life.body import base_mesh
from digital_life.body.identity import Identity, make_identity
from digital_life.body.sliders import MacroTargets
from digital_life.errors import AssetError
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton
from digital_life.persona.appearance import Ancestry, Appearance


def appearance(**changes: Any) -> Appearance:
    return Appearance(**changes)


@pytest.mark.parametrize("height_cm", [145, 160, 175, 190, 205])
@pytest.mark.parametrize(("gender", "age", "build"), [(0, 20, 0), (1, 45, 0.5), (0.5, 90, 1)])
def test_wished_heights_are_met(height_cm: float, gender: float, age: int, build: float) -> None:
    identity = make_identity(appearance(height_cm=height_cm, gender=gender, age=age, build=build, face_seed=4))
    assert identity.height * 100 == pytest.approx(height_cm, abs=0.1)


@pytest.mark.parametrize(("age", "height_cm"), [(4, 103), (7, 121), (10, 138.5), (14, 161.5)])
def test_children_have_the_height_and_the_proportions_of_their_age(age: int, height_cm: float) -> None:
    child, adult = make_identity(appearance(age=age)), make_identity(appearance(age=30))
    assert child.height * 100 == pytest.approx(height_cm, abs=1)

    def head(identity: Identity) -> float:
        crown = identity.vertices[np.unique(identity.quads("body")), 1].max()
        return float(crown - identity.joints[JOINT_INDEX["head"], 1]) / identity.height

    assert head(child) > head(adult)
    assert head(make_identity(appearance(age=4))) > 1.3 * head(adult)


def test_the_default_adult_is_of_average_height() -> None:
    assert make_identity(appearance()).height == pytest.approx(1.70, abs=0.02)
    man, woman = (make_identity(appearance(gender=gender)).height for gender in (0, 1))
    assert (man, woman) == (pytest.approx(1.77, abs=0.02), pytest.approx(1.64, abs=0.02))


def test_average_identity_is_the_canonical_skeleton() -> None:
    identity = make_identity(appearance(age=32, height_cm=171))
    assert np.abs(identity.joints - canonical_skeleton().rest_joints).max() < 0.03
    assert identity.joints[JOINT_INDEX["pelvis"], 1] == pytest.approx(-0.351, abs=1e-3)


def test_joints_lie_inside_the_body() -> None:
    identity = make_identity(appearance(gender=1, build=0.2, height_cm=160, face_seed=9))
    body = identity.vertices[np.unique(identity.quads("body"))]
    for name in ("left_elbow", "left_knee", "head", "left_wrist", "spine2"):
        near = body[np.linalg.norm(body - identity.joints[JOINT_INDEX[name]], axis=1) < 0.2]
        joint = identity.joints[JOINT_INDEX[name]]
        assert (near.min(axis=0) < joint).all() and (joint < near.max(axis=0)).all(), name
    eye = identity.vertices[np.unique(identity.quads("helper-l-eye"))]
    assert np.linalg.norm(eye.mean(axis=0) - identity.joints[JOINT_INDEX["left_eye"]]) < 0.002


def test_build_and_gender_change_the_shape_as_named() -> None:
    def girth(**changes: Any) -> float:
        identity = make_identity(appearance(height_cm=170, **changes))
        body = identity.vertices[np.unique(identity.quads("body"))]
        level = identity.joints[JOINT_INDEX["spine1"], 1]
        waist = body[(np.abs(body[:, 1] - level) < 0.03) & (np.abs(body[:, 0]) < 0.3)]
        return float(np.ptp(waist[:, 0]) + np.ptp(waist[:, 2]))

    assert girth(build=0) < girth(build=0.5) < girth(build=1)
    shoulders = [
        make_identity(appearance(gender=g, height_cm=170)).joints[JOINT_INDEX["left_shoulder"], 0] for g in (0, 1)
    ]
    assert shoulders[0] > shoulders[1]


def test_ancestry_and_seed_change_the_face_and_zero_does_not() -> None:
    plain = make_identity(appearance())
    again = make_identity(appearance())
    other = make_identity(appearance(face_seed=3))
    african = make_identity(appearance(ancestry=Ancestry(african=1)))
    assert np.array_equal(plain.vertices, again.vertices)
    moved = np.linalg.norm(plain.vertices - other.vertices, axis=1)
    assert 0.002 < moved.max() < 0.02
    hands = plain.vertices[:, 0] > 0.7
    assert moved[hands].max() == 0
    assert np.abs(plain.vertices - african.vertices).max() > 0.003


def test_an_identity_is_made_in_a_third_of_a_second() -> None:
    make_identity(appearance())
    start = time.perf_counter()
    make_identity(appearance(height_cm=181, age=60))
    assert time.perf_counter() - start < 0.3


def test_shares_of_ancestries_and_ages_add_up() -> None:
    targets = MacroTargets(["african|male|young", "asian|male|young", "caucasian|male|young", "asian|female|old"])
    shares = targets.shares({"gender": 0, "age": 2 / 3, "african": 1, "asian": 1, "caucasian": 2})
    assert shares == pytest.approx([0.25, 0.25, 0.5, 0])


def test_missing_data_are_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    path = tmp_path / "identity.npz"
    path.write_bytes(b"PK cut off")
    monkeypatch.setattr(base_mesh, "IDENTITY_FILE", path)
    base_mesh.identity_data.cache_clear()
    with pytest.raises(AssetError, match="damaged"):
        base_mesh.base_mesh()
    base_mesh.identity_data.cache_clear()

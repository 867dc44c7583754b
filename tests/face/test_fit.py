"""ARKit weights and SMPL-X expressions fitted to each other, and the face keys on another mesh."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse

from digital_life.body.layer import BodyModel, default_body
from digital_life.errors import InputError
from digital_life.face.fit import FaceFit
from digital_life.face.key_transfer import face_keys
from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES


@pytest.fixture(scope="module")
def users_model() -> BodyModel:
    """A stranger's model: another order of vertices, larger, moved, without ARKit keys, expressions that mix them."""
    free = default_body()
    random = np.random.default_rng(1)
    order = random.permutation(len(free.template))
    keys = face_keys(free)[:, order]
    mixes = random.normal(0, 0.4, (60, len(ARKIT_NAMES)))
    place = np.argsort(order)
    extras = {"landmarks_static": place[free.extras["landmarks_static"].astype(int)]}
    return replace(
        free,
        template=(1.1 * free.template[order] + [0.02, 0.3, -0.1]).astype(np.float32),
        faces=place[free.faces],
        shape_directions=free.shape_directions[order],
        expression_directions=(1.1 * np.tensordot(mixes, keys, 1)).transpose(1, 2, 0).astype(np.float32),
        regressor=scipy.sparse.csr_matrix(free.regressor[:, order]),
        skin_weights=scipy.sparse.csr_matrix(free.skin_weights[order]),
        arkit_vertices=np.zeros(0, np.int64),
        arkit_directions=np.zeros((52, 0, 3), np.float32),
        extras=extras,
    )


@pytest.fixture(scope="module")
def fit(users_model: BodyModel) -> FaceFit:
    return FaceFit(users_model)


def test_keys_find_their_place_on_another_mesh(users_model: BodyModel) -> None:
    order = np.random.default_rng(1).permutation(len(users_model.template))
    wanted = 1.1 * face_keys(default_body())[:, order]
    assert np.sqrt(((face_keys(users_model) - wanted) ** 2).sum(axis=2).mean()) < 2e-4


def test_faces_survive_the_way_there_and_back(fit: FaceFit) -> None:
    """60 mixed axes span all 52 shapes, so little may be lost."""
    errors = fit.errors_to_smplx()
    assert [error.name for error in errors] == list(ARKIT_NAMES)
    assert np.mean([error.left for error in errors]) < 0.15 < np.mean([error.size for error in errors])
    face = np.zeros((2, len(ARKIT_NAMES)))
    face[0, [ARKIT_INDEX[name] for name in ("browInnerUp", "mouthSmileLeft", "eyeBlinkRight")]] = 0.4, 0.7, 0.9
    back = fit.arkit(*fit.expression(face))
    assert np.abs(back - face).max() < 0.15
    assert (back >= 0).all() and (back <= 1).all()


def test_the_free_body_reports_what_ten_axes_cannot_show() -> None:
    fit = FaceFit(default_body())
    errors = {error.name: error for error in fit.errors_to_smplx()}
    assert errors["jawOpen"].explained > 0.95  # the joint does it
    assert errors["mouthSmileLeft"].explained < 0.9  # both sides move in the ten axes
    back = {error.name: error for error in fit.errors_to_arkit()}
    assert all(back[f"expression {axis} +1"].explained > 0.98 for axis in range(10))
    expression, jaw = fit.expression(np.eye(len(ARKIT_NAMES))[[ARKIT_INDEX["jawOpen"]]])
    assert (expression.shape, jaw.shape) == ((1, 10), (1, 3))
    assert jaw[0, 0] == pytest.approx(float(default_body().extras["jaw_angle"]), abs=0.06)


def test_an_open_jaw_is_jaw_open() -> None:
    weights = FaceFit(default_body()).arkit(np.zeros((1, 10)), np.array([[0.2, 0.0, 0.0]]))[0]
    assert ARKIT_NAMES[int(weights.argmax())] == "jawOpen"
    assert 0.5 < weights.max() < 0.8


def test_wrong_shapes_are_refused(fit: FaceFit) -> None:
    with pytest.raises(InputError, match="52"):
        fit.expression(np.zeros((1, 51)))
    with pytest.raises(InputError, match="up to 60"):
        fit.arkit(np.zeros((1, 61)), np.zeros((1, 3)))
    without = replace(default_body(), expression_directions=np.zeros((len(default_body().template), 3, 0), np.float32))
    with pytest.raises(InputError, match="no expression axes"):
        FaceFit(without)

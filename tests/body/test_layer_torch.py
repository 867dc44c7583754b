"""The torch layer: the same body as the NumPy one, and gradients that are right."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

torch = pytest.importorskip("torch")

from digital_life.body.layer import BodyModel, default_body  # noqa: E402
from digital_life.body.layer_torch import TorchBody  # noqa: E402
from digital_life.body.pose_parts import PARTS, full_pose  # noqa: E402
from digital_life.errors import InputError  # noqa: E402
from digital_life.motion.skeleton import JOINT_COUNT  # noqa: E402


@pytest.fixture(scope="module")
def small() -> BodyModel:
    """A body of 80 vertices with everything that a full file has."""
    random = np.random.default_rng(2)
    weights = random.dirichlet(np.full(JOINT_COUNT, 0.05), 80).astype(np.float32)
    return BodyModel(
        template=random.normal(0, 0.5, (80, 3)).astype(np.float32),
        faces=np.array([[0, 1, 2]]),
        shape_directions=random.normal(0, 0.05, (80, 3, 12)).astype(np.float32),
        expression_directions=random.normal(0, 0.05, (80, 3, 11)).astype(np.float32),
        regressor=scipy.sparse.csr_matrix(random.dirichlet(np.ones(80), JOINT_COUNT)),
        skin_weights=scipy.sparse.csr_matrix(weights / weights.sum(axis=1, keepdims=True)),
        pose_directions=random.normal(0, 0.02, (486, 240)).astype(np.float32),
    )


def arguments(body: BodyModel, poses: int, dtype: torch.dtype, face: bool) -> dict[str, torch.Tensor]:
    random = np.random.default_rng(4)
    sizes = {
        "pose": (JOINT_COUNT, 3),
        "betas": (body.shape_directions.shape[2],),
        "expression": (body.expression_directions.shape[2],),
        "translation": (3,),
    } | ({"face": (52,)} if face else {})
    return {name: torch.tensor(random.normal(0, 0.4, (poses, *size)), dtype=dtype) for name, size in sizes.items()}


@pytest.mark.parametrize("which", ["default", "small"])
def test_it_is_the_same_body(which: str, small: BodyModel) -> None:
    body = default_body() if which == "default" else small
    values = arguments(body, 5, torch.float32, face=which == "default")
    with torch.no_grad():
        vertices, joints = TorchBody(body)(**values)
    numbers = {name: value.numpy() for name, value in values.items()}
    ours = body.forward(numbers.pop("pose"), **numbers)
    np.testing.assert_allclose(vertices.numpy(), ours.vertices, atol=1e-5)
    np.testing.assert_allclose(joints.numpy(), ours.joints, atol=1e-5)


@pytest.mark.parametrize("rest", [False, True])
def test_gradients_are_those_of_finite_differences(small: BodyModel, rest: bool) -> None:
    """In double precision, for every argument; ``rest``: at the zero pose, where axis-angle is delicate."""
    layer = TorchBody(small, dtype=torch.float64)
    values = arguments(small, 2, torch.float64, face=False)
    if rest:
        values["pose"] = torch.zeros_like(values["pose"])
    names = list(values)
    inputs = tuple(values[name].requires_grad_() for name in names)

    def output(*given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        vertices, joints = layer(**dict(zip(names, given, strict=True)))
        return vertices[:, ::9], joints[:, ::7]

    assert torch.autograd.gradcheck(output, inputs, eps=1e-6, atol=1e-5, fast_mode=True)


@pytest.mark.parametrize(("pca", "flat"), [(True, False), (False, True)])
def test_parts_make_the_same_pose_as_in_numpy(pca: bool, flat: bool) -> None:
    body = default_body()
    random = np.random.default_rng(3)
    widths = dict(PARTS) | ({"left_hand_pose": 8, "right_hand_pose": 8} if pca else {})
    parts = {name: random.normal(0, 0.3, (4, width)).astype(np.float32) for name, width in widths.items()}
    del parts["jaw_pose"]
    by_numpy = full_pose(body, use_pca=pca, flat_hand_mean=flat, **parts)
    tensors = {name: torch.tensor(values) for name, values in parts.items()}
    by_torch = TorchBody(body).full_pose(use_pca=pca, flat_hand_mean=flat, **tensors)
    np.testing.assert_allclose(by_torch.numpy(), by_numpy, atol=1e-6)


def test_wrong_shapes_are_refused() -> None:
    layer = TorchBody(default_body())
    with pytest.raises(InputError, match=r"\(1, 22, 3\)"):
        layer(torch.zeros(1, 22, 3))
    with pytest.raises(InputError, match="up to 10 coefficients"):
        layer(torch.zeros(1, JOINT_COUNT, 3), betas=torch.zeros(1, 11))
    with pytest.raises(InputError, match="not of nothing"):
        layer.full_pose()

"""The layer, NumPy and torch, against the package ``smplx`` over 200 random poses each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digital_life.body.layer import BodyModel, default_body
from digital_life.body.layer_file import export_smplx
from digital_life.body.pose_parts import PARTS, full_pose
from digital_life.motion.skeleton import JOINT_COUNT, PARENTS

smplx = pytest.importorskip("smplx", reason="the reference implementation is optional: pip install smplx")
torch = pytest.importorskip("torch")

POSES, BATCH = 200, 25
VERTICES = 9_960
"""``smplx`` looks at vertices up to number 9,929."""


@dataclass(frozen=True)
class Inputs:
    """Random arguments for one comparison, a row for each pose."""

    parts: dict[str, np.ndarray]
    betas: np.ndarray
    expression: np.ndarray
    translation: np.ndarray

    def rows(self, first: int, last: int) -> Inputs:
        parts = {name: values[first:last] for name, values in self.parts.items()}
        return Inputs(parts, self.betas[first:last], self.expression[first:last], self.translation[first:last])


def random_inputs(poses: int, betas: int, expression: int, hand_components: int | None = None) -> Inputs:
    random = np.random.default_rng(0)

    def normal(width: int, size: float) -> np.ndarray:
        return random.normal(0, size, (poses, width)).astype(np.float32)

    parts = {name: normal(width, 0.35) for name, width in PARTS}
    if hand_components:
        parts |= {name: normal(hand_components, 0.5) for name in ("left_hand_pose", "right_hand_pose")}
    return Inputs(parts, normal(betas, 1), normal(expression, 1), normal(3, 1))


def largest_difference(path: Path, body: BodyModel, inputs: Inputs, **hands: Any) -> float:
    """Largest distance along an axis of any vertex or joint between our layer and ``smplx``, in metres."""
    reference = smplx.create(
        str(path),
        model_type="smplx",
        batch_size=min(BATCH, len(inputs.betas)),
        num_betas=inputs.betas.shape[1],
        num_expression_coeffs=inputs.expression.shape[1],
        **hands,
    )
    choices = {name: hands[name] for name in ("use_pca", "flat_hand_mean")}
    worst = 0.0
    for first in range(0, len(inputs.betas), BATCH):
        some = inputs.rows(first, first + BATCH)
        with torch.no_grad():
            expected = reference(
                betas=torch.tensor(some.betas),
                expression=torch.tensor(some.expression),
                transl=torch.tensor(some.translation),
                **{name: torch.tensor(values) for name, values in some.parts.items()},
            )
        ours = body.forward(
            full_pose(body, **choices, **some.parts),
            betas=some.betas,
            expression=some.expression,
            translation=some.translation,
        )
        worst = max(
            worst,
            float(np.abs(ours.vertices - expected.vertices.numpy()).max()),
            float(np.abs(ours.joints - expected.joints[:, :JOINT_COUNT].numpy()).max()),
        )
    return worst


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("default") / "SMPLX_NEUTRAL.npz"
    export_smplx(path)
    return path


@pytest.fixture(scope="module")
def full_format(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random numbers in every array of a full file: 300 + 100 coefficients, pose correctives, hand means."""
    random = np.random.default_rng(5)

    def normal(shape: tuple[int, ...], size: float) -> np.ndarray:
        return random.standard_normal(shape, dtype=np.float32) * np.float32(size)

    weights = np.zeros((VERTICES, JOINT_COUNT), np.float32)
    for _ in range(5):
        weights[np.arange(VERTICES), random.integers(0, JOINT_COUNT, VERTICES)] += random.uniform(0.1, 1, VERTICES)
    regressor = random.uniform(0, 1, (JOINT_COUNT, VERTICES)) * (random.uniform(0, 1, (JOINT_COUNT, VERTICES)) < 0.005)
    faces = random.integers(0, VERTICES, (300, 3))
    bases = {f"hands_components{side}": np.linalg.qr(normal((45, 45), 1))[0] for side in "lr"}
    path = tmp_path_factory.mktemp("full") / "SMPLX_FEMALE.npz"
    np.savez(
        path,
        allow_pickle=True,
        v_template=normal((VERTICES, 3), 0.5),
        f=faces.astype(np.uint32),
        shapedirs=normal((VERTICES, 3, 400), 1e-3),
        posedirs=normal((VERTICES, 3, 486), 1e-3),
        J_regressor=regressor / regressor.sum(axis=1, keepdims=True),
        weights=weights / weights.sum(axis=1, keepdims=True),
        kintree_table=np.array([(2**32 - 1, *PARENTS[1:]), range(JOINT_COUNT)], dtype=np.int64),
        hands_meanl=normal((45,), 0.2),
        hands_meanr=normal((45,), 0.2),
        **bases,
        lmk_faces_idx=np.arange(51),
        lmk_bary_coords=np.full((51, 3), 1 / 3),
        dynamic_lmk_faces_idx=np.zeros((79, 17), np.int64),
        dynamic_lmk_bary_coords=np.full((79, 17, 3), 1 / 3),
        part2num=np.array({"head": 15}, dtype=object),
    )
    return path


@pytest.fixture(scope="module")
def full_body(full_format: Path) -> BodyModel:
    return BodyModel.load(full_format)


def test_default_body(exported: Path) -> None:
    inputs = random_inputs(POSES, 10, 10)
    assert largest_difference(exported, default_body(), inputs, use_pca=False, flat_hand_mean=True) < 1e-5


def test_the_exported_file_is_the_default_body(exported: Path) -> None:
    inputs = random_inputs(4, 10, 10)
    loaded = BodyModel.load(exported)
    assert largest_difference(exported, loaded, inputs, use_pca=False, flat_hand_mean=False) < 1e-5
    assert loaded.skeleton.rest_joints == pytest.approx(default_body().skeleton.rest_joints, abs=1e-6)


def test_full_format_with_random_correctives(full_format: Path, full_body: BodyModel) -> None:
    body = full_body
    assert (body.shape_directions.shape[2], body.expression_directions.shape[2]) == (300, 100)
    assert body.pickled == ("part2num",)
    inputs = random_inputs(POSES, 300, 100)
    assert largest_difference(full_format, body, inputs, use_pca=False, flat_hand_mean=True) < 1e-5


@pytest.mark.parametrize(("components", "flat"), [(6, False), (45, True)])
def test_hand_components_and_means(full_format: Path, full_body: BodyModel, components: int, flat: bool) -> None:
    inputs = random_inputs(4, 16, 50, hand_components=components)
    choices = {"use_pca": True, "num_pca_comps": components, "flat_hand_mean": flat}
    assert largest_difference(full_format, full_body, inputs, **choices) < 1e-5


def test_one_pose_is_the_same_as_many(full_body: BodyModel) -> None:
    for body in (default_body(), full_body):
        inputs = random_inputs(3, 10, 10)
        poses = full_pose(body, **inputs.parts)
        poses[1, 25:] = 0  # fingers at rest: their correctives are left out
        batch = body.forward(poses, betas=inputs.betas, expression=inputs.expression, translation=inputs.translation)
        for row in range(3):
            single = body.forward(
                poses[row],
                betas=inputs.betas[row],
                expression=inputs.expression[row],
                translation=inputs.translation[row],
            )
            np.testing.assert_allclose(single.vertices, batch.vertices[row], atol=1e-5)
            np.testing.assert_allclose(single.joints, batch.joints[row], atol=1e-5)


def test_a_fixed_shape_is_the_same_as_betas(full_body: BodyModel) -> None:
    for body in (default_body(), full_body):
        inputs = random_inputs(1, 10, 10)
        poses = full_pose(body, **inputs.parts)
        by_betas = body.forward(poses, betas=inputs.betas)
        fixed = body.with_shape(inputs.betas[0]).forward(poses)
        np.testing.assert_allclose(fixed.vertices, by_betas.vertices, atol=5e-6)

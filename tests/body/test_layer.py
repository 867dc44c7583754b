"""The SMPL-X layer against the package ``smplx``, and what it says about broken files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digital_life.body.layer import BodyModel, default_body
from digital_life.body.layer_file import export_smplx
from digital_life.errors import InputError
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("body") / "SMPLX_NEUTRAL.npz"
    export_smplx(path)
    return path


@pytest.fixture(scope="module")
def full_model(exported: Path) -> Path:
    """The exported body with pose correctives, as a user's real file has them."""
    arrays = dict(np.load(exported))
    random = np.random.default_rng(5)
    arrays["posedirs"] = random.normal(0, 1e-3, arrays["posedirs"].shape).astype(np.float32)
    path = exported.with_name("SMPLX_FULL.npz")
    np.savez(path, **arrays)
    return path


def largest_difference(path: Path, body: BodyModel, *, poses: int = 4) -> float:
    """Largest distance of any vertex or joint between our layer and ``smplx``, over random poses, in metres."""
    smplx = pytest.importorskip("smplx", reason="the reference implementation is optional: pip install smplx")
    import torch

    reference = smplx.create(str(path), model_type="smplx", use_pca=False, flat_hand_mean=True)
    random = np.random.default_rng(0)
    worst = 0.0
    for _ in range(poses):
        pose = random.normal(0, 0.35, (55, 3)).astype(np.float32)
        betas, expression = random.normal(0, 1, (2, 10)).astype(np.float32)
        translation = random.normal(0, 1, 3).astype(np.float32)

        def row(array: np.ndarray) -> torch.Tensor:
            return torch.tensor(array.reshape(1, -1))

        with torch.no_grad():
            expected = reference(
                betas=row(betas),
                expression=row(expression),
                global_orient=row(pose[0]),
                body_pose=row(pose[1:22]),
                jaw_pose=row(pose[22]),
                leye_pose=row(pose[23]),
                reye_pose=row(pose[24]),
                left_hand_pose=row(pose[25:40]),
                right_hand_pose=row(pose[40:55]),
                transl=row(translation),
            )
        ours = body.forward(pose, betas=betas, expression=expression, translation=translation)
        worst = max(
            worst,
            float(np.abs(ours.vertices - expected.vertices[0].numpy()).max()),
            float(np.abs(ours.joints - expected.joints[0, :55].numpy()).max()),
        )
    return worst


def test_native_body_agrees_with_smplx(exported: Path) -> None:
    assert largest_difference(exported, default_body()) < 1e-5


def test_exported_file_agrees_with_smplx(exported: Path) -> None:
    assert largest_difference(exported, BodyModel.load(exported), poses=1) < 1e-5


def test_pose_correctives_agree_with_smplx(full_model: Path) -> None:
    assert largest_difference(full_model, BodyModel.load(full_model), poses=2) < 1e-5


def test_wide_export_has_arkit_expressions(tmp_path: Path) -> None:
    path = tmp_path / "SMPLX_NEUTRAL.npz"
    export_smplx(path, wide=True)
    body = BodyModel.load(path)
    assert body.shape_directions.shape[2] == 300
    pose = np.zeros((55, 3))
    expression = np.zeros(62, np.float32)
    expression[10 + ARKIT_INDEX["browInnerUp"]] = 1
    face = np.zeros(52, np.float32)
    face[ARKIT_INDEX["browInnerUp"]] = 1
    by_key = default_body().forward(pose, face=face).vertices
    assert np.abs(body.forward(pose, expression=expression).vertices - by_key).max() < 1e-3


def test_extra_joints_lie_where_their_names_say(exported: Path) -> None:
    smplx = pytest.importorskip("smplx")
    import torch

    with torch.no_grad():
        joints = smplx.create(str(exported), model_type="smplx", use_pca=False)().joints[0].numpy()
    rest = default_body().skeleton.rest_joints
    nose, right_eye, left_eye = joints[55:58]
    assert abs(nose[0]) < 0.01 and nose[2] > rest[JOINT_INDEX["left_eye"], 2]
    assert right_eye[0] < -0.02 < 0.02 < left_eye[0]
    assert joints[60, 0] > rest[JOINT_INDEX["left_foot"], 0] - 0.1  # left big toe
    landmarks = joints[76:]
    mouth, lids = landmarks[48 - 17 :], landmarks[36 - 17 : 48 - 17]
    assert np.ptp(mouth[:12, 0]) > 0.03 and mouth[:, 1].max() < lids[:, 1].min() - 0.03
    assert (np.abs(lids[:, 0]) > 0.01).all()


def test_default_body_is_an_average_adult() -> None:
    body = default_body()
    assert 1.65 < np.ptp(body.template[:, 1]) < 1.75
    assert np.abs(body.skeleton.rest_joints - canonical_skeleton().rest_joints).max() < 2e-3
    taller = body.shaped(np.array([2.0], np.float32))[0]
    assert np.ptp(taller[:, 1]) > np.ptp(body.template[:, 1]) + 0.05


def test_a_closed_mouth_hides_the_teeth_and_an_open_jaw_drops_the_chin() -> None:
    body = default_body()
    pose = np.zeros((55, 3))
    closed = body.forward(pose).vertices
    pose[JOINT_INDEX["jaw"], 0] = 0.3
    drop = closed[:, 1] - body.forward(pose).vertices[:, 1]
    assert drop.max() > 0.02
    assert (np.abs(drop) < 1e-4).mean() > 0.8


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("SMPLX_A.npz", b"PK\x03\x04 cut off", "not a readable npz"),
        ("SMPLX_A.npz", b"", "not a readable npz"),
        ("SMPLX_A.pkl", b"\x80\x04", "pickle"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        BodyModel.load(path)


def test_missing_and_truncated_files(tmp_path: Path, exported: Path) -> None:
    with pytest.raises(InputError, match="no such body"):
        BodyModel.load(tmp_path / "none.npz")
    path = tmp_path / "SMPLX_CUT.npz"
    path.write_bytes(exported.read_bytes()[:100_000])
    with pytest.raises(InputError, match="not a readable npz"):
        BodyModel.load(path)


def test_other_bodies_are_named(tmp_path: Path) -> None:
    path = tmp_path / "SMPLX_OTHER.npz"
    np.savez(path, v_template=np.zeros((5, 3)), pickled=np.array({"a": 1}, dtype=object))
    with pytest.raises(InputError, match="lacks f, shapedirs"):
        BodyModel.load(path)
    np.savez(
        path, v_template=np.zeros((5, 3)), f=np.zeros((1, 3)), shapedirs=np.zeros((5, 3, 10)),
        J_regressor=np.zeros((24, 5)), weights=np.zeros((5, 24)), kintree_table=np.zeros((2, 24)),
    )  # fmt: skip
    with pytest.raises(InputError, match="24 joints"):
        BodyModel.load(path)


def test_export_refuses_a_name_that_smplx_would_not_know(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SMPLX_NEUTRAL"):
        export_smplx(tmp_path / "body.npz")


def test_too_many_betas_are_refused() -> None:
    with pytest.raises(InputError, match="10 coefficients"):
        default_body().shaped(np.ones(11, np.float32))

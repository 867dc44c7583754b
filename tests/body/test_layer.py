"""The default body, its export, and what the layer says about broken files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digital_life.body.layer import BodyModel, default_body
from digital_life.body.layer_file import export_smplx
from digital_life.body.pose_parts import hand_mean
from digital_life.errors import InputError
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.motion.hands import hand_rotations
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("body") / "SMPLX_NEUTRAL.npz"
    export_smplx(path)
    return path


@pytest.fixture(scope="module")
def exported_arrays(exported: Path) -> dict[str, np.ndarray]:
    arrays = dict(np.load(exported))
    small = ("v_template", "f", "shapedirs", "J_regressor", "weights", "kintree_table")
    return {name: arrays[name] for name in small}


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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": np.zeros((14136, 55), np.float32)}, "do not add up to 1"),
        ({"v_template": np.full((14136, 3), np.nan)}, "v_template holds values that are not finite"),
        ({"f": np.full((4, 3), 14136)}, "f points at vertices"),
        ({"posedirs": np.zeros((14136, 3, 207), np.float32)}, r"posedirs is \(14136, 3, 207\), not \(14136, 3, 486\)"),
        ({"shapedirs": np.zeros((14136, 3))}, "shapedirs is"),
        ({"J_regressor": np.array("text")}, "J_regressor holds no numbers"),
        ({"kintree_table": np.zeros((2, 55))}, "parents are not those of SMPL-X"),
        ({"weights": np.array(None, dtype=object)}, "weights are pickled objects"),
    ],
)
def test_every_damage_is_named(
    tmp_path: Path, exported_arrays: dict[str, np.ndarray], changes: dict[str, np.ndarray], message: str
) -> None:
    path = tmp_path / "SMPLX_DAMAGED.npz"
    np.savez(path, allow_pickle=True, **exported_arrays | changes)
    with pytest.raises(InputError, match=message):
        BodyModel.load(path)


def test_a_flipped_byte_is_found(tmp_path: Path, exported: Path) -> None:
    content = bytearray(exported.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path = tmp_path / "SMPLX_FLIPPED.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a readable npz"):
        BodyModel.load(path)


def test_bad_poses_are_refused() -> None:
    body = default_body()
    with pytest.raises(InputError, match=r"\(22, 3\)"):
        body.forward(np.zeros((22, 3)))
    with pytest.raises(InputError, match="not finite"):
        body.forward(np.full((55, 3), np.nan))
    with pytest.raises(InputError, match="10 coefficients for 'betas', 11"):
        body.forward(np.zeros((55, 3)), betas=np.ones(11))
    with pytest.raises(InputError, match="one for each of 3 poses"):
        body.forward(np.zeros((3, 55, 3)), expression=np.ones((2, 10)))
    with pytest.raises(InputError, match="'face'"):
        body.forward(np.zeros((55, 3)), face=np.ones(51))


def test_export_refuses_a_name_that_smplx_would_not_know(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SMPLX_NEUTRAL"):
        export_smplx(tmp_path / "body.npz")


def test_too_many_betas_are_refused() -> None:
    with pytest.raises(InputError, match="10 coefficients"):
        default_body().shaped(np.ones(11, np.float32))


def test_the_mean_hands_are_the_relaxed_shape() -> None:
    body = default_body()
    for side in ("left", "right"):
        shape = hand_rotations("relaxed", side).reshape(-1)
        np.testing.assert_allclose(hand_mean(body, side[0]), shape, atol=1e-6)

"""Pose correctives: limbs keep their form, clothes follow, and files carry them."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from digital_life.body.appearance import build_character
from digital_life.body.character import Character, MeshPart
from digital_life.body.corrective_skin import base_correctives, identity_correctives, thickness
from digital_life.body.glb import read_glb, write_glb
from digital_life.body.identity import make_identity
from digital_life.body.kinematics import rotation_matrices
from digital_life.body.layer import default_body
from digital_life.body.skinning import PosedCharacter
from digital_life.errors import StorageError
from digital_life.evaluate.body_volume import MOTIONS, LimbVolumes
from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.persona.appearance import Appearance, Outfit

THIN = Appearance(age=22, gender=1, height_cm=160, build=0.0)
HEAVY = Appearance(age=50, gender=0, height_cm=178, build=1.0)


def bent(joint: str, *degrees: float) -> np.ndarray:
    """Quaternions [55, 4] of one joint turned by a rotation vector in degrees."""
    vectors = np.zeros((JOINT_COUNT, 3))
    vectors[JOINT_INDEX[joint]] = np.radians(degrees)
    return quat.from_axis_angle(vectors).astype(np.float32)


def surface(character: Character, rotations: np.ndarray, name: str) -> np.ndarray:
    posed = PosedCharacter(character).pose(rotations, np.zeros(3, np.float32))
    return next(v.copy() for part, (v, _) in zip(character.parts, posed, strict=True) if part.name == name)


def part_of(character: Character, name: str) -> MeshPart:
    return next(part for part in character.parts if part.name == name)


@pytest.fixture(scope="module")
def character() -> Character:
    return build_character("Ada", Appearance(outfit=Outfit(top="shirt", bottom="skirt")))


def test_a_body_at_rest_is_not_changed() -> None:
    correctives = base_correctives()
    rest = np.tile(np.eye(3), (JOINT_COUNT, 1, 1))
    assert not correctives.weights(rest).any()
    assert JOINT_INDEX["pelvis"] not in correctives.joints


def test_the_compact_form_is_the_dense_matrix_of_smplx() -> None:
    correctives = default_body().correctives
    assert correctives is not None
    matrices = rotation_matrices(np.random.default_rng(0).normal(0, 0.5, (1, JOINT_COUNT, 3)))[0]
    compact = np.zeros((correctives.count, 3))
    compact[correctives.moved] = (correctives.offset_matrix @ correctives.weights(matrices)).reshape(-1, 3)
    features = (matrices[1:] - np.eye(3)).reshape(-1).astype(np.float32)
    dense = (features @ correctives.pose_directions()).reshape(-1, 3)
    assert np.abs(compact).max() > 0.005
    np.testing.assert_allclose(compact, dense, atol=1e-6)


@pytest.mark.parametrize("appearance", [Appearance(), THIN, HEAVY], ids=["average", "thin", "heavy"])
def test_limbs_keep_their_volume(appearance: Appearance) -> None:
    volumes = LimbVolumes(make_identity(appearance))
    for limb, name in (("wrist", "twist +80"), ("elbow", "bend 140"), ("hip", "seated 90"), ("knee", "bend 140")):
        motion = next(m for m in MOTIONS if (m.limb, m.name) == (limb, name))
        plain, corrected = (volumes.change(motion, corrected=on) for on in (False, True))
        assert plain < -0.08, f"{limb}: the plain body loses nothing"
        assert abs(corrected) < 0.1, f"{limb}: {corrected:+.1%}"


@pytest.mark.parametrize(
    "appearance",
    [
        Appearance(age=10, gender=1, height_cm=138, build=0.8),
        Appearance(age=80, gender=0, height_cm=170, build=0.8, muscle=0.2),
    ],
    ids=["plump child", "heavy old man"],
)
def test_shoulders_keep_their_volume_on_unusual_bodies(appearance: Appearance) -> None:
    """With the average body's own correctives it is 22 % more and 11 % less."""
    volumes = LimbVolumes(make_identity(appearance))
    for motion in (m for m in MOTIONS if m.limb == "shoulder"):
        assert abs(volumes.change(motion, corrected=True)) < 0.1, motion.name


def test_the_average_shoulder_keeps_what_was_learnt_on_it() -> None:
    identity = make_identity(Appearance())
    own, thick = identity_correctives(identity), base_correctives().scaled(thickness(identity))
    np.testing.assert_array_equal(own.drivers, thick.drivers)


def test_left_and_right_are_mirror_images() -> None:
    body = default_body()
    left = body.forward(bent("left_elbow", 0, -120, 0)).vertices
    right = body.forward(bent("right_elbow", 0, 120, 0)).vertices
    for axis, sign in ((0, -1), (1, 1), (2, 1)):
        assert np.abs(np.sort(left[:, axis]) - np.sort(sign * right[:, axis])).max() < 2e-3


def test_correctives_grow_with_the_limbs() -> None:
    thin, heavy = make_identity(THIN), make_identity(HEAVY)
    thigh = thin.mesh.joint_weight(JOINT_INDEX["left_hip"]) > 0.95
    assert thickness(thin)[thigh].mean() < 0.95 < 1.05 < thickness(heavy)[thigh].mean()
    sizes = [np.abs(identity_correctives(i).offsets).sum() for i in (thin, heavy)]
    assert sizes[0] < sizes[1]


def test_clothes_follow_the_skin_below(character: Character) -> None:
    rotations = bent("left_elbow", 0, -130, 0)
    plain = replace(character, parts=tuple(replace(part, correctives=None) for part in character.parts))
    moved = np.linalg.norm(surface(character, rotations, "top") - surface(plain, rotations, "top"), axis=1)
    assert moved.max() > 0.005
    assert (moved > 1e-4).mean() < 0.35, "only the sleeve about the elbow is to change"


def test_knees_do_not_pull_a_skirt(character: Character) -> None:
    skirt = part_of(character, "bottom").correctives
    assert skirt is not None
    shape = np.repeat(np.arange(len(skirt.joints)), np.diff(skirt.starts))
    by_joint = {
        name: np.abs(skirt.offsets[np.isin(shape, np.flatnonzero(skirt.joints == JOINT_INDEX[name]))]).sum()
        for name in ("left_knee", "left_hip")
    }
    assert by_joint["left_knee"] < 0.15 * by_joint["left_hip"]


def test_hair_and_eyes_do_without(character: Character) -> None:
    assert part_of(character, "eyes").correctives is None


def test_carrying_to_the_same_vertices_changes_nothing() -> None:
    correctives = base_correctives()
    carried = correctives.carried(sparse.identity(correctives.count, format="csr"))
    matrices = rotation_matrices(np.random.default_rng(1).normal(0, 0.5, (1, JOINT_COUNT, 3)))[0]
    features = (matrices[1:] - np.eye(3)).reshape(-1)
    before, after = (features @ c.pose_directions() for c in (correctives, carried))
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_a_file_carries_them(character: Character, tmp_path: Path) -> None:
    write_glb(character, tmp_path / "ada.glb")
    back = read_glb(tmp_path / "ada.glb")
    rotations = bent("left_elbow", 30, -120, 0)
    for name in ("skin", "top"):
        assert np.abs(surface(back, rotations, name) - surface(character, rotations, name)).max() < 1.5e-3
    assert (tmp_path / "ada.glb").stat().st_size <= 2_500_000


def test_a_file_whose_correctives_do_not_fit_is_damaged(character: Character, tmp_path: Path) -> None:
    path = tmp_path / "ada.glb"
    write_glb(character, path)
    data = path.read_bytes()
    length = struct.unpack_from("<I", data, 12)[0]
    document = json.loads(data[20 : 20 + length])
    extras = next(mesh["extras"]["correctives"] for mesh in document["meshes"] if mesh["name"] == "skin")
    extras["vertices"], extras["starts"] = extras["starts"], extras["vertices"]
    text = json.dumps(document, separators=(",", ":")).encode()
    path.write_bytes(data[:20] + text.ljust(length) + data[20 + length :])
    with pytest.raises(StorageError, match="damaged character file"):
        read_glb(path)

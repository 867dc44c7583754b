"""A character survives the way through a GLB file, and skinning agrees with the textbook formula."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.glb import read_glb, write_glb
from digital_life.body.skinning import PosedCharacter, pose_parts
from digital_life.errors import InputError, StorageError
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, canonical_skeleton


def grid(side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A wavy square sheet: vertices, faces, uv."""
    u, v = (axis.reshape(-1) for axis in np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side)))
    vertices = np.stack([u - 0.5, v - 0.5, 0.1 * np.sin(6 * u)], axis=1).astype(np.float32)
    corner = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).reshape(-1)
    faces = np.concatenate([np.stack([corner, corner + 1, corner + side], 1),
                            np.stack([corner + 1, corner + side + 1, corner + side], 1)])  # fmt: skip
    return vertices, faces.astype(np.uint32), np.stack([u, v], axis=1).astype(np.float32)


def sheet(name: str, material: Material, seed: int, morphs: bool = False) -> MeshPart:
    random = np.random.default_rng(seed)
    vertices, faces, uv = grid(12)
    raw = random.integers(1, 255, size=(len(vertices), 4))
    weights = (raw / raw.sum(axis=1, keepdims=True)).astype(np.float32)
    joints = np.stack([random.permutation(JOINT_COUNT)[:4] for _ in vertices]).astype(np.uint8)
    moved = np.array([3, 5, 40, 41], dtype=np.uint32)
    targets = {
        "mouthSmileLeft": (moved, random.normal(0, 0.02, (4, 3)).astype(np.float32)),
        "jawOpenCorrective": (moved[:2], np.full((2, 3), 0.01, np.float32)),
        "tongueOut": (moved[:0], np.zeros((0, 3), np.float32)),
    }
    normals = np.tile(np.float32([0, 0, 1]), (len(vertices), 1))
    return MeshPart(name, vertices, normals, faces, joints, weights, material, uv, targets if morphs else {})


@pytest.fixture
def character() -> Character:
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    skin = np.stack([np.tile(ramp, (64, 1)), np.tile(ramp[:, None], (1, 64)), np.full((64, 64), 90, np.uint8)], axis=2)
    cut_out = np.dstack([skin, np.where(np.tile(ramp, (64, 1)) > 128, 255, 0).astype(np.uint8)])
    skin_material = Material("skin", (0.9, 0.5, 0.1), skin, skin.copy(), roughness=0.6, shading="skin")
    hair = Material("hair", texture=cut_out, double_sided=True, alpha_cutoff=0.4, shading="hair")
    lens = Material("lens", (0.2, 0.3, 0.4), blend=True, opacity=0.3, normal_texture=skin, normal_scale=0.5)
    parts = (
        sheet("head", skin_material, 1, morphs=True),
        sheet("body", skin_material, 2),
        sheet("hair", hair, 3),
        sheet("lens", lens, 8),
    )
    return Character("Mira", canonical_skeleton(), parts, jaw_open=0.29)


def test_round_trip_keeps_everything(character: Character, tmp_path: Path) -> None:
    write_glb(character, tmp_path / "mira.glb")
    back = read_glb(tmp_path / "mira.glb")
    assert (back.name, back.jaw_open) == ("Mira", 0.29)
    assert back.skeleton.floor == character.skeleton.floor
    np.testing.assert_allclose(back.skeleton.rest_joints, character.skeleton.rest_joints, atol=1e-12)
    assert [part.name for part in back.parts] == ["head", "body", "hair", "lens"]
    for old, new in zip(character.parts, back.parts, strict=True):
        for field in ("vertices", "faces", "joints"):
            np.testing.assert_array_equal(getattr(new, field), getattr(old, field), err_msg=field)
        np.testing.assert_allclose(new.normals, old.normals, atol=0.008)
        np.testing.assert_allclose(new.uv, old.uv, atol=1 / 65535)
        np.testing.assert_allclose(np.linalg.norm(new.normals, axis=1), 1, atol=1e-6)
        np.testing.assert_allclose(new.weights, old.weights, atol=2.5 / 255)
        np.testing.assert_allclose(new.weights.sum(axis=1), 1, atol=1e-6)
        np.testing.assert_allclose(new.material.colour, old.material.colour, atol=1e-9)
        for field in ("alpha_cutoff", "blend", "opacity", "double_sided", "roughness", "normal_scale", "shading"):
            assert getattr(new.material, field) == getattr(old.material, field), field
        for field in ("texture", "normal_texture"):
            pixels = getattr(old.material, field)
            assert pixels is None or np.abs(getattr(new.material, field).astype(int) - pixels).mean() < 3
        assert list(new.morphs) == list(old.morphs)
        for name, (indices, offsets) in old.morphs.items():
            np.testing.assert_array_equal(new.morphs[name][0], indices)
            np.testing.assert_allclose(new.morphs[name][1], offsets, atol=2e-5)
    old_hair, new_hair = character.parts[2].material.texture, back.parts[2].material.texture
    np.testing.assert_array_equal(new_hair[..., 3], old_hair[..., 3])
    np.testing.assert_allclose(new_hair[..., :3], old_hair[..., :3], atol=4)


def test_shared_textures_are_stored_once(character: Character, tmp_path: Path) -> None:
    path = tmp_path / "mira.glb"
    write_glb(character, path)
    data = path.read_bytes()
    document = json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])
    assert len(document["images"]) == 2
    assert len(document["materials"]) == 3
    assert document["extensionsRequired"] == ["KHR_mesh_quantization"]
    assert document["meshes"][0]["extras"]["targetNames"] == ["mouthSmileLeft", "jawOpenCorrective", "tongueOut"]
    assert document["materials"][1]["alphaMode"] == "MASK"


def test_a_material_that_blends_and_cuts_off_is_refused() -> None:
    with pytest.raises(InputError, match="cannot both blend and cut off"):
        Material("hair", blend=True, alpha_cutoff=0.5)
    with pytest.raises(InputError, match="does not blend"):
        Material("lens", opacity=0.3)


def test_another_library_opens_the_file(character: Character, tmp_path: Path) -> None:
    trimesh = pytest.importorskip("trimesh")
    write_glb(character, tmp_path / "mira.glb")
    scene = trimesh.load(tmp_path / "mira.glb")
    assert sorted(scene.geometry) == ["body", "hair", "head", "lens"]
    assert scene.geometry["head"].vertices.shape == character.parts[0].vertices.shape


@pytest.mark.parametrize("keep", [0, 3, 400, -200])
def test_a_cut_off_file_is_named_damaged(character: Character, tmp_path: Path, keep: int) -> None:
    path = tmp_path / "mira.glb"
    write_glb(character, path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(StorageError, match=r"mira\.glb: damaged character file"):
        read_glb(path)


def test_a_file_with_broken_structure_is_named_damaged(character: Character, tmp_path: Path) -> None:
    path = tmp_path / "mira.glb"
    write_glb(character, path)
    for old, new in (
        (b'"NORMAL":2', b'"NORMAL":4'),
        (b'"left_hip"', b'"left_hop"'),
        (b'"accessors"', b'"accessorz"'),
    ):
        broken = tmp_path / "broken.glb"
        broken.write_bytes(path.read_bytes().replace(old, new))
        with pytest.raises(StorageError, match="damaged character file"):
            read_glb(broken)


def test_missing_file_and_bad_part_have_clear_errors(character: Character, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nobody"):
        read_glb(tmp_path / "nobody.glb")
    part = character.parts[1]
    bad = MeshPart("body", part.vertices, part.normals[:5], part.faces, part.joints, part.weights, part.material)
    with pytest.raises(InputError, match="'normals'"):
        write_glb(Character("Mira", character.skeleton, (bad,)), tmp_path / "mira.glb")


def test_skinning_is_the_weighted_sum_of_rigid_motions(character: Character) -> None:
    random = np.random.default_rng(5)
    rotations = quat.from_axis_angle(random.normal(0, 0.4, (JOINT_COUNT, 3))).astype(np.float32)
    translation = np.float32([0.4, 1.1, -0.3])
    positions, world = forward_kinematics(rotations, translation, character.skeleton)
    matrices = quat.to_matrix(world)
    surfaces = pose_parts(character, rotations, translation)
    for part, (vertices, normals) in zip(character.parts, surfaces, strict=True):
        local = part.vertices[:, None] - character.skeleton.rest_joints[part.joints]
        moved = np.einsum("vkab,vkb->vka", matrices[part.joints], local) + positions[part.joints]
        np.testing.assert_allclose(vertices, (moved * part.weights[:, :, None]).sum(axis=1), atol=2e-5)
        np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-5)


def test_face_weights_move_the_surface_and_let_go_again(character: Character) -> None:
    posed = PosedCharacter(character)
    still = np.tile(np.float32([1, 0, 0, 0]), (JOINT_COUNT, 1))
    rest = posed.pose(still, np.zeros(3, np.float32))[0][0].copy()
    np.testing.assert_allclose(rest, character.parts[0].vertices, atol=1e-6)
    face = np.zeros(52, np.float32)
    face[ARKIT_INDEX["mouthSmileLeft"]], face[ARKIT_INDEX["jawOpen"]] = 0.5, 1.0
    smiling = posed.pose(still, np.zeros(3, np.float32), face)[0][0].copy()
    expected = rest.copy()
    for name, weight in (("mouthSmileLeft", 0.5), ("jawOpenCorrective", 1.0)):
        indices, offsets = character.parts[0].morphs[name]
        expected[indices] += weight * offsets
    np.testing.assert_allclose(smiling, expected, atol=1e-6)
    np.testing.assert_allclose(posed.pose(still, np.zeros(3, np.float32))[0][0], rest, atol=1e-6)


def test_turning_the_root_turns_about_the_pelvis(character: Character) -> None:
    rotations = np.tile(np.float32([1, 0, 0, 0]), (JOINT_COUNT, 1))
    rotations[JOINT_INDEX["pelvis"]] = quat.yaw(np.pi / 2)
    vertices, normals = pose_parts(character, rotations, np.zeros(3, np.float32))[0]
    offset = character.parts[0].vertices - character.skeleton.rest_joints[0]
    turned = np.stack([offset[:, 2], offset[:, 1], -offset[:, 0]], axis=1) + character.skeleton.rest_joints[0]
    np.testing.assert_allclose(vertices, turned, atol=1e-5)
    np.testing.assert_allclose(normals, np.tile([1.0, 0, 0], (len(normals), 1)), atol=1e-5)


def test_wrong_shapes_are_refused(character: Character) -> None:
    with pytest.raises(InputError, match="rotations"):
        pose_parts(character, np.zeros((22, 4), np.float32), np.zeros(3, np.float32))

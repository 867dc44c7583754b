"""A dressed character as a GLB file, and back.

glTF 2.0 with normals and morph targets in whole numbers (``KHR_mesh_quantization``): 55 nodes with identity orientation
named after the SMPL-X joints, so a viewer sets ``bone.quaternion`` straight from ``Motion.rotations``; sparse morph
targets whose names stand in ``mesh.extras.targetNames``; ``materials[].extras.shading`` says how the surface is best
drawn; ``scenes[0].extras`` holds the character's name, ``jaw_open`` and ``floor``. ``glb_correctives`` says where the pose
correctives are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character, Material, MeshPart, Shading
from digital_life.body.colour import srgb_from_linear
from digital_life.body.glb_correctives import read_shapes
from digital_life.body.glb_images import decode
from digital_life.body.glb_write import GENERATOR, CharacterWriter, check_part
from digital_life.errors import DigitalLifeError, InputError
from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.gltf_write import Json
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_NAMES, PARENTS, Skeleton

SIZE_LIMIT = 2_500_000
"""Bytes of a character's file; richer textures are made smaller until it fits."""


def write_glb(character: Character, path: Path | str) -> None:
    """Write ``character`` to ``path``, in at most ``SIZE_LIMIT`` bytes.

    Weights and normals are stored with 8 bits, morph targets with 16, textures as JPEG (PNG where they have alpha).

    Raises:
        InputError: a part has arrays that do not fit together.
        StorageError: the path cannot be written.
    """
    CharacterWriter(character, quantized=True).save(Path(path), SIZE_LIMIT)


def read_glb(path: Path | str) -> Character:
    """Read a character that ``write_glb`` wrote.

    Raises:
        StorageError: the file is missing, damaged, or no character of ours.
    """
    reader = GltfReader(Path(path))
    try:
        return _character(reader)
    except DigitalLifeError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, OSError) as error:
        raise reader.damaged(f"{type(error).__name__}: {error}") from error


def read_skeleton(path: Path | str) -> Skeleton:
    """The skeleton alone of a character that ``write_glb`` wrote.

    Raises:
        StorageError: the file is missing, damaged, or no character of ours.
    """
    reader = GltfReader(Path(path))
    try:
        return _skeleton(reader)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise reader.damaged(f"{type(error).__name__}: {error}") from error


def _character(reader: GltfReader) -> Character:
    document = reader.document
    skeleton = _skeleton(reader)
    extras = document["scenes"][0]["extras"]
    materials = _materials(reader)
    parts = tuple(_part(reader, mesh, materials) for mesh in document["meshes"])
    return Character(str(extras["name"]), skeleton, parts, jaw_open=float(extras["jaw_open"]))


def _skeleton(reader: GltfReader) -> Skeleton:
    document = reader.document
    if document["asset"].get("generator") != GENERATOR:
        raise reader.damaged("it was not written by Digital Life")
    names = [node.get("name") for node in document["nodes"][:JOINT_COUNT]]
    if names != list(JOINT_NAMES):
        raise reader.damaged("its first nodes are not the 55 SMPL-X joints")
    offsets = np.array([node["translation"] for node in document["nodes"][:JOINT_COUNT]], dtype=np.float64)
    joints = offsets.copy()
    for joint, parent in enumerate(PARENTS[1:], start=1):
        joints[joint] += joints[parent]
    return Skeleton(joints, float(document["scenes"][0]["extras"]["floor"]))


def _part(reader: GltfReader, mesh: Json, materials: list[Material]) -> MeshPart:
    primitive = mesh["primitives"][0]
    attributes = primitive["attributes"]
    names = mesh.get("extras", {}).get("targetNames", [])
    targets = primitive.get("targets", [])
    uv = attributes.get("TEXCOORD_0")
    part = MeshPart(
        name=mesh["name"],
        vertices=reader.accessor(attributes["POSITION"]),
        normals=_unit(reader.floats(attributes["NORMAL"])),
        faces=reader.accessor(primitive["indices"]).reshape(-1, 3).astype(np.uint32),
        joints=reader.accessor(attributes["JOINTS_0"]),
        weights=reader.accessor(attributes["WEIGHTS_0"]).astype(np.float32) / np.float32(255),
        material=materials[primitive["material"]],
        uv=None if uv is None else reader.floats(uv).astype(np.float32),
        morphs={name: reader.sparse(target["POSITION"]) for name, target in zip(names, targets, strict=True)},
        correctives=read_shapes(reader, mesh, int(reader.document["accessors"][attributes["POSITION"]]["count"])),
    )
    try:
        check_part(part)
    except InputError as error:
        raise reader.damaged(error.problem) from error
    return part


def _materials(reader: GltfReader) -> list[Material]:
    images = [decode(reader.view(image["bufferView"])) for image in reader.document.get("images", [])]
    sources = [texture["source"] for texture in reader.document.get("textures", [])]

    def pixels(slot: dict[str, Any] | None) -> NDArray[np.uint8] | None:
        return None if slot is None else images[sources[slot["index"]]]

    materials = []
    for entry in reader.document["materials"]:
        pbr = entry["pbrMetallicRoughness"]
        red, green, blue = (srgb_from_linear(value) for value in pbr["baseColorFactor"][:3])
        alpha_mode = entry.get("alphaMode")
        materials.append(
            Material(
                name=entry["name"],
                colour=(red, green, blue),
                texture=pixels(pbr.get("baseColorTexture")),
                normal_texture=pixels(entry.get("normalTexture")),
                roughness=float(pbr["roughnessFactor"]),
                double_sided=bool(entry["doubleSided"]),
                normal_scale=float(entry.get("normalTexture", {}).get("scale", 1.0)),
                alpha_cutoff=float(entry["alphaCutoff"]) if alpha_mode == "MASK" else None,
                blend=alpha_mode == "BLEND",
                opacity=float(pbr["baseColorFactor"][3]),
                shading=_shading(entry.get("extras", {}).get("shading")),
            )
        )
    return materials


def _shading(name: object) -> Shading:
    """The kind of surface; "plain" where the file names one that we do not know."""
    known: tuple[Shading, ...] = get_args(Shading)
    return next((shading for shading in known if shading == name), "plain")


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)

"""A dressed character as a GLB file, and back.

Plain glTF 2.0 without extensions: 55 nodes with identity orientation named after the SMPL-X joints, so a viewer sets
``bone.quaternion`` straight from ``Motion.rotations``; sparse morph targets whose names stand in
``mesh.extras.targetNames``; ``materials[].extras.shading`` says how the surface is best drawn; ``scenes[0].extras`` holds
the character's name, ``jaw_open`` and ``floor``.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.normals import morph_normals
from digital_life.errors import DigitalLifeError, InputError
from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.gltf_write import INDEX_DATA, VERTEX_DATA, GltfBuilder, Json
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_NAMES, PARENTS, Skeleton

GENERATOR = "digital-life"
JPEG_QUALITY = 90
_TRILINEAR = {"magFilter": 9729, "minFilter": 9987}


def write_glb(character: Character, path: Path | str) -> None:
    """Write ``character`` to ``path``; weights are stored with 8 bits, textures as JPEG (PNG where they have alpha).

    Raises:
        InputError: a part has arrays that do not fit together.
        StorageError: the path cannot be written.
    """
    for part in character.parts:
        _check(part)
    _Writer(character).save(Path(path))


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


def linear_from_srgb(value: float) -> float:
    """IEC 61966-2-1 decoding, 0..1."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def srgb_from_linear(value: float) -> float:
    """IEC 61966-2-1 encoding, 0..1."""
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


class _Writer:
    """Maps one character to glTF; textures and materials that occur twice are stored once."""

    def __init__(self, character: Character) -> None:
        self._builder = GltfBuilder(GENERATOR)
        self._builder.document["samplers"] = [_TRILINEAR]
        self._textures: dict[str, int] = {}
        self._materials: dict[str, int] = {}
        skeleton = character.skeleton
        self._add_joints(skeleton)
        nodes = [0, *(self._add_part(part) for part in character.parts)]
        extras = {"name": character.name, "jaw_open": character.jaw_open, "floor": skeleton.floor}
        self._builder.add("scenes", {"name": character.name, "nodes": nodes, "extras": extras})
        self._builder.document["scene"] = 0

    def save(self, path: Path) -> None:
        self._builder.save(path)

    def _add_joints(self, skeleton: Skeleton) -> None:
        for joint, (name, offset) in enumerate(zip(JOINT_NAMES, skeleton.offsets, strict=True)):
            node: Json = {"name": name, "translation": offset.tolist()}
            children = [child for child, parent in enumerate(PARENTS) if parent == joint]
            if children:
                node["children"] = children
            self._builder.add("nodes", node)
        inverse_bind = np.tile(np.eye(4, dtype=np.float32), (JOINT_COUNT, 1, 1))
        inverse_bind[:, 3, :3] = -skeleton.rest_joints  # column-major
        matrices = self._builder.accessor(inverse_bind.reshape(-1, 16), "MAT4")
        skin = {"joints": list(range(JOINT_COUNT)), "skeleton": 0, "inverseBindMatrices": matrices}
        self._builder.add("skins", skin)

    def _add_part(self, part: MeshPart) -> int:
        add, joints_weights = self._builder.accessor, _eight_bit_weights(part)
        attributes = {
            "POSITION": add(part.vertices.astype(np.float32), "VEC3", VERTEX_DATA, bounds=True),
            "NORMAL": add(part.normals.astype(np.float32), "VEC3", VERTEX_DATA),
            "JOINTS_0": add(joints_weights[0], "VEC4", VERTEX_DATA),
            "WEIGHTS_0": add(joints_weights[1], "VEC4", VERTEX_DATA, normalized=True),
        }
        if part.uv is not None:
            attributes["TEXCOORD_0"] = add(part.uv.astype(np.float32), "VEC2", VERTEX_DATA)
        index_type = np.uint16 if len(part.vertices) < 65536 else np.uint32
        primitive: Json = {
            "attributes": attributes,
            "indices": add(part.faces.astype(index_type).reshape(-1), "SCALAR", INDEX_DATA),
            "material": self._material(part.material),
        }
        mesh: Json = {"name": part.name, "primitives": [primitive]}
        if part.morphs:
            primitive["targets"] = self._targets(part)
            mesh["extras"] = {"targetNames": list(part.morphs)}
            mesh["weights"] = [0.0] * len(part.morphs)
        index = self._builder.add("meshes", mesh)
        return self._builder.add("nodes", {"name": f"part_{part.name}", "mesh": index, "skin": 0})

    def _targets(self, part: MeshPart) -> list[Json]:
        normals = morph_normals(part)
        count, sparse = len(part.vertices), self._builder.sparse
        return [
            {"POSITION": sparse(count, *offsets), "NORMAL": sparse(count, *normals[name])}
            for name, offsets in part.morphs.items()
        ]

    def _material(self, material: Material) -> int:
        pbr: Json = {
            "baseColorFactor": [*(linear_from_srgb(c) for c in material.colour), material.opacity],
            "metallicFactor": 0.0,
            "roughnessFactor": material.roughness,
        }
        entry: Json = {"name": material.name, "pbrMetallicRoughness": pbr, "doubleSided": material.double_sided}
        if material.texture is not None:
            pbr["baseColorTexture"] = {"index": self._texture(material.texture)}
        if material.normal_texture is not None:
            entry["normalTexture"] = {"index": self._texture(material.normal_texture), "scale": material.normal_scale}
        if material.alpha_cutoff is not None:
            entry["alphaMode"], entry["alphaCutoff"] = "MASK", material.alpha_cutoff
        if material.blend:
            entry["alphaMode"] = "BLEND"
        if material.shading != "plain":
            entry["extras"] = {"shading": material.shading}
        key = repr(entry)
        if key not in self._materials:
            self._materials[key] = self._builder.add("materials", entry)
        return self._materials[key]

    def _texture(self, pixels: NDArray[np.uint8]) -> int:
        key = hashlib.sha256(pixels.tobytes()).hexdigest() + str(pixels.shape)
        if key not in self._textures:
            data, mime = _encode_image(pixels)
            image = self._builder.add("images", {"bufferView": self._builder.view(data), "mimeType": mime})
            self._textures[key] = self._builder.add("textures", {"source": image, "sampler": 0})
        return self._textures[key]


def _check(part: MeshPart) -> None:
    count = len(part.vertices)
    expected: dict[str, tuple[NDArray[Any], tuple[int, int]]] = {
        "vertices": (part.vertices, (count, 3)), "normals": (part.normals, (count, 3)),
        "faces": (part.faces, (len(part.faces), 3)), "joints": (part.joints, (count, 4)),
        "weights": (part.weights, (count, 4)),
    }  # fmt: skip
    if part.uv is not None:
        expected["uv"] = (part.uv, (count, 2))
    for name, (array, shape) in expected.items():
        if array.shape != shape:
            raise InputError(f"part '{part.name}': '{name}' has shape {array.shape}, expected {shape}")
    if not count or not len(part.faces):
        raise InputError(f"part '{part.name}' is empty", "leave the part out of the character")
    if int(part.faces.max()) >= count:
        raise InputError(f"part '{part.name}': a face names vertex {int(part.faces.max())} of {count}")


def _eight_bit_weights(part: MeshPart) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Joints and weights that sum to 255; the rounding error goes to the largest weight, unused joints become 0."""
    weights = part.weights / np.maximum(part.weights.sum(axis=1, keepdims=True), 1e-9)
    rounded = np.round(weights * 255).astype(np.int32)
    largest = weights.argmax(axis=1)
    rounded[np.arange(len(rounded)), largest] += 255 - rounded.sum(axis=1)
    return np.where(rounded > 0, part.joints, 0).astype(np.uint8), rounded.astype(np.uint8)


def _encode_image(pixels: NDArray[np.uint8]) -> tuple[bytes, str]:
    from PIL import Image

    buffer = io.BytesIO()
    if pixels.shape[2] == 4:
        Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
        return buffer.getvalue(), "image/png"
    Image.fromarray(pixels).save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue(), "image/jpeg"


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
        normals=reader.accessor(attributes["NORMAL"]),
        faces=reader.accessor(primitive["indices"]).reshape(-1, 3).astype(np.uint32),
        joints=reader.accessor(attributes["JOINTS_0"]),
        weights=reader.accessor(attributes["WEIGHTS_0"]).astype(np.float32) / np.float32(255),
        material=materials[primitive["material"]],
        uv=None if uv is None else reader.accessor(uv),
        morphs={name: reader.sparse(target["POSITION"]) for name, target in zip(names, targets, strict=True)},
    )
    try:
        _check(part)
    except InputError as error:
        raise reader.damaged(error.problem) from error
    return part


def _materials(reader: GltfReader) -> list[Material]:
    images = [_decode_image(reader.view(image["bufferView"])) for image in reader.document.get("images", [])]
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
                shading=entry.get("extras", {}).get("shading", "plain"),
            )
        )
    return materials


def _decode_image(data: bytes) -> NDArray[np.uint8]:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        mode = "RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB"
        return np.asarray(image.convert(mode), dtype=np.uint8)

"""Maps a ``Character`` to glTF: joints, parts with skin and morph targets, materials, textures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.colour import linear_from_srgb
from digital_life.body.glb_correctives import add_drivers, add_shapes
from digital_life.body.glb_images import ImageSet
from digital_life.body.normals import morph_normals
from digital_life.errors import InputError
from digital_life.motion.formats.gltf_write import INDEX_DATA, VERTEX_DATA, GltfBuilder, Json
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_NAMES, PARENTS, Skeleton

GENERATOR = "digital-life"
QUANTIZATION = "KHR_mesh_quantization"
SMALLEST_OFFSET = 2.5e-4
"""Metres; what a face key moves less is left out of the file."""
_TRILINEAR = {"magFilter": 9729, "minFilter": 9987}


class CharacterWriter:
    """One character as a glTF document; textures and materials that occur twice are stored once.

    ``builder`` may be added to before ``save``. ``quantized`` stores normals with 8 bits and morph targets with 16
    (``KHR_mesh_quantization``), which takes a third off the file; without it any reader of plain glTF 2.0 will do.

    Raises:
        InputError: a part has arrays that do not fit together.
    """

    def __init__(self, character: Character, *, quantized: bool) -> None:
        for part in character.parts:
            check_part(part)
        self.builder = GltfBuilder(GENERATOR)
        self._quantized = quantized
        self._images = ImageSet()
        self._materials: dict[str, int] = {}
        self._add_joints(character.skeleton)
        self.part_nodes = [self._add_part(part) for part in character.parts]
        extras = {"name": character.name, "jaw_open": character.jaw_open, "floor": character.skeleton.floor}
        extras |= add_drivers(self.builder, character)
        self.builder.add("scenes", {"name": character.name, "nodes": [0, *self.part_nodes], "extras": extras})
        self.builder.document["scene"] = 0
        if quantized:
            self.builder.document |= {"extensionsUsed": [QUANTIZATION], "extensionsRequired": [QUANTIZATION]}

    def save(self, path: Path, limit: int) -> None:
        """Write the file, with textures that keep it under ``limit`` bytes where they can.

        Raises:
            StorageError: the path cannot be written.
        """
        text = 100 + len(repr(self.builder.document))
        for data, mime in self._images.encode(limit - self.builder.size - text):
            self.builder.add("images", {"bufferView": self.builder.view(data), "mimeType": mime})
        self.builder.save(path)

    def _add_joints(self, skeleton: Skeleton) -> None:
        for joint, (name, offset) in enumerate(zip(JOINT_NAMES, skeleton.offsets, strict=True)):
            node: Json = {"name": name, "translation": offset.tolist()}
            children = [child for child, parent in enumerate(PARENTS) if parent == joint]
            if children:
                node["children"] = children
            self.builder.add("nodes", node)
        inverse_bind = np.tile(np.eye(4, dtype=np.float32), (JOINT_COUNT, 1, 1))
        inverse_bind[:, 3, :3] = -skeleton.rest_joints  # column-major
        matrices = self.builder.accessor(inverse_bind.reshape(-1, 16), "MAT4")
        skin = {"joints": list(range(JOINT_COUNT)), "skeleton": 0, "inverseBindMatrices": matrices}
        self.builder.add("skins", skin)

    def _add_part(self, part: MeshPart) -> int:
        add, (joints, weights) = self.builder.accessor, _eight_bit_weights(part)
        attributes = {
            "POSITION": add(part.vertices.astype(np.float32), "VEC3", VERTEX_DATA, bounds=True),
            "NORMAL": self._normals(part.normals),
            "JOINTS_0": add(joints, "VEC4", VERTEX_DATA),
            "WEIGHTS_0": add(weights, "VEC4", VERTEX_DATA, normalized=True),
        }
        if part.uv is not None and (part.material.texture is not None or part.material.normal_texture is not None):
            attributes["TEXCOORD_0"] = self._uv(part.uv)
        index_type = np.uint16 if len(part.vertices) < 65536 else np.uint32
        primitive: Json = {
            "attributes": attributes,
            "indices": add(part.faces.astype(index_type).reshape(-1), "SCALAR", INDEX_DATA),
            "material": self._material(part.material),
        }
        mesh: Json = {"name": part.name, "primitives": [primitive]}
        extras = add_shapes(self.builder, part.correctives)
        if part.morphs:
            primitive["targets"] = self._targets(part)
            extras["targetNames"] = list(part.morphs)
            mesh["weights"] = [0.0] * len(part.morphs)
        if extras:
            mesh["extras"] = extras
        index = self.builder.add("meshes", mesh)
        return self.builder.add("nodes", {"name": f"part_{part.name}", "mesh": index, "skin": 0})

    def _normals(self, normals: NDArray[np.float32]) -> int:
        if self._quantized:
            return self.builder.accessor(_fixed_point(normals, np.int8), "VEC3", VERTEX_DATA, normalized=True)
        return self.builder.accessor(normals.astype(np.float32), "VEC3", VERTEX_DATA)

    def _uv(self, uv: NDArray[np.float32]) -> int:
        if uv.min() >= 0 and uv.max() <= 1:
            fixed = np.round(uv.astype(np.float64) * 65535).astype(np.uint16)
            return self.builder.accessor(fixed, "VEC2", VERTEX_DATA, normalized=True)
        return self.builder.accessor(uv.astype(np.float32), "VEC2", VERTEX_DATA)

    def _targets(self, part: MeshPart) -> list[Json]:
        moves = [{"POSITION": self._offsets(part, _large(offsets), np.int16)} for offsets in part.morphs.values()]
        if part.material.shading != "hair":  # its strands keep their normals: nobody sees it, and beards have many
            normals = morph_normals(part)
            for name, target in zip(part.morphs, moves, strict=True):
                target["NORMAL"] = self._offsets(part, normals[name], np.int8)
        return moves

    def _offsets(self, part: MeshPart, offsets: tuple[NDArray[np.uint32], NDArray[np.float32]], kind: type) -> int:
        indices, values = offsets
        stored = _fixed_point(values, kind) if self._quantized else values.astype(np.float32)
        return self.builder.sparse(len(part.vertices), indices, stored, bounds=kind is np.int16)

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
            self._materials[key] = self.builder.add("materials", entry)
        return self._materials[key]

    def _texture(self, pixels: NDArray[np.uint8]) -> int:
        number = self._images.add(pixels)
        textures = self.builder.document.setdefault("textures", [])
        self.builder.document.setdefault("samplers", [_TRILINEAR])
        if number == len(textures):
            textures.append({"source": number, "sampler": 0})
        return number


def check_part(part: MeshPart) -> None:
    """See that the arrays of a part fit together.

    Raises:
        InputError: they do not.
    """
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


def _large(offsets: tuple[NDArray[np.uint32], NDArray[np.float32]]) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The offsets of a target that somebody could see."""
    indices, values = offsets
    kept = np.abs(values).max(axis=1, initial=0.0) > SMALLEST_OFFSET
    return indices[kept], values[kept]


def _fixed_point(values: NDArray[np.floating], kind: type) -> NDArray[Any]:
    """Normalised integers of values in -1..1; what lies outside is cut off."""
    most = np.iinfo(kind).max
    return np.round(np.clip(values.astype(np.float64), -1, 1) * most).astype(kind)


def _eight_bit_weights(part: MeshPart) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Joints and weights that sum to 255; the rounding error goes to the largest weight, unused joints become 0."""
    weights = part.weights / np.maximum(part.weights.sum(axis=1, keepdims=True), 1e-9)
    rounded = np.round(weights * 255).astype(np.int32)
    largest = weights.argmax(axis=1)
    rounded[np.arange(len(rounded)), largest] += 255 - rounded.sum(axis=1)
    return np.where(rounded > 0, part.joints, 0).astype(np.uint8), rounded.astype(np.uint8)

"""A dressed character as plain arrays and back, every value as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.correctives import Correctives
from digital_life.motion.skeleton import Skeleton

Arrays = dict[str, NDArray[Any]]

MESH = ("vertices", "normals", "faces", "uv", "joints", "weights")
TEXTURES = ("texture", "normal_texture")
_PLAIN = tuple(field.name for field in fields(Material) if field.name not in TEXTURES)
_SHAPES = tuple(field.name for field in fields(Correctives) if field.name != "count")


def mesh_arrays(part: MeshPart) -> Arrays:
    """Vertices, normals, faces, texture coordinates (where there are any) and skin weights of a part, by name."""
    found = {kind: getattr(part, kind) for kind in MESH}
    return {kind: values for kind, values in found.items() if values is not None}


def character_arrays(character: Character) -> Arrays:
    """All that a character holds: ``about`` is JSON (bytes) of what is no array, the rest is numbered part by part."""
    about = {
        "name": character.name,
        "floor": character.skeleton.floor,
        "jaw_open": character.jaw_open,
        "parts": [
            {
                "name": part.name,
                "material": {name: getattr(part.material, name) for name in _PLAIN},
                "morphs": list(part.morphs),
                "correctives": None if part.correctives is None else part.correctives.count,
            }
            for part in character.parts
        ],
    }
    arrays: Arrays = {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "rest_joints": character.skeleton.rest_joints,
    }
    for number, part in enumerate(character.parts):
        arrays |= {f"{number}/{kind}": values for kind, values in _part_arrays(part).items()}
    return arrays


def _part_arrays(part: MeshPart) -> Arrays:
    arrays = mesh_arrays(part)
    for kind in TEXTURES:
        if (texture := getattr(part.material, kind)) is not None:
            arrays[kind] = texture
    if part.morphs:
        indices, offsets = zip(*part.morphs.values(), strict=True)
        arrays["morph_starts"] = np.cumsum([0, *map(len, indices)])
        arrays["morph_vertices"], arrays["morph_offsets"] = np.concatenate(indices), np.concatenate(offsets)
    if part.correctives is not None:
        arrays |= {f"corrective_{name}": getattr(part.correctives, name) for name in _SHAPES}
    return arrays


def character_from(arrays: Mapping[str, NDArray[Any]]) -> Character:
    """The character of ``character_arrays``.

    Raises:
        KeyError, TypeError, ValueError: they are of something else.
    """
    about = json.loads(bytes(arrays["about"]))
    by_part: list[Arrays] = [{} for _ in about["parts"]]
    for name, values in arrays.items():
        number, slash, kind = name.partition("/")
        if slash:
            by_part[int(number)][kind] = values
    parts = tuple(_part(record, found) for record, found in zip(about["parts"], by_part, strict=True))
    skeleton = Skeleton(arrays["rest_joints"], about["floor"])
    return Character(about["name"], skeleton, parts, jaw_open=about["jaw_open"])


def _part(about: Mapping[str, Any], arrays: Arrays) -> MeshPart:
    textures: dict[str, Any] = {kind: arrays.get(kind) for kind in TEXTURES}
    mesh: dict[str, Any] = {kind: arrays.get(kind) if kind == "uv" else arrays[kind] for kind in MESH}
    plain = about["material"] | {"colour": tuple(about["material"]["colour"])}
    correctives, morphs = None, {}
    if about["correctives"] is not None:
        correctives = Correctives(about["correctives"], **{name: arrays[f"corrective_{name}"] for name in _SHAPES})
    if about["morphs"]:
        vertices, offsets = arrays["morph_vertices"], arrays["morph_offsets"]
        spans = pairwise(arrays["morph_starts"].tolist())
        morphs = {
            name: (vertices[start:stop], offsets[start:stop])
            for name, (start, stop) in zip(about["morphs"], spans, strict=True)
        }
    return MeshPart(
        name=about["name"],
        material=Material(**plain, **textures),
        morphs=morphs,
        correctives=correctives,
        **mesh,
    )

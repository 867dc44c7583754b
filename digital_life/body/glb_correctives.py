"""Pose correctives in a GLB file.

glTF has no targets that joints drive, so they stand in ``extras``, and viewers that do not know them show plain skinning:
``scenes[0].extras.correctives`` names the accessors ``joints`` [M] and ``drivers`` [9 M], ``meshes[].extras.correctives``
the accessors ``starts`` [M + 1], ``scales`` [2 M], ``vertices`` [E], ``offsets`` and ``normals`` [E, 3] in eight bits (see
``digital_life.body.correctives``). An entry of shape m is to be multiplied with the two scales of m.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character
from digital_life.body.correctives import Correctives
from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.gltf_write import GltfBuilder, Json
from digital_life.motion.skeleton import JOINT_COUNT

KEY = "correctives"


def add_drivers(builder: GltfBuilder, character: Character) -> Json:
    """Extras of the scene: the drivers that all parts share; empty for a character without correctives."""
    shared = next((part.correctives for part in character.parts if part.correctives is not None), None)
    if shared is None:
        return {}
    return {
        KEY: {
            "joints": builder.accessor(shared.joints.astype(np.uint8), "SCALAR"),
            "drivers": builder.accessor(shared.drivers.astype(np.float32).reshape(-1), "SCALAR"),
        }
    }


def add_shapes(builder: GltfBuilder, correctives: Correctives | None) -> Json:
    """Extras of a mesh; empty for a part without correctives."""
    if correctives is None:
        return {}
    offsets, offset_scales = _eight_bit(correctives.offsets, correctives.starts)
    normals, normal_scales = _eight_bit(correctives.normals, correctives.starts)
    scales = np.stack([offset_scales, normal_scales], axis=1).astype(np.float32)
    return {
        KEY: {
            "starts": builder.accessor(correctives.starts.astype(np.uint32), "SCALAR"),
            "scales": builder.accessor(scales.reshape(-1), "SCALAR"),
            "vertices": builder.accessor(correctives.vertices.astype(np.uint16), "SCALAR"),
            "offsets": builder.accessor(offsets.reshape(-1), "SCALAR"),
            "normals": builder.accessor(normals.reshape(-1), "SCALAR"),
        }
    }


def read_shapes(reader: GltfReader, mesh: Json, count: int) -> Correctives | None:
    """The correctives of a mesh with ``count`` vertices; None where the file has none.

    Raises:
        StorageError: they do not fit the mesh.
    """
    drivers = reader.document["scenes"][0]["extras"].get(KEY)
    shapes = mesh.get("extras", {}).get(KEY)
    if drivers is None or shapes is None:
        return None
    arrays: dict[str, NDArray[Any]] = {name: reader.accessor(index) for name, index in {**drivers, **shapes}.items()}
    starts = arrays["starts"].astype(np.int64)
    scales = np.repeat(arrays["scales"].reshape(-1, 2), np.diff(starts), axis=0)
    found = Correctives(
        count=count,
        joints=arrays["joints"].astype(np.int64),
        drivers=arrays["drivers"].reshape(-1, 9),
        starts=starts,
        vertices=arrays["vertices"].astype(np.int64),
        offsets=arrays["offsets"].reshape(-1, 3) * scales[:, :1],
        normals=arrays["normals"].reshape(-1, 3) * scales[:, 1:],
    )
    if not _fits(found):
        raise reader.damaged(f"the pose correctives of '{mesh['name']}' do not fit it")
    return found


def _eight_bit(values: NDArray[np.float32], starts: NDArray[np.int64]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Values [E, 3] as whole numbers, and what one of them is worth in every shape [M]."""
    scales = np.zeros(len(starts) - 1, np.float32)
    for shape, (start, stop) in enumerate(pairwise(starts)):
        scales[shape] = np.abs(values[start:stop]).max(initial=0) / 127
    steps = np.repeat(np.where(scales > 0, scales, 1), np.diff(starts))[:, None]
    return np.round(values / steps).astype(np.int8), scales


def _fits(found: Correctives) -> bool:
    entries = len(found.vertices)
    return bool(
        len(found.starts) == len(found.joints) + 1 == len(found.drivers) + 1
        and found.starts[-1] == entries == len(found.offsets) == len(found.normals)
        and found.vertices.max(initial=0) < found.count
        and found.joints.max(initial=0) < JOINT_COUNT
    )

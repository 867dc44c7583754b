"""A small skinned figure for a skeleton: programs that know an armature by its skin import one, and people see it move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.formats.gltf_write import INDEX_DATA, VERTEX_DATA, GltfBuilder, Json
from digital_life.motion.skeleton import JOINT_COUNT, PARENTS, Skeleton

Array = NDArray[np.float64]


def add_figure(builder: GltfBuilder, joints: list[int], skeleton: Skeleton, *, faces: bool) -> int:
    """Add the figure, skinned to ``joints``; returns its node. ``faces`` adds the 52 ARKit names as empty morph targets."""
    rest = skeleton.rest_joints + np.array([0.0, skeleton.standing_translation, 0.0])
    vertices, normals, triangles, owners = _bones(rest)
    inverse_bind = np.tile(np.eye(4, dtype=np.float32), (JOINT_COUNT, 1, 1))
    inverse_bind[:, 3, :3] = -rest  # column-major
    matrices = builder.accessor(inverse_bind.reshape(-1, 16), "MAT4")
    skin = builder.add("skins", {"joints": joints, "skeleton": joints[0], "inverseBindMatrices": matrices})
    bound = np.zeros((len(owners), 4), np.uint8)
    bound[:, 0] = owners
    weights = np.zeros((len(owners), 4), np.float32)
    weights[:, 0] = 1.0
    attributes = {
        "POSITION": builder.accessor(vertices.astype(np.float32), "VEC3", VERTEX_DATA, bounds=True),
        "NORMAL": builder.accessor(normals.astype(np.float32), "VEC3", VERTEX_DATA),
        "JOINTS_0": builder.accessor(bound, "VEC4", VERTEX_DATA),
        "WEIGHTS_0": builder.accessor(weights, "VEC4", VERTEX_DATA),
    }
    colour = {"baseColorFactor": [0.75, 0.68, 0.55, 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.8}
    material = builder.add("materials", {"name": "bone", "pbrMetallicRoughness": colour})
    indices = builder.accessor(triangles.astype(np.uint16).reshape(-1), "SCALAR", INDEX_DATA)
    primitive: Json = {"attributes": attributes, "indices": indices, "material": material}
    mesh: Json = {"name": "figure", "primitives": [primitive]}
    if faces:
        nothing = builder.sparse(len(vertices), np.zeros(0, np.uint32), np.zeros((0, 3), np.float32))
        primitive["targets"] = [{"POSITION": nothing} for _ in ARKIT_NAMES]
        mesh["extras"] = {"targetNames": list(ARKIT_NAMES)}
        mesh["weights"] = [0.0] * len(ARKIT_NAMES)
    return builder.add("nodes", {"name": "figure", "mesh": builder.add("meshes", mesh), "skin": skin})


def _bones(rest: Array) -> tuple[Array, Array, NDArray[np.int64], NDArray[np.int64]]:
    """One flat-shaded pointed octahedron from each joint to each of its children.

    Returns vertices [N, 3], normals [N, 3], triangles [M, 3], and the joint [N] that carries each vertex.
    """
    corners, owners = [], []
    for child, parent in enumerate(PARENTS):
        if parent < 0:
            continue
        base, tip = rest[parent], rest[child]
        length = float(np.linalg.norm(tip - base))
        along = (tip - base) / max(length, 1e-9)
        side = np.cross(along, [0.0, 0.0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0.0, 0.0])
        side /= np.linalg.norm(side)
        other = np.cross(along, side)
        ring = [base + 0.15 * length * along + 0.09 * length * turn for turn in (side, other, -side, -other)]
        for k in range(4):
            first, second = ring[k], ring[(k + 1) % 4]
            corners += [[tip, first, second], [base, second, first]]
            owners += [parent] * 6
    triangles = np.array(corners)
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    count = 3 * len(triangles)
    return triangles.reshape(-1, 3), np.repeat(normals, 3, axis=0), np.arange(count).reshape(-1, 3), np.array(owners)

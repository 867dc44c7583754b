"""Cut a ``MeshPart`` out of an identity's base mesh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.base_mesh import SparseOffsets
from digital_life.body.character import Material, MeshPart
from digital_life.body.geometry import triangles
from digital_life.body.identity import Identity
from digital_life.motion.skeleton import JOINT_INDEX

JAW_KEYS = ("jawLeft", "jawOpen", "jawRight")
"""No morph targets: the jaw is a joint (``jaw.py``)."""
SMALLEST_OFFSET = 5e-5


def cut_part(
    identity: Identity,
    name: str,
    material: Material,
    quads: NDArray[np.int64],
    uv_quads: NDArray[np.int64],
    *,
    face_keys: bool = False,
) -> MeshPart:
    """The quads [Q, 4] as a part; a vertex is split where its texture coordinates differ (``uv_quads`` [Q, 4])."""
    pairs, inverse = np.unique(np.stack([quads.reshape(-1), uv_quads.reshape(-1)], axis=1), axis=0, return_inverse=True)
    source = pairs[:, 0]
    return MeshPart(
        name=name,
        vertices=identity.vertices[source],
        normals=identity.normals[source],
        faces=triangles(inverse.reshape(quads.shape)),
        joints=identity.weight_index[source],
        weights=identity.weight_value[source],
        material=material,
        uv=identity.uv[pairs[:, 1]],
        morphs=face_morphs(identity, source) if face_keys else {},
    )


def face_morphs(identity: Identity, source: NDArray[np.int64]) -> dict[str, SparseOffsets]:
    """ARKit keys without those that turn the jaw, and ``jawOpenCorrective``, for vertices copied from base vertices ``source`` [V].

    The sculpts fit the average face; they are scaled by the distance of the eyes.
    """
    mesh = identity.mesh
    keys = {name: key for name, key in mesh.arkit.items() if name not in JAW_KEYS}
    keys["jawOpenCorrective"] = mesh.jaw_corrective
    scale = _eye_distance(identity.joints) / _eye_distance(mesh.reference_joints)
    morphs = {}
    for name, (vertices, offsets) in keys.items():
        dense = np.zeros((len(mesh.reference), 3), np.float32)
        dense[vertices] = offsets * np.float32(scale)
        moved = np.flatnonzero(np.abs(dense[source]).max(axis=1) > SMALLEST_OFFSET)
        if len(moved):
            morphs[name] = (moved.astype(np.uint32), dense[source[moved]])
    return morphs


def blended_morphs(
    identity: Identity, corners: NDArray[np.int64], share: NDArray[np.float64], copies: int = 1
) -> dict[str, SparseOffsets]:
    """The same keys for points that hang on three base vertices each: ``corners`` and ``share`` [P, 3].

    Every point stands for ``copies`` vertices that follow one another.
    """
    morphs = {}
    for name, (indices, offsets) in face_morphs(identity, corners.reshape(-1)).items():
        dense = np.zeros((corners.size, 3))
        dense[indices] = offsets
        mixed = np.einsum("pk,pka->pa", share, dense.reshape(-1, 3, 3)).repeat(copies, axis=0)
        moved = np.flatnonzero(np.abs(mixed).max(axis=1) > 2 * SMALLEST_OFFSET)
        if len(moved):
            morphs[name] = (moved.astype(np.uint32), mixed[moved].astype(np.float32))
    return morphs


def _eye_distance(joints: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(joints[JOINT_INDEX["left_eye"]] - joints[JOINT_INDEX["right_eye"]]))

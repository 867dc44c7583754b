"""Turn triangles back that extreme faces turn over: corners of the eyes and of the mouth."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from digital_life.body.base_mesh import BaseMesh, base_mesh
from digital_life.body.geometry import triangles

Floats = NDArray[np.floating]

TURNED = -0.2
"""Cosine between a triangle and the average body's below which it is turned over (both in the T-pose)."""
ROUNDS = 12


def unit_normals(corners: Floats) -> Floats:
    """Normals [F, 3] of triangles given by their corners [F, 3, 3]."""
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.asarray(across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12))


@lru_cache(maxsize=1)
def _head() -> tuple[NDArray[np.uint32], Floats, sparse.csr_matrix]:
    """The head's triangles [F, 3], their normals on the average body and the neighbours of its vertices [N, N]."""
    mesh = base_mesh()
    faces = triangles(mesh.quads("body")[mesh.head_quads])
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    ends = np.unique(np.concatenate([ends, ends[:, ::-1]]), axis=0)
    size = (len(mesh.reference), len(mesh.reference))
    return faces, unit_normals(mesh.reference[faces]), sparse.csr_matrix((np.ones(len(ends)), ends.T), shape=size)


def untangle(vertices: NDArray[np.float32], mesh: BaseMesh) -> NDArray[np.float32]:
    """``vertices`` [N, 3] with the head's turned-over triangles relaxed.

    Around them the change from the average body is replaced by its neighbours' mean, which tends to the average's own
    shape there; nothing else moves.
    """
    faces, normals, neighbours = _head()
    change = vertices - mesh.reference
    for _ in range(ROUNDS):
        turned = (unit_normals(vertices[faces]) * normals).sum(axis=1) < TURNED / 2
        if not turned.any():
            break
        touched = np.unique(neighbours[np.unique(faces[turned])].indices)
        rows = neighbours[touched]
        change[touched] = (rows @ change) / np.asarray(rows.sum(axis=1))
        vertices = mesh.reference + change
    return vertices

"""Small mesh operations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Indices = NDArray[np.int64]


def triangles(quads: Indices) -> NDArray[np.uint32]:
    """Triangles [F, 3] of quads [Q, 4]; the degenerate half of a triangle written as a quad is dropped."""
    halves = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    proper = (halves[:, 0] != halves[:, 2]) & (halves[:, 1] != halves[:, 2]) & (halves[:, 0] != halves[:, 1])
    return np.asarray(halves[proper], dtype=np.uint32)


def vertex_normals(vertices: Vectors, faces: NDArray[np.uint32]) -> Vectors:
    """Unit normals [V, 3], faces weighted by area; a vertex without faces gets +Z."""
    corners = vertices[faces].astype(np.float64)
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat = faces.reshape(-1)
    spread = np.repeat(face_normals, 3, axis=0)
    normals = np.stack([np.bincount(flat, spread[:, axis], len(vertices)) for axis in range(3)], axis=1)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 1e-15, normals / np.maximum(length, 1e-15), [0.0, 0.0, 1.0]).astype(np.float32)


def quad_normals(vertices: Vectors, quads: Indices) -> Vectors:
    """``vertex_normals`` of quads [Q, 4]."""
    return vertex_normals(vertices, triangles(quads))

"""Quads of the base mesh to triangles and normals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.normals import vertex_normals

_MIXES = np.array([[1, 1, 1], [4, 1, 1], [1, 4, 1], [1, 1, 4], [0, 1, 1], [1, 0, 1], [1, 1, 0]], float)
_MIXES /= _MIXES.sum(axis=1, keepdims=True)


def triangles(quads: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Triangles [F, 3] of quads [Q, 4]; the degenerate half of a triangle written as a quad is dropped."""
    halves = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    proper = (halves[:, 0] != halves[:, 2]) & (halves[:, 1] != halves[:, 2]) & (halves[:, 0] != halves[:, 1])
    return np.asarray(halves[proper], dtype=np.uint32)


def quad_normals(vertices: NDArray[np.float32], quads: NDArray[np.int64]) -> NDArray[np.float32]:
    """Area-weighted unit normals [V, 3] of a quad surface; zero where a vertex has no quad."""
    return vertex_normals(vertices, triangles(quads))


def sampled(vertices: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.float64]:
    """Points [K, 3] spread over a surface: the corners of its triangles [F, 3] and seven points in each."""
    return np.concatenate([vertices[np.unique(faces)], (_MIXES @ vertices[faces]).reshape(-1, 3)])

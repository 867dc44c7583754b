"""Vertex normals, and what a morph target does to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import MeshPart

Sparse = tuple[NDArray[np.uint32], NDArray[np.float32]]

SMALLEST_CHANGE = 0.02
"""Normal offsets shorter than this (about one degree) are left out of morph targets."""


def weld_map(vertices: NDArray[np.float32]) -> NDArray[np.int64]:
    """[V] group number of every vertex; vertices at the same place (UV seams) share one."""
    return np.unique(vertices.round(6), axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def vertex_normals(
    vertices: NDArray[np.floating], faces: NDArray[np.integer], weld: NDArray[np.int64] | None = None
) -> NDArray[np.float32]:
    """Area-weighted unit normals [V, 3]; with ``weld`` they are smooth across UV seams."""
    group = np.arange(len(vertices)) if weld is None else weld
    corners = vertices[faces].astype(np.float64)
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    corner_groups = group[faces.astype(np.int64)].T.reshape(-1)
    count = int(group.max(initial=-1)) + 1
    sums: NDArray[np.float64] = np.stack(
        [np.bincount(corner_groups, np.tile(axis, 3), count) for axis in face_normals.T], axis=1
    )
    unit = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return np.asarray(unit[group], dtype=np.float32)


def morph_normals(part: MeshPart) -> dict[str, Sparse]:
    """Change of the normals at weight 1 for every morph target of ``part``: name to (indices [K], offsets [K, 3])."""
    if not part.morphs:
        return {}
    weld = weld_map(part.vertices)
    rest = vertex_normals(part.vertices, part.faces, weld)
    changes: dict[str, Sparse] = {}
    for name, (indices, offsets) in part.morphs.items():
        moved = part.vertices.copy()
        moved[indices] += offsets
        change = vertex_normals(moved, part.faces, weld) - rest
        kept = np.flatnonzero(np.abs(change).max(axis=1) > SMALLEST_CHANGE)
        changes[name] = (kept.astype(np.uint32), change[kept])
    return changes


def morph_weights(names: list[str], face: NDArray[np.floating]) -> NDArray[np.float32]:
    """Weights [len(names)] of morph targets from ARKit weights [52]; ``jawOpen`` drives ``jawOpenCorrective``."""
    from digital_life.motion.arkit import ARKIT_INDEX

    arkit = ["jawOpen" if name == "jawOpenCorrective" else name for name in names]
    return np.array([face[ARKIT_INDEX[name]] if name in ARKIT_INDEX else 0.0 for name in arkit], dtype=np.float32)

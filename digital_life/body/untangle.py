"""Turn triangles back that extreme people turn over: corners of the eyes and of the mouth, nostrils, between the toes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from digital_life.body.base_mesh import BaseMesh, base_mesh
from digital_life.body.geometry import triangles

Floats = NDArray[np.floating]

TURNED = -0.2
"""Cosine between a triangle and the average body's below which it is turned over (both in the T-pose)."""
ROUNDS, WIDER = 40, 8
"""How often the surroundings are relaxed, and after how many times they grow by a ring of vertices."""
SURROUNDINGS = 2
"""So many rings more say how a place is turned and how large it is."""


def unit_normals(corners: Floats) -> Floats:
    """Normals [F, 3] of triangles given by their corners [F, 3, 3]."""
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.asarray(across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12))


@lru_cache(maxsize=1)
def _body() -> tuple[NDArray[np.uint32], Floats, sparse.csr_matrix]:
    """The body's triangles [F, 3], their normals on the average body and the neighbours of its vertices [N, N]."""
    mesh = base_mesh()
    faces = triangles(mesh.quads("body"))
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    ends = np.unique(np.concatenate([ends, ends[:, ::-1]]), axis=0)
    size = (len(mesh.reference), len(mesh.reference))
    return faces, unit_normals(mesh.reference[faces]), sparse.csr_matrix((np.ones(len(ends)), ends.T), shape=size)


def untangle(vertices: NDArray[np.float32], mesh: BaseMesh) -> NDArray[np.float32]:
    """``vertices`` [N, 3] with the body's turned-over triangles relaxed; nothing far from them moves.

    There the difference from an affine image of the average body, the one that comes closest to the surroundings, is
    replaced by its neighbours' mean until the triangles are right: the place tends to the average's own shape.
    """
    faces, normals, neighbours = _body()
    turned = _turned(vertices[faces], normals)
    if not turned.any():
        return vertices
    vertices, moving = vertices.copy(), np.zeros(len(vertices), bool)
    for turn in range(ROUNDS):
        near = _rings(np.unique(faces[turned]), 1 + turn // WIDER, neighbours)
        places, place = connected_components(neighbours[near][:, near], directed=False)
        for k in range(places):
            _relax(vertices, mesh.reference, near[place == k], neighbours)
        moving[near] = True
        changed = np.flatnonzero(moving[faces].any(axis=1))
        turned[changed] = _turned(vertices[faces[changed]], normals[changed])
        moving[near] = False
        if not turned.any():
            break
    return vertices


def _turned(corners: Floats, normals: Floats) -> NDArray[np.bool_]:
    return np.asarray((unit_normals(corners) * normals).sum(axis=1) < TURNED / 2)


def _rings(points: NDArray[np.int64], rings: int, neighbours: sparse.csr_matrix) -> NDArray[np.int64]:
    """The points and all that are at most so many edges away."""
    for _ in range(rings):
        points = np.union1d(points, neighbours[points].indices)
    return points


def _relax(vertices: Floats, usual: Floats, here: NDArray[np.int64], neighbours: sparse.csr_matrix) -> None:
    """One step of a Jacobi iteration for the vertices ``here``."""
    around = _rings(here, SURROUNDINGS, neighbours)
    middle = usual[around].mean(axis=0)
    places = np.concatenate([(usual[around] - middle).astype(np.float64), np.ones((len(around), 1))], axis=1)
    image = places @ np.linalg.lstsq(places, vertices[around].astype(np.float64), rcond=None)[0]
    rows, known = neighbours[here][:, around], np.searchsorted(around, here)
    change = rows @ (vertices[around] - image) / np.asarray(rows.sum(axis=1))
    vertices[here] = image[known] + change

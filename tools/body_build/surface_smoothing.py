"""Smoothing over the base mesh: of skin weights, and of posed surfaces while their detail is kept (delta mush)."""

import numpy as np
from scipy import sparse

from digital_life.body.geometry import quad_normals

STEP = 0.7


class Smoother:
    """Laplacian smoothing of values [N, ...] over ``quads`` [Q, 4]; vertices without a quad keep theirs."""

    def __init__(self, quads: np.ndarray, count: int) -> None:
        edges = np.concatenate([quads[:, [a, (a + 1) % 4]] for a in range(4)])
        edges = edges[edges[:, 0] != edges[:, 1]]
        both = np.concatenate([edges, edges[:, ::-1]])
        matrix = sparse.csr_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count))
        matrix.data[:] = 1
        degree = np.asarray(matrix.sum(axis=1)).ravel()
        self.used = degree > 0
        self._mean = sparse.diags(1 / np.maximum(degree, 1)) @ matrix
        first = np.minimum(matrix.indptr[:-1], len(matrix.indices) - 1)
        self.neighbour = np.where(self.used, matrix.indices[first], np.arange(count))
        """Any one neighbour of every vertex [N]."""

    def smooth(self, values: np.ndarray, rounds: int) -> np.ndarray:
        """``rounds`` steps of 0.7 toward the mean of the neighbours."""
        for _ in range(rounds):
            values = np.where(self.used[:, None], values + STEP * (self._mean @ values - values), values)
        return values


class DeltaMush:
    """Smooths a posed surface and lays its rest detail over it again (Mancewicz et al., "Delta Mush: smoothing
    deformations while preserving detail", DigiPro 2014)."""

    def __init__(self, rest: np.ndarray, quads: np.ndarray, rounds: int) -> None:
        self._smoother, self._quads, self._rounds = Smoother(quads, len(rest)), quads, rounds
        smooth = self._smoother.smooth(rest, rounds)
        self._detail = np.einsum("vba,vb->va", self._frames(smooth), rest - smooth)

    def __call__(self, posed: np.ndarray) -> np.ndarray:
        """Posed vertices [N, 3] without the creases of their skinning."""
        smooth = self._smoother.smooth(posed, self._rounds)
        return smooth + np.einsum("vab,vb->va", self._frames(smooth), self._detail)

    def _frames(self, vertices: np.ndarray) -> np.ndarray:
        """Columns tangent, bitangent, normal [N, 3, 3]."""
        normal = quad_normals(vertices, self._quads).astype(np.float64)
        tangent = vertices[self._smoother.neighbour] - vertices
        tangent -= normal * (tangent * normal).sum(1, keepdims=True)
        tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
        return np.stack([tangent, np.cross(normal, tangent), normal], axis=2)

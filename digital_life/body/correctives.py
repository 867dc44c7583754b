"""Pose correctives: shapes added at rest, each driven by the rotation of one joint, so that bent limbs keep their form.

They are the pose blend shapes of SMPL (Loper et al., SIGGRAPH Asia 2015, equation 9) in a compact form: every joint has
a few sparse shapes, and the weight of a shape is linear in R - I of its joint. ``pose_directions`` multiplies them out
to the dense matrix of SMPL-X files. ``tools/body_build/corrective_fit.py`` says how they were found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from digital_life.motion.skeleton import JOINT_COUNT

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

_PREFIX = "corrective_"


@dataclass(frozen=True)
class Correctives:
    """M shapes over V vertices, with E entries in all.

    ``joints`` [M]: which joint drives a shape (never the pelvis). ``drivers`` [M, 9]: its weight is the dot product with
    R - I of that joint, row by row. ``starts`` [M + 1]: shape m has the entries ``starts[m]:starts[m + 1]`` of
    ``vertices`` [E], ``offsets`` [E, 3] (metres at weight 1, in the rest pose) and ``normals`` [E, 3]: what to add to the
    unit normal at rest so that it is right after skinning with the blended matrix.
    """

    count: int
    joints: Indices
    drivers: Floats
    starts: Indices
    vertices: Indices
    offsets: Floats
    normals: Floats

    def weights(self, rotations: NDArray[np.floating]) -> Floats:
        """Weights [..., M] of the shapes for local rotation matrices [..., 55, 3, 3]."""
        change = rotations[..., self.joints, :, :] - np.eye(3, dtype=np.float32)
        flat = change.reshape(*change.shape[:-2], 9)
        return np.asarray(np.einsum("...mf,mf->...m", flat, self.drivers), dtype=np.float32)

    @cached_property
    def moved(self) -> Indices:
        """The vertices [K] that any shape moves, ascending."""
        return np.unique(self.vertices)

    @cached_property
    def offset_matrix(self) -> sparse.csr_matrix:
        """[3 K, M]: times ``weights``, the offsets of the vertices ``moved``, x, y and z of one vertex after the other."""
        return self._matrix(self.offsets)

    @cached_property
    def normal_matrix(self) -> sparse.csr_matrix:
        """As ``offset_matrix``, for the normals."""
        return self._matrix(self.normals)

    def shapes(self) -> Floats:
        """The offsets of every shape, densely [M, V, 3]."""
        dense = np.zeros((len(self.joints), self.count, 3), np.float32)
        dense[np.repeat(np.arange(len(self.joints)), np.diff(self.starts)), self.vertices] = self.offsets
        return dense

    def pose_directions(self) -> Floats:
        """The dense matrix [486, 3 V] of SMPL-X: row 9 (j - 1) + f belongs to entry f of R - I of joint j."""
        dense = np.zeros((JOINT_COUNT - 1, 9, self.count, 3), np.float32)
        for shape, joint in enumerate(self.joints):
            entries = slice(self.starts[shape], self.starts[shape + 1])
            block = self.drivers[shape][:, None, None] * self.offsets[entries]
            dense[joint - 1][:, self.vertices[entries]] += block
        return dense.reshape(9 * (JOINT_COUNT - 1), 3 * self.count)

    def scaled(self, factors: NDArray[np.floating]) -> Correctives:
        """The same shapes with the offsets of every vertex multiplied by ``factors`` [V]."""
        offsets = self.offsets * factors[self.vertices, None].astype(np.float32)
        return Correctives(self.count, self.joints, self.drivers, self.starts, self.vertices, offsets, self.normals)

    def stronger(self, factors: NDArray[np.floating]) -> Correctives:
        """The same shapes, each multiplied by one of the ``factors`` [M]."""
        return replace(self, drivers=self.drivers * factors[:, None].astype(np.float32))

    def carried(self, carrier: sparse.csr_matrix) -> Correctives:
        """The shapes for other vertices [P], each a weighted mean of these: ``carrier`` [P, V]."""
        rows, columns = np.repeat(np.arange(len(self.joints)), np.diff(self.starts)), self.vertices
        shape = (len(self.joints), self.count)
        across = carrier.T.tocsr()
        axes = []
        for values in (*self.offsets.T, *self.normals.T):
            axes.append(sparse.csr_matrix((values, (rows, columns)), shape=shape) @ across)
        pattern = sum(abs(axis) for axis in axes).tocsr()
        pattern.sort_indices()
        entries = np.repeat(np.arange(len(self.joints)), np.diff(pattern.indptr)), pattern.indices
        values = np.stack([np.asarray(axis[entries]).ravel() for axis in axes], axis=1).astype(np.float32)
        return Correctives(
            carrier.shape[0], self.joints, self.drivers, pattern.indptr.astype(np.int64),
            pattern.indices.astype(np.int64), values[:, :3], values[:, 3:],
        )  # fmt: skip

    def _matrix(self, values: Floats) -> sparse.csr_matrix:
        rows = 3 * np.searchsorted(self.moved, self.vertices)[:, None] + np.arange(3)
        columns = np.repeat(np.arange(len(self.joints)), 3 * np.diff(self.starts))
        shape = (3 * len(self.moved), len(self.joints))
        return sparse.csr_matrix((values.reshape(-1), (rows.reshape(-1), columns)), shape=shape, dtype=np.float32)


def correctives_from(arrays: Mapping[str, NDArray[np.generic]], count: int) -> Correctives | None:
    """The correctives in a body file of ``count`` vertices (arrays ``corrective_*``); None where it has none."""
    if _PREFIX + "joint" not in arrays:
        return None
    joints = arrays[_PREFIX + "joint"].astype(np.int64)
    starts = arrays[_PREFIX + "start"].astype(np.int64)
    scales = np.repeat(arrays[_PREFIX + "scale"].astype(np.float32), np.diff(starts), axis=0)
    return Correctives(
        count=count,
        joints=joints,
        drivers=arrays[_PREFIX + "driver"].astype(np.float32),
        starts=starts,
        vertices=arrays[_PREFIX + "vertex"].astype(np.int64),
        offsets=arrays[_PREFIX + "offset"].astype(np.float32) * scales[:, :1],
        normals=arrays[_PREFIX + "normal"].astype(np.float32) * scales[:, 1:],
    )

"""Linear-blend skinning of a dressed character in NumPy, fast enough for video (buffers are reused between frames).

Face keys and pose correctives are added to the surface at rest, then it is skinned:
Kavan, "Direct skinning methods and deformation primitives", SIGGRAPH course 2014: v' = sum_j w_j (R_j (v - J_j) + p_j).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from digital_life.body.character import Character
from digital_life.body.normals import morph_normals, morph_weights
from digital_life.errors import InputError
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.quaternion import to_matrix
from digital_life.motion.skeleton import JOINT_COUNT, PARENTS

Array = NDArray[np.float32]
_CHAIN = tuple(enumerate(PARENTS))[1:]
Surface = tuple[Array, Array]
"""World vertices [V, 3] (metres) and unit normals [V, 3] of one part."""


class PosedCharacter:
    """A character whose surface can be posed again and again.

    ``parts`` keeps the order of ``character.parts``. The arrays that ``pose`` returns are views of buffers owned by this
    object: the next call overwrites them.
    """

    def __init__(self, character: Character) -> None:
        self.character = character
        parts = character.parts
        self._rest = np.concatenate([part.vertices for part in parts]).astype(np.float32)
        self._rest_normals = np.concatenate([part.normals for part in parts]).astype(np.float32)
        ends = np.cumsum([len(part.vertices) for part in parts])
        self._slices = [slice(int(end) - len(part.vertices), int(end)) for end, part in zip(ends, parts, strict=True)]
        self._offsets = character.skeleton.offsets
        self._weights = _weight_matrix(character)
        self._morph_names = sorted({name for part in parts for name in part.morphs})
        self._correctives = next((part.correctives for part in parts if part.correctives is not None), None)
        self._morphed, self._morph_matrix = self._morph_basis()
        self._shape = self._rest.copy()
        self._shape_normals = self._rest_normals.copy()
        self._vertices = np.empty_like(self._rest)
        self._normals = np.empty_like(self._rest)

    def pose(self, rotations: Array, translation: Array, face: Array | None = None) -> list[Surface]:
        """World vertices and normals of every part.

        ``rotations`` [55, 4] local unit quaternions (wxyz), ``translation`` [3] SMPL-X transl (metres),
        ``face`` [52] ARKit weights or None for a neutral face.

        Raises:
            InputError: a shape is wrong.
        """
        _check_shapes(rotations, translation, face)
        local = to_matrix(np.asarray(rotations, np.float64))
        self._shape_rest(local, face)
        blended = self._blended(local, translation)
        linear = blended[:, :, :3]
        np.einsum("vab,vb->va", linear, self._shape, out=self._vertices)
        self._vertices += blended[:, :, 3]
        np.einsum("vab,vb->va", linear, self._shape_normals, out=self._normals)
        lengths = np.sqrt(np.einsum("va,va->v", self._normals, self._normals))
        self._normals /= np.maximum(lengths, 1e-8)[:, None]
        return [(self._vertices[part], self._normals[part]) for part in self._slices]

    def blended(self, rotations: Array, translation: Array) -> Array:
        """The matrix [V, 3, 4] that takes every vertex, all parts one after the other, from rest to the world.

        Raises:
            InputError: a shape is wrong.
        """
        _check_shapes(rotations, translation, None)
        return self._blended(to_matrix(np.asarray(rotations, np.float64)), translation)

    def at_rest(self, rotations: Array, translation: Array, face: Array | None = None) -> tuple[Array, Array, Array]:
        """What a graphics processor needs to skin by itself; arguments as in ``pose``.

        The surface before skinning, face keys and pose correctives in it (vertices [V, 3] and normals [V, 3], all parts one after the
        other), and for every joint the three rows of its matrix [55, 12] that takes rest points to world points.

        Raises:
            InputError: a shape is wrong.
        """
        _check_shapes(rotations, translation, face)
        local = to_matrix(np.asarray(rotations, np.float64))
        self._shape_rest(local, face)
        return self._shape, self._shape_normals, self._joint_transforms(local, translation)

    def _blended(self, local: NDArray[np.float64], translation: Array) -> Array:
        return np.asarray(self._weights @ self._joint_transforms(local, translation)).reshape(-1, 3, 4)

    def _joint_transforms(self, local: NDArray[np.float64], translation: Array) -> Array:
        """[55, 12] rows of the 3x4 matrices that take rest points to world points; ``local`` [55, 3, 3]."""
        skeleton, offsets = self.character.skeleton, self._offsets
        transforms = np.empty((JOINT_COUNT, 3, 4))
        transforms[0, :, :3], transforms[0, :, 3] = local[0], offsets[0] + translation
        for joint, parent in _CHAIN:  # matrices: several times faster for one frame than the batched quaternions
            above = transforms[parent]
            transforms[joint, :, :3] = above[:, :3] @ local[joint]
            transforms[joint, :, 3] = above[:, :3] @ offsets[joint] + above[:, 3]
        transforms[:, :, 3] -= np.einsum("jab,jb->ja", transforms[:, :, :3], skeleton.rest_joints)
        return transforms.reshape(JOINT_COUNT, 12).astype(np.float32)

    def _morph_basis(self) -> tuple[NDArray[np.int64], sparse.csr_matrix]:
        """The vertices [K] that a face key or corrective moves, and [6K, keys + shapes]: their position and normal offsets."""
        rows, columns, values = [], [], []
        column_of = {name: i for i, name in enumerate(self._morph_names)}
        for part, where in zip(self.character.parts, self._slices, strict=True):
            for first, targets in ((0, part.morphs), (3, morph_normals(part))):
                for name, (indices, offsets) in targets.items():
                    rows.append((indices.astype(np.int64) + where.start) * 6 + first)
                    columns.append(np.full(len(indices), column_of[name]))
                    values.append(offsets)
            if part.correctives is not None:
                shapes = len(self._morph_names) + np.arange(len(part.correctives.joints))
                for first, offsets in ((0, part.correctives.offsets), (3, part.correctives.normals)):
                    rows.append((part.correctives.vertices + where.start) * 6 + first)
                    columns.append(np.repeat(shapes, np.diff(part.correctives.starts)))
                    values.append(offsets)
        if not rows:
            return np.zeros(0, np.int64), sparse.csr_matrix((0, 0), dtype=np.float32)
        row = np.concatenate(rows)
        moved = np.unique(row // 6)
        compact = (np.searchsorted(moved, row // 6) * 6 + row % 6)[:, None] + np.arange(3)
        data = (np.concatenate(values).astype(np.float32).reshape(-1),
                (compact.reshape(-1), np.repeat(np.concatenate(columns), 3)))  # fmt: skip
        count = len(self._morph_names) + (0 if self._correctives is None else len(self._correctives.joints))
        return moved, sparse.csr_matrix(data, shape=(6 * len(moved), count))

    def _shape_rest(self, local: NDArray[np.float64], face: Array | None) -> None:
        """The surface at rest, with the face's keys and the pose's correctives."""
        if not len(self._morphed):
            return
        weights = morph_weights(self._morph_names, np.zeros(len(ARKIT_NAMES)) if face is None else face)
        if self._correctives is not None:
            weights = np.concatenate([weights, self._correctives.weights(local)])
        offsets = (self._morph_matrix @ weights).reshape(-1, 2, 3)
        self._shape[self._morphed] = self._rest[self._morphed] + offsets[:, 0]
        self._shape_normals[self._morphed] = self._rest_normals[self._morphed] + offsets[:, 1]


def pose_parts(character: Character, rotations: Array, translation: Array, face: Array | None = None) -> list[Surface]:
    """One pose of ``character``; shapes as in ``PosedCharacter.pose``, which is the faster way for many frames."""
    return PosedCharacter(character).pose(rotations, translation, face)


def _weight_matrix(character: Character) -> sparse.csr_matrix:
    joints = np.concatenate([part.joints for part in character.parts]).astype(np.int32)
    weights = np.concatenate([part.weights for part in character.parts]).astype(np.float32)
    count, influences = joints.shape
    starts = np.arange(0, joints.size + 1, influences, dtype=np.int32)
    matrix = sparse.csr_matrix((weights.reshape(-1), joints.reshape(-1), starts), shape=(count, JOINT_COUNT))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def _check_shapes(rotations: Array, translation: Array, face: Array | None) -> None:
    expected = {"rotations": (rotations, (JOINT_COUNT, 4)), "translation": (translation, (3,))}
    if face is not None:
        expected["face"] = (face, (len(ARKIT_NAMES),))
    for name, (array, shape) in expected.items():
        if array.shape != shape:
            raise InputError(f"skinning: '{name}' has shape {array.shape}, expected {shape}")

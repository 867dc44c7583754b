"""The SMPL-X layer in NumPy: shape, expression, pose correctives, forward kinematics and linear blend skinning.

One class serves the free default body, files exported for the package ``smplx`` and a user's own ``SMPLX_*.npz``.
The model is that of Pavlakos et al., "Expressive Body Capture" (CVPR 2019), equations 1-5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.skeleton import JOINT_COUNT, PARENTS, Skeleton

Floats = NDArray[np.float32]
DEFAULT_BODY = Path(__file__).parent / "data" / "default_body.npz"


@dataclass(frozen=True)
class BodyOutput:
    """``vertices`` [V, 3] and ``joints`` [55, 3], metres."""

    vertices: Floats
    joints: Floats


@dataclass(frozen=True)
class BodyModel:
    """A body in SMPL-X form with V vertices, B betas, E expression axes.

    ``template`` [V, 3] m; ``faces`` [F, 3]; ``shape_directions`` [V, 3, B]; ``expression_directions`` [V, 3, E];
    ``regressor`` [55, V] and ``skin_weights`` [V, 55] sparse; ``pose_directions`` [486, V * 3] or None;
    ``arkit_vertices`` [K] and ``arkit_directions`` [52, K, 3], empty for bodies without ARKit keys; ``extras``: arrays
    of the file that the layer only passes on (hand bases, landmarks, texture coordinates); ``pickled``: names of
    entries that were left closed.
    """

    template: Floats
    faces: NDArray[np.int64]
    shape_directions: Floats
    expression_directions: Floats
    regressor: scipy.sparse.csr_matrix
    skin_weights: scipy.sparse.csr_matrix
    pose_directions: Floats | None = None
    arkit_vertices: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    arkit_directions: Floats = field(default_factory=lambda: np.zeros((len(ARKIT_NAMES), 0, 3), np.float32))
    extras: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    pickled: tuple[str, ...] = ()

    @staticmethod
    def load(path: Path | str) -> BodyModel:
        """Read the native file, a file written by ``export_smplx``, or a user's ``SMPLX_*.npz``.

        Raises:
            InputError: the file is missing, damaged, pickled, or no SMPL-X body.
        """
        from digital_life.body.layer_file import load_body_model

        return load_body_model(Path(path))

    @cached_property
    def skeleton(self) -> Skeleton:
        """Joints of the neutral shape; the floor is its lowest vertex."""
        joints = self.regressor @ self.template
        return Skeleton(np.asarray(joints, dtype=np.float64), float(self.template[:, 1].min()))

    def shaped(self, betas: Floats | None = None, expression: Floats | None = None) -> tuple[Floats, Floats]:
        """Vertices [V, 3] and joints [55, 3] at rest; missing coefficients are zero, fewer than the body has are fine.

        As in ``smplx``, joints are regressed after shape and expression.
        """
        vertices = self.template
        for directions, values in ((self.shape_directions, betas), (self.expression_directions, expression)):
            if values is not None and np.any(values):
                count = len(values)
                if count > directions.shape[2]:
                    raise InputError(
                        f"the body has {directions.shape[2]} coefficients of this kind, {count} were given"
                    )
                vertices = vertices + directions[:, :, :count] @ np.asarray(values, np.float32)
        if vertices is self.template:
            return vertices, self._rest_joints
        return vertices, np.asarray(self.regressor @ vertices, dtype=np.float32)

    @cached_property
    def _rest_joints(self) -> Floats:
        return np.asarray(self.regressor @ self.template, dtype=np.float32)

    def forward(
        self,
        rotations: NDArray[np.floating],
        *,
        translation: NDArray[np.floating] | None = None,
        betas: Floats | None = None,
        expression: Floats | None = None,
        face: Floats | None = None,
    ) -> BodyOutput:
        """Pose the body.

        ``rotations`` [55, 4] local quaternions (wxyz, joint 0 is the global orientation) or [55, 3] axis-angle in
        radians; ``translation`` [3] m (SMPL-X transl); ``face`` [52] ARKit weights, added to the shape.
        """
        matrices = _rotation_matrices(rotations)
        vertices, joints = self.shaped(betas, expression)
        if face is not None and len(self.arkit_vertices):
            vertices = vertices.copy()
            vertices[self.arkit_vertices] += np.tensordot(np.asarray(face, np.float32), self.arkit_directions, 1)
        if self.pose_directions is not None:
            feature = (matrices[1:] - np.eye(3, dtype=np.float32)).reshape(-1)
            vertices = vertices + (feature @ self.pose_directions).reshape(-1, 3)
        world = world_transforms(matrices, joints)
        posed = blend_skin(vertices, joints, world, self.skin_weights)
        moved = world[:, :, 3]
        if translation is not None:
            offset = np.asarray(translation, np.float32)
            posed, moved = posed + offset, moved + offset
        return BodyOutput(posed, moved)


def _rotation_matrices(rotations: NDArray[np.floating]) -> Floats:
    """[55, 3, 3] from quaternions [55, 4] or axis-angle [55, 3]."""
    pose: NDArray[np.float64] = np.asarray(rotations, dtype=np.float64)
    if pose.shape == (JOINT_COUNT, 3):
        pose = quat.from_axis_angle(pose)
    if pose.shape != (JOINT_COUNT, 4):
        raise InputError(f"a pose has shape (55, 4) or (55, 3), not {pose.shape}")
    return quat.to_matrix(pose).astype(np.float32)


def _levels() -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]:
    """Joints by their distance from the pelvis, with their parents: one level is one step of the kinematics."""
    depth = [0] * JOINT_COUNT
    for joint, parent in enumerate(PARENTS[1:], start=1):
        depth[joint] = depth[parent] + 1
    levels = []
    for level in range(1, max(depth) + 1):
        joints = np.array([joint for joint in range(JOINT_COUNT) if depth[joint] == level])
        levels.append((joints, np.array(PARENTS)[joints]))
    return tuple(levels)


_LEVELS = _levels()


def world_transforms(matrices: Floats, joints: Floats) -> Floats:
    """World rotation and position [55, 3, 4] of every joint from local rotations [55, 3, 3] and rest joints [55, 3]."""
    world = np.empty((JOINT_COUNT, 3, 4), np.float32)
    world[0, :, :3], world[0, :, 3] = matrices[0], joints[0]
    for children, parents in _LEVELS:
        above = world[parents, :, :3]
        world[children, :, :3] = above @ matrices[children]
        bones = (joints[children] - joints[parents])[..., None]
        world[children, :, 3] = (above @ bones)[..., 0] + world[parents, :, 3]
    return world


def blend_skin(vertices: Floats, joints: Floats, world: Floats, weights: scipy.sparse.csr_matrix) -> Floats:
    """Linear blend skinning: vertices [V, 3] at rest, joints [55, 3] at rest, world [55, 3, 4], weights [V, 55]."""
    relative = world.copy()
    relative[:, :, 3] -= np.einsum("jab,jb->ja", world[:, :, :3], joints)
    blended = weights @ relative.reshape(JOINT_COUNT, 12)
    x, y, z = vertices.T[:, :, None]
    m = blended.reshape(-1, 3, 4)
    return np.asarray(m[:, :, 0] * x + m[:, :, 1] * y + m[:, :, 2] * z + m[:, :, 3], dtype=np.float32)


@lru_cache(maxsize=1)
def default_body() -> BodyModel:
    """The free default body (about 0.1 s the first time)."""
    return BodyModel.load(DEFAULT_BODY)

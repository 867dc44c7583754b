"""Many poses of one body, fast: the tables of a ``BodyModel`` in the order and layout of the skinning kernel."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from digital_life.body.kinematics import relative_transforms, rotation_matrices, world_transforms
from digital_life.body.layer import BodyModel
from digital_life.body.offsets import Offsets, SparseOffsets
from digital_life.body.skin_kernel import SkinKernel
from digital_life.errors import InputError

Floats = NDArray[np.float32]
_CHUNK = 16
"""Frames whose correctives are added in one product: enough to use the processor, few enough to stay in its cache."""
_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_EYE = np.eye(3)


class Playback:
    """Poses ``body``. Its tables cost as much memory as the body's own; ``BodyModel`` makes them once, when needed."""

    def __init__(self, body: BodyModel) -> None:
        self._kernel = SkinKernel(body.skin_weights)
        self._rest = self._kernel.sorted(body.template)
        self._joints = np.asarray(body.regressor @ body.template, np.float64)
        self._shape = self._offsets(body.shape_directions.transpose(2, 0, 1))
        self._expression = self._offsets(body.expression_directions.transpose(2, 0, 1))
        self._shape_joints = _regressed(body, body.shape_directions)
        self._expression_joints = _regressed(body, body.expression_directions)
        self._face = self._face_offsets(body)
        self._correctives = body.correctives
        self._pose: Offsets | SparseOffsets | None = None
        if body.correctives is not None:
            self._pose = SparseOffsets(body.correctives.shapes()[:, self._kernel.order].transpose(0, 2, 1))
        elif body.pose_directions is not None:
            directions = body.pose_directions.reshape(len(body.pose_directions), -1, 3)
            self._pose = self._offsets(directions, together=9)  # those of one joint

    def forward(
        self,
        rotations: NDArray[np.floating],
        translation: NDArray[np.floating] | None,
        betas: Floats | None,
        expression: Floats | None,
        face: Floats | None,
    ) -> tuple[Floats, Floats]:
        """Vertices [T, V, 3] and joints [T, 55, 3]; arguments as in ``BodyModel.forward``, all with a first axis T or 1.

        Raises:
            InputError: a shape is wrong.
        """
        matrices = rotation_matrices(rotations)
        frames = len(matrices)
        joints = self._joints[None]
        for name, values, offsets, moves in (
            ("betas", betas, self._shape, self._shape_joints),
            ("expression", expression, self._expression, self._expression_joints),
        ):
            if values is not None:
                _check(name, values, frames, offsets.count)
                joints = joints + np.tensordot(values.astype(np.float64), moves[: values.shape[1]], 1)
        if translation is not None:
            _check("translation", translation, frames, 3, exact=True)
        if face is not None:
            _check("face", face, frames, 0 if self._face is None else self._face.count, exact=self._face is not None)
        world = world_transforms(matrices, joints)
        moved = np.zeros((frames, 3)) if translation is None else np.broadcast_to(translation, (frames, 3))
        features = None if self._pose is None else self._features(matrices)
        vertices = self._skinned(
            relative_transforms(world, joints),
            moved,
            [(self._shape, betas), (self._expression, expression), (self._face, face), (self._pose, features)],
        )
        return vertices, np.asarray(world[..., 3] + moved[:, None], np.float32)

    def _skinned(
        self,
        relative: Floats,
        translation: NDArray[np.floating],
        moves: list[tuple[Offsets | SparseOffsets | None, Floats | None]],
    ) -> Floats:
        """Vertices [T, V, 3]; what does not change over the frames is added once."""
        frames = len(relative)
        rest = self._rest
        changing: list[tuple[Offsets | SparseOffsets, Floats]] = []
        for offsets, values in moves:
            if offsets is None or values is None or not values.any():
                continue
            filled = np.zeros((len(values), offsets.count), np.float32)
            filled[:, : values.shape[1]] = values
            if len(filled) == 1:
                rest = rest.copy() if rest is self._rest else rest
                offsets.add(filled[0], rest)
            else:
                changing.append((offsets, filled))
        out = np.empty((frames, rest.shape[1], 3), np.float32)

        def pose(first: int) -> None:
            chunk = slice(first, min(first + _CHUNK, frames))
            room, points = self._kernel.room(), None
            if changing:
                points = np.repeat(rest[None], chunk.stop - first, axis=0)
                for offsets, filled in changing:
                    offsets.add_all(filled[chunk], points)
            for frame in range(first, chunk.stop):
                still = rest if points is None else points[frame - first]
                self._kernel.skin(still, relative[frame], translation[frame], out[frame], room)

        _on_every_core(pose, range(0, frames, _CHUNK))
        return out

    def _features(self, matrices: NDArray[np.float64]) -> Floats:
        """What the pose offsets are linear in: weights of the corrective shapes, or the entries of the rotations."""
        return _pose_features(matrices) if self._correctives is None else self._correctives.weights(matrices)

    def _offsets(self, directions: NDArray[np.floating], together: int | None = None) -> Offsets:
        """[C, V, 3] in the file's order to ``Offsets`` in the kernel's; without ``together`` all are stored as one."""
        return Offsets(directions[:, self._kernel.order].transpose(0, 2, 1), together or max(len(directions), 1))

    def _face_offsets(self, body: BodyModel) -> Offsets | None:
        if not len(body.arkit_vertices):
            return None
        directions = np.zeros((len(body.arkit_directions), len(body.template), 3), np.float32)
        directions[:, body.arkit_vertices] = body.arkit_directions
        return self._offsets(directions)


def _on_every_core(work: Callable[[int], None], firsts: Sequence[int]) -> None:
    """Call ``work`` for each of ``firsts``; NumPy lets other threads run while it computes."""
    if len(firsts) == 1 or _CORES == 1:
        for first in firsts:
            work(first)
        return
    with ThreadPoolExecutor(min(_CORES, len(firsts))) as pool:
        list(pool.map(work, firsts))


def _regressed(body: BodyModel, directions: Floats) -> NDArray[np.float64]:
    """What each coefficient [C] does to the joints [C, 55, 3]."""
    count = directions.shape[2]
    moved = body.regressor @ directions.reshape(len(directions), -1)
    return np.ascontiguousarray(np.asarray(moved, np.float64).reshape(-1, 3, count).transpose(2, 0, 1))


def _pose_features(matrices: NDArray[np.float64]) -> Floats:
    """[T, 486]: entries of the local rotations of joints 1 to 54 less the identity."""
    return (matrices[:, 1:] - _EYE).reshape(len(matrices), -1).astype(np.float32)


def _check(name: str, values: NDArray[np.floating], frames: int, count: int, *, exact: bool = False) -> None:
    if values.ndim != 2 or len(values) not in (1, frames):
        raise InputError(f"'{name}' has shape {values.shape}, expected one row or one for each of {frames} poses")
    if values.shape[1] > count or (exact and values.shape[1] != count):
        raise InputError(f"the body has {count} coefficients for '{name}', {values.shape[1]} were given")
    if not np.isfinite(values).all():
        raise InputError(f"'{name}' holds values that are not finite")

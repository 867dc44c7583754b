"""The SMPL-X layer: shape, expression, pose correctives, forward kinematics and linear blend skinning.

One class serves the free default body, files exported for the package ``smplx`` and a user's own ``SMPLX_*.npz``.
The model is that of Pavlakos et al., "Expressive Body Capture" (CVPR 2019), equations 1-5.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from digital_life.body.correctives import Correctives
from digital_life.errors import InputError
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.skeleton import Skeleton

if TYPE_CHECKING:
    from digital_life.body.playback import Playback

Floats = NDArray[np.float32]
DEFAULT_BODY = Path(__file__).parent / "data" / "default_body.npz"


@dataclass(frozen=True)
class BodyOutput:
    """``vertices`` [V, 3] and ``joints`` [55, 3], metres; both with a first axis T for T poses."""

    vertices: Floats
    joints: Floats


@dataclass(frozen=True)
class BodyModel:
    """A body in SMPL-X form with V vertices, B betas, E expression axes.

    ``template`` [V, 3] m; ``faces`` [F, 3]; ``shape_directions`` [V, 3, B]; ``expression_directions`` [V, 3, E];
    ``regressor`` [55, V] and ``skin_weights`` [V, 55] sparse; ``pose_directions`` [486, V * 3] or None;
    ``correctives``: the same in compact form, or None; ``arkit_vertices`` [K] and ``arkit_directions`` [52, K, 3], empty for bodies without ARKit keys; ``extras``: arrays
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
    correctives: Correctives | None = None
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

    def with_shape(self, betas: Floats) -> BodyModel:
        """The same body with ``betas`` [up to B] made its template: quicker to play, and zero betas are this shape.

        Raises:
            InputError: more coefficients than the body has.
        """
        return replace(self, template=self.shaped(betas)[0])

    def forward(
        self,
        rotations: NDArray[np.floating],
        *,
        translation: NDArray[np.floating] | None = None,
        betas: NDArray[np.floating] | None = None,
        expression: NDArray[np.floating] | None = None,
        face: NDArray[np.floating] | None = None,
    ) -> BodyOutput:
        """Pose the body once, or T times.

        ``rotations`` [55, 4] local quaternions (wxyz, joint 0 is the global orientation) or [55, 3] axis-angle in
        radians; ``translation`` [3] m (SMPL-X transl); ``betas`` [up to B]; ``expression`` [up to E]; ``face`` [52]
        ARKit weights, added to the shape (bodies without such keys take none). All may have a first axis T; then the
        output has it too, and what has no such axis holds for every pose. Hands are full rotations from the flat rest:
        ``hand_pose`` adds a mean and opens components.

        Raises:
            InputError: a shape is wrong, or there are more coefficients than the body has.
        """
        pose = np.asarray(rotations)
        single = pose.ndim == 2
        vertices, joints = self._playback.forward(
            pose[None] if single else pose,
            *(
                None if values is None else np.atleast_2d(np.asarray(values, np.float32))
                for values in (translation, betas, expression, face)
            ),
        )
        return BodyOutput(vertices[0], joints[0]) if single else BodyOutput(vertices, joints)

    @cached_property
    def _playback(self) -> Playback:
        from digital_life.body.playback import Playback

        return Playback(self)


@lru_cache(maxsize=1)
def default_body() -> BodyModel:
    """The free default body (about 0.1 s the first time)."""
    return BodyModel.load(DEFAULT_BODY)

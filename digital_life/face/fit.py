"""ARKit weights to SMPL-X expression and jaw, and back, for the free body and for a user's model.

Both describe one surface: 52 sculpted keys on one side, the body's expression axes and the turning jaw on the other.
Either way the weights are found that bring the vertices of the face nearest (least squares), and what is left over is
reported. Data sets in SMPL-X form so reach faces with ARKit shapes, and the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from digital_life.body.jaw import JAW_SIDE
from digital_life.body.kinematics import rodrigues
from digital_life.body.layer import BodyModel
from digital_life.errors import InputError
from digital_life.face.key_transfer import face_keys
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]
_OPEN = 0.3
"""Radians at which the jaw's turn is made linear: about a fully open mouth."""
_MOVED = 1e-4
"""Metres; errors are taken over vertices that some key or axis moves more than this."""
_RIDGE = 1e-3
"""Share of the mean square of an axis that keeps coefficients small where axes are alike."""
_AXES = 100
"""Expression axes used at most: SMPL-X has a hundred."""


@dataclass(frozen=True)
class FitError:
    """One shape: its size and what the fit leaves over, both root mean squares in millimetres over the moved vertices."""

    name: str
    size: float
    left: float

    @property
    def explained(self) -> float:
        """Share of the squared motion that the fit has, 0..1."""
        return 1 - min((self.left / self.size) ** 2, 1.0) if self.size > 0 else 1.0


class FaceFit:
    """The fit of one body with E expression axes."""

    def __init__(self, body: BodyModel) -> None:
        keys = face_keys(body)
        expression = body.expression_directions[:, :, :_AXES].transpose(2, 0, 1).astype(np.float64)
        axes = np.concatenate([expression, _jaw_axes(body)])
        if len(expression) == 0:
            raise InputError("the body has no expression axes to fit", "use a model with expression coefficients")
        moved = np.linalg.norm(np.concatenate([keys, axes * _typical(len(expression))]), axis=2).max(axis=0) > _MOVED
        self._keys = keys[:, moved].reshape(len(keys), -1)
        self._axes = axes[:, moved].reshape(len(axes), -1)
        self.expressions = len(expression)

    @cached_property
    def to_smplx(self) -> Array:
        """[52, E + 3]: expression coefficients and jaw rotation vector for each ARKit shape at weight 1."""
        gram = self._axes @ self._axes.T
        ridge = _RIDGE * np.diag(gram).clip(min=1e-12)
        solved: Array = np.linalg.solve(gram + np.diag(ridge), self._axes @ self._keys.T)
        return solved.T

    def expression(self, face: NDArray[np.floating]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """ARKit weights [T, 52] to expression coefficients [T, E] and jaw rotation vectors [T, 3] (radians).

        Raises:
            InputError: another shape.
        """
        if face.ndim != 2 or face.shape[1] != len(ARKIT_NAMES):
            raise InputError(f"ARKit weights have shape (T, 52), not {face.shape}")
        both: NDArray[np.float32] = np.asarray(face @ self.to_smplx, np.float32)
        return both[:, : self.expressions], both[:, self.expressions :]

    def arkit(self, expression: NDArray[np.floating], jaw: NDArray[np.floating]) -> NDArray[np.float32]:
        """Expression coefficients [T, up to E] and jaw rotation vectors [T, 3] to ARKit weights [T, 52], 0..1.

        Raises:
            InputError: another shape, or more coefficients than the body has.
        """
        if expression.ndim != 2 or expression.shape[1] > self.expressions or jaw.shape != (len(expression), 3):
            raise InputError(
                f"expression has shape (T, up to {self.expressions}) and jaw (T, 3), not {expression.shape}, {jaw.shape}"
            )
        both = np.zeros((len(expression), self.expressions + 3))
        both[:, : expression.shape[1]], both[:, self.expressions :] = expression, jaw
        return np.stack([self._weights(row) for row in both]).astype(np.float32)

    def _weights(self, both: Array) -> Array:
        """Non-negative least squares on the small normal equations (Lawson and Hanson 1974), then clipped at 1."""
        triangle, pull = self._normal
        weights: Array = nnls(triangle, np.linalg.solve(triangle.T, pull @ both))[0]
        return np.minimum(weights, 1.0)

    @cached_property
    def _normal(self) -> tuple[Array, Array]:
        """R [52, 52] with R^T R the keys' Gram matrix (and a ridge), and keys times axes [52, E + 3]."""
        gram = self._keys @ self._keys.T
        ridge = _RIDGE * np.diag(gram).clip(min=1e-12)
        triangle: Array = np.asarray(np.linalg.cholesky(gram + np.diag(ridge)).T, np.float64)
        return triangle, np.asarray(self._keys @ self._axes.T, np.float64)

    def errors_to_smplx(self) -> list[FitError]:
        """For each ARKit shape at weight 1."""
        left = self._keys - self.to_smplx @ self._axes
        return [_error(name, key, rest) for name, key, rest in zip(ARKIT_NAMES, self._keys, left, strict=True)]

    def errors_to_arkit(self) -> list[FitError]:
        """For each expression axis, up and down, and the jaw opened and turned aside."""
        errors = []
        for axis in range(self.expressions + 3):
            size = _typical(self.expressions)[axis, 0, 0]
            for sign in (1.0, -1.0):
                both = np.zeros(len(self._axes))
                both[axis] = sign * size
                if (axis, sign) == (self.expressions, -1.0) or axis == self.expressions + 2:
                    continue  # a jaw that closes beyond the teeth, or rolls: no face does so
                wanted = both @ self._axes
                name = f"expression {axis}" if axis < self.expressions else f"jaw {'xyz'[axis - self.expressions]}"
                errors.append(_error(f"{name} {both[axis]:+.2g}", wanted, wanted - self._weights(both) @ self._keys))
        return errors


def _typical(expressions: int) -> Array:
    """[E + 3, 1, 1]: how far each axis goes: 1 for expressions, radians for the jaw."""
    return np.array([1.0] * expressions + [_OPEN, JAW_SIDE, JAW_SIDE])[:, None, None]


def _jaw_axes(body: BodyModel) -> Array:
    """Offsets [3, V, 3] per radian of the jaw about x, y and z; about x as the chord of an open mouth."""
    joint = JOINT_INDEX["jaw"]
    arm = body.template.astype(np.float64) - body.skeleton.rest_joints[joint]
    weight = np.asarray(body.skin_weights[:, joint].todense(), np.float64)
    axes = []
    for axis, angle in enumerate((_OPEN, JAW_SIDE, JAW_SIDE)):
        turn = rodrigues(angle * np.eye(3)[axis])
        axes.append(weight * (arm @ turn.T - arm) / angle)
    return np.stack(axes)


def _error(name: str, wanted: Array, left: Array) -> FitError:
    """Root mean squares over the vertices that ``wanted`` [3 M] moves."""
    length = np.linalg.norm(wanted.reshape(-1, 3), axis=1)
    moved = length > _MOVED
    if not moved.any():
        return FitError(name, 0.0, 0.0)
    rest = np.linalg.norm(left.reshape(-1, 3)[moved], axis=1)
    return FitError(name, *(float(np.sqrt((part**2).mean()) * 1e3) for part in (length[moved], rest)))

"""``Motion``: the one motion type of the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_NAMES

FPS = 30
CONTACT_JOINTS: tuple[str, ...] = ("left_ankle", "left_foot", "right_ankle", "right_foot")
"""Joints of the columns of ``Motion.contacts``: heel and ball of each foot."""


@dataclass(frozen=True)
class Motion:
    """T frames of an SMPL-X body at 30 frames per second.

    ``translation`` [T, 3] metres is SMPL-X ``transl``: the pelvis joint is at ``rest_joints[0] + translation``.
    ``rotations`` [T, 55, 4] are local unit quaternions (wxyz, canonical sign), joint 0 the global orientation;
    flat hands are identity. ``face`` [T, 52] holds ARKit weights 0..1, ``contacts`` [T, 4] contact strengths 0..1 in the
    order of ``CONTACT_JOINTS``. ``provenance`` says where the motion came from (clip ids, or model, prompt and seed).

    Raises:
        InputError: shapes disagree, values are not finite, or the frame rate is not positive.
    """

    translation: NDArray[np.float32]
    rotations: NDArray[np.float32]
    face: NDArray[np.float32] | None = None
    contacts: NDArray[np.float32] | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    fps: int = FPS

    def __post_init__(self) -> None:
        frames = len(self.translation)
        expected = {"translation": (frames, 3), "rotations": (frames, JOINT_COUNT, 4)}
        if self.face is not None:
            expected["face"] = (frames, len(ARKIT_NAMES))
        if self.contacts is not None:
            expected["contacts"] = (frames, len(CONTACT_JOINTS))
        if self.fps < 1:
            raise InputError(f"motion: {self.fps} frames per second are none", "give a positive frame rate")
        for name, shape in expected.items():
            array = np.ascontiguousarray(getattr(self, name), dtype=np.float32)
            if array.shape != shape:
                raise InputError(f"motion: '{name}' has shape {array.shape}, expected {shape}")
            if not np.isfinite(array).all():
                raise InputError(f"motion: '{name}' holds values that are not finite, first in {_first_bad(array)}")
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.translation)

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self) / self.fps

    def slice(self, start: int, stop: int) -> Motion:
        """Frames ``start`` to ``stop`` (exclusive), as in Python slices."""
        return replace(
            self,
            translation=self.translation[start:stop],
            rotations=self.rotations[start:stop],
            face=None if self.face is None else self.face[start:stop],
            contacts=None if self.contacts is None else self.contacts[start:stop],
        )

    def with_face(self, face: NDArray[np.float32]) -> Motion:
        """The same body with other ARKit weights [T, 52]."""
        return replace(self, face=face)


def _first_bad(array: NDArray[np.float32]) -> str:
    frame, part = (int(number) for number in np.argwhere(~np.isfinite(array))[0][:2])
    return f"frame {frame}, joint '{JOINT_NAMES[part]}'" if array.ndim == 3 else f"frame {frame}"

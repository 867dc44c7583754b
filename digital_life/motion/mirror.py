"""Left and right exchanged, by reflection in the body's middle plane x = 0."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import MIRROR


def _other_side(name: str) -> str:
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    if name.endswith("Right"):
        return name.removesuffix("Right") + "Left"
    return name


FACE_MIRROR: tuple[int, ...] = tuple(ARKIT_INDEX[_other_side(name)] for name in ARKIT_NAMES)
"""Index of each ARKit weight's partner on the other side of the face (``jawLeft`` with ``jawRight`` too)."""

_QUATERNION_SIGNS = np.array([1, 1, -1, -1], dtype=np.float32)
_POSITION_SIGNS = np.array([-1, 1, 1], dtype=np.float32)


def mirror(motion: Motion) -> Motion:
    """The motion as seen in a mirror. Mirroring twice gives back exactly the same arrays."""
    return replace(
        motion,
        translation=motion.translation * _POSITION_SIGNS,
        rotations=motion.rotations[:, MIRROR] * _QUATERNION_SIGNS,
        face=None if motion.face is None else motion.face[:, FACE_MIRROR],
        contacts=None if motion.contacts is None else motion.contacts[:, [2, 3, 0, 1]],
    )

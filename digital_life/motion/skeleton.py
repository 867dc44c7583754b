"""The SMPL-X skeleton: 55 joints, their parents, and where they rest.

Every bone has identity orientation at rest (T-pose facing +Z, Y up), as in SMPL-X, so a joint's rest transform is its
position alone. The canonical skeleton is that of the free default body; a character's own skeleton differs by identity.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

JOINT_NAMES: tuple[str, ...] = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle",
    "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "jaw", "left_eye", "right_eye",
    *(f"left_{finger}{k}" for finger in ("index", "middle", "pinky", "ring", "thumb") for k in (1, 2, 3)),
    *(f"right_{finger}{k}" for finger in ("index", "middle", "pinky", "ring", "thumb") for k in (1, 2, 3)),
)  # fmt: skip

PARENTS: tuple[int, ...] = (
    -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 15, 15, 15,
    20, 25, 26, 20, 28, 29, 20, 31, 32, 20, 34, 35, 20, 37, 38,
    21, 40, 41, 21, 43, 44, 21, 46, 47, 21, 49, 50, 21, 52, 53,
)  # fmt: skip

JOINT_INDEX: dict[str, int] = {name: i for i, name in enumerate(JOINT_NAMES)}
JOINT_COUNT = len(JOINT_NAMES)

MIRROR: tuple[int, ...] = tuple(
    JOINT_INDEX[name.replace("left_", "right_", 1) if name.startswith("left_") else name.replace("right_", "left_", 1)]
    for name in JOINT_NAMES
)
"""Index of the joint on the other side; a joint of the middle is its own mirror."""


@dataclass(frozen=True)
class Skeleton:
    """Rest positions [55, 3] in metres in the SMPL-X model frame (pelvis near y = -0.35), and the sole's height there."""

    rest_joints: NDArray[np.float64]
    floor: float
    """y of the lowest sole point at rest, metres; the shoe's sole for a dressed character."""

    @property
    def standing_translation(self) -> float:
        """Vertical SMPL-X translation (metres) that puts the soles of the rest pose on the floor y = 0."""
        return -self.floor

    @property
    def hip_height(self) -> float:
        """Height of the hip joints over the floor at rest, metres."""
        left, right = JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]
        return float(self.rest_joints[[left, right], 1].mean() - self.floor)

    @property
    def offsets(self) -> NDArray[np.float64]:
        """[55, 3] vector from each joint's parent to it; the pelvis keeps its position."""
        offsets = self.rest_joints.copy()
        offsets[1:] -= self.rest_joints[list(PARENTS[1:])]
        return offsets


@lru_cache(maxsize=1)
def canonical_skeleton() -> Skeleton:
    """The skeleton of the free default body, on which the motion library is stored."""
    data = json.loads((Path(__file__).parent / "data" / "skeleton.json").read_text())
    return Skeleton(np.array(data["rest_joints"], dtype=np.float64), float(data["floor"]))

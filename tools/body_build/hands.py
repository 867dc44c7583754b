"""Hand poses of the default body: the named shape "relaxed" as mean and an orthonormal basis, in axis-angle as SMPL-X has them."""

import numpy as np

from digital_life.motion.hands import hand_rotations
from tools.body_build.rest_pose import FINGER_DIRECTIONS, unit

ORDER = ("index", "middle", "pinky", "ring", "thumb")
NUMBER = {"index": "2", "middle": "3", "pinky": "5", "ring": "4", "thumb": "1"}
MIRROR = np.tile([1, -1, -1], 15)


def hand_poses() -> dict[str, np.ndarray]:
    """``hands_mean{l,r}`` [45] and ``hands_components{l,r}`` [45, 45]: 1 fist, 2-6 single fingers, 7 spread, the rest."""
    axes = np.array([[_flexion_axis(finger, k) for k in range(3)] for finger in ORDER])
    fist = np.array([[1, 1, 0.7]] * 4 + [[0.4, 0.5, 0.6]])
    wishes = [axes * fist[..., None]]
    for finger in range(5):
        single = np.zeros((5, 3))
        single[finger] = [1, 1, 0.7]
        wishes.append(axes * single[..., None])
    spread = np.zeros((5, 3, 3))
    spread[0, 0], spread[2, 0], spread[3, 0] = [0, -1, 0], [0, 1.2, 0], [0, 0.5, 0]
    basis = _orthonormal([*(wish.reshape(-1) for wish in wishes), spread.reshape(-1), *np.eye(45)])
    mean = hand_rotations("relaxed", "left").reshape(-1)
    return {
        "hands_meanl": mean, "hands_meanr": mean * MIRROR,
        "hands_componentsl": basis, "hands_componentsr": basis * MIRROR,
    }  # fmt: skip


def _flexion_axis(finger: str, k: int) -> np.ndarray:
    towards = (0, -0.55, -0.83) if finger == "thumb" else (0, -1, 0)
    return unit(np.cross(unit(FINGER_DIRECTIONS[NUMBER[finger]][k]), towards))


def _orthonormal(vectors: list[np.ndarray]) -> np.ndarray:
    """Gram-Schmidt, stopping when the space is full."""
    basis: list[np.ndarray] = []
    for vector in vectors:
        rest = vector - sum(((vector @ b) * b for b in basis), np.zeros(len(vector)))
        if np.linalg.norm(rest) > 1e-6 and len(basis) < len(vector):
            basis.append(rest / np.linalg.norm(rest))
    return np.array(basis)

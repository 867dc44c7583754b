"""Random poses within what people can do, for fitting and checking the pose correctives."""

import numpy as np

from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, JOINT_NAMES

Range = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

CENTRE_RANGES: dict[str, Range] = {
    "spine1": ((-20, 35), (-18, 18), (-18, 18)),
    "spine2": ((-15, 25), (-18, 18), (-15, 15)),
    "spine3": ((-15, 25), (-18, 18), (-15, 15)),
    "neck": ((-35, 35), (-45, 45), (-25, 25)),
    "head": ((-30, 30), (-40, 40), (-20, 20)),
}
LEFT_RANGES: dict[str, Range] = {
    "hip": ((-128, 30), (-40, 40), (-22, 48)),
    "knee": ((0, 148), (-15, 15), (-4, 4)),
    "ankle": ((-30, 50), (-28, 28), (-22, 22)),
    "foot": ((-50, 20), (-3, 3), (-3, 3)),
    "collar": ((-10, 10), (-25, 20), (-14, 36)),
    "shoulder": ((-85, 85), (-120, 40), (-85, 85)),
    "elbow": ((-80, 80), (-148, 4), (-5, 5)),
    "wrist": ((-85, 85), (-32, 32), (-80, 75)),
}
FINGER_RANGE: Range = ((-6, 6), (-14, 14), (-98, 20))
THUMB_RANGE: Range = ((-35, 35), (-45, 30), (-45, 25))
"""Degrees about x, y and z in the T-pose; the right side is mirrored."""


def joint_ranges() -> np.ndarray:
    """Lowest and highest rotation vector [55, 2, 3] in radians; zero for joints that nothing is fitted to."""
    ranges = np.zeros((JOINT_COUNT, 2, 3))
    for joint, name in enumerate(JOINT_NAMES):
        side, _, rest = name.partition("_")
        if name in CENTRE_RANGES:
            ranges[joint] = np.transpose(CENTRE_RANGES[name])
        elif side in ("left", "right") and rest != "eye":
            range_ = LEFT_RANGES.get(rest) or (THUMB_RANGE if rest.startswith("thumb") else FINGER_RANGE)
            ranges[joint] = np.transpose(range_)
            if side == "right":
                ranges[joint, :, 1:] = -ranges[joint, ::-1, 1:]
    return np.radians(ranges)


def sample_poses(count: int, seed: int) -> np.ndarray:
    """Rotation vectors [count, 55, 3], radians. A joint is at rest in a third of the poses, and an axis of a moving joint
    is at rest in a third of them, since people seldom turn everything at once."""
    random = np.random.default_rng(seed)
    low, high = joint_ranges().transpose(1, 0, 2)
    poses = random.uniform(low, high, (count, JOINT_COUNT, 3))
    poses *= random.random((count, JOINT_COUNT, 1)) > 1 / 3
    poses *= random.random((count, JOINT_COUNT, 3)) > 1 / 3
    return poses


def joint_path(joint: str, axis: int, degrees: np.ndarray) -> np.ndarray:
    """Poses [len(degrees), 55, 3] of one joint turning about one axis (0, 1, 2: x, y, z)."""
    poses = np.zeros((len(degrees), JOINT_COUNT, 3))
    poses[:, JOINT_INDEX[joint], axis] = np.radians(degrees)
    return poses

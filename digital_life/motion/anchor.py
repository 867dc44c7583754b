"""Put a motion where motions begin: over the origin, facing +Z."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import Skeleton, canonical_skeleton


def anchored(motion: Motion, skeleton: Skeleton | None = None) -> Motion:
    """The same movement with the pelvis of the first frame over the origin and facing +Z; heights stay.

    ``skeleton`` is the one the motion was made on (default: the canonical one).
    """
    rest = (skeleton or canonical_skeleton()).rest_joints[0]
    root = motion.rotations[:, 0].astype(np.float64)
    turn = quat.yaw(-quat.heading(root[0]))
    pelvis = motion.translation + rest
    pelvis = quat.rotate(turn, pelvis - pelvis[0] * [1.0, 0.0, 1.0])
    rotations = motion.rotations.copy()
    rotations[:, 0] = quat.normalize(quat.multiply(turn, root))
    return replace(motion, translation=(pelvis - rest).astype(np.float32), rotations=rotations)

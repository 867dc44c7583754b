"""Which parts of the feet stand on the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.motion import CONTACT_JOINTS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

_JOINTS = [JOINT_INDEX[name] for name in CONTACT_JOINTS]

HEIGHT_TOLERANCE = 0.03
"""Metres a joint may be above its height in the rest pose and still stand."""

SPEED_LIMIT = 0.25
"""Metres per second above which a joint is moving, not standing."""


def detect_contacts(motion: Motion, skeleton: Skeleton) -> NDArray[np.float32]:
    """Contact strengths [T, 4] in the order of ``CONTACT_JOINTS``: 1 where a joint is low and slow, else 0.

    Single frames that differ from both neighbours follow them.
    """
    positions, _ = joint_kinematics(motion.rotations, motion.translation, skeleton, _JOINTS)
    return standing_joints(positions, skeleton, motion.fps)


def standing_joints(positions: NDArray[np.float64], skeleton: Skeleton, fps: int) -> NDArray[np.float32]:
    """The contact strengths [T, 4] of :func:`detect_contacts` from world positions [T, 4, 3] of ``CONTACT_JOINTS``."""
    rest_height = skeleton.rest_joints[_JOINTS, 1] - skeleton.floor
    low = positions[..., 1] < rest_height + HEIGHT_TOLERANCE
    velocity = np.gradient(positions, axis=0) * fps if len(positions) > 1 else np.zeros_like(positions)
    contacts = low & (np.linalg.norm(velocity, axis=-1) < SPEED_LIMIT)
    if len(positions) > 2:
        lonely = (contacts[1:-1] != contacts[:-2]) & (contacts[1:-1] != contacts[2:])
        contacts[1:-1] ^= lonely
    return np.asarray(contacts, dtype=np.float32)

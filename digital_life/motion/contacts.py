"""Which parts of the feet stand on the floor: one rule of height and speed with hysteresis, for joints, soles and prints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.motion import CONTACT_JOINTS, Motion
from digital_life.motion.series import spans
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_JOINTS = [JOINT_INDEX[name] for name in CONTACT_JOINTS]


@dataclass(frozen=True)
class ContactRule:
    """When something begins to stand, and when it stops; between the two it keeps its state.

    Heights over its place at rest in metres, speeds in metres per second. It begins under ``low`` and ``slow``, and
    stops over ``high`` or ``fast``. States shorter than ``shortest`` seconds are dropped. An ``eager`` one begins as
    early as it would be kept, if it is going to come under ``low`` and ``slow``.
    """

    low: float
    high: float
    slow: float
    fast: float
    shortest: float
    eager: bool = False


JOINTS = ContactRule(low=0.03, high=0.03, slow=0.25, fast=0.25, shortest=0.06)
"""Joints of the foot as features and labels of any motion: strict, and without a memory, so that parts of a clip agree
with the whole."""
SOLES = ContactRule(low=0.025, high=0.05, slow=0.3, fast=0.6, shortest=0.07)
"""Points of the sole that are to be held (speed across the floor): a slow slide is a contact that slides."""
BALLS = ContactRule(low=0.025, high=0.04, slow=0.35, fast=0.6, shortest=0.13, eager=True)
"""Balls of the feet that blending locks: eager, for a foot is set down from where it slows down."""
PRINTS = ContactRule(low=0.045, high=0.045, slow=0.55, fast=0.55, shortest=0.1)
"""Prints about which the feet of walking clips roll: heel or toes may be up, and captured soles are never level."""


def standing(height: Array, speed: Array, rule: ContactRule, fps: float) -> Flags:
    """[T, ...] what stands by ``rule``, from heights [T, ...] (metres) and speeds [T, ...] (metres per second)."""
    begins = (height < rule.low) & (speed < rule.slow)
    stops = (height > rule.high) | (speed > rule.fast)
    frames = np.arange(len(height)).reshape(-1, *([1] * (height.ndim - 1)))
    begun = np.maximum.accumulate(np.where(begins, frames, -1), axis=0)
    stopped = np.maximum.accumulate(np.where(stops, frames, -1), axis=0)
    stands = begun > stopped
    if rule.eager:
        coming = np.minimum.accumulate(np.where(begins, frames, len(height))[::-1], axis=0)[::-1]
        ending = np.minimum.accumulate(np.where(stops, frames, len(height))[::-1], axis=0)[::-1]
        stands |= coming < ending
    return without_short(stands, max(1, round(rule.shortest * fps)))


def without_short(flags: Flags, least: int) -> Flags:
    """``flags`` [T, ...] without gaps, then without stretches, of fewer than ``least`` frames; those at the ends are kept."""
    out = flags.reshape(len(flags), -1).copy()
    for column in out.T:
        for value in (True, False):
            for start, stop in spans(column != value):
                if stop - start < least and start > 0 and stop < len(column):
                    column[start:stop] = value
    return out.reshape(flags.shape)


def speeds(places: Array, fps: float) -> Array:
    """[T, ...] metres per second of places [T, ..., n] in metres; 0 for a single frame."""
    if len(places) < 2:
        return np.zeros(places.shape[:-1])
    return np.asarray(np.linalg.norm(np.gradient(places, axis=0), axis=-1) * fps)


def detect_contacts(motion: Motion, skeleton: Skeleton) -> NDArray[np.float32]:
    """Contacts [T, 4] (0 or 1) in the order of ``CONTACT_JOINTS``: 1 where a joint stands by :data:`JOINTS`."""
    positions, _ = joint_kinematics(motion.rotations, motion.translation, skeleton, _JOINTS)
    return standing_joints(positions, skeleton, motion.fps)


def standing_joints(positions: Array, skeleton: Skeleton, fps: float) -> NDArray[np.float32]:
    """The contacts [T, 4] of :func:`detect_contacts` from world positions [T, 4, 3] of ``CONTACT_JOINTS``."""
    height = positions[..., 1] - (skeleton.rest_joints[_JOINTS, 1] - skeleton.floor)
    return standing(height, speeds(positions, fps), JOINTS, fps).astype(np.float32)

"""What can be measured of a motion without knowing what it means: speed, turns, reach and travel of the hands, heights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Hand, Posture
from digital_life.motion import quaternion as quat
from digital_life.motion.contacts import standing_joints
from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.motion import CONTACT_JOINTS, FPS, Motion
from digital_life.motion.series import wrap
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

_JOINTS = [
    JOINT_INDEX[name]
    for name in ("pelvis", "head", "left_wrist", "right_wrist", "left_shoulder", "right_shoulder", *CONTACT_JOINTS)
]
_SIDES = ("left", "right")

MOVING_HAND_TRAVEL = 0.25
"""Metres a wrist must travel beside the body to count as moving."""
MOVING_HAND_RATIO = 2.0
"""A hand acts alone if it travels so many times as far as the other one."""
FLOOR_SHARE, SEATED_SHARE = 0.4, 0.72
"""Pelvis heights, as shares of its height in the rest pose, below which a body is on the floor or seated."""


@dataclass(frozen=True)
class Tracks:
    """World positions of some joints over N frames: pelvis, head, wrists, shoulders and feet; and the pelvis's heading."""

    joints: Array
    heading: Array
    skeleton: Skeleton

    @staticmethod
    def of(motion: Motion, skeleton: Skeleton) -> Tracks:
        """Measure the frames of ``motion`` on its ``skeleton``."""
        positions, world = joint_kinematics(motion.rotations, motion.translation, skeleton, _JOINTS)
        return Tracks(positions, quat.heading(world[:, 0]), skeleton)

    def part(self, first: int, last: int) -> Tracks:
        """Frames ``first`` to ``last`` (exclusive)."""
        return Tracks(self.joints[first:last], self.heading[first:last], self.skeleton)

    @property
    def feet(self) -> Array:
        """Positions [N, 4, 3] of ``CONTACT_JOINTS``."""
        return self.joints[:, 6:]

    def contacts(self) -> NDArray[np.float32]:
        """Contact strengths [N, 4], see :func:`detect_contacts`."""
        return standing_joints(self.feet, self.skeleton, FPS)

    def postures(self) -> tuple[Posture, Posture]:
        """The posture in the first and in the last tenth of a second, by the height of the pelvis."""
        shares = self._heights()
        return _posture(float(np.median(shares[:3]))), _posture(float(np.median(shares[-3:])))

    def postures_over_time(self) -> list[Posture]:
        """The posture in each frame, by the height of the pelvis."""
        return [_posture(float(share)) for share in self._heights()]

    def _heights(self) -> Array:
        """[N] heights of the pelvis as shares of that at rest."""
        standing = self.skeleton.rest_joints[0, 1] - self.skeleton.floor
        return np.asarray(self.joints[:, 0, 1] / standing)

    def kinematics(self) -> dict[str, float]:
        """Speeds (m/s), lengths and heights (m), angles (degrees, positive to the left), and shares (0..1).

        ``*_hand_travel_m`` is the way of the wrist beside the pelvis, ``*_hand_reach_m`` its largest distance from the
        shoulder, ``move_dir_deg`` the direction of the whole displacement against the first facing.
        """
        pelvis, head = self.joints[:, 0], self.joints[:, 1]
        steps = np.diff(pelvis[:, [0, 2]], axis=0)
        speed = np.linalg.norm(steps, axis=1) * FPS if len(steps) else np.zeros(1)
        away = pelvis[-1] - pelvis[0]
        turned = np.unwrap(self.heading)
        direction = np.degrees(float(wrap(np.arctan2(away[0], away[2]) - self.heading[0])))
        values: dict[str, Any] = {
            "net_displacement_m": np.hypot(away[0], away[2]),
            "path_m": speed.sum() / FPS,
            "mean_speed_mps": speed.mean(),
            "max_speed_mps": speed.max(),
            "move_dir_deg": direction if np.hypot(away[0], away[2]) > 0.1 else 0.0,
            "turn_deg": np.degrees(turned[-1] - turned[0]),
            "turn_range_deg": np.degrees(np.ptp(turned)),
            "pelvis_min_m": pelvis[:, 1].min(),
            "pelvis_max_m": pelvis[:, 1].max(),
            "pelvis_median_m": np.median(pelvis[:, 1]),
            "head_max_m": head[:, 1].max(),
            "contact_share": self.contacts().max(axis=1).mean(),
        }
        for number, side in enumerate(_SIDES):
            wrist, shoulder = self.joints[:, 2 + number], self.joints[:, 4 + number]
            way = np.linalg.norm(np.diff(wrist - pelvis, axis=0), axis=1) if len(wrist) > 1 else np.zeros(1)
            values |= {
                f"{side}_hand_max_m": wrist[:, 1].max(),
                f"{side}_hand_reach_m": np.linalg.norm(wrist - shoulder, axis=1).max(),
                f"{side}_hand_travel_m": way.sum(),
                f"{side}_hand_speed_max": way.max() * FPS,
            }
        return {name: round(float(value), 3) for name, value in values.items()}


def moving_hand(kinematics: Mapping[str, float]) -> Hand | None:
    """The hand that moves beside the body, both, or None where neither does."""
    travel = [kinematics[f"{side}_hand_travel_m"] for side in _SIDES]
    if max(travel) < MOVING_HAND_TRAVEL:
        return None
    if min(travel) * MOVING_HAND_RATIO > max(travel):
        return "both"
    return "left" if travel[0] > travel[1] else "right"


def _posture(share: float) -> Posture:
    return "floor" if share < FLOOR_SHARE else "seated" if share < SEATED_SHARE else "standing"

"""Names of the places where two bodies meet, and where they are on a skeleton before the flesh is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]
SIDES = ("left", "right")

HandSite = Literal[
    "left_palm", "right_palm", "left_fingertips", "right_fingertips", "left_knuckles", "right_knuckles",
    "left_fingers", "right_fingers",
]  # fmt: skip
"""The palm's middle, the tips of index and middle finger, the flat of a fist, the inside of the stretched fingers."""

SurfaceSite = Literal[
    "chest", "upper_back", "left_upper_back", "right_upper_back", "lower_back", "left_lower_back", "right_lower_back",
    "left_shoulder", "right_shoulder", "left_cheek", "right_cheek", "left_ear", "right_ear", "mouth",
]  # fmt: skip
"""Points on the skin; ``mouth`` is the point a hand's breadth before the lips, from which one whispers."""
LimbSite = Literal["left_upper_arm", "right_upper_arm", "left_forearm", "right_forearm"]
"""Anywhere around the limb, in the middle third of its length."""

HeldSite = Literal["held", "held_far"]
"""The thing in the hand: the side that meets the partner's thing, and the end that is offered to the partner's hand."""

SiteName = Literal[HandSite, SurfaceSite, LimbSite, HeldSite]

LIMBS: dict[str, tuple[str, str]] = {
    f"{side}_{name}": (f"{side}_{first}", f"{side}_{last}")
    for side in SIDES
    for name, first, last in (("upper_arm", "shoulder", "elbow"), ("forearm", "elbow", "wrist"))
}
LIMB_RANGE = (0.3, 0.75)
"""Shares of a limb's length between which it is held."""

PALM_SHARE = 0.72
"""Where the palm's middle is between the wrist and the knuckle of the middle finger."""


BREATH = 0.06
"""Metres between the lips and the ear that hears a whisper."""


@dataclass(frozen=True)
class Site:
    """A point on the skin: ``offset`` [3] metres from ``joint`` in its frame, with the outward ``normal`` [3]."""

    joint: int
    offset: Array
    normal: Array


@dataclass(frozen=True)
class Ray:
    """Where to look for the skin: from ``origin`` [3] (relative to ``joint``, at rest) along ``direction`` [3]."""

    joint: int
    origin: Array
    direction: Array
    beyond: float = 0.0
    """Metres before the skin at which the site is."""


def rays(skeleton: Skeleton) -> dict[str, Ray]:
    """For every point site the line from inside the body on which its skin is."""
    rest = skeleton.rest_joints
    found: dict[str, Ray] = {}
    half = float(rest[JOINT_INDEX["left_shoulder"], 0] - rest[JOINT_INDEX["right_shoulder"], 0]) / 2.0
    chest = JOINT_INDEX["spine3"]
    middle = (rest[JOINT_INDEX["left_shoulder"]] + rest[JOINT_INDEX["right_shoulder"]]) / 2.0 - rest[chest]
    found["chest"] = Ray(chest, middle + half * np.array([0.0, -0.35, 0.0]), np.array([0.0, 0.0, 1.0]))
    found["upper_back"] = Ray(chest, middle + half * np.array([0.0, -0.25, 0.0]), np.array([0.0, 0.0, -1.0]))
    waist = JOINT_INDEX["spine1"]
    found["lower_back"] = Ray(waist, np.array([0.0, 0.03, 0.0]), np.array([0.0, 0.0, -1.0]))
    head = JOINT_INDEX["head"]
    eyes = (rest[JOINT_INDEX["left_eye"]] + rest[JOINT_INDEX["right_eye"]]) / 2.0 - rest[head]
    found["mouth"] = Ray(head, eyes * [0.0, 0.1, 0.6], np.array([0.0, 0.0, 1.0]), BREATH)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        back = middle + half * np.array([0.45 * sign, -0.3, 0.0])
        found[f"{side}_upper_back"] = Ray(chest, back, np.array([0.0, 0.0, -1.0]))
        collar = JOINT_INDEX[f"{side}_collar"]
        shoulder = rest[JOINT_INDEX[f"{side}_shoulder"]] - rest[collar]
        found[f"{side}_shoulder"] = Ray(collar, shoulder * np.array([0.82, 1.0, 1.0]), np.array([0.0, 1.0, 0.0]))
        lower = np.array([0.55 * half * sign, 0.1, 0.0])
        found[f"{side}_lower_back"] = Ray(waist, lower, np.array([0.0, 0.0, -1.0]))
        found[f"{side}_ear"] = Ray(head, eyes * [0.0, 0.7, 0.1], np.array([sign, 0.0, 0.0]))
        cheek = eyes * [0.0, 0.45, 0.55]
        found[f"{side}_cheek"] = Ray(head, cheek, np.array([sign, 0.0, 0.0]))
        wrist, middle1, index1 = (JOINT_INDEX[f"{side}_{name}"] for name in ("wrist", "middle1", "index1"))
        pinky1 = JOINT_INDEX[f"{side}_pinky1"]
        along, across = rest[middle1] - rest[wrist], rest[index1] - rest[pinky1]
        down = sign * np.cross(along, across)
        down = down / np.linalg.norm(down) * (-1.0 if down[1] > 0 else 1.0)
        found[f"{side}_palm"] = Ray(wrist, along * PALM_SHARE, down)
    return found

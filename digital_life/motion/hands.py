"""Named hand shapes: finger bends in degrees (``data/hands.yaml``) made into joint rotations."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton
from digital_life.yaml_file import load_yaml

Array = NDArray[np.float64]

FINGERS: tuple[str, ...] = ("index", "middle", "pinky", "ring", "thumb")
"""Order of the fingers in the SMPL-X skeleton; three joints each."""

Bend = Annotated[float, Field(ge=-30, le=120)]
_THUMB_FLEXION = np.array([0.43, 0.79, -0.43])


_NUMBER, _COUNTS = re.compile(r"(?<=^count_)[1-5]$"), ("one", "two", "three", "four", "five")


class Finger(BaseModel):
    """``bend`` of knuckle, middle and end joint, and ``spread`` away from the middle finger, in degrees."""

    model_config = ConfigDict(extra="forbid")
    bend: tuple[Bend, Bend, Bend] = (0.0, 0.0, 0.0)
    spread: float = Field(0.0, ge=-30, le=30)


class Thumb(BaseModel):
    """``oppose`` turns the thumb under the palm, ``in_`` (``in``) lays it along the index finger; degrees."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    oppose: float = Field(0.0, ge=-30, le=90)
    in_: float = Field(0.0, ge=-40, le=60, alias="in")
    bend: tuple[Bend, Bend] = (0.0, 0.0)


class HandShape(BaseModel):
    """One shape of the hand; a finger that is left out is straight."""

    model_config = ConfigDict(extra="forbid")
    about: str
    index: Finger = Finger()
    middle: Finger = Finger()
    ring: Finger = Finger()
    pinky: Finger = Finger()
    thumb: Thumb = Thumb()


class HandShapes(BaseModel):
    """The file of hand shapes."""

    model_config = ConfigDict(extra="forbid")
    shapes: dict[str, HandShape]


@lru_cache(maxsize=1)
def hand_shapes() -> dict[str, HandShape]:
    """All named shapes."""
    return load_yaml(Path(__file__).parent / "data" / "hands.yaml", HandShapes).shapes


def hand_rotations(name: str, side: str) -> Array:
    """Rotation vectors [15, 3] (radians) of a named shape, in SMPL-X order, for the ``left`` or ``right`` hand.

    ``name`` as in :func:`hand_shapes`, or as one writes it: "thumbs up", "count 2".

    Raises:
        InputError: there is no such shape or side.
    """
    known = _NUMBER.sub(lambda digit: _COUNTS[int(digit.group()) - 1], re.sub(r"[\s-]+", "_", name.strip().lower()))
    if known not in hand_shapes():
        raise InputError(f"there is no hand shape '{name}'", f"take one of {', '.join(hand_shapes())}")
    if side not in ("left", "right"):
        raise InputError(f"a hand is left or right, not '{side}'")
    shape = hand_shapes()[known]
    rows = [_thumb(shape.thumb) if finger == "thumb" else _finger(finger, getattr(shape, finger)) for finger in FINGERS]
    left = np.concatenate(rows)
    return left if side == "left" else left * np.array([1.0, -1.0, -1.0])


def _finger(name: str, finger: Finger) -> Array:
    """The left hand rests along +X, palm down, the index on the +Z side; a finger bends in the plane it lies in, so
    that the tips of fingers that rest spread come together in a fist."""
    outwards = {"index": -1.0, "middle": 0.0, "ring": 1.0, "pinky": 1.0}[name]
    rows = np.radians(finger.bend)[:, None] * _bend_axis(name)
    spread = quat.from_axis_angle(np.array([0.0, np.radians(finger.spread) * outwards, 0.0]))
    rows[0] = quat.to_axis_angle(quat.multiply(spread, quat.from_axis_angle(rows[0])))
    return rows


@cache
def _bend_axis(finger: str) -> Array:
    """Unit vector about which the left hand's finger closes: level and square to its direction at rest."""
    rest = canonical_skeleton().rest_joints
    x, _, z = rest[JOINT_INDEX[f"left_{finger}3"]] - rest[JOINT_INDEX[f"left_{finger}1"]]
    return np.asarray(np.array([z, 0.0, -x]) / np.hypot(x, z))


def _thumb(thumb: Thumb) -> Array:
    oppose = quat.from_axis_angle(np.array([np.radians(thumb.oppose), 0.0, 0.0]))
    along = quat.from_axis_angle(np.array([0.0, np.radians(thumb.in_), 0.0]))
    bends = np.radians(thumb.bend)[:, None] * _THUMB_FLEXION
    return np.concatenate([quat.to_axis_angle(quat.multiply(oppose, along))[None], bends])

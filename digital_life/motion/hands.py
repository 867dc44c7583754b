"""Named hand shapes: finger bends in degrees (``data/hands.yaml``) made into joint rotations."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from digital_life.motion import quaternion as quat
from digital_life.yaml_file import load_yaml

Array = NDArray[np.float64]

FINGERS: tuple[str, ...] = ("index", "middle", "pinky", "ring", "thumb")
"""Order of the fingers in the SMPL-X skeleton; three joints each."""

Bend = Annotated[float, Field(ge=-30, le=120)]
_THUMB_FLEXION = np.array([0.43, 0.79, -0.43])


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
    """Rotation vectors [15, 3] (radians) of a named shape, in SMPL-X order, for the ``left`` or ``right`` hand."""
    shape = hand_shapes()[name]
    rows = [_thumb(shape.thumb) if finger == "thumb" else _finger(finger, getattr(shape, finger)) for finger in FINGERS]
    left = np.concatenate(rows)
    return left if side == "left" else left * np.array([1.0, -1.0, -1.0])


def _finger(name: str, finger: Finger) -> Array:
    """The left hand rests along +X, palm down: fingers bend about -Z; the index is on the +Z side."""
    outwards = {"index": -1.0, "middle": 0.0, "ring": 1.0, "pinky": 1.0}[name]
    rows = np.zeros((3, 3))
    rows[:, 2] = -np.radians(finger.bend)
    spread = quat.from_axis_angle(np.array([0.0, np.radians(finger.spread) * outwards, 0.0]))
    rows[0] = quat.to_axis_angle(quat.multiply(spread, quat.from_axis_angle(rows[0])))
    return rows


def _thumb(thumb: Thumb) -> Array:
    oppose = quat.from_axis_angle(np.array([np.radians(thumb.oppose), 0.0, 0.0]))
    along = quat.from_axis_angle(np.array([0.0, np.radians(thumb.in_), 0.0]))
    bends = np.radians(thumb.bend)[:, None] * _THUMB_FLEXION
    return np.concatenate([quat.to_axis_angle(quat.multiply(oppose, along))[None], bends])

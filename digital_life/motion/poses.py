"""What a pose may say: the parts of a keyframe, in words and units a reader can picture.

Numbers are centimetres and degrees, except ``reach``, which counts arm lengths. Left and right are the character's own.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from digital_life.motion.directions import parse_direction
from digital_life.motion.hands import hand_shapes
from digital_life.yaml_file import load_yaml

LandmarkName = Literal[
    "chin", "mouth", "cheek", "eye", "forehead", "crown", "temple", "ear", "nape", "neck", "heart", "chest", "belly",
    "hip", "waist", "thigh", "knee",
    "other_cheek", "other_shoulder", "other_upper_arm", "other_elbow", "other_forearm", "other_thigh",
]  # fmt: skip
"""Places on the body a hand can go to; ``other_`` means the side opposite to the hand."""


def _direction(text: str) -> str:
    parse_direction(text)
    return text


def _hand_shape(name: str) -> str:
    if name not in hand_shapes():
        raise ValueError(f"unknown hand shape '{name}'; allowed: {', '.join(hand_shapes())}")
    return name


Direction = Annotated[str, AfterValidator(_direction)]
ShapeName = Annotated[str, AfterValidator(_hand_shape)]
Degrees = Annotated[float, Field(ge=-180, le=180)]
Centimetres = Annotated[float, Field(ge=-200, le=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pelvis(_Part):
    """Place of the pelvis relative to standing (cm) and its rotation (degrees; lean forward, tilt and turn to the left)."""

    left: Centimetres = 0.0
    up: Centimetres = 0.0
    forward: Centimetres = 0.0
    lean: Degrees = 0.0
    tilt: Degrees = 0.0
    turn: Degrees = 0.0


class Torso(_Part):
    """Rotation of the spine, spread over its joints: lean forward, tilt and turn to the left, degrees."""

    lean: Degrees = 0.0
    tilt: Degrees = 0.0
    turn: Degrees = 0.0


class Head(_Part):
    """Rotation of neck and head against the chest: nod down, tilt and turn to the left, degrees."""

    nod: Degrees = 0.0
    tilt: Degrees = 0.0
    turn: Degrees = 0.0


class Eyes(_Part):
    """Rotation of both eyes: up and to the left, degrees."""

    up: float = Field(0.0, ge=-35, le=35)
    left: float = Field(0.0, ge=-40, le=40)


class Shoulder(_Part):
    """Shoulder girdle of one side, degrees; raising the arm adds its own share."""

    up: float = Field(0.0, ge=-15, le=35)
    forward: float = Field(0.0, ge=-25, le=30)


class Hand(_Part):
    """Where a hand is and which way it faces.

    Either ``reach``: the wrist as (out, up, forward) from the shoulder in arm lengths; or ``near`` a landmark with an
    ``offset`` (out, up, forward) in centimetres, touched by ``touch``. ``palm`` and ``fingers`` say where the palm
    looks and the fingers point, ``elbow`` where the elbow goes. Left-out directions follow the forearm.
    """

    reach: tuple[float, float, float] | None = None
    near: LandmarkName | None = None
    offset: tuple[Centimetres, Centimetres, Centimetres] = (0.0, 0.0, 0.0)
    touch: Literal["wrist", "palm", "fingertips", "knuckles"] = "palm"
    palm: Direction | None = None
    fingers: Direction | None = None
    elbow: Direction = "down out*0.35 back*0.4"

    @model_validator(mode="after")
    def _one_place(self) -> Hand:
        if (self.reach is None) == (self.near is None):
            raise ValueError("give either 'reach: [out, up, forward]' or 'near: <landmark>', and not both")
        if self.reach is not None and sum(value * value for value in self.reach) > 1.0:
            raise ValueError(f"reach {list(self.reach)} is longer than the arm (its length must be at most 1)")
        return self


class Foot(_Part):
    """Where a foot stands: its ankle ``out`` from the middle and ``forward`` (cm), toes ``turn``ed out (degrees)."""

    out: Centimetres = 11.0
    forward: Centimetres = 0.0
    turn: Degrees = 9.0


class Pose(_Part):
    """Any part of a pose; what is left out stays as the base pose has it (or goes on to its next key)."""

    weight: float | None = Field(None, ge=-1.2, le=1.2, description="share of the weight: 1 left leg, -1 right leg")
    seat: float | None = Field(None, ge=0.2, le=0.9, description="height in metres of the seat the pelvis is on")
    pelvis: Pelvis | None = None
    torso: Torso | None = None
    head: Head | None = None
    eyes: Eyes | None = None
    shoulders: Shoulder | None = None
    left_shoulder: Shoulder | None = None
    right_shoulder: Shoulder | None = None
    both_hands: Hand | Literal["rest"] | None = None
    left_hand: Hand | Literal["rest"] | None = None
    right_hand: Hand | Literal["rest"] | None = None
    both_fingers: ShapeName | None = None
    left_fingers: ShapeName | None = None
    right_fingers: ShapeName | None = None


class BasePose(Pose):
    """A whole pose to start from and return to."""

    about: str
    posture: Literal["standing", "seated"]
    left_foot: Foot = Foot()
    right_foot: Foot = Foot()


class BasePoses(_Part):
    """The file of base poses."""

    poses: dict[str, BasePose]


@lru_cache(maxsize=1)
def base_poses() -> dict[str, BasePose]:
    """All named base poses."""
    return load_yaml(Path(__file__).parent / "data" / "poses.yaml", BasePoses).poses

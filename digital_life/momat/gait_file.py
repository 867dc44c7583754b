"""The gaits of the library: ``gaits.yaml`` names paths and styles, and every one becomes a clip."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from digital_life.errors import AssetError
from digital_life.momat.clip import Clip
from digital_life.momat.feet import Build, Stance, sink_to_reach, solve_legs
from digital_life.momat.gaits import STYLES, compose
from digital_life.momat.walking import Gait, resampled, rounded, walk_root
from digital_life.motion import quaternion as quat
from digital_life.motion.hands import hand_rotations
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import canonical_skeleton
from digital_life.yaml_file import load_yaml

Array = NDArray[np.float64]

FILE = "gaits.yaml"
STANDING = Path("clips", "idle_standing_calm.yaml")
Metres = Annotated[float, Field(ge=-20, le=20)]
_STANDING_AFTER = round(0.8 * FPS)
_PATHS: dict[str, Gait] = {"jog": "jog", "sidestep": "sidestep", "back": "back"}


def _known(style: str) -> str:
    if style not in STYLES:
        raise ValueError(f"unknown style '{style}'; allowed: {', '.join(STYLES)}")
    return style


class Arc(BaseModel):
    """Part of a circle to the left, beginning straight ahead."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    radius: float = Field(gt=0.3, le=10)
    degrees: float = Field(gt=0, le=720)

    def points(self) -> Array:
        """[N, 2] (x, z) in metres."""
        angle = np.radians(np.linspace(0.0, self.degrees, max(3, int(self.degrees / 2))))
        return self.radius * np.stack([1.0 - np.cos(angle), np.sin(angle)], axis=-1)


class GaitWords(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    style: Annotated[str, AfterValidator(_known)]
    points: tuple[tuple[Metres, Metres], ...] = ()
    arc: Arc | None = None
    facing: float = Field(0.0, ge=-180, le=180)

    @model_validator(mode="after")
    def _one_way(self) -> GaitWords:
        if bool(self.points) == (self.arc is not None):
            raise ValueError("give either 'points' or 'arc'")
        return self

    def path(self) -> tuple[Array, float]:
        """Points [N, 2] of the way with its corners rounded, and the direction at its end in radians."""
        if self.arc is not None:
            return self.arc.points(), float(np.radians(self.arc.degrees))
        corners = np.array(self.points, dtype=np.float64)
        line = np.repeat(corners, 2, axis=0) if len(corners) == 1 else rounded(resampled(corners))
        return line, float(np.radians(self.facing))


class GaitFile(BaseModel):
    """All gaits of a library."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    gaits: tuple[GaitWords, ...]


@cache
def gait_clips(folder: Path) -> tuple[Clip, ...]:
    """The clips of ``folder/gaits.yaml``, on the canonical skeleton, from standing to standing.

    Raises:
        InputError: the file is missing or wrong; the message names the line.
    """
    rest = _standing(folder)
    return tuple(_clip(words, rest) for words in load_yaml(folder / FILE, GaitFile).gaits)


def gait_source(folder: Path) -> bytes:
    """Everything in ``folder`` on which the gaits depend.

    Raises:
        AssetError: a file is missing.
    """
    try:
        return b"\0".join(path.read_bytes() for path in (folder / FILE, folder / STANDING))
    except OSError as error:
        raise AssetError(f"{error.filename}: the gaits of the library are missing", "reinstall the package") from error


def _standing(folder: Path) -> Array:
    """[1, 55, 4] somebody who stands at ease: how the calm idle of the library begins, with its hands relaxed."""
    rest = np.array(compile_clip(folder / STANDING).motion.rotations[:1], dtype=np.float64)
    return with_relaxed_fingers(rest)


def with_relaxed_fingers(rotations: Array) -> Array:
    """``rotations`` [T, 55, 4] with the fingers of hands that hang."""
    out = rotations.copy()
    for side, first in (("left", 25), ("right", 40)):
        out[:, first : first + 15] = quat.from_axis_angle(hand_rotations("relaxed", side))
    return out


def _clip(words: GaitWords, rest: Array) -> Clip:
    style, build = STYLES[words.style], Build(canonical_skeleton())
    points, facing = words.path()
    root = walk_root(points, 0.0, facing, style.speed, _PATHS.get(words.style, "walk"))
    gait = compose(root, Stance.at(points[0], 0.0, build), build, style, rest, after=_STANDING_AFTER)
    pelvis = sink_to_reach(gait.pelvis, gait.rotations[:, 0], gait.feet, build)
    rotations = solve_legs(gait.rotations, pelvis, gait.feet, build)
    motion = Motion(
        (pelvis - build.skeleton.rest_joints[0]).astype(np.float32),
        rotations.astype(np.float32),
        contacts=gait.feet.contacts.astype(np.float32),
        provenance={"clips": [words.id]},
    )
    return Clip.of(
        motion, id=words.id, captions=(words.id.replace("_", " "),), kind="locomotion", posture="standing",
        posture_end="standing",
    )  # fmt: skip

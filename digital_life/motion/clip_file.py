"""The keyframe file of one clip, as its author writes it (``motion_db/README.md`` explains it by example)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from digital_life.motion.poses import Centimetres, Degrees, Pose, base_poses
from digital_life.motion.tracks import EASES
from digital_life.yaml_file import load_yaml

Kind = Literal["idle", "talk", "gesture", "locomotion", "transition", "emotion", "action"]
Seconds = Annotated[float, Field(ge=0, le=60)]
SyncPoint = Literal["ready", "stroke_start", "stroke", "stroke_end", "relax"]


def _base_pose(name: str) -> str:
    if name not in base_poses():
        raise ValueError(f"unknown base pose '{name}'; allowed: {', '.join(base_poses())}")
    return name


def _ease(name: str) -> str:
    if name not in EASES:
        raise ValueError(f"unknown ease '{name}'; allowed: {', '.join(EASES)}")
    return name


BaseName = Annotated[str, AfterValidator(_base_pose)]


class Root(BaseModel):
    """Where the body stands on the floor relative to the start: centimetres, and degrees turned to the left."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    left: Centimetres = 0.0
    forward: Centimetres = 0.0
    turn: Degrees = 0.0


class Key(Pose):
    """Pose parts reached at ``time``. ``pose`` brings all parts of a base pose; ``hold`` keeps these parts still so long."""

    time: Seconds
    pose: BaseName | None = None
    ease: Annotated[str, AfterValidator(_ease)] = "smooth"
    hold: Seconds = 0.0
    root: Root | None = None


class Step(BaseModel):
    """One step: ``foot`` leaves the floor at ``lift`` and lands at ``land`` where a body standing at ``stance`` has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    foot: Literal["left", "right"]
    lift: float = Field(ge=-5, le=60)
    land: float = Field(ge=-5, le=60)
    stance: Root = Root()
    out: float | None = Field(None, ge=0, le=40, description="centimetres from the middle, if not as in the base pose")
    height: float = Field(5.0, ge=0, le=40, description="centimetres the foot is lifted over a straight path")
    roll: float = Field(0.0, ge=-1, le=1, description="1: from the toes to the heel as in a brisk walk; 0: flat")

    @model_validator(mode="after")
    def _in_order(self) -> Step:
        if self.land <= self.lift:
            raise ValueError(f"the foot lands at {self.land} s, before it is lifted at {self.lift} s")
        return self


class Hop(BaseModel):
    """Both feet off the floor from ``lift`` to ``land``, ``height`` centimetres high."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    lift: Seconds
    land: Seconds
    height: float = Field(ge=0, le=60)


class Life(BaseModel):
    """What goes on under every clip: breathing and small swaying (1 is an ordinary amount), from ``seed``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    breath: float = Field(1.0, ge=0, le=5)
    breath_seconds: float = Field(3.8, gt=0.5, le=10)
    sway: float = Field(1.0, ge=0, le=5)
    seed: int = 0


class ClipFile(BaseModel):
    """One clip."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    captions: list[str] = Field(min_length=5)
    captions_zh: list[str] = Field(min_length=1)
    kind: Kind
    tags: list[str] = []
    posture: Literal["standing", "seated", "any"]
    posture_end: Literal["standing", "seated"] | None = None
    loop: bool = False
    mirror_of: str | None = Field(None, description="id of the clip beside this one whose mirror image this is")
    duration: float = Field(1.0, gt=0.2, le=60)
    base: BaseName = "standing_relaxed"
    sync: dict[SyncPoint, Seconds] = {}
    overlap: float = Field(1.0, ge=0, le=3, description="how much hands and fingers drag behind hips and shoulders")
    life: Life = Life()
    keys: list[Key] = []
    steps: list[Step] = []
    hops: list[Hop] = []

    @model_validator(mode="after")
    def _in_time(self) -> ClipFile:
        if self.mirror_of and (self.keys or self.steps or self.hops):
            raise ValueError("a clip with 'mirror_of' has the movement of the other clip and no keys, steps or hops")
        late = [key.time for key in self.keys if key.time + key.hold > self.duration + 1e-6]
        late += [time for time in self.sync.values() if time > self.duration]
        if late:
            raise ValueError(f"{late[0]} s lies beyond the duration of {self.duration} s")
        return self


def read_clip_file(path: Path) -> ClipFile:
    """Read and check a keyframe file.

    Raises:
        InputError: the file is missing or wrong; every mistake with its line.
    """
    return load_yaml(path, ClipFile)

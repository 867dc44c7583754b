"""Rigs: which joint of a recording is which of ours, and what the recording's reference pose is; small YAML files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from digital_life.errors import InputError
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.yaml_allowed import suggestion
from digital_life.yaml_file import load_yaml

Way = Literal["up", "down", "left", "right", "forward", "back"]
"""A direction of the body in its T-pose."""

BESIDE = "rig.yaml"
"""A map of this name serves the recordings in its folder."""

REQUIRED: tuple[str, ...] = (
    "pelvis",
    *(f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle", "shoulder", "elbow")),
)
"""Without these joints no human movement can be made."""


def _joint(name: str) -> str:
    if name not in JOINT_INDEX:
        raise ValueError(f"'{name}' is no SMPL-X joint{suggestion(name, JOINT_INDEX)}")
    return name


JointName = Annotated[str, AfterValidator(_joint)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Axes(_Part):
    """Where the local X and Y axes of a joint point when the body stands in a T-pose."""

    x: Way
    y: Way


class Rig(_Part):
    """A family of skeletons.

    ``joints`` maps SMPL-X joint names to names in the file; the world rotation of the named joint counts, so of a
    joint that is split in two the lower one is named. A list names alternatives. Names match without their namespace
    (``mixamorig:``) and without regard to case. ``marks`` must be present and ``absent`` must not for a file to be
    recognised.

    ``reference`` says which pose of the file is understood: ``zero`` (all angles zero is a T- or A-pose),
    ``first_frame`` (frame 0 is a T-pose that was added, and is dropped), ``axes`` (the zero pose is arbitrary, and
    ``axes`` says how each joint's axes lie in a T-pose) or ``standing`` (the mean of the frames in which the body stands
    still upright).
    """

    name: str
    description: str = ""
    joints: Mapping[JointName, str | tuple[str, ...]] = Field(min_length=1)
    marks: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    reference: Literal["zero", "first_frame", "axes", "standing"] = "zero"
    axes: Mapping[JointName, Axes] = Field(default_factory=dict)
    up: Literal["y", "z", "auto"] = "y"
    nod: float = Field(default=0.0, ge=-60.0, le=60.0)
    """Degrees by which heads of this rig hang forward (negative: back) when they should look straight ahead."""
    wrist_twist: float = Field(default=0.0, ge=0.0, le=1.0)
    """Share of the wrist's twist that the elbow joint takes over; 0.6 looks well where only the wrist twists."""


def find_rig(names: Sequence[str], source: str, chosen: Path | str | None = None) -> Rig:
    """The rig of a file with the joint names ``names``: the ``chosen`` one, or the one that these names fit.

    ``source`` is the file's path; a ``rig.yaml`` beside it comes before the rigs of the package where it fits.

    Raises:
        InputError: there is no such rig, or no rig fits; the message lists what was found and what was wanted.
    """
    if chosen is not None:
        rig = named_rig(chosen)
        missing = [name for name in REQUIRED if JOINT_INDEX[name] not in joint_map(rig, names)]
        if missing:
            raise InputError(f"{source}: rig '{rig.name}' does not fit: {_missing(rig, missing, names)}", _mend(names))
        return rig
    beside = Path(source).parent / BESIDE
    own = load_yaml(beside, Rig) if beside.is_file() else None
    if own is not None and _fits(own, names):
        return own
    fitting = [rig for rig in known_rigs().values() if _fits(rig, names)]
    if not fitting:
        nearest = own or max(known_rigs().values(), key=lambda rig: len(joint_map(rig, names)))
        missing = [name for name in REQUIRED if JOINT_INDEX[name] not in joint_map(nearest, names)]
        where = f"'{own.name}' of {beside}" if own is not None else f"nearest is '{nearest.name}'"
        hint = f"; {where}: {_missing(nearest, missing, names)}" if own is not None or len(missing) < 8 else ""
        raise InputError(
            f"{source}: the joint names fit none of the known rigs ({', '.join(known_rigs())}){hint}", _mend(names)
        )
    return max(fitting, key=lambda rig: len(joint_map(rig, names)))


def joint_map(rig: Rig, names: Sequence[str]) -> dict[int, int]:
    """SMPL-X joint index to index in ``names``, for the joints of the rig that the file has."""
    by_name = {_plain(name): index for index, name in reversed(list(enumerate(names)))}
    found: dict[int, int] = {}
    for joint, wanted in rig.joints.items():
        for name in (wanted,) if isinstance(wanted, str) else wanted:
            if _plain(name) in by_name:
                found[JOINT_INDEX[joint]] = by_name[_plain(name)]
                break
    return found


@lru_cache(maxsize=1)
def known_rigs() -> Mapping[str, Rig]:
    """The rigs that come with the package, by name."""
    rigs = [load_yaml(path, Rig) for path in sorted((Path(__file__).parent / "rigs").glob("*.yaml"))]
    return {rig.name: rig for rig in rigs}


def named_rig(chosen: Path | str) -> Rig:
    """The rig of the package with that name, or the one in that YAML file.

    Raises:
        InputError: there is neither, or the file is wrong (with its line).
    """
    known = known_rigs()
    if str(chosen) in known:
        return known[str(chosen)]
    if not str(chosen).endswith((".yaml", ".yml")):
        raise InputError(
            f"there is no rig '{chosen}'{suggestion(chosen, known)}",
            f"name one of {', '.join(known)} or a YAML file that maps the joints",
        )
    return load_yaml(chosen, Rig)


def _fits(rig: Rig, names: Sequence[str]) -> bool:
    plain = {_plain(name) for name in names}
    return (
        all(_plain(mark) in plain for mark in rig.marks)
        and not any(_plain(name) in plain for name in rig.absent)
        and all(JOINT_INDEX[name] in joint_map(rig, names) for name in REQUIRED)
    )


def _plain(name: str) -> str:
    """A joint name without its namespace, in small letters."""
    name = name.rpartition(":")[2].casefold()
    return name.removeprefix("mixamorig").lstrip("_")


def _missing(rig: Rig, missing: Sequence[str], names: Sequence[str]) -> str:
    wanted = []
    for name in missing:
        found = rig.joints.get(name)
        if found is None:
            wanted.append(f"{name}, which the rig does not map")
            continue
        label = found if isinstance(found, str) else " or ".join(found)
        ours = "" if label == name else f" ({name})"
        wanted.append(f"{label}{ours}{suggestion(label, names)}")
    return "no joint " + ", ".join(wanted) if wanted else "its marks are missing"


def _mend(names: Sequence[str]) -> str:
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"write a small YAML map, as {BESIDE} beside the file or named as its rig; the file's joints are {shown}"

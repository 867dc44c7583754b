"""Clips from a user's own AMASS files and the descriptions of a data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from digital_life.errors import DigitalLifeError
from digital_life.mogen.annotations import Described
from digital_life.mogen.representation import HAND_JOINTS
from digital_life.momat.clip import SEGMENT_MARK, Clip
from digital_life.momat.measures import Tracks
from digital_life.motion import quaternion as quat
from digital_life.motion.anchor import anchored
from digital_life.motion.formats.amass import read_amass
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import canonical_skeleton

LICENCE = "LicenseRef-AMASS"
"""Non-commercial research use only, like the sets that describe it."""
SHORTEST = 10
"""Frames of a clip or part at least."""
_MOVING = 0.05
"""Standard deviation (radians) of a finger joint from which on a recording has fingers."""


@dataclass
class AmassClips:
    """Iterates over the clips that ``described`` says of the files under ``amass``; a take comes before its parts.

    Motions are held in memory only while their clips are looked at.
    """

    described: Sequence[Described]
    amass: Path
    missing: list[str] = field(default_factory=list)
    """Ids whose AMASS file is not there."""
    rejected: list[tuple[str, str]] = field(default_factory=list)
    """(id, what is wrong with its file)."""

    def __iter__(self) -> Iterator[Clip]:
        last: tuple[Path, Motion] | None = None
        for one in sorted(self.described, key=lambda one: (one.files[0], one.start)):
            path = next((file for place in one.files if (file := self.amass / f"{place}.npz").is_file()), None)
            if path is None:
                self.missing.append(one.id)
                continue
            try:
                last = last if last is not None and last[0] == path else (path, read_amass(path))
            except DigitalLifeError as error:
                self.rejected.append((one.id, error.problem))
                continue
            yield from _clips(one, last[1])


def _clips(one: Described, whole: Motion) -> Iterator[Clip]:
    begin = min(len(whole), round(one.start * FPS))
    end = len(whole) if one.end is None else min(len(whole), round(one.end * FPS))
    if end - begin < SHORTEST:
        return
    take = anchored(whole.slice(begin, end))
    fingers = quat.to_axis_angle(take.rotations[:, list(HAND_JOINTS)].astype(np.float64))
    moving = bool(fingers.std(axis=0).max() > _MOVING)
    for (first, last), captions in sorted(one.parts.items(), key=lambda part: (part[0][1] is not None, part[0][0])):
        start = round(first * FPS)
        stop = len(take) if last is None else min(len(take), round(last * FPS))
        if stop - start < SHORTEST or not all(captions):
            continue
        motion = take if last is None else anchored(take.slice(start, stop))
        clip = _clip(one, motion, captions, moving)
        yield clip if last is None else replace(clip, id=f"{one.id}{SEGMENT_MARK}{start}")


def _clip(one: Described, motion: Motion, captions: tuple[str, ...], fingers: bool) -> Clip:
    posture, posture_end = Tracks.of(motion, canonical_skeleton()).postures()
    return Clip.of(
        motion,
        id=one.id,
        captions=captions,
        kind="action",
        posture=posture,
        posture_end=posture_end,
        tags=(captions[0],),
        has_fingers=fingers,
        source=one.id.partition("/")[0],
        licence=LICENCE,
        licence_class="noncommercial",
        split=one.split,
    )

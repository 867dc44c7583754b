"""So many steps in one direction, walked by motion matching."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np

from digital_life.momat.clip import Clip
from digital_life.momat.library import MotionLibrary
from digital_life.momat.locomotion import follow_path
from digital_life.momat.walking import Gait
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.series import spans

_STEP = {"walk": 0.55, "back": 0.4, "sidestep": 0.2}
"""Metres of a usual step."""
_WAYS: dict[str, tuple[Gait, float, float]] = {
    "forward": ("walk", 0.0, 1.0),
    "backward": ("back", 0.0, -1.0),
    "left": ("sidestep", 1.0, 0.0),
    "right": ("sidestep", -1.0, 0.0),
}
_MOST = 20
_TRIED = (1.0, 0.92, 1.08, 0.84, 1.16, 0.76, 1.24, 0.68, 1.32, 0.6, 0.5, 0.4)
"""Shares of the usual distance that are tried until the steps are as many as were asked for."""
_IN_THE_AIR = 0.1
"""Seconds for which a foot is off the floor at least in a step."""


def steps_named(values: Collection[str]) -> str | None:
    """The direction of steps that a text with these ``values`` counts; None where it counts something else."""
    acts = {"act:step", "act:walk", "act:approach", "act:retreat", "act:sidestep"}
    if not acts & set(values):
        return None
    ways = [value.removeprefix("dir:") for value in values if value.startswith("dir:")]
    known = [way for way in _WAYS if way in ways]
    if len(known) == 1:
        return known[0]
    return None if known else ("backward" if "act:retreat" in values else "forward")


def steps_of(motion: Motion) -> int:
    """How many times a foot is lifted and set down again."""
    if motion.contacts is None:
        return 0
    lifted = [motion.contacts[:, columns].max(axis=1) < 0.5 for columns in (slice(0, 2), slice(2, 4))]
    return sum(stop - start >= _IN_THE_AIR * FPS for flags in lifted for start, stop in spans(flags))


@lru_cache(maxsize=32)
def paces(library: MotionLibrary, count: int, way: str) -> Clip | None:
    """A clip of ``count`` steps ``way`` ("forward", "backward", "left" or "right"), from standing to standing.

    How far so many steps carry is found by trying; None where no distance gives just so many.
    """
    if not 1 <= count <= _MOST:
        return None
    gait, x, z = _WAYS[way]
    for share in _TRIED:
        length = count * _STEP[gait] * share
        end = np.array([[0.0, 0.0], [x * length, z * length]])
        motion = follow_path(end, start_heading=0.0, end_facing=0.0, gait=gait, library=library)
        if steps_of(motion) == count:
            words = f"takes {count} {'step' if count == 1 else 'steps'} {way}"
            return Clip.of(
                motion, id=f"steps/{count}-{way}", captions=(words,), kind="locomotion", posture="standing",
                source="motion matching", posture_end="standing",
            )  # fmt: skip
    return None

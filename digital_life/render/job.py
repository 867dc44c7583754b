"""``RenderJob``: everything a video needs, and where every character is at any time of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character
from digital_life.errors import InputError
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.stage.performance import Performance
from digital_life.stage.scene import Room

Array = NDArray[np.float32]


class Subtitle(NamedTuple):
    """One line of dialogue; seconds on the scene clock."""

    start: float
    end: float
    speaker: str
    text: str
    to: str = ""
    """Whom it is said to; empty means everybody."""


@dataclass(frozen=True)
class RenderJob:
    """A scene to film. ``performances`` carry the sound in their ``speech``; ``duration`` in seconds.

    Where ``takes`` are given (seconds), each begins a wide shot of whole bodies; else the camera follows who speaks.
    """

    room: Room
    characters: Mapping[str, Character]
    performances: Sequence[Performance]
    subtitles: Sequence[Subtitle | tuple[float, float, str, str]]
    duration: float
    takes: Sequence[float] = ()

    def __post_init__(self) -> None:
        strangers = sorted({p.character for p in self.performances} - set(self.characters))
        if strangers:
            raise InputError(f"video: performances of characters without a body: {', '.join(strangers)}")
        if not self.performances or self.duration <= 0:
            raise InputError("video: nothing was performed", "simulate at least one turn first")


class Pose(NamedTuple):
    """One frame of one character: rotations [55, 4], translation [3], face [52]."""

    rotations: Array
    translation: Array
    face: Array


class Timeline:
    """All frames of one character on the scene clock; before, between and after performances it holds still."""

    def __init__(self, performances: Sequence[Performance]) -> None:
        self._performances = sorted(performances, key=lambda p: p.start)
        self._starts = np.array([p.start for p in self._performances])

    def at(self, time: float) -> Pose:
        """The pose at ``time`` seconds."""
        index = max(int(np.searchsorted(self._starts, time + 1e-6, side="right")) - 1, 0)
        performance = self._performances[index]
        motion = performance.motion
        frame = int(np.clip(round((time - performance.start) * motion.fps), 0, len(motion) - 1))
        face = np.zeros(len(ARKIT_NAMES), np.float32) if motion.face is None else motion.face[frame]
        return Pose(motion.rotations[frame], motion.translation[frame], face)


def timelines(job: RenderJob) -> dict[str, Timeline]:
    """The timeline of every character that performs."""
    return {
        name: Timeline([p for p in job.performances if p.character == name])
        for name in job.characters
        if any(p.character == name for p in job.performances)
    }

"""Base movement of one character: segments in a row, from which one continuous body is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import Build, FootTrack, sink_to_reach
from digital_life.momat.inertia import Limits
from digital_life.stage.joining import Played

Array = NDArray[np.float64]

KNEE_FRAMES = 4.0
"""Frames (standard deviation) in which knees pass from one way of pointing to another."""


@dataclass(frozen=True)
class Segment:
    """n frames of whole-body movement in the world.

    ``pelvis`` [n, 3] metres, ``rotations`` [n, 55, 4] (the legs are solved later), ``feet``; ``limits`` of what its clip
    does. With ``own_legs`` the knees point where its hips say.
    """

    pelvis: Array
    rotations: Array
    feet: FootTrack
    limits: Limits
    own_legs: bool = False

    def __len__(self) -> int:
        return len(self.pelvis)


@dataclass
class Timeline:
    """Segments one after the other. Feet are continuous by themselves, everything else has cuts."""

    segments: list[Segment] = field(default_factory=list)
    idles: list[dict[str, Any]] = field(default_factory=list)
    """For the record: which idle loops were played when, and why."""

    def __len__(self) -> int:
        return sum(len(segment) for segment in self.segments)

    def append(self, segment: Segment) -> None:
        """Play ``segment`` next; empty ones leave no trace."""
        if len(segment):
            self.segments.append(segment)

    @property
    def played(self) -> list[Played]:
        """When the clip of each segment is shown."""
        ends = np.cumsum([len(segment) for segment in self.segments]).tolist()
        return [Played(end - len(s), end, s.limits) for s, end in zip(self.segments, ends, strict=True)]

    @property
    def own_legs(self) -> Array:
        """[T] how much the knees of each frame follow its own hips, 0..1, changing smoothly."""
        from scipy.ndimage import gaussian_filter1d

        share = np.concatenate([np.full(len(segment), float(segment.own_legs)) for segment in self.segments])
        return np.asarray(gaussian_filter1d(share, KNEE_FRAMES, mode="nearest")) if share.any() else share

    def cut(self, build: Build) -> tuple[Array, Array, FootTrack]:
        """Pelvis [T, 3], as high as the legs of ``build`` reach, rotations [T, 55, 4] and feet, with their cuts."""
        pelvis = [sink_to_reach(s.pelvis, s.rotations[:, 0], s.feet, build) for s in self.segments]
        rotations = np.concatenate([segment.rotations for segment in self.segments])
        return np.concatenate(pelvis), rotations, FootTrack.join([segment.feet for segment in self.segments])

"""Base movement of one character: segments in a row, from which one continuous body is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import FootTrack
from digital_life.motion.blend import smooth_seams, smooth_steps
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX

Array = NDArray[np.float64]

LEGS = np.array([JOINT_INDEX[f"{s}_{part}"] for s in ("left", "right") for part in ("hip", "knee", "ankle", "foot")])
NOT_LEGS = np.setdiff1d(np.arange(JOINT_COUNT), LEGS)

KNEE_FRAMES = 4.0
"""Frames (standard deviation) in which knees pass from one way of pointing to another."""


@dataclass(frozen=True)
class Segment:
    """n frames of whole-body movement in the world.

    ``pelvis`` [n, 3] metres, ``rotations`` [n, 55, 4] (the legs are solved later), ``feet``; ``blend`` seconds over
    which it takes over from what was before. With ``own_legs`` the knees point where its hips say.
    """

    pelvis: Array
    rotations: Array
    feet: FootTrack
    blend: float = 0.5
    own_legs: bool = False

    def __len__(self) -> int:
        return len(self.pelvis)


@dataclass
class Timeline:
    """Segments one after the other. Feet are continuous by themselves, everything else is inertialised at the cuts."""

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
    def seams(self) -> dict[int, float]:
        """First frame of each segment but the first, with its blending seconds."""
        seams, frame = {}, 0
        for segment in self.segments:
            if frame:
                seams[frame] = segment.blend
            frame += len(segment)
        return seams

    @property
    def own_legs(self) -> Array:
        """[T] how much the knees of each frame follow its own hips, 0..1, changing smoothly."""
        from scipy.ndimage import gaussian_filter1d

        share = np.concatenate([np.full(len(segment), float(segment.own_legs)) for segment in self.segments])
        return np.asarray(gaussian_filter1d(share, KNEE_FRAMES, mode="nearest")) if share.any() else share

    def join(self) -> tuple[Array, Array, FootTrack]:
        """Pelvis [T, 3], rotations [T, 55, 4] and feet, without cuts."""
        pelvis = np.concatenate([segment.pelvis for segment in self.segments])
        rotations = np.concatenate([segment.rotations for segment in self.segments])
        smooth_steps(pelvis, self.seams)
        smooth_seams(rotations, self.seams, NOT_LEGS)
        return pelvis, rotations, FootTrack.join([segment.feet for segment in self.segments])

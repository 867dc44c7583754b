"""A clip that does what it does as often as was asked: strokes played again, or left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.momat.entry import goes_on
from digital_life.momat.strokes import Strokes, strokes_of
from digital_life.motion.blend import smooth_seams, smooth_steps
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_COUNT

_BLEND = 0.45
"""Seconds in which a body goes over from the end of a stroke to the beginning of the next, at most: half a stroke."""
_LONGEST = 30.0
"""Seconds that a repeated clip may last."""


@dataclass(frozen=True)
class Repeated:
    """``clip`` with as many strokes as were asked for; ``had`` is how many there were, ``strokes`` where they lie now."""

    clip: Clip
    had: int
    strokes: Strokes

    @property
    def end(self) -> int:
        """Frame after the last stroke."""
        return self.strokes.bounds[-1]


def repeated(clip: Clip, times: int, acts: Collection[str]) -> Repeated | None:
    """``clip``, which does ``acts``, with ``times`` strokes; None where it cannot be said how many it has.

    Strokes are played again, or left out, where the body at the end of one is most like itself at its beginning; what
    difference there is is inertialised.
    """
    if goes_on(clip) or clip.changes_posture or times < 1:
        return None
    strokes = strokes_of(clip, acts)
    if strokes is None:
        return None
    if strokes.count == times:
        return Repeated(clip, times, strokes)
    motion = clip.motion
    frames, seams = _order(motion, strokes, times)
    if len(frames) > _LONGEST * FPS:
        return None
    bounds = _bounds_after(strokes, frames, times)
    stroke = (strokes.bounds[-1] - strokes.bounds[0]) / strokes.count / FPS
    made = _played(motion, frames, dict.fromkeys(seams, min(_BLEND, 0.5 * stroke)))
    shift = (len(frames) - clip.frames) / FPS
    last = strokes.bounds[-1] / FPS
    early = ("ready", "stroke_start", "stroke")
    sync = {name: at + shift if name not in early or at >= last else at for name, at in clip.sync.items()}
    changed = replace(clip, frames=len(made), load=lambda: made, sync=sync)
    return Repeated(changed, strokes.count, replace(strokes, bounds=bounds))


def _order(motion: Motion, strokes: Strokes, times: int) -> tuple[NDArray[np.intp], list[int]]:
    """Frames of the motion in the order in which they are played, and the first frames after each cut."""
    bounds, missing = strokes.bounds, times - strokes.count
    span = 1 if missing > 0 else -missing
    pairs = [(bounds[at], bounds[at + span]) for at in range(len(bounds) - span)]
    begin, end = min(pairs, key=lambda pair: _apart(motion, *pair))
    everything = np.arange(len(motion))
    if missing < 0:
        return np.concatenate([everything[:begin], everything[end:]]), [begin]
    rounds = [everything[begin:end]] * missing
    seams = [end + number * (end - begin) for number in range(missing)]
    return np.concatenate([everything[:end], *rounds, everything[end:]]), seams


def _bounds_after(strokes: Strokes, frames: NDArray[np.intp], times: int) -> tuple[int, ...]:
    """Bounds of the strokes among the ``frames`` played: one for each time a stroke begins, and the end of the last."""
    starts = np.flatnonzero(np.isin(frames, strokes.bounds[:-1]))
    end = int(np.flatnonzero(frames == min(strokes.bounds[-1], int(frames.max())))[-1])
    return (*(int(at) for at in starts[:times]), end)


def _apart(motion: Motion, one: int, other: int) -> float:
    """How unlike the body is in two frames: mean of the sines of half the angles between its rotations."""
    other = min(other, len(motion) - 1)
    dots = np.abs(np.einsum("ij,ij->i", motion.rotations[one], motion.rotations[other])).clip(0.0, 1.0)
    return float(np.sqrt(1.0 - dots**2).mean())


def _played(motion: Motion, frames: NDArray[np.intp], cuts: dict[int, float]) -> Motion:
    rotations = motion.rotations[frames].astype(np.float64)
    translation = motion.translation[frames].astype(np.float64)
    smooth_seams(rotations, cuts, np.arange(JOINT_COUNT))
    smooth_steps(translation, cuts)
    face = motion.face
    if face is not None:
        moved = face[frames].astype(np.float64)
        smooth_steps(moved, cuts)
        face = moved.clip(0.0, 1.0).astype(np.float32)
    return replace(
        motion,
        translation=translation.astype(np.float32),
        rotations=rotations.astype(np.float32),
        face=face,
        contacts=None if motion.contacts is None else motion.contacts[frames],
    )

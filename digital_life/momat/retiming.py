"""Time inside a gesture, changed so that its later strokes fall on accents too and its hands rest when they should.

The marked stroke and the movement into it keep their tempo. Elsewhere hands that move are played 0.8 to 1.25 times as
slowly; hands that are held still may be held half as long or twice as long (people wait for a stressed syllable in a
pre-stroke hold and stretch post-stroke holds: Kita, van Gijn and van der Hulst 1998; McNeill 1992). The tempo changes
smoothly from frame to frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.momat.entry import natural_end
from digital_life.momat.hand_stops import speeds, stops, wrists
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import sample_smoothly
from digital_life.motion.skeleton import canonical_skeleton

Array = NDArray[np.float64]

MOVING = (0.8, 1.25)
"""How many times as long a frame in which hands move may last."""
HELD = (0.5, 2.0)
"""The same for a frame in which they are still."""
STILL, FAST = 0.1, 0.25
"""Metres per second up to which a hand is still, and from which on it moves."""
AT_REST = 0.1
"""Metres per second under which hands stay once they are back at rest."""
_AROUND_STROKE = 3
"""Frames after the marked stroke, and between two stops, in which there is no other one."""
_REACH = 0.2
"""Seconds by which a stop is moved to an accent, at most."""
_SAME = 1e-3
"""How far the tempo of the stroke may be from its own: solvers want some room."""
_LATE = 0.5
"""Frames by which a wanted end may be missed."""
_EXACT, _SMOOTH, _PLAIN = 30.0, 2.0, 0.15
"""Weights: times that are wanted, tempo without change, the tempo of the clip."""


@dataclass(frozen=True)
class Phases:
    """What the hands of a talking gesture do when. All are frames of the clip."""

    stroke: float
    """The marked stroke, not rounded."""
    kept: tuple[int, int]
    """First and last frame of the movement into the marked stroke, whose tempo stays."""
    before: tuple[int, ...]
    """Where hands stop before they move into the stroke."""
    after: tuple[int, ...]
    """Where hands stop after the stroke, before they go back."""
    relax: int
    """From which on the gesture has said what it says."""
    leave: int
    """From which on something else may begin, with the hands on their way back."""
    rest: int
    """From which on the hands are at rest."""
    shortest: Array
    """[T - 1] how long each frame lasts at least, in frames."""
    longest: Array
    """[T - 1] and at most."""

    @staticmethod
    def of(clip: Clip) -> Phases:
        """Measured from the clip's frames and read from its sync times."""
        motion = clip.motion
        speed = speeds(wrists(motion.rotations, motion.translation, canonical_skeleton()))
        fastest = speed.max(axis=1)
        stroke = round(clip.stroke * FPS)
        begin = min(stroke, round(clip.sync.get("stroke_start", clip.stroke - 0.25) * FPS))
        relax = round(clip.sync.get("relax", clip.duration) * FPS)
        found = _apart(np.unique(np.concatenate([stops(speed[:, hand]) for hand in range(speed.shape[1])])))
        moving = np.clip((fastest - STILL) / (FAST - STILL), 0.0, 1.0)
        return Phases(
            clip.stroke * FPS,
            (begin, stroke + _AROUND_STROKE),
            tuple(frame for frame in found if frame <= begin),
            tuple(frame for frame in found if stroke + _AROUND_STROKE < frame < relax),
            relax,
            min(natural_end(clip), clip.frames - 1),
            min(max(_rest(fastest, relax), natural_end(clip)), clip.frames - 1)
            if "relax" in clip.sync
            else clip.frames - 1,
            HELD[0] + (MOVING[0] - HELD[0]) * moving,
            HELD[1] + (MOVING[1] - HELD[1]) * moving,
        )

    def paced(self, pace: float, frames: int) -> Phases:
        """Those of the same clip played ``pace`` times as fast, over ``frames`` frames."""
        if pace == 1.0:
            return self

        def bounds(values: Array) -> Array:
            return np.interp(np.linspace(0.0, 1.0, frames - 1), np.linspace(0.0, 1.0, len(values)), values)

        def at(frame: int) -> int:
            return min(round(frame / pace), frames - 1)

        return Phases(
            self.stroke / pace,
            (at(self.kept[0]), at(self.kept[1])),
            tuple(at(frame) for frame in self.before),
            tuple(at(frame) for frame in self.after),
            at(self.relax),
            at(self.leave),
            at(self.rest),
            bounds(self.shortest),
            bounds(self.longest),
        )

    def least(self, end: int) -> float:
        """Frames from the marked stroke to ``end`` when all that may be fast is."""
        return self.kept[1] - self.stroke + float(self.shortest[self.kept[1] : end].sum())


def _apart(frames: NDArray[np.intp]) -> list[int]:
    """``frames`` without those that come right after another one."""
    kept: list[int] = []
    for frame in frames.tolist():
        if not kept or frame - kept[-1] > _AROUND_STROKE:
            kept.append(frame)
    return kept


def _rest(speed: Array, relax: int) -> int:
    """First frame after ``relax`` from which on ``speed`` [T - 1] stays low."""
    fast = np.flatnonzero(speed[relax:] > AT_REST)
    return relax + (int(fast[-1]) + 1 if len(fast) else 0)


@dataclass(frozen=True)
class Retiming:
    """``times`` [T]: the played frame (not rounded) in which each frame of a clip is shown, rising."""

    times: Array

    def at(self, frame: float) -> float:
        """When a frame of the clip is shown, in played frames."""
        return float(np.interp(frame, np.arange(len(self.times)), self.times))

    def source(self, played: float) -> float:
        """The clip's frame that is shown in a played frame."""
        return float(np.interp(played, self.times, np.arange(len(self.times))))

    def after(self, frames: float) -> Retiming:
        """The same, ``frames`` later; the first frame is shown until then."""
        return Retiming(self.times + frames)

    def performed(self, clip: Clip) -> Clip:
        """``clip`` in this time, its sync times moved with its frames, which are made when they are read."""
        frames = int(np.floor(self.times[-1] + 1e-6)) + 1
        shown = np.interp(np.arange(frames), self.times, np.arange(len(self.times)))

        @cache
        def load() -> Motion:
            return sample_smoothly(clip.motion, shown)

        sync = {name: self.at(seconds * FPS) / FPS for name, seconds in clip.sync.items()}
        return replace(clip, frames=frames, load=load, sync=sync)


def retimed(phases: Phases, accents: Sequence[float], end: int, deadline: float) -> Retiming:
    """The tempo in which stops fall on ``accents`` and frame ``end`` comes no later than ``deadline``, where they can.

    Accents and deadline are frames from the marked stroke on, which stays where it is.
    """
    mark = round(phases.stroke)
    off = phases.stroke - mark
    accents, deadline = [accent + off for accent in accents], deadline + off
    anchors = {**_before(phases, mark, accents), **_after(phases, mark, accents, end, deadline)}
    short, long = phases.shortest.copy(), phases.longest.copy()
    first, last = phases.kept
    short[first:last], long[first:last] = 1.0 - _SAME, 1.0 + _SAME
    durations = _durations(mark, anchors, short, long) if anchors else np.ones(len(short))
    if float(durations[mark:end].sum()) > deadline + _LATE:  # a hold that was made longer goes on after its stop
        durations = _durations(mark, anchors | {end: deadline}, short, long)
    return Retiming(np.concatenate([[0.0], np.cumsum(durations)]))


def missed(phases: Phases, accents: Sequence[float], end: int, deadline: float) -> int:
    """How many stops after the marked stroke, before ``end``, can be brought to none of the ``accents`` (as above)."""
    mark = round(phases.stroke)
    off = phases.stroke - mark
    anchors = _after(phases, mark, [accent + off for accent in accents], end, deadline + off)
    return sum(stop < end and stop not in anchors for stop in phases.after)


def _after(phases: Phases, mark: int, accents: Sequence[float], end: int, deadline: float) -> dict[int, float]:
    """When each of the later stops should come, and the end."""
    anchors: dict[int, float] = {}
    at, when = phases.kept[1], float(phases.kept[1] - mark)
    for stop in (frame for frame in phases.after if frame < end):
        soonest = when + float(phases.shortest[at:stop].sum())
        latest = min(when + float(phases.longest[at:stop].sum()), deadline - float(phases.shortest[stop:end].sum()))
        accent = _nearest(accents, when + stop - at, soonest, latest)
        if accent is not None:
            anchors[stop] = accent
            at, when = stop, accent
    if when + end - at > deadline:
        anchors[end] = max(deadline, when + float(phases.shortest[at:end].sum()))
    return anchors


def _before(phases: Phases, mark: int, accents: Sequence[float]) -> dict[int, float]:
    """When the hands should stop before they move into the stroke."""
    first = phases.kept[0]
    into = float(first - mark)
    for stop in reversed(phases.before):
        soonest = into - float(phases.longest[stop:first].sum())
        latest = into - float(phases.shortest[stop:first].sum())
        accent = _nearest(accents, into - (first - stop), soonest, latest)
        if accent is not None:
            return {stop: accent}
    return {}


def _nearest(accents: Sequence[float], wanted: float, soonest: float, latest: float) -> float | None:
    """The accent nearest to ``wanted`` that can be reached."""
    slack = 0.5
    inside = [a for a in accents if soonest - slack <= a <= latest + slack and abs(a - wanted) <= _REACH * FPS]
    return min(inside, key=lambda a: abs(a - wanted), default=None)


def _durations(mark: int, anchors: dict[int, float], short: Array, long: Array) -> Array:
    """[T - 1] how long each frame lasts: smooth, within bounds, with ``anchors`` at their times from ``mark`` on.

    Bounded least squares in the durations.
    """
    from scipy.optimize import lsq_linear

    count = len(short)
    frames = np.arange(count)
    rows, wanted = [], []
    for frame, when in anchors.items():
        between = ((frames >= min(frame, mark)) & (frames < max(frame, mark))).astype(np.float64)
        rows.append(_EXACT * (between if frame > mark else -between))
        wanted.append(_EXACT * when)
    matrix = np.concatenate(
        [np.array(rows), _SMOOTH * count**0.5 * np.diff(np.eye(count), axis=0), _PLAIN * np.eye(count)]
    )
    target = np.concatenate([wanted, np.zeros(count - 1), np.full(count, _PLAIN)])
    return np.asarray(np.clip(lsq_linear(matrix, target, (short, long)).x, short, long))

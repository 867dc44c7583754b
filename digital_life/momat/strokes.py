"""How many times a clip does what it does, and where one time ends and the next begins: measured from its frames."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

Array = NDArray[np.float64]
Signal = tuple[Array, int, int]
"""One number a frame, and the first and last (exclusive) frame between which it counts."""

_PROMINENT = 0.4
"""A stroke rises over what surrounds it by at least this share of the largest rise."""
_LEAST = {"nod": 0.06, "turn": 0.08, "lean": 0.05, "height": 0.05, "apart": 0.03, "swing": 0.03, "away": 0.05}
"""The least rise of a stroke: metres, or the sine of an angle."""
_AT_REST = 0.05
"""Share of its rise up to which a single stroke has not begun, or is over."""
_RAISED = 0.85
"""Share of its farthest way from where it began from which on a hand is where it acts."""
_SMALLER = np.array([1.0, 1.0, 1.0, 4.0, 4.0])
"""What the ways of hands, head and shoulders count: shoulders move little, and mean it."""
_CLOSEST = 4
"""Frames between two strokes at least."""
_MEASURE = {
    "act:nod": "nod", "act:headshake": "turn", "act:bow": "lean", "act:jump": "height", "act:clap": "apart",
    "act:wave": "swing", "act:farewell": "swing", "act:greet": "swing", "act:beckon": "swing", "act:tap": "swing",
    "act:chop": "swing", "act:knock": "swing",
}  # fmt: skip
"""By what an act is counted; other acts by how far hands and head go away from where they were."""


@dataclass(frozen=True)
class Strokes:
    """``bounds`` [count + 1]: frames between which each stroke lies; ``measure`` says by what they were counted."""

    bounds: tuple[int, ...]
    measure: str

    @property
    def count(self) -> int:
        """How many times."""
        return len(self.bounds) - 1


def strokes_of(clip: Clip, acts: Collection[str]) -> Strokes | None:
    """The strokes of ``clip``, which does ``acts`` (values such as ``act:nod``); None where none can be made out."""
    measure = next((_MEASURE[act] for act in _MEASURE if act in acts), "away")
    values, first, last = _SIGNALS[measure](clip.motion, clip)
    peaks = _peaks(values, first, last, _LEAST[measure])
    return Strokes(tuple(_bounds(values, peaks)), measure) if len(peaks) else None


def _peaks(values: Array, first: int, last: int, least: float) -> list[int]:
    from scipy.signal import find_peaks

    found, described = find_peaks(values[first:last], prominence=least, distance=_CLOSEST)
    if not len(found):
        return []
    high = described["prominences"] >= _PROMINENT * described["prominences"].max()
    return [int(frame) + first for frame in found[high]]


def _bounds(values: Array, peaks: list[int]) -> list[int]:
    """Where the strokes at ``peaks`` begin and end: the lowest frame between two, at rest before and after all."""
    between = [before + int(values[before:after].argmin()) for before, after in pairwise(peaks)]
    if len(peaks) > 1:
        period = int(np.median(np.diff(peaks)))
        start, stop = max(0, peaks[0] - period), min(len(values), peaks[-1] + period)
        begin = start + int(values[start : peaks[0] + 1].argmin())
        return [begin, *between, peaks[-1] + int(values[peaks[-1] : stop].argmin())]
    peak = peaks[0]
    before = values[:peak] <= values[: peak + 1].min() + _AT_REST * np.ptp(values[: peak + 1])
    after = values[peak:] <= values[peak:].min() + _AT_REST * np.ptp(values[peak:])
    return [int(np.flatnonzero(before)[-1]) if before.any() else 0, peak + int(np.flatnonzero(after)[0])]


def _seen_from(motion: Motion, joints: list[str], base: str) -> tuple[Array, Array]:
    """Places [T, n, 3] and rotations [T, n, 4] of joints as ``base`` sees them."""
    positions, world = forward_kinematics(motion.rotations, motion.translation, canonical_skeleton())
    rows, seat = [JOINT_INDEX[name] for name in joints], JOINT_INDEX[base]
    back = quat.conjugate(world[:, seat])[:, None]
    places = quat.rotate(back, positions[:, rows] - positions[:, [seat]])
    return np.asarray(places, np.float64), np.asarray(quat.multiply(back, world[:, rows]), np.float64)


def _throughout(values: NDArray[np.floating]) -> Signal:
    return np.asarray(values, np.float64), 0, len(values)


def _nod(motion: Motion, clip: Clip) -> Signal:
    _, turned = _seen_from(motion, ["head"], "spine3")
    return _throughout(-quat.rotate(turned[:, 0], np.array([0.0, 0.0, 1.0]))[:, 1])


def _turn(motion: Motion, clip: Clip) -> Signal:
    _, turned = _seen_from(motion, ["head"], "spine3")
    aside = quat.rotate(turned[:, 0], np.array([0.0, 0.0, 1.0]))[:, 0]
    return _throughout(aside if aside.max() > -aside.min() else -aside)


def _lean(motion: Motion, clip: Clip) -> Signal:
    _, world = forward_kinematics(motion.rotations, motion.translation, canonical_skeleton())
    return _throughout(1.0 - quat.rotate(world[:, JOINT_INDEX["spine3"]], np.array([0.0, 1.0, 0.0]))[:, 1])


def _height(motion: Motion, clip: Clip) -> Signal:
    return _throughout(motion.translation[:, 1])


def _together(motion: Motion, clip: Clip) -> Signal:
    places, _ = _seen_from(motion, ["left_middle1", "right_middle1"], "spine3")
    return -np.linalg.norm(places[:, 0] - places[:, 1], axis=1), *_raised(places[:, 0])


def _swing(motion: Motion, clip: Clip) -> Signal:
    """The swing of the acting hand along the line on which it swings most, while it is where it acts."""
    places, _ = _seen_from(motion, ["left_middle1", "right_middle1"], "spine3")
    reach = np.linalg.norm(places - places[:1], axis=2).max(axis=0)
    hand = places[:, {"left": 0, "right": 1}.get(clip.hand or "", int(reach.argmax()))]
    first, last = _acting(clip) or _raised(hand)
    drift = np.linspace(0.0, 1.0, last - first)[:, None]
    line = np.polynomial.polynomial.polyfit(drift[:, 0], hand[first:last], 1)
    _, _, axes = np.linalg.svd(hand[first:last] - line[0] - drift * line[1], full_matrices=False)
    return np.asarray(hand @ axes[0]), first, last


def _acting(clip: Clip) -> tuple[int, int] | None:
    """The marked stroke of a clip; None where it is not marked."""
    if not {"stroke_start", "stroke_end"} <= clip.sync.keys():
        return None
    return round(clip.sync["stroke_start"] * FPS), min(clip.frames, round(clip.sync["stroke_end"] * FPS) + 1)


def _raised(hand: Array) -> tuple[int, int]:
    """From where to where a hand [T, 3] is away from where it was at first."""
    away = np.linalg.norm(hand - hand[0], axis=1)
    frames = np.flatnonzero(away >= _RAISED * away.max())
    return int(frames[0]), int(frames[-1]) + 1


def _away(motion: Motion, clip: Clip) -> Signal:
    places, _ = _seen_from(
        motion, ["left_middle1", "right_middle1", "head", "left_shoulder", "right_shoulder"], "pelvis"
    )
    places *= _SMALLER[:, None]
    return _throughout(np.linalg.norm(places - places[:1], axis=2).max(axis=1))


_SIGNALS: dict[str, Callable[[Motion, Clip], Signal]] = {
    "nod": _nod, "turn": _turn, "lean": _lean, "height": _height, "apart": _together, "swing": _swing, "away": _away,
}  # fmt: skip

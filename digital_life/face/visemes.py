"""Phonemes with times to mouth movement, with coarticulation.

Every phoneme pulls at the lips and the jaw with a dominance that falls off exponentially around it; the mouth is the
dominance-weighted mean of all targets (Cohen and Massaro, "Modeling coarticulation in synthetic visual speech", 1993).
That mean alone would leave the lips of a short P open, so closures are enforced afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digital_life.face.viseme_table import DOMINANCE, VISEME_OF, VISEMES, jaw
from digital_life.face.weights import columns, row
from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES
from digital_life.motion.motion import FPS
from digital_life.voice.speech import PROSODY_RATE, Phoneme, Speech

Array = NDArray[np.float32]

LEAD = 0.03
"""Seconds by which the mouth moves before the sound, as it does in people."""
_REACH = 0.065
"""Seconds after which a neighbour's pull has fallen to 1/e."""
_BLOCK = 240
_JAW = ARKIT_INDEX["jawOpen"]
_OPENERS = [c for name in ("mouthLowerDown", "mouthUpperUp", "mouthStretch", "mouthFunnel") for c in columns(name)]
_CLOSURE_RAMP = 0.055


@dataclass(frozen=True)
class _Segment:
    """A stretch of time with one mouth shape."""

    viseme: str
    start: float
    end: float
    opening: float


def mouth_track(phonemes: Sequence[Phoneme], frames: int, *, start: float = 0.0, fps: int = FPS) -> Array:
    """Mouth and jaw weights [frames, 52] for phonemes that begin ``start`` seconds after the first frame.

    Lips meet in every P, B and M and the lower lip meets the teeth in every F and V, in one frame at least.
    """
    out = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    segments = _segments(phonemes, start - LEAD)
    if not segments:
        return out
    times = np.arange(frames) / fps
    for first in range(0, frames, _BLOCK):
        block = times[first : first + _BLOCK]
        near = [s for s in segments if s.end > block[0] - 1 and s.start < block[-1] + 1]
        if near:
            out[first : first + _BLOCK] = _blend(near, block)
    _close_lips(out, segments, times, fps)
    _bite_lip(out, segments, times, fps)
    return out


def loudness(speech: Speech, frames: int, *, start: float, fps: int = FPS) -> Array:
    """Factor [frames] for the jaw: loud syllables open the mouth more (0.75 to 1.3; 1 without sound)."""
    if speech.energy is None or len(speech.energy) == 0:
        return np.ones(frames, np.float32)
    width = PROSODY_RATE // 8
    smooth = np.convolve(speech.energy, np.ones(width) / width, mode="same")
    times = np.arange(frames) / fps - start
    level = np.interp(times, np.arange(len(smooth)) / PROSODY_RATE, smooth, left=0.0, right=0.0)
    return np.asarray(np.clip(0.75 + 0.75 * level, 0.75, 1.3), np.float32)


def _segments(phonemes: Sequence[Phoneme], offset: float) -> list[_Segment]:
    segments: list[_Segment] = []
    for phoneme in phonemes:
        visemes = VISEME_OF.get(phoneme.symbol, ("sil",))
        edges = np.linspace(phoneme.start, phoneme.end, len(visemes) + 1) + offset
        for viseme, (begin, end) in zip(visemes, pairwise(edges), strict=True):
            segments.append(_Segment(viseme, float(begin), float(end), jaw(phoneme.symbol, viseme)))
    return segments


def _blend(segments: Sequence[_Segment], times: NDArray[np.float64]) -> Array:
    targets = np.stack([row(VISEMES[s.viseme]) for s in segments])
    openings = np.array([s.opening for s in segments])
    centre = np.array([(s.start + s.end) / 2 for s in segments])
    core = np.array([0.3 * (s.end - s.start) for s in segments])
    distance = np.maximum(np.abs(times[:, None] - centre) - core, 0.0) / _REACH
    pull = np.exp(-(distance**1.4))
    lips = pull * np.array([DOMINANCE[s.viseme].lips for s in segments])
    jaws = pull * np.array([DOMINANCE[s.viseme].jaw for s in segments])
    out = (lips @ targets) / np.maximum(lips.sum(axis=1, keepdims=True), 1e-6)
    out[:, _JAW] = (jaws @ openings) / np.maximum(jaws.sum(axis=1), 1e-6)
    return np.asarray(out, np.float32)


def lip_contact(phonemes: Sequence[Phoneme], frames: int, *, start: float = 0.0, fps: int = FPS) -> Array:
    """[frames] 0..1: 1 where the lips must touch each other or the teeth, whatever else the face does."""
    segments = _segments(phonemes, start - LEAD)
    times = np.arange(frames) / fps
    return np.maximum(_contact("PP", segments, times, fps), _contact("FF", segments, times, fps))


def _contact(viseme: str, segments: Sequence[_Segment], times: NDArray[np.float64], fps: int) -> Array:
    """[frames] 1 throughout every segment of ``viseme``, widened so that at least one frame falls inside it."""
    envelope = np.zeros(len(times), np.float32)
    for segment in (s for s in segments if s.viseme == viseme):
        centre = (segment.start + segment.end) / 2
        half = max((segment.end - segment.start) / 2 * 0.7, 0.51 / fps)
        first, last = np.searchsorted(times, [centre - half - _CLOSURE_RAMP, centre + half + _CLOSURE_RAMP])
        near = times[first:last]
        value = 1.0 - np.clip((np.abs(near - centre) - half) / _CLOSURE_RAMP, 0.0, 1.0)
        envelope[first:last] = np.maximum(envelope[first:last], value)
    return envelope


def _close_lips(out: Array, segments: Sequence[_Segment], times: NDArray[np.float64], fps: int) -> None:
    closed = _contact("PP", segments, times, fps)[:, None]
    target = row(VISEMES["PP"])
    openers = [*_OPENERS, _JAW]
    out[:, openers] *= 1 - closed
    held = np.flatnonzero(target)
    out[:, held] = np.maximum(out[:, held], closed * target[held])


def _bite_lip(out: Array, segments: Sequence[_Segment], times: NDArray[np.float64], fps: int) -> None:
    bitten = _contact("FF", segments, times, fps)[:, None]
    target = row(VISEMES["FF"])
    dropped = [*columns("mouthLowerDown"), *columns("mouthStretch"), *columns("mouthFunnel")]
    out[:, dropped] *= 1 - bitten
    out[:, _JAW] = np.minimum(out[:, _JAW], 1 - bitten[:, 0] * (1 - jaw("F", "FF")))
    held = np.flatnonzero(target)
    out[:, held] = np.maximum(out[:, held], bitten * target[held])

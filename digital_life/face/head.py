"""Small head movements that go with speech and with listening.

Angles are radians [T, 3] in the order (pitch, yaw, roll) about +X, +Y, +Z; positive pitch nods down.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.face.weights import smooth_step
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS
from digital_life.voice.phonemes import SILENCE, VOWELS
from digital_life.voice.speech import PROSODY_RATE, Speech

Array = NDArray[np.float64]

_NECK_SHARE = 0.4
_SHORTEST_BEAT_GAP = 0.4
_BEAT_SECONDS = 0.34
_NOD_SECONDS = 0.42


def neck_and_head(angles: Array) -> Array:
    """Local rotations [T, 2, 4] of the joints neck and head that together make ``angles`` [T, 3]."""
    shares = np.array([_NECK_SHARE, 1 - _NECK_SHARE])
    return quat.from_axis_angle(angles[:, None, :] * shares[None, :, None])


def accents(speech: Speech) -> list[tuple[float, float]]:
    """(seconds, strength 0..1) of the syllables that stand out by pitch and loudness, at least 0.4 s apart.

    Without sound every second vowel counts, at half strength.
    """
    vowels = [p for p in speech.phonemes if p.symbol in VOWELS]
    if speech.pitch is None or speech.energy is None or not np.any(speech.pitch > 0):
        scored = [((p.start + p.end) / 2, 0.5) for p in vowels[::2]]
    else:
        scored = [((p.start + p.end) / 2, _prominence(speech, p.start, p.end)) for p in vowels]
    chosen: list[tuple[float, float]] = []
    for time, strength in sorted(scored, key=lambda item: -item[1]):
        if strength > 0.35 and all(abs(time - other) >= _SHORTEST_BEAT_GAP for other, _ in chosen):
            chosen.append((time, strength))
    return sorted(chosen)


def head_beats(speech: Speech, speech_start: float, frames: int, *, seed: int, fps: int = FPS) -> Array:
    """Head angles [frames, 3] of a speaker: a small nod on every accent over a slow sway, at rest after the end."""
    rng = np.random.default_rng([seed, 0xBEA7])
    times = np.arange(frames) / fps - speech_start
    out = _sway(times, rng) * _talking(times, speech.duration)[:, None]
    for time, strength in accents(speech):
        size = np.radians(1.2 + 2.6 * strength) * rng.uniform(0.7, 1.2)
        bump = _bump(times, time - 0.04, _BEAT_SECONDS)
        out += bump[:, None] * np.array([size, rng.normal(0, 0.5) * size, rng.normal(0, 0.35) * size])
    return np.asarray(out, np.float64)


def listener_nods(speech: Speech, speech_start: float, frames: int, *, seed: int, fps: int = FPS) -> Array:
    """Head angles [frames, 3] of somebody who listens to ``speech``: nods where its phrases end, and a slow tilt."""
    rng = np.random.default_rng([seed, 0x70D])
    times = np.arange(frames) / fps - speech_start
    out = 0.6 * _sway(times, rng) * _talking(times, speech.duration)[:, None]
    for end in phrase_ends(speech):
        if rng.random() < 0.65:
            size = np.radians(rng.uniform(3.0, 6.0))
            for repeat in range(int(rng.integers(1, 3))):
                out[:, 0] += _bump(times, end + 0.12 + repeat * 0.36, _NOD_SECONDS) * size * 0.7**repeat
    return np.asarray(out, np.float64)


def phrase_ends(speech: Speech, *, pause: float = 0.18) -> tuple[float, ...]:
    """Seconds at which a phrase ends: the starts of pauses of at least ``pause`` seconds after speech."""
    spoken = False
    ends: list[float] = []
    for phoneme in speech.phonemes:
        if phoneme.symbol != SILENCE:
            spoken = True
        elif spoken and (phoneme.end - phoneme.start >= pause or phoneme is speech.phonemes[-1]):
            ends.append(phoneme.start)
            spoken = False
    return tuple(ends)


def _prominence(speech: Speech, start: float, end: float) -> float:
    assert speech.pitch is not None and speech.energy is not None
    span = slice(int(start * PROSODY_RATE), max(int(end * PROSODY_RATE), int(start * PROSODY_RATE) + 1))
    voiced = speech.pitch[speech.pitch > 0]
    inside = speech.pitch[span][speech.pitch[span] > 0]
    height = float(np.log2(inside.max() / np.median(voiced))) if len(inside) else -1.0
    loud = float(speech.energy[span].max()) / max(float(np.percentile(speech.energy, 95)), 1e-6)
    return float(np.clip(0.5 * loud + 0.9 * height + 0.1, 0.0, 1.0))


def _bump(times: Array, peak: float, seconds: float) -> Array:
    """Smooth rise and fall around ``peak``, 0..1."""
    distance = np.abs(times - peak) / (seconds / 2)
    return np.where(distance < 1, np.cos(0.5 * np.pi * np.minimum(distance, 1.0)) ** 2, 0.0)


def _talking(times: Array, duration: float) -> Array:
    rise = smooth_step((times + 0.2) / 0.5)
    fall = smooth_step((duration + 0.5 - times) / 0.6)
    return np.minimum(rise, fall).astype(np.float64)


def _sway(times: Array, rng: np.random.Generator) -> Array:
    """Slow drift of one or two degrees: a few sines of unrelated periods."""
    out = np.zeros((len(times), 3))
    for axis, size in enumerate(np.radians([1.0, 1.8, 1.2])):
        for period in rng.uniform(1.6, 4.5, 3):
            out[:, axis] += size / 2 * np.sin(2 * np.pi * (times / period + rng.random()))
    return out

"""Blinks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.motion import FPS

_SHAPE = np.array([0.35, 0.9, 1.0, 0.85, 0.5, 0.22, 0.07], np.float32)
"""One blink at 30 frames per second: it closes in a tenth of a second and opens more slowly."""
_SHORTEST, _LONGEST = 2.0, 4.0


def blink_track(frames: int, *, seed: int, phrase_ends: tuple[float, ...] = (), fps: int = FPS) -> NDArray[np.float32]:
    """Eyelid closure [frames] 0..1: every two to four seconds, and often where a phrase ends.

    ``phrase_ends`` seconds; a blink there restarts the clock, as people blink at the seams of their speech.
    """
    rng = np.random.default_rng([seed, 0xB11])
    seams = sorted(t + 0.05 for t in phrase_ends if rng.random() < 0.6)
    out = np.zeros(frames, np.float32)
    clock = rng.uniform(0.4, _LONGEST)
    while clock * fps < frames:
        seam = next((t for t in seams if clock - _SHORTEST + 0.7 < t < clock), None)
        clock = seam if seam is not None else clock
        seams = [t for t in seams if t > clock]
        _add_blink(out, round(clock * fps), rng.uniform(0.85, 1.0))
        if rng.random() < 0.12:
            _add_blink(out, round((clock + 0.3) * fps), 0.9)
        clock += rng.uniform(_SHORTEST, _LONGEST)
    return out


def _add_blink(out: NDArray[np.float32], start: int, depth: float) -> None:
    part = out[start : start + len(_SHAPE)]
    part[:] = np.maximum(part, depth * _SHAPE[: len(part)])

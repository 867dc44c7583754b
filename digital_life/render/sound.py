"""All voices of a scene on one track."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digital_life.stage.performance import Performance

RATE = 24000


def mix(performances: Sequence[Performance], duration: float) -> NDArray[np.float32]:
    """Mono sound [duration * RATE] at ``RATE``, every speech at its place on the scene clock; silence elsewhere."""
    out = np.zeros(round(duration * RATE), np.float32)
    for performance in performances:
        speech = performance.speech
        if speech is None or speech.samples is None:
            continue
        samples = _resampled(speech.samples, speech.rate)
        start = round((performance.start + performance.speech_start) * RATE)
        skipped = max(-start, 0)
        part = out[start + skipped : start + len(samples)]
        part += samples[skipped : skipped + len(part)]
    return np.clip(out, -1.0, 1.0)


def _resampled(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    if rate == RATE:
        return samples
    times = np.arange(0, len(samples), rate / RATE)
    return np.asarray(np.interp(times, np.arange(len(samples)), samples), np.float32)

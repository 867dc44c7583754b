"""What a voice returns: sound with the times of its phonemes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Phoneme:
    """One ARPABET phoneme without stress ("AA", "SH", ...) or "SIL"; seconds from the start of the sound."""

    symbol: str
    start: float
    end: float


@dataclass(frozen=True)
class Word:
    """One word of the text with its times, seconds from the start of the sound."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Speech:
    """An utterance. ``samples`` [N] float32 in -1..1, or None for a silent character (times are then estimated).

    ``pitch`` and ``energy`` [M] are at ``PROSODY_RATE`` per second (Hz, 0 where unvoiced; and 0..1), or empty.
    """

    text: str
    duration: float
    phonemes: tuple[Phoneme, ...] = ()
    words: tuple[Word, ...] = ()
    samples: NDArray[np.float32] | None = None
    rate: int = 24000
    pitch: NDArray[np.float32] | None = None
    energy: NDArray[np.float32] | None = None
    voice: str = ""


PROSODY_RATE = 80


class Voice(Protocol):
    """One character's voice."""

    @property
    def name(self) -> str:
        """Which built-in voice it is."""
        ...

    def say(self, text: str, *, pleasure: float = 5, arousal: float = 5) -> Speech:
        """Speak ``text`` (emotion on 1-9). Deterministic: the same text gives the same samples."""
        ...

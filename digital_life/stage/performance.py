"""``Performance``: what one character does for a stretch of the scene clock."""

from __future__ import annotations

from dataclasses import dataclass

from digital_life.motion.motion import Motion
from digital_life.voice.speech import Speech


@dataclass(frozen=True)
class Performance:
    """One character's motion (fitted to that character's own skeleton) from ``start`` seconds on the scene clock.

    ``speech`` begins ``speech_start`` seconds after ``start``. ``motion.face`` is always present, the jaw and the eyes
    are already in ``motion.rotations`` (jaw = ``jawOpen`` times the body's full opening).
    """

    character: str
    start: float
    motion: Motion
    speech: Speech | None = None
    speech_start: float = 0.0

    @property
    def end(self) -> float:
        """Seconds on the scene clock."""
        return self.start + self.motion.duration

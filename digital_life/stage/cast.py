"""``CastMember``: what the stage must know about a character (no persona, no prompt)."""

from __future__ import annotations

from dataclasses import dataclass

from digital_life.momat.interactions.shape import BodyShape
from digital_life.motion.skeleton import Skeleton
from digital_life.voice.speech import Voice


@dataclass(frozen=True)
class CastMember:
    """One character on stage. ``place`` is where it is when the scene opens (a name of the room's places)."""

    name: str
    skeleton: Skeleton
    voice: Voice
    place: str
    jaw_open: float = 0.303
    """Rotation of the jaw about x, radians, when ``jawOpen`` is 1."""
    shape: BodyShape | None = None
    """What others can touch of the body; None takes the default body's flesh on ``skeleton``."""

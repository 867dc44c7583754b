"""``Task``: what the solver is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digital_life.momat.interactions.file import Contact, Gaze, Prop
from digital_life.momat.interactions.shape import BodyShape
from digital_life.motion.motion import Motion


@dataclass(frozen=True)
class Task:
    """Two base motions of one length in one frame, active first, and what is to happen; times count from frame 0."""

    shapes: tuple[BodyShape, BodyShape]
    bases: tuple[Motion, Motion]
    contacts: Sequence[Contact]
    props: tuple[Prop | None, Prop | None] = (None, None)
    gaze: tuple[Gaze, Gaze] = ("own", "own")
    seated: tuple[bool, bool] = (False, False)

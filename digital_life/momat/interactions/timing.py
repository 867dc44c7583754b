"""When things happen if the partner answers at once, late, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.interactions.file import Contact, Interaction
from digital_life.momat.interactions.roles import HELD_OFFER, REFUSAL_SECONDS
from digital_life.motion.motion import FPS

Array = NDArray[np.float64]
Response = Literal["accept", "refuse", "late"] | float
"""``late`` waits for :data:`LATE_SECONDS`; a number is that many seconds."""

LATE_SECONDS = 1.2
LONGEST_DELAY = 6.0
_WAITING_HERTZ = 0.45
_WAITING_FRAMES = 1.6


@dataclass(frozen=True)
class Timing:
    """Frame numbers of each role's base for every frame [T] of the interaction, and the contacts as they now fall.

    ``refusal`` is the first frame at which the partner declines, None where it takes part.
    """

    active: Array
    passive: Array
    contacts: tuple[Contact, ...]
    refusal: int | None = None

    def __len__(self) -> int:
        return len(self.active)


def delay_of(response: Response) -> float:
    """Seconds by which an answer comes late.

    Raises:
        InputError: the response is none of accept, refuse, late and a number of seconds from 0 to 6.
    """
    if response in ("accept", "refuse"):
        return 0.0
    if response == "late":
        return LATE_SECONDS
    if isinstance(response, int | float) and 0.0 <= response <= LONGEST_DELAY:
        return float(response)
    raise InputError(
        f"a partner cannot answer with {response!r}",
        f"use accept, refuse, late, or a delay in seconds up to {LONGEST_DELAY:g}",
    )


def plan(interaction: Interaction, response: Response) -> Timing:
    """How the roles' base motions are played.

    A late answer holds the active one's base at its offer, with a little movement, and shifts everything after it. A
    refusal holds the offer for a moment and goes on to its end without any contact.
    """
    frames = np.arange(round(interaction.duration * FPS), dtype=np.float64)
    if response == "refuse":
        active = _paused(frames, interaction.offer, HELD_OFFER)
        active = _skipped(active, *interaction.window) if interaction.contacts else active
        declined = round((interaction.offer + 0.2) * FPS)
        length = max(len(active), declined + round(REFUSAL_SECONDS * FPS))
        active = np.concatenate([active, np.full(length - len(active), active[-1])])
        return Timing(active, np.zeros(length), (), declined)
    delay = delay_of(response)
    if delay == 0.0:
        return Timing(frames, frames, tuple(interaction.contacts))
    active = _paused(frames, interaction.offer, delay)
    passive = np.concatenate([np.zeros(len(active) - len(frames)), frames])
    shifted = tuple(
        c.model_copy(update={"start": c.start + delay, "stop": c.stop + delay}) for c in interaction.contacts
    )
    return Timing(active, passive, shifted)


def _paused(frames: Array, at: float, seconds: float) -> Array:
    """Frame numbers that stay near ``at`` (s) for ``seconds``, breathing to and fro, and then go on."""
    start, extra = round(at * FPS), round(seconds * FPS)
    phase = np.arange(1, extra + 1) / extra
    wobble = _WAITING_FRAMES * np.sin(2.0 * np.pi * _WAITING_HERTZ * phase * seconds) * np.sin(np.pi * phase) ** 0.5
    return np.concatenate([frames[:start], frames[start] + wobble, frames[start:]])


def _skipped(frames: Array, first: float, last: float) -> Array:
    """Without most of what would have happened while the bodies touched."""
    low, high = first * FPS, last * FPS
    keep = (frames < low) | (frames > high) | (np.arange(len(frames)) % 3 == 0)
    return np.asarray(frames[keep])

"""``Report``: how well two motions meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Window:
    """One contact as it was played: seconds from the first frame, and its error in metres."""

    start: float
    stop: float
    active: str
    passive: str
    mean_error: float
    max_error: float


@dataclass(frozen=True)
class Report:
    """Metres, radians and seconds of one core; ``limits`` names the joints that leave their range by more than three
    degrees, ``notes`` what was left out and why."""

    windows: tuple[Window, ...]
    penetration: float
    penetrating: tuple[str, ...]
    limits: dict[str, float] = field(default_factory=dict)
    skate: float = 0.0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    sway: float = 0.0
    """Metres by which the mass of a body goes, most, beyond where its base motion has it."""

    @property
    def contact_error(self) -> float:
        """The largest error of any contact in its window; 0 where nothing touches."""
        return max((window.max_error for window in self.windows), default=0.0)

    @property
    def mean_error(self) -> float:
        """The mean error over the windows."""
        return float(np.mean([window.mean_error for window in self.windows])) if self.windows else 0.0

    def summary(self) -> dict[str, Any]:
        """JSON for ``Motion.provenance``: millimetres and degrees."""
        return {
            "contacts": [
                {
                    "from": round(window.start, 2),
                    "to": round(window.stop, 2),
                    "places": [window.active, window.passive],
                    "error_mm": round(1000 * window.max_error, 1),
                }
                for window in self.windows
            ],
            "penetration_mm": round(1000 * self.penetration, 1),
            "limits_deg": {name: round(float(np.degrees(value)), 1) for name, value in self.limits.items()},
            "left_out": list(self.notes),
        }

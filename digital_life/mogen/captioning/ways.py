"""Where a body goes: gait, direction, metres, turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from digital_life.mogen.captioning.tracks import Body, smoothed
from digital_life.motion.motion import FPS
from digital_life.motion.series import wrap

Gait = Literal["walk", "run", "step", "turn"]
Direction = Literal["forward", "backward", "left", "right", ""]
Side = Literal["left", "right", ""]

STEP = 0.18
"""Metres that a pelvis goes at least in a step."""
WALK = 0.9
"""Metres from which on steps are a walk."""
RUN = 2.2
"""Metres per second from which on a walk is a run (the usual transition is at 2.0 to 2.2 m/s)."""
SLOW, QUICK = 0.75, 1.75
TURN = 28.0
"""Degrees of turning that are worth a word."""


@dataclass(frozen=True)
class Way:
    """``metres`` along the path at ``speed`` (m/s); ``direction`` as the body sees it; ``degrees`` turned, to the left
    positive."""

    gait: Gait
    direction: Direction
    metres: float
    speed: float
    degrees: float

    @property
    def turn(self) -> Side:
        """The side to which the body turns on its way; "" where it goes straight."""
        if abs(self.degrees) < TURN:
            return ""
        return "left" if self.degrees > 0 else "right"

    @property
    def pace(self) -> Literal["slow", "quick", ""]:
        """Whether a walk is slower or quicker than usual."""
        if self.gait != "walk":
            return ""
        return "slow" if self.speed < SLOW else "quick" if self.speed > QUICK else ""


def way_of(body: Body) -> Way | None:
    """Where the body goes, None where it stays."""
    root = smoothed(body.at("pelvis")[:, [0, 2]], 2.0)
    steps = np.diff(root, axis=0)
    metres = float(np.linalg.norm(steps, axis=1).sum())
    away = root[-1] - root[0]
    net = float(np.linalg.norm(away))
    degrees = float(np.degrees(body.facing[-1] - body.facing[0]))
    if max(net, 0.4 * metres) < STEP or (net < STEP and abs(degrees) < TURN):
        if abs(degrees) < TURN or body.postures[0] != "standing":
            return None
        return Way("turn", "", round(metres, 2), 0.0, round(degrees, 1))
    moving = np.linalg.norm(steps, axis=1) * FPS
    going = moving[moving > 0.5 * moving.max()]
    speed = float(np.median(going)) if len(going) else 0.0
    short = metres < WALK and speed < 0.9
    gait: Gait = "step" if short else "run" if speed > RUN else "walk"
    return Way(gait, _direction(steps, body), round(metres, 2), round(speed, 2), round(degrees, 1))


def _direction(steps: np.ndarray, body: Body) -> Direction:
    """The direction in which most of the way goes, against where the chest faces then."""
    course = np.arctan2(steps[:, 0], steps[:, 1])
    length = np.linalg.norm(steps, axis=1)
    off = wrap(course - body.facing[1:])
    ahead, aside = float((np.cos(off) * length).sum()), float((np.sin(off) * length).sum())
    if abs(ahead) >= abs(aside):
        return "forward" if ahead > 0 else "backward"
    return "left" if aside > 0 else "right"

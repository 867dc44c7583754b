"""What a head does beside the trunk: nods, shakes, looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from digital_life.mogen.captioning.tracks import Array, Body, smoothed, swings
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS

Act = Literal["nod", "shake", "look", "tilt"]

NOD, SHAKE = 3.0, 5.5
"""Degrees from one side to the other of a nod and of a shake of the head."""
ONE_NOD = 6.0
"""Degrees of a single nod."""
LOOK = 22.0
"""Degrees by which a head turns away to look somewhere."""
SLOWEST = 0.9
"""Seconds from one nod or shake to the next at most."""


@dataclass(frozen=True)
class HeadMove:
    """``times`` counts nods or shakes; ``direction`` is where a look goes: left, right, up, down or around."""

    act: Act
    times: int = 1
    direction: str = ""


def head_move(body: Body, *, busy: bool) -> HeadMove | None:
    """The clearest thing that the head does, None where it stays about where it is.

    A head that only shakes with a ``busy`` body says neither yes nor no.
    """
    yaw, pitch = head_angles(body)
    look = _look(yaw, pitch)
    if busy:
        return look
    shaken, nodded = _row(swings(yaw, SHAKE)), _row(swings(pitch, NOD))
    sideways, upwards = _width(yaw, shaken), _width(pitch, nodded)
    if len(shaken) > 1 and sideways > 1.3 * upwards:
        return HeadMove("shake", len(shaken))
    if len(nodded) > 1 and upwards > 0.7 * sideways:
        return HeadMove("nod", len(nodded))
    if look is None and len(nodded) == 1 and float(np.ptp(pitch)) > max(ONE_NOD, 1.5 * float(np.ptp(yaw))):
        return HeadMove("nod", 1)
    return look


def head_angles(body: Body) -> tuple[Array, Array]:
    """[T] degrees to the left and down by which the head is turned against the chest, from its usual pose."""
    local = quat.multiply(quat.conjugate(body.turned("spine3")), body.turned("head"))
    ahead = quat.rotate(local, np.array([0.0, 0.0, 1.0]))
    yaw = np.degrees(np.arctan2(ahead[:, 0], ahead[:, 2]))
    pitch = np.degrees(np.arcsin(np.clip(-ahead[:, 1], -1.0, 1.0)))
    return smoothed(yaw - np.median(yaw), 1.0), smoothed(pitch - np.median(pitch), 1.0)


def _width(angle: Array, frames: list[int]) -> float:
    """Degrees from side to side between the first and the last of some swings."""
    return float(np.ptp(angle[frames[0] : frames[-1] + 1])) if len(frames) > 1 else 0.0


def _row(frames: list[int]) -> list[int]:
    """The longest run of swings that follow each other fast enough."""
    best: list[int] = []
    run: list[int] = []
    for frame in frames:
        run = [*run, frame] if run and frame - run[-1] <= SLOWEST * FPS else [frame]
        best = max(best, run, key=len)
    return best


def _look(yaw: Array, pitch: Array) -> HeadMove | None:
    left, right = float(yaw.max()), float(-yaw.min())
    down, up = float(pitch.max()), float(-pitch.min())
    if min(left, right) > LOOK:
        return HeadMove("look", direction="around")
    most = max(left, right, down, up)
    if most < LOOK:
        return None
    return HeadMove("look", direction={left: "left", right: "right", down: "down", up: "up"}[most])

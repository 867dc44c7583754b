"""Where the body goes when it walks or turns: position, direction and speed in every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.motion import FPS
from digital_life.motion.series import minimum_jerk, wrap

Array = NDArray[np.float64]

STEP = 0.02
"""Metres between the points of a planned path."""
SPEED = 1.15
"""Metres per second of an easy walk indoors."""
ACCELERATION = 1.25
BRAKING = 1.1
LEAN_FRAMES = 5
"""Frames in which the first heel rises before the body goes."""
TURN_RATE = 2.6
"""Radians per second at most."""
TURN_ACCELERATION = 15.0
"""Radians per second squared at most; more would fling the arms about."""
TURN_HALF_LIFE = 0.2
LOOK_AHEAD = 0.2
TURN_BEFORE_ARRIVAL = 0.25
"""Metres before the end of a path at which the body begins to turn to its final direction."""
LONGEST_WALK = 60.0

Gait = Literal["walk", "jog", "sidestep", "back"]
SPEEDS: dict[Gait, float] = {"walk": SPEED, "jog": 2.2, "sidestep": 0.4, "back": 0.7}
"""Metres per second of each gait."""


@dataclass(frozen=True)
class RootPath:
    """``position`` [n, 2] (x, z), ``yaw`` [n] (continuous, may exceed pi), ``speed`` [n] m/s."""

    position: Array
    yaw: Array
    speed: Array

    def __len__(self) -> int:
        return len(self.yaw)

    def at(self, frame: float) -> tuple[Array, float]:
        """Position and yaw at a frame number; before the start and after the end it stands."""
        frames = np.arange(len(self))
        place = np.array([np.interp(frame, frames, self.position[:, axis]) for axis in (0, 1)])
        return place, float(np.interp(frame, frames, self.yaw))


def walk_root(points: Array, yaw: float, final_yaw: float, speed: float | None = None, gait: Gait = "walk") -> RootPath:
    """Walk along ``points`` [N, 2] starting in the direction ``yaw``, arrive facing ``final_yaw`` (radians).

    The body turns towards the path first and goes slower the more it is turned away from it; a path without length is
    a turn on the spot. Who steps back or sideways faces ``final_yaw`` all the way. ``speed`` in metres per second is
    that of the gait unless given.
    """
    speed = SPEEDS[gait] if speed is None else speed
    along_path = gait in ("walk", "jog")
    length = float(np.linalg.norm(np.diff(points, axis=0), axis=-1).sum())
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=-1))])
    moving = length > 2 * STEP
    done, velocity, turning = 0.0, 0.0, 0.0
    places, yaws, speeds = [], [], []
    damping = 4.0 * np.log(2.0) / TURN_HALF_LIFE / 2.0
    for _ in range(int(LONGEST_WALK * FPS)):
        left = length - done
        on_the_way = moving and along_path and left > TURN_BEFORE_ARRIVAL
        target = _direction(points, along, done) if on_the_way else final_yaw
        error = float(wrap(target - yaw))
        push = damping * damping * error - 2.0 * damping * turning
        turning += float(np.clip(push, -TURN_ACCELERATION, TURN_ACCELERATION)) / FPS
        turning = float(np.clip(turning, -TURN_RATE, TURN_RATE))
        yaw += turning / FPS
        ahead = np.cos(np.clip(1.15 * error, -np.pi / 2, np.pi / 2)) if left > TURN_BEFORE_ARRIVAL else 1.0
        wish = min(speed * max(ahead, 0.0) ** 1.5, np.sqrt(2.0 * BRAKING * max(left, 0.0)))
        velocity += float(np.clip(wish - velocity, -2 * BRAKING / FPS, ACCELERATION / FPS))
        done = min(length, done + max(velocity, 0.02 * moving) / FPS)
        places.append([np.interp(done, along, points[:, axis]) for axis in (0, 1)])
        yaws.append(yaw)
        speeds.append(velocity)
        if left < 1e-3 and abs(error) < np.radians(0.6) and abs(turning) < 0.08:
            break
    position, angles = np.array(places), np.array(yaws)
    angles += wrap(final_yaw - angles[-1]) * minimum_jerk(np.arange(len(angles)) / max(1, len(angles) - 1))
    return RootPath(*(_delayed(values, LEAN_FRAMES) for values in (position, angles, np.array(speeds))))


def _delayed(values: Array, frames: int) -> Array:
    """``values`` with the first row repeated before it."""
    return np.concatenate([np.repeat(values[:1], frames, axis=0), values])


def _direction(points: Array, along: Array, done: float) -> float:
    """Direction of the path a little ahead of ``done`` metres."""
    ahead = min(done + LOOK_AHEAD, along[-1])
    behind = max(0.0, ahead - LOOK_AHEAD)
    a, b = (np.array([np.interp(s, along, points[:, axis]) for axis in (0, 1)]) for s in (behind, ahead))
    return float(np.arctan2(b[0] - a[0], b[1] - a[1]))


def resampled(points: Array) -> Array:
    """The polyline ``points`` [N, 2] with a point every ``STEP`` metres."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=-1))])
    count = max(2, int(np.ceil(along[-1] / STEP)) + 1)
    to = np.linspace(0.0, along[-1], count)
    return np.stack([np.interp(to, along, points[:, axis]) for axis in (0, 1)], axis=-1)


def rounded(points: Array) -> Array:
    """Corners rounded; the ends stay."""
    from scipy.ndimage import gaussian_filter1d

    if len(points) < 5:
        return points
    sigma = min(8.0, len(points) / 8)
    line = np.linspace(0, 1, len(points))[:, None]
    chord = points[0] + line * (points[-1] - points[0])
    padded = np.concatenate([-(points - chord)[:0:-1], points - chord, -(points - chord)[-2::-1]])
    smooth = gaussian_filter1d(padded, sigma, axis=0)[len(points) - 1 : 2 * len(points) - 1]
    return resampled(chord + smooth)


def held(values: Array, frames: int) -> Array:
    """``values`` continued by their last row to at least ``frames`` rows."""
    missing = frames - len(values)
    return values.copy() if missing <= 0 else np.concatenate([values, np.repeat(values[-1:], missing, axis=0)])

"""Cutting clips and making them loop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import Skeleton, canonical_skeleton

Array = NDArray[np.float64]

TRAVELS = 0.25
"""Metres between the first and the last root place beyond which a loop moves on instead of staying in place."""

TURNS = np.radians(30.0)
"""Radians between the first and the last heading beyond which a loop goes on turning."""

_EASE_SECONDS = 0.35
"""Over how long the speeds at the ends of a loop are brought together."""

_SHORTEST = 8


def trim(motion: Motion, start: float = 0.0, stop: float | None = None) -> Motion:
    """The frames from ``start`` to ``stop`` seconds (default: the end).

    Raises:
        InputError: the times are not in the motion, or leave nothing.
    """
    end = motion.duration if stop is None else stop
    if not 0.0 <= start < end <= motion.duration + 0.5 / motion.fps:
        raise InputError(
            f"a motion of {motion.duration:.2f} s cannot be cut to {start:g}..{end:g} s",
            "give times inside it, the first one smaller",
        )
    first, last = round(start * motion.fps), round(end * motion.fps)
    if last <= first:
        raise InputError(f"{start:g}..{end:g} s holds no frame at {motion.fps} per second", "cut less")
    return motion.slice(first, last)


def loop(motion: Motion, skeleton: Skeleton | None = None, *, moving: bool | None = None) -> Motion:
    """The motion changed as little as possible so that it can follow itself without a seam.

    The difference between the last and the first frame is spread over all frames, half before and half behind the
    middle, and the speeds at both ends are brought together; the last frame then shows the pose of the first. A
    ``moving`` loop (walking, turning; default: decided by ``TRAVELS`` and ``TURNS``) keeps its path on the floor and its
    turn: play it again from where it has got to, as :func:`repeat` does. Otherwise place and heading return as well.

    Raises:
        InputError: the motion is shorter than eight frames.
    """
    if len(motion) < _SHORTEST:
        raise InputError(f"{len(motion)} frames are too few for a loop", f"give at least {_SHORTEST} frames")
    rest = (skeleton or canonical_skeleton()).rest_joints[0]
    rotations = motion.rotations.astype(np.float64)
    place = motion.translation.astype(np.float64) + rest
    heading = np.unwrap(quat.heading(rotations[:, 0]))
    if moving is None:
        travelled = float(np.linalg.norm((place[-1] - place[0])[[0, 2]]))
        moving = travelled > TRAVELS or abs(float(heading[-1] - heading[0])) > TURNS
    rotations[:, 0] = quat.multiply(quat.yaw(-heading), rotations[:, 0])
    spread, ease = _weights(len(motion), motion.fps)
    if not moving:
        heading = heading + _correction(heading[:, None], spread, ease)[:, 0]
        place = place + _correction(place, spread, ease)
    else:
        place[:, 1:2] += _correction(place[:, 1:2], spread, ease)
    rotations = _closed(rotations, spread, ease)
    rotations[:, 0] = quat.multiply(quat.yaw(heading), rotations[:, 0])
    face = motion.face
    if face is not None:
        face = np.clip(face + _correction(face, spread, 0.0 * ease), 0.0, 1.0).astype(np.float32)
    contacts = motion.contacts
    if contacts is not None:
        contacts = np.concatenate([contacts[:-1], contacts[:1]])
    return replace(
        motion,
        translation=(place - rest).astype(np.float32),
        rotations=quat.normalize(rotations).astype(np.float32),
        face=face,
        contacts=contacts,
    )


def repeat(motion: Motion, times: int, skeleton: Skeleton | None = None) -> Motion:
    """A loop played ``times`` times; each round begins where, and facing as, the one before it ended.

    The shared frame between two rounds is shown once.

    Raises:
        InputError: ``times`` is less than one.
    """
    if times < 1:
        raise InputError(f"a loop cannot be played {times} times", "play it at least once")
    rest = (skeleton or canonical_skeleton()).rest_joints[0]
    place = motion.translation.astype(np.float64) + rest
    heading = quat.heading(motion.rotations[:, 0].astype(np.float64))
    turn, first, last = float(heading[-1] - heading[0]), place[0], place[-1]
    rounds = [motion]
    at, angle = last, turn
    for _ in range(times - 1):
        step = quat.yaw(angle)
        moved = quat.rotate(step, (place - first) * [1.0, 0.0, 1.0]) + at * [1.0, 0.0, 1.0]
        moved[:, 1] = place[:, 1]
        rotations = motion.rotations.astype(np.float64)
        rotations[:, 0] = quat.normalize(quat.multiply(step, rotations[:, 0]))
        shifted = replace(motion, translation=(moved - rest).astype(np.float32), rotations=rotations.astype(np.float32))
        rounds.append(shifted.slice(1, len(shifted)))
        at, angle = moved[-1], angle + turn
    return _joined(rounds)


def find_loop(motion: Motion, skeleton: Skeleton | None = None, *, shortest: float = 1.0) -> tuple[int, int]:
    """Frames (start, stop) of the stretch of at least ``shortest`` seconds whose ends are most alike in pose and speed.

    ``trim`` it (``motion.slice(start, stop)``), then ``loop`` it.

    Raises:
        InputError: the motion is shorter than that.
    """
    skeleton = skeleton or canonical_skeleton()
    least = max(_SHORTEST, round(shortest * motion.fps))
    if len(motion) <= least:
        raise InputError(
            f"a motion of {motion.duration:.2f} s holds no loop of {shortest:g} s", "ask for a shorter one"
        )
    rotations = motion.rotations.astype(np.float64)
    back = quat.yaw(-quat.heading(rotations[:, 0]))
    rotations[:, 0] = quat.multiply(back, rotations[:, 0])
    height = motion.translation * np.array([0.0, 1.0, 0.0])
    places = forward_kinematics(rotations, height, skeleton)[0][:, :22]
    speeds = np.gradient(places, axis=0) * motion.fps
    rows = np.concatenate([places, 0.2 * speeds], axis=1).reshape(len(motion), -1)
    squares = np.sum(rows * rows, axis=1)
    best, ends = np.inf, (0, len(motion))
    for start in range(len(motion) - least):
        later = slice(start + least, len(motion))
        apart = squares[start] + squares[later] - 2.0 * rows[later] @ rows[start]
        index = int(np.argmin(apart))
        if apart[index] < best:
            best, ends = float(apart[index]), (start, start + least + index + 1)
    return ends


def _weights(frames: int, fps: int) -> tuple[Array, Array]:
    """Shares [T, 1] of the difference of the end values (-1/2 .. 1/2), and [T, 1] of the difference of the end speeds.

    The second is zero at both ends, has the slope -1/2 per frame at the start and 1/2 at the end, and fades inwards.
    """
    steps = np.arange(frames)
    window = min(_EASE_SECONDS * fps, 0.5 * (frames - 1))
    rise = steps * np.clip(1.0 - steps / window, 0.0, None) ** 2 / (1.0 - 1.0 / window) ** 2
    return np.linspace(-0.5, 0.5, frames)[:, None], (-0.5 * (rise + rise[::-1]))[:, None]


def _correction(values: NDArray[np.floating[Any]], spread: Array, ease: Array) -> Array:
    """What to add to ``values`` [T, N] so that their ends agree in value and in speed."""
    faster = (values[1] - values[0]) - (values[-1] - values[-2])
    return np.asarray(spread * (values[0] - values[-1]) + ease * faster)


def _closed(rotations: Array, spread: Array, ease: Array) -> Array:
    """``rotations`` [T, J, 4] whose ends agree in value and in angular speed."""

    def turn(start: int, stop: int) -> Array:
        return quat.to_axis_angle(quat.multiply(rotations[stop], quat.conjugate(rotations[start])))

    vectors = spread[..., None] * turn(-1, 0) + ease[..., None] * (turn(0, 1) - turn(-2, -1))
    return quat.multiply(quat.from_axis_angle(vectors), rotations)


def _joined(parts: list[Motion]) -> Motion:
    faces = [part.face for part in parts if part.face is not None]
    contacts = [part.contacts for part in parts if part.contacts is not None]
    return replace(
        parts[0],
        translation=np.concatenate([part.translation for part in parts]),
        rotations=np.concatenate([part.rotations for part in parts]),
        face=np.concatenate(faces) if faces else None,
        contacts=np.concatenate(contacts) if contacts else None,
    )

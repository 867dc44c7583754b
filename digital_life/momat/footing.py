"""Feet from one motion into the next: held where they stand, released when the new motion lifts them, stepped if far off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import Build, FootTrack
from digital_life.momat.ground import (
    above_floor,
    ankles,
    balls,
    carried_over,
    foot_pitch,
    lifted,
    most_bend,
    softly_positive,
)
from digital_life.momat.inertia import blend_seconds
from digital_life.motion import quaternion as quat
from digital_life.motion.blend import blend_positions, blend_rotations
from digital_life.motion.contacts import BALLS
from digital_life.motion.motion import FPS
from digital_life.motion.series import minimum_jerk, spans, wrap

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

CLOSE, CLOSE_TURN = 0.07, np.radians(18.0)
"""A foot this near to its place in the new motion stays where it stands."""
SOON, REACHABLE = 20, 0.3
"""A foot that is lifted within so many frames waits for that, if it is not farther off than so many metres."""
SHORTEST = round(BALLS.shortest * FPS)
"""Frames of the shortest contact."""
EARLY = 5
"""A foot that the new motion sets down within so many frames is not lifted at all."""
SETTLE = 0.22
"""Seconds in which the tilt of a standing foot becomes that of the new motion."""
TOES_SETTLE = 0.12
LONGEST_LANDING = 0.6
STOPPING = 1.9
"""Largest second derivative of the path on which a foot stops from a speed of 1 in one second."""
TOUCH, TOUCH_SPEED = 0.006, 0.6
"""A foot that comes as near to the floor (metres) and is as slow (m/s) as that has landed."""
LIFT, MOST_LIFT = 0.14, 0.05
"""Height of an added step per metre, and at most."""
BEHIND = 1.04
"""A hip farther than so many leg lengths from the ankle of a standing foot lifts that foot."""
LAST_FRAMES = 10
"""A long contact is placed for the body as it is so many frames before the foot leaves."""
WAIT = 4
"""Frames for which a foot that should leave waits for the other one to come down."""
STEP_PITCH = np.radians(14.0)
MOMENTUM = 0.1
"""Metres that a landing foot may come down beside its place because of its speed."""


@dataclass
class _Foot:
    """One foot of the new motion while it is fitted to the old one. Arrays over its n frames."""

    ball: Array
    rotation: Array
    stands: Flags
    shift: Array
    """[n, 2] x, z added to the ball's path."""
    turn: Array
    """[n] radians about Y added to its direction."""
    rise: Array
    pitch: Array
    seconds: float = 0.0
    """Time in which a moving foot joins its path; 0 for one that stands."""
    slowing: float = 0.0
    """Time in which a moving foot gives up its old velocity."""
    settled: int = 0
    tilt: float = SETTLE

    @staticmethod
    def of(ball: Array, rotation: Array, stands: Flags) -> _Foot:
        n = len(ball)
        return _Foot(ball.copy(), rotation, stands.copy(), np.zeros((n, 2)), np.zeros(n), np.zeros(n), np.zeros(n))


def follow(track: FootTrack, shift: Array, build: Build) -> FootTrack:
    """``track`` moved along by ``shift`` [T, 3] of its body; every contact keeps one place, where the body will be over it."""
    ankle = track.ankle.copy()
    for side in (0, 1):
        stands = track.contacts[:, 1 + 2 * side] > 0.5
        correction = np.zeros_like(shift)
        for start, stop in spans(stands):
            length = stop - start
            over = start + max(length // 2, length - LAST_FRAMES)
            correction[start:stop] = shift[over] - shift[start:stop]
        ankle[:, side] += shift + carried_over(correction, stands)
    return FootTrack(ankle, track.rotation, track.toes, track.contacts)


def join_feet(
    before: FootTrack, track: FootTrack, hips: Array, limit: float, build: Build, slower: float = 1.0
) -> tuple[FootTrack, int]:
    """``track`` continued from ``before`` (its last two frames count), and the frames until both feet are in place.

    ``hips`` [T, 2, 3] is about where the hip joints will be: a foot that they leave behind is lifted in time.
    ``limit`` m/s^2 is what a foot may accelerate for this; everything takes ``slower`` times as long as it must.

    Standing feet are not moved while they stand. One that is too far off takes a step of its own, when the other one
    stands; one in the air comes down on its place, near it when it is fast.
    """
    old, new = balls(before, build)[-2:], balls(track, build)
    stood = before.contacts[-1, [1, 3]] > 0.5
    feet = [_Foot.of(new[:, s], track.rotation[:, s], track.contacts[:, 1 + 2 * s] > 0.5) for s in (0, 1)]
    waiting = []
    for side, foot in enumerate(feet):
        contacts = spans(foot.stands)
        if stood[side] and contacts and contacts[0][0] <= EARLY:
            near = _hold(foot, contacts, old[1, side], before.rotation[-1, side])
            if not near or _left_behind(foot, hips[:, side], side, build) is not None:
                waiting.append(side)
        else:
            _fly(foot, contacts, old[:, side], bool(stood[side]), limit / slower**2)
    far = sorted(waiting, key=lambda side: -float(np.linalg.norm(feet[side].shift[0])))
    for side in far:
        _step(feet[side], feet[1 - side], _left_behind(feet[side], hips[:, side], side, build), slower)
    joined = _finish(feet, before, track, old, build, slower)
    return joined, max(foot.settled for foot in feet)


def _hold(foot: _Foot, contacts: list[tuple[int, int]], ball: Array, rotation: Array) -> bool:
    """Keep a standing foot on its print for its first contact; False if it stays there for too long to be so far off."""
    start, stop = contacts[0]
    foot.ball[:start] = foot.ball[start]
    foot.stands[:start] = True
    shift = (ball - foot.ball[start])[[0, 2]]
    turn = float(wrap(quat.heading(rotation) - quat.heading(foot.rotation[start])))
    foot.shift[:stop], foot.turn[:stop] = shift, turn
    _release(foot, stop, contacts[1][0] if len(contacts) > 1 else len(foot.ball))
    distance = float(np.linalg.norm(shift))
    near = distance <= CLOSE and abs(turn) <= CLOSE_TURN
    return near or (stop <= SOON and distance <= REACHABLE and abs(turn) < np.radians(45.0))


def _release(foot: _Foot, start: int, landing: int) -> None:
    """After ``start`` let shift and turn end before the foot lands."""
    n = len(foot.ball)
    if start >= n:
        return
    left = 1.0 - minimum_jerk(np.clip((np.arange(start, n) - start + 1) / max(4, min(16, landing - start)), 0.0, 1.0))
    foot.shift[start:] = foot.shift[start - 1] * left[:, None]
    foot.turn[start:] = foot.turn[start - 1] * left


def _fly(foot: _Foot, contacts: list[tuple[int, int]], old: Array, stood: bool, limit: float) -> None:
    """Move a foot that is, or is to be, in the air onto the path of the new motion."""
    n = len(foot.ball)
    step = foot.ball[1] - foot.ball[0] if n > 1 else np.zeros(3)
    offset = old[1] - (foot.ball[0] - step)
    velocity = (old[1] - old[0] - step) * FPS
    place, speed = blend_seconds(offset, velocity, limit)
    landing = contacts[0][0] if contacts else n
    seconds = max(float(place), min(float(speed), LONGEST_LANDING))
    if stood or landing > seconds * FPS:
        seconds = float(np.clip(landing / FPS, seconds, 1.4 * seconds))
    foot.seconds = seconds
    going = float(np.linalg.norm(old[1] - old[0])) * FPS
    foot.slowing = float(np.clip(STOPPING * going / limit, 0.1, 0.8 * seconds))
    down = round(seconds * FPS)
    foot.stands[: min(down, n)] = False
    foot.settled = down
    if contacts and down < contacts[0][1] - 2 and landing < down:
        drift = velocity[[0, 2]] * seconds * 0.3
        drift *= min(1.0, MOMENTUM / max(float(np.linalg.norm(drift)), 1e-9))
        foot.shift[: contacts[0][1]] = drift
        _release(foot, contacts[0][1], contacts[1][0] if len(contacts) > 1 else n)
    low = float(old[1, 1] - foot.ball[:, 1].min()) < 0.05
    if stood or low:
        _arch(foot, 0, down, float(np.linalg.norm(offset[[0, 2]])))


def _arch(foot: _Foot, start: int, stop: int, distance: float) -> None:
    """Lift a foot between two frames, higher the farther it has to go, heel first."""
    n = len(foot.ball)
    s = np.clip((np.arange(n) + 1 - start) / max(stop - start, 1), 0.0, 1.0)
    height = min(MOST_LIFT, 0.012 + LIFT * distance)
    foot.rise += height * 64.0 * s**3 * (1.0 - s) ** 3
    early = np.clip(s * 1.3, 0.0, 1.0)
    foot.pitch += min(1.0, height / MOST_LIFT) * STEP_PITCH * 64.0 * early**3 * (1.0 - early) ** 3


def _left_behind(foot: _Foot, hip: Array, side: int, build: Build) -> int | None:
    """The first frame of its contact in which the hip [n, 3] is too far away from the held foot."""
    ball = foot.ball.copy()
    ball[:, [0, 2]] += foot.shift
    turned = quat.multiply(quat.yaw(foot.turn), foot.rotation)
    away = np.linalg.norm(hip - ankles(ball, turned, build, side), axis=-1)
    far = (away > BEHIND * build.legs[side].length) & foot.stands
    return int(np.argmax(far)) if far.any() else None


def _step(foot: _Foot, other: _Foot, late: int | None, slower: float) -> None:
    """Let a standing foot step to its place while both motions have it and the ``other`` one standing.

    ``late`` is the frame in which it must have left, whatever the other one does.
    """
    n = len(foot.ball)
    distance = float(np.linalg.norm(foot.shift[0]))
    length = round(slower * np.clip(15 + 14 * distance + 4 * abs(foot.turn[0]), 15, 24))
    if late is not None:
        length = round(min(slower, 1.4) * np.clip(9 + 10 * distance, 10, 15))
        foot.tilt = length / FPS
    held = np.flatnonzero(~foot.stands)
    stop = int(held[0]) if len(held) else n + length
    steady = np.concatenate([other.stands, np.full(length + 2, bool(other.stands[-1]))])
    starts = [h for h in range(3, stop - length) if steady[h - 1 : h + length + 1].all()]
    hurried = [] if late is None else _when_landed(other, max(1, late - 2))
    start = min([*starts[:1], *hurried], default=None)
    if start is None:
        return
    left = 1.0 - minimum_jerk(np.clip((np.arange(n) + 1 - start) / length, 0.0, 1.0))
    foot.shift = foot.shift[0] * left[:, None]
    foot.turn = foot.turn[0] * left
    _arch(foot, start, start + length, distance)
    foot.stands[start : start + length] = False
    foot.settled = start + length


def _when_landed(other: _Foot, frame: int) -> list[int]:
    """``frame``, or one shortly after it in which the ``other`` foot has come down."""
    soon = np.flatnonzero(other.stands[frame : frame + WAIT])
    return [frame + int(soon[0]) if len(soon) else frame]


def _finish(
    feet: list[_Foot], before: FootTrack, track: FootTrack, old: Array, build: Build, slower: float
) -> FootTrack:
    out, n = [], len(track)
    for side, foot in enumerate(feet):
        ball = foot.ball + np.stack([foot.shift[:, 0], foot.rise, foot.shift[:, 1]], axis=-1)
        if foot.seconds:
            ball = _joined(ball, old[:, side], foot.seconds, foot.slowing)
        ahead = quat.heading(foot.rotation)
        tilt = quat.rotate(quat.yaw(ahead), np.array([1.0, 0.0, 0.0])) * foot.pitch[:, None]
        rotation = quat.multiply(quat.from_axis_angle(tilt), foot.rotation)
        rotation = quat.normalize(quat.multiply(quat.yaw(foot.turn), rotation))
        rotation = blend_rotations(rotation, before.rotation[-2:, side], max(slower * foot.tilt, foot.seconds))
        ball, toes = above_floor(ball, rotation, track.toes[:, side], side, build)
        toes = blend_positions(toes, before.toes[-2:, side], slower * TOES_SETTLE)
        if foot.seconds:
            ball = _landed(foot, ball, track.contacts[:, 1 + 2 * side] > 0.5, build.ball_height)
            ball = lifted(ball, rotation, side, build)
        level = np.abs(foot_pitch(rotation, side, build)) < np.radians(0.6)
        heel = foot.stands & level & (track.contacts[:, 2 * side] > 0.5)
        too_far = toes - most_bend(ball, rotation, side, build)
        toes = toes - softly_positive(too_far, np.radians(6.0))
        out.append((ball, rotation, toes, heel, foot.stands))
    ball, rotation, toes, heel, stands = (np.stack(parts, axis=1) for parts in zip(*out, strict=True))
    contacts = np.stack([heel, stands], axis=-1).reshape(n, 4).astype(np.float64)
    return FootTrack(ankles(ball, rotation, build), rotation, toes, contacts)


def _landed(foot: _Foot, ball: Array, stands: Flags, height: float) -> Array:
    """A foot's path [n, 3] that stops where it touches the floor when it is slow enough, and stays for that contact."""
    speed = np.linalg.norm(np.gradient(ball, axis=0), axis=-1) * FPS if len(ball) > 1 else np.zeros(len(ball))
    touches = stands & (ball[:, 1] < height + TOUCH) & (speed < TOUCH_SPEED)
    touches[:3] = False
    frame = int(np.argmax(touches))
    stop = next((end for start, end in spans(stands) if start <= frame < end), 0)
    if not touches.any() or frame >= foot.settled or stop - frame < SHORTEST:
        return ball
    place = ball[frame : frame + 2].mean(axis=0)
    place[1] = height
    known = np.zeros(len(ball), dtype=bool)
    known[frame:stop] = True
    correction = np.where(known[:, None], place - ball, 0.0)
    known[stop:] = stands[stop:]
    foot.stands[frame:stop] = True
    foot.settled = frame
    return ball + carried_over(correction, known)


def _joined(ball: Array, old: Array, seconds: float, slowing: float) -> Array:
    """A ball's path [n, 3] taken up from its last two places ``old`` [2, 3]: the foot goes on, slows down, and fades over.

    Unlike a decaying offset this never swings back or under the floor (dead blending, Holden 2023).
    """
    time = np.arange(1, len(ball) + 1)[:, None] / FPS
    u = np.clip(time / slowing, 0.0, 1.0)
    travelled = slowing * (u - 2.5 * u**4 + 3.0 * u**5 - u**6)
    onward = old[1] + (old[1] - old[0]) * FPS * travelled
    onward[:, 1] = np.maximum(onward[:, 1], min(old[1, 1], float(ball[:, 1].min())))
    share = minimum_jerk(np.clip(time / seconds, 0.0, 1.0))
    return np.asarray(onward + share * (ball - onward))

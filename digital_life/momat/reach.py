"""Legs long enough for their feet: the pelvis sinks a little, heels come off the floor, feet in the air come nearer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import Build, FootTrack, lowered, too_high
from digital_life.momat.ground import ahead_of, ankles, balls
from digital_life.motion import quaternion as quat
from digital_life.motion.blend import quintic_decay
from digital_life.motion.ik import unit
from digital_life.motion.motion import FPS

Array = NDArray[np.float64]

LONGEST, SOFT = 0.998, 0.004
"""Shares of a leg's length: how far it stretches, and over which part of that the stretching comes to its end."""
AIR_SOFT, AWAY = 0.045, 6
"""The same part for a foot in the air, and the frames from a contact after which a foot counts as such."""
STANDING_SOFT = 0.012
"""The same part for the leg of a standing foot, whose heel gives way."""
DEEPEST = 0.05
"""Metres by which the pelvis sinks for a standing foot at most; then its heel comes off."""
SWIVEL_SECONDS = 0.7
"""Time in which knees turn from where they pointed to where the new motion has them."""
SINK_WINDOW, SINK_SIGMA = 7, 2.5
STEEPEST = np.radians(70.0)
_ANGLES = np.linspace(0.0, STEEPEST, 15)
ROLLING = 0.01
"""Metres per second of the ankle above which a landing foot still rolls."""
_HEEL_OFF = np.radians(1.0)
STRAIGHT = 0.9988
"""A standing foot farther away than so many leg lengths has left the floor."""


def sink_to_stand(pelvis: Array, rotation: Array, feet: FootTrack, build: Build) -> Array:
    """The pelvis path [T, 3], lowered smoothly, a little, where a leg would be too short for its standing foot."""
    need = np.zeros(len(pelvis))
    for side in (0, 1):
        stands = feet.contacts[:, 1 + 2 * side] > 0.5
        need = np.maximum(need, np.where(stands, too_high(pelvis, rotation, feet, side, build), 0.0))
    return lowered(pelvis, DEEPEST * np.tanh(need / DEEPEST), SINK_WINDOW, SINK_SIGMA)


def leg_use(pelvis: Array, rotation: Array, feet: FootTrack, build: Build) -> Array:
    """[T, 2] metres from hip to ankle."""
    hips = pelvis[:, None] + quat.rotate(rotation[:, None], build.hips)
    return np.asarray(np.linalg.norm(hips - feet.ankle, axis=-1))


def reach_feet(
    pelvis: Array, rotation: Array, feet: FootTrack, own: Array, build: Build, before: FootTrack | None = None
) -> FootTrack:
    """``feet`` that the legs of a pelvis path [T, 3] with world ``rotation`` [T, 4] can reach.

    The heel of a standing foot rises about the ball, which keeps its place; a foot that is too far even so, or in the
    air, is drawn towards the hip and stands no more. ``own`` [T, 2] is the clip's own :func:`leg_use`;
    ``before`` the feet so far.
    """
    places, parts = balls(feet, build), []
    for side in (0, 1):
        hip = pelvis + quat.rotate(rotation, build.hips[side])
        pitch = _heel_rise(hip, places[:, side], feet, side, own[:, side], build)
        yaw = build.rest_headings[side]
        axis = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
        turned = quat.multiply(feet.rotation[:, side], quat.from_axis_angle(pitch[:, None] * axis))
        toes = feet.toes[:, side] - pitch
        ankle = ankles(places[:, side], turned, build, side)
        near = _drawn(
            ankle, hip, build.legs[side].length, own[:, side], _airborne(feet.contacts[:, 1 + 2 * side] > 0.5)
        )
        reached = np.linalg.norm(ankle - hip, axis=-1) < STRAIGHT * build.legs[side].length
        stands = (feet.contacts[:, 1 + 2 * side] > 0.5) & reached
        heel = (feet.contacts[:, 2 * side] > 0.5) & stands & (pitch < _HEEL_OFF)
        place = np.where(stands[:, None], ankle, near)
        heel = _settled(heel, place)
        if before is not None and np.linalg.norm(place[0] - before.ankle[-1, side]) * FPS > ROLLING:
            heel[0] = False
        parts.append((np.where(stands[:, None], ankle, near), turned, toes, np.stack([heel, stands], axis=-1)))
    ankle, turned, toes, contacts = (np.stack(part, axis=1) for part in zip(*parts, strict=True))
    return replace(feet, ankle=ankle, rotation=turned, toes=toes, contacts=contacts.reshape(len(pelvis), 4) * 1.0)


def _settled(heel: NDArray[np.bool_], ankle: Array) -> NDArray[np.bool_]:
    """``heel`` without the first frames of a contact in which the foot still rolls flat."""
    out = heel.copy()
    moves = np.linalg.norm(np.diff(ankle[:, [0, 2]], axis=0), axis=-1) * FPS > ROLLING
    for frame in np.flatnonzero(moves)[::-1]:
        out[frame] &= not out[frame + 1]
    return out


def _heel_rise(hip: Array, ball: Array, feet: FootTrack, side: int, own: Array, build: Build) -> Array:
    """[T] radians by which the heel of a standing foot has to rise for its leg to be long enough."""
    stands = feet.contacts[:, 1 + 2 * side] > 0.5
    yaw = build.rest_headings[side]
    axis = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    tried = quat.multiply(feet.rotation[:, None, side], quat.from_axis_angle(_ANGLES[:, None] * axis))
    away = np.linalg.norm(hip[:, None] - ankles(ball[:, None], tried, build, side), axis=-1)
    leg = build.legs[side].length
    reach = np.minimum(_limited(away[:, 0], leg, own, STANDING_SOFT), (LONGEST - SOFT) * leg)
    excess = away - reach[:, None] - 1e-6
    need = np.zeros(len(hip))
    for frame in np.flatnonzero(stands & (excess[:, 0] > 0.0)):
        enough = np.flatnonzero(excess[frame] <= 0.0)
        last = int(enough[0]) if len(enough) else int(np.argmin(excess[frame]))
        before, after = excess[frame, max(last - 1, 0)], excess[frame, last]
        share = np.clip(before / max(before - after, 1e-9), 0.0, 1.0)
        need[frame] = _ANGLES[max(last - 1, 0)] + share * (_ANGLES[last] - _ANGLES[max(last - 1, 0)])
    rise = ahead_of(need)
    return np.where(rise > 1e-5, rise, 0.0)


def _airborne(stands: NDArray[np.bool_]) -> Array:
    """[T] 0 where a foot stands and at the first frame, which goes on from something, rising to 1 some frames away."""
    frames = np.arange(len(stands))
    places = np.union1d(np.flatnonzero(stands), [0])
    after = np.searchsorted(places, frames)
    nearest = np.minimum(
        np.abs(frames - places[np.minimum(after, len(places) - 1)]), np.abs(frames - places[np.maximum(after - 1, 0)])
    )
    s = np.clip(nearest / AWAY, 0.0, 1.0)
    return np.asarray(s * s * (3.0 - 2.0 * s))


def _drawn(ankle: Array, hip: Array, leg: float, own: Array, airborne: Array) -> Array:
    """Ankles [T, 3] not farther from the hip than the leg reaches, more softly limited the farther from a contact."""
    away = ankle - hip
    length = np.linalg.norm(away, axis=-1)
    reached = _limited(length, leg, own, SOFT + (AIR_SOFT - SOFT) * airborne)
    return np.asarray(hip + away * (reached / np.maximum(length, 1e-9))[:, None])


def _limited(length: Array, leg: float, own: Array, soft: Array | float) -> Array:
    """Lengths [T] that a ``leg`` (metres) can have: the limit sets in over the ``soft`` share of it, but not before what
    the clip's ``own`` leg [T] uses."""
    begin = np.minimum(np.maximum((LONGEST - soft) * leg, own), (LONGEST - SOFT) * leg)
    room = LONGEST * leg - begin
    over = np.maximum(length - begin, 0.0)
    return np.where(over > 0.0, begin + room * (1.0 - np.exp(-over / room)), length)


def follow_knees(own: Array, own_legs: Array, legs: Array, before: Array | None = None) -> Array:
    """Directions of the knees [T, 2, 3] for hip-to-ankle vectors ``legs`` [T, 2, 3], from a clip's ``own`` directions for
    its ``own_legs``: the same swivel about the leg. The swivel goes on from ``before`` [2, 2, 2, 3] (frame, side, and
    direction or leg) and passes over to the clip's.
    """
    carried = quat.rotate(quat.between(own_legs, legs), own)
    if before is None:
        return carried
    axis = unit(legs)
    there = quat.rotate(quat.between(before[:, :, 1], np.repeat(legs[:1], 2, axis=0)), before[:, :, 0])
    step = (
        _swivel(carried[0], quat.rotate(quat.between(legs[1], legs[0]), carried[1]), axis[0]) if len(legs) > 1 else 0.0
    )
    offset = _swivel(carried[0], there[1], axis[0]) + step
    velocity = (_swivel(there[0], there[1], axis[0]) - step) * FPS
    angle = quintic_decay(np.asarray(offset), np.asarray(velocity), len(legs), SWIVEL_SECONDS)
    return quat.rotate(quat.from_axis_angle(angle[..., None] * axis), carried)


def _swivel(a: Array, b: Array, axis: Array) -> Array:
    """Radians about ``axis`` [..., 3] (unit) from direction ``a`` to ``b``."""
    a, b = (unit(v - axis * np.sum(v * axis, axis=-1, keepdims=True)) for v in (a, b))
    return np.asarray(np.arctan2(np.sum(np.cross(a, b) * axis, axis=-1), np.sum(a * b, axis=-1)))

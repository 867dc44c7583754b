"""Plant the feet of a body in motion: whatever moved the root, a foot that stands stays where it is."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import FLAT, SINK_SIGMA, SINK_WINDOW, Build, FootTrack, Stance, lowered, too_high
from digital_life.momat.reach import leg_use, reach_feet
from digital_life.motion import quaternion as quat
from digital_life.motion.contacts import PRINTS, speeds, standing, without_short
from digital_life.motion.motion import FPS
from digital_life.motion.series import minimum_jerk, spans, wrap

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

FLATTENED = np.radians(7.0)
"""Pitch below which a foot is taken as flat: captured soles are never exactly level."""
CARRIED = 0.9
"""Metres per second at which a foot is carried on by a join, whatever its clip says."""
FASTEST_SWING = 7.0
"""Metres per second that a foot reaches at most."""
MINIMUM_JERK_PEAK = 1.875
"""Peak over mean speed of a minimum-jerk movement (Flash and Hogan 1985)."""
DRIFT = 0.12
"""Metres that a standing foot may be from where the body carries it; beyond that it steps."""
_HALF_SWING = 5
REACH = 0.985
"""Share of its length to which a swinging leg stretches."""
_COMES_ALONG = 5
SINK = 0.07
"""Metres by which a long stride may draw the pelvis down."""
LEAST_LIFT = 0.025
"""Metres that a foot rises in the middle of a swing at least."""
TOES_DOWN = np.radians(3.5)
"""Radians a frame by which toes come down after the heel."""
_SHORTEST = round(PRINTS.shortest * FPS)
_SLOPE_FRAMES = 6
_TOES_BACK = 8


@dataclass(frozen=True)
class FootPrints:
    """Both feet over T frames as prints: ``place`` [T, 2, 2] (x, z of the flat foot's ankle), ``yaw``, ``pitch`` and
    ``lift`` [T, 2]. A foot that rolls over heel or ball keeps its print.
    """

    place: Array
    yaw: Array
    pitch: Array
    lift: Array

    def __len__(self) -> int:
        return len(self.yaw)


def foot_prints(ankles: Array, rotations: Array, build: Build) -> FootPrints:
    """Prints of ankles [T, 2, 3] with world rotations [T, 2, 4]; sideways tilt of the soles is left out."""
    headings = build.rest_headings
    toes = np.stack([np.sin(headings), np.zeros(2), np.cos(headings)], axis=-1)
    ahead = quat.rotate(rotations, toes)
    yaw = np.unwrap(np.arctan2(ahead[..., 0], ahead[..., 2]), axis=0)
    steep = -np.arcsin(np.clip(ahead[..., 1], -1.0, 1.0))
    pitch = np.sign(steep) * np.maximum(np.abs(steep) - FLATTENED, 0.0)
    pitch = np.clip(pitch, -0.6, 1.2)
    offset = build.ankle_offset(pitch)
    towards = np.stack([np.sin(yaw), np.cos(yaw)], axis=-1)
    place = ankles[..., [0, 2]] - offset[..., :1] * towards
    return FootPrints(place, yaw, pitch, ankles[..., 1] - offset[..., 1])


def foot_contacts(prints: FootPrints) -> Flags:
    """[T, 2] whether each foot stands by the rule :data:`PRINTS`."""
    return standing(prints.lift, speeds(prints.place, FPS), PRINTS, FPS)


def one_foot_stands(contacts: Flags, prints: FootPrints, walking: Flags) -> Flags:
    """``contacts`` [T, 2] with at least one foot on the floor wherever the body is ``walking`` [T] and does not run: the
    one that is lower and slower.
    """
    out = contacts.copy()
    lone = walking & ~contacts.any(axis=1)
    effort = prints.lift / PRINTS.low + speeds(prints.place, FPS) / PRINTS.slow
    out[lone, np.argmin(effort, axis=1)[lone]] = True
    return out


def settled_contacts(contacts: Flags, prints: FootPrints, walking: Flags) -> Flags:
    """``contacts`` [T, 2] of joined clips as they can be kept: no foot stands where the join carries it on, one always
    stands in ``walking`` [T], and every swing has the time that its length takes.
    """
    out = contacts & (speeds(prints.place, FPS) < CARRIED)
    for side in (0, 1):
        out[:, side] = _stepping_after(out[:, side], prints.place[:, side])
        out[:, side] = without_short(out[:, side], _SHORTEST)
    out = one_foot_stands(out, prints, walking)
    for side in (0, 1):
        out[:, side] = _with_time_to_swing(out[:, side], prints.place[:, side])
    return out


def _stepping_after(flags: Flags, place: Array) -> Flags:
    """Contacts of one foot with a swing wherever it has drifted ``DRIFT`` from where it came down."""
    out = flags.copy()
    for start, stop in spans(flags):
        here = place[start]
        for frame in range(start, stop):
            if float(np.linalg.norm(place[frame] - here)) > DRIFT:
                out[max(start, frame - _HALF_SWING) : min(stop, frame + _HALF_SWING)] = False
                here = place[min(frame + _HALF_SWING, stop - 1)]
    return out


def _with_time_to_swing(flags: Flags, place: Array) -> Flags:
    """Contacts of one foot, shortened where the swing between two of them would be faster than ``FASTEST_SWING``."""
    out, runs = flags.copy(), spans(flags)
    for (a, b), (c, d) in itertools.pairwise(runs):
        length = float(np.linalg.norm(np.median(place[c:d], axis=0) - np.median(place[a:b], axis=0)))
        missing = int(np.ceil(MINIMUM_JERK_PEAK * length / FASTEST_SWING * FPS)) - (c - b)
        before = min(max(missing, 0) // 2, max(0, b - a - _SHORTEST))
        after = min(max(missing, 0) - before, max(0, d - c - _SHORTEST))
        out[b - before : b] = False
        out[c : c + after] = False
    return out


NATURAL = np.array([0.05, 0.09])
"""Metres to the side and ahead by which feet may stand apart from standing at ease."""
NATURAL_TURN = np.radians(10.0)


def natural_stance(prints: FootPrints, goal: Stance) -> Stance:
    """The last prints, as near to ``goal`` as anybody at ease would stand."""
    out = goal.prints.copy()
    cos, sin = np.cos(goal.facing), np.sin(goal.facing)
    apart = np.zeros((2, 2))
    for side in (0, 1):
        dx, dz = prints.place[-1, side] - goal.prints[side, :2]
        apart[side] = np.clip([cos * dx - sin * dz, sin * dx + cos * dz], -NATURAL, NATURAL)
        turn = wrap(prints.yaw[-1, side] - goal.prints[side, 2])
        out[side, 2] += np.clip(turn, -NATURAL_TURN, NATURAL_TURN)
    apart -= 0.7 * apart.mean(axis=0)
    out[:, 0] += cos * apart[:, 0] + sin * apart[:, 1]
    out[:, 1] += -sin * apart[:, 0] + cos * apart[:, 1]
    return Stance(out)


STEP_FROM = (0.08, np.radians(12.0))
"""Metres and radians beyond which a foot that stands wrongly at the end takes one more step."""
STANDS = (0.001, np.radians(0.2))
"""The same for one that did not leave the floor on the way, so that it has no swing to make it up in."""
_STEP_FRAMES = 14
_STEP_LIFT = 0.035


def where_they_stood(prints: FootPrints, contacts: Flags, stance: Stance) -> FootPrints:
    """``prints`` with feet that never leave the floor where the ``stance`` has them."""
    place, yaw = prints.place.copy(), prints.yaw.copy()
    for side in np.flatnonzero(contacts.all(axis=0)):
        place[:, side], yaw[:, side] = stance.prints[side, :2], stance.prints[side, 2]
    return replace(prints, place=place, yaw=yaw)


def step_into(prints: FootPrints, contacts: Flags, stance: Stance) -> tuple[FootPrints, Flags]:
    """Both lengthened by a small step of each foot that would otherwise have to slide onto ``stance``."""
    wrong = []
    for side in (0, 1):
        runs = spans(contacts[:, side])
        start = runs[-1][0] if runs and runs[-1][1] == len(prints) else len(prints) - 1
        off = np.median(prints.place[start:, side], axis=0) - stance.prints[side, :2]
        turn = float(wrap(np.median(prints.yaw[start:, side]) - stance.prints[side, 2]))
        tolerated = STEP_FROM if start else STANDS
        if float(np.linalg.norm(off)) > tolerated[0] or abs(turn) > tolerated[1]:
            wrong.append((float(np.linalg.norm(off)), side))
    for _, side in sorted(wrong, reverse=True):
        prints, contacts = _with_step(prints, contacts, side, stance.prints[side])
    return prints, contacts


def _with_step(prints: FootPrints, contacts: Flags, side: int, target: Array) -> tuple[FootPrints, Flags]:
    frames = _STEP_FRAMES + 4
    s = np.clip((np.arange(frames) - 2) / _STEP_FRAMES, 0.0, 1.0)
    ease = minimum_jerk(s)
    place, yaw, pitch, lift = (
        np.repeat(values[-1:], frames, axis=0) for values in (prints.place, prints.yaw, prints.pitch, prints.lift)
    )
    turn = wrap(target[2] - yaw[0, side])
    place[:, side] += ease[:, None] * (target[:2] - place[0, side])
    yaw[:, side] += ease * turn
    lift[:, side] = lift[:, side] * (1 - ease) + _STEP_LIFT * np.sin(np.pi * s) ** 2
    pitch *= (1.0 - ease)[:, None]
    standing = np.ones((frames, 2), dtype=bool)
    standing[(s > 0.0) & (s < 1.0), side] = False
    more = (place, yaw, pitch, lift)
    old = (prints.place, prints.yaw, prints.pitch, prints.lift)
    joined = FootPrints(*(np.concatenate(pair) for pair in zip(old, more, strict=True)))
    return joined, np.concatenate([contacts, standing])


def plant(prints: FootPrints, contacts: Flags, build: Build, start: Stance | None, end: Stance | None) -> FootTrack:
    """Feet that stand still in their contacts and swing from one to the next as ``prints`` did.

    Where a foot stands in the first and the last frame, ``start`` and ``end`` say on which prints.
    """
    placed = np.concatenate([prints.place, prints.yaw[..., None], prints.lift[..., None]], axis=-1)
    for side in (0, 1):
        placed[:, side] = _anchored(
            placed[:, side],
            spans(contacts[:, side]),
            None if start is None else start.prints[side],
            None if end is None else end.prints[side],
        )
    lift = np.maximum(placed[..., 3], 0.0)
    pitch = _flat_when_alone(prints.pitch, contacts)
    track = FootTrack.from_prints(placed[..., :3], pitch, build)
    track.ankle[..., 1] += lift
    on_floor = np.repeat(contacts, 2, axis=1)
    track.contacts[~on_floor] = 0.0
    return FootTrack(track.ankle, track.rotation, _toes(pitch, contacts), track.contacts)


def swings_in_reach(feet: FootTrack, contacts: Flags, pelvis: Array, rotation: Array, build: Build) -> FootTrack:
    """``feet`` that the legs of ``pelvis`` [T, 3] (turned by ``rotation`` [T, 4]) reach without drawing it down.

    Swinging feet come along as far as the leg is short of them. A standing foot draws the pelvis down by about
    :data:`SINK` at most: then its heel rises, and one that is too far away even so leaves early or lands late.
    """
    from scipy.ndimage import distance_transform_edt

    ankle = feet.ankle.copy()
    for side in (0, 1):
        if not contacts[:, side].any():
            continue
        leg = ankle[:, side] - pelvis - quat.rotate(rotation, build.hips[side])
        length = np.linalg.norm(leg, axis=-1)
        over = np.maximum(length - REACH * build.legs[side].length, 0.0)
        share = np.minimum(distance_transform_edt(~contacts[:, side]) / _COMES_ALONG, 1.0)
        ankle[:, side] -= leg * (over * share / length)[:, None]
    ankle[..., 1] = np.maximum(ankle[..., 1], feet.ankle[..., 1])
    return _strides_in_reach(replace(feet, ankle=ankle), pelvis, rotation, build)


def _strides_in_reach(feet: FootTrack, pelvis: Array, rotation: Array, build: Build) -> FootTrack:
    need = np.maximum(*(too_high(pelvis, rotation, feet, side, build) for side in (0, 1)))
    if need.max() <= SINK:
        return feet
    sunk = lowered(pelvis, np.minimum(need, SINK), SINK_WINDOW, SINK_SIGMA)
    return reach_feet(sunk, rotation, feet, leg_use(sunk, rotation, feet, build), build)


def _flat_when_alone(pitch: Array, contacts: Flags) -> Array:
    """``pitch`` [T, 2] where no body stands on one heel alone: the toes come down before the other foot leaves."""
    from scipy.ndimage import distance_transform_edt

    out = pitch.copy()
    for side in (0, 1):
        alone = contacts[:, side] & ~(contacts[:, 1 - side] & (out[:, 1 - side] > -FLAT))
        if alone.any():
            out[:, side] = np.maximum(out[:, side], -TOES_DOWN * distance_transform_edt(~alone))
    return out


def _anchored(raw: Array, runs: list[tuple[int, int]], first: Array | None, last: Array | None) -> Array:
    """One foot [T, 4] (x, z, yaw, lift): constant in each run of contact, and in between the raw way with offsets that
    let it leave and land with no velocity.
    """
    if not runs:
        return raw.copy()
    out = raw.copy()
    anchors = [_anchor(raw[start:stop]) for start, stop in runs]
    if first is not None and runs[0][0] == 0:
        anchors[0] = _moved_to(anchors[0], first)
    if last is not None and runs[-1][1] == len(raw):
        anchors[-1] = _moved_to(anchors[-1], last)
    slope = np.gradient(raw, axis=0)
    for (start, stop), anchor in zip(runs, anchors, strict=True):
        out[start:stop] = anchor
    still = np.zeros(4)
    (begin, _), (_, end) = runs[0], runs[-1]
    swings = [
        (end - 1, begin, before, after)
        for ((_, end), before), ((begin, _), after) in itertools.pairwise(zip(runs, anchors, strict=True))
    ]
    for start, stop, before, after in swings:
        way = _between(stop - start, before - raw[start], after - raw[stop], -slope[start], -slope[stop])
        out[start : stop + 1] = raw[start : stop + 1] + way
        rise = LEAST_LIFT * np.sin(np.pi * np.arange(stop - start + 1) / (stop - start)) ** 2
        out[start : stop + 1, 3] = np.maximum(out[start : stop + 1, 3], rise)
    if begin:
        off = anchors[0] - raw[begin]
        out[: begin + 1] = raw[: begin + 1] + _between(begin, off, off, still, -slope[begin])
    if end < len(raw):
        off = anchors[-1] - raw[end - 1]
        out[end - 1 :] = raw[end - 1 :] + _between(len(raw) - end, off, off, -slope[end - 1], still)
    return out


def _anchor(raw: Array) -> Array:
    """Where a foot stands that should not have moved in ``raw`` [n, 4]."""
    return np.asarray(np.median(raw, axis=0) * [1.0, 1.0, 1.0, 0.0])


def _moved_to(anchor: Array, wanted: Array) -> Array:
    """``anchor`` (x, z, yaw, lift) at the print ``wanted`` (x, z, yaw), its yaw on the same turn."""
    turn = wrap(wanted[2] - anchor[2])
    return np.array([wanted[0], wanted[1], anchor[2] + turn, 0.0])


def _between(frames: int, a: Array, b: Array, da: Array, db: Array) -> Array:
    """[frames + 1, n] from ``a`` to ``b`` by minimum jerk, with the slopes ``da`` and ``db`` per frame at the ends, which
    fade within ``_SLOPE_FRAMES``.
    """
    time = np.arange(frames + 1, dtype=np.float64)
    s = time / frames
    share = minimum_jerk(s)[:, None]
    fade = min(_SLOPE_FRAMES, frames)
    start = (time * np.maximum(1.0 - time / fade, 0.0) ** 2)[:, None]
    return np.asarray((1.0 - share) * a + share * b + start * da - start[::-1] * db)


def _toes(pitch: Array, contacts: Flags) -> Array:
    """[T, 2] bend of the toes: flat on the floor while the heel rises, back straight soon after the foot has left it."""
    share = np.zeros_like(pitch)
    for side in (0, 1):
        for start, stop in spans(contacts[:, side]):
            share[start:stop, side] = 1.0
            after = np.arange(min(_TOES_BACK, len(pitch) - stop))
            share[stop : stop + len(after), side] = np.maximum(
                share[stop : stop + len(after), side], 1.0 - (after + 1) / _TOES_BACK
            )
    bend: Array = -np.maximum(pitch, 0.0) * share
    return np.where(np.abs(bend) < FLAT, 0.0, bend)

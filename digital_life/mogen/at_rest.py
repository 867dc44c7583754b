"""Gestures that begin and end at ease, so that they join any other: what was made goes over into a resting body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.hand_stops import speeds, stops, wrists
from digital_life.momat.inertia import LEGS
from digital_life.motion import quaternion as quat
from digital_life.motion.anchor import anchored
from digital_life.motion.blend import blend_positions, blend_rotations
from digital_life.motion.body_parts import ARMS, TRUNK, trunk_after
from digital_life.motion.cleanup import find_loop, loop
from digital_life.motion.foot_skate import label_contacts, plant_feet
from digital_life.motion.ik import reach_wrists
from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.lap import over_lap
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

Array = NDArray[np.float64]

FASTEST = 2.5
"""Radians per second that a joint turns on its way to rest, at most, unless that takes longer than :data:`LONGEST`."""
SHORTEST, LONGEST = 0.4, 1.0
"""Seconds of that way."""
HELD = 3
"""Frames for which the body is still at both ends."""
LOOP = 0.6
"""Share of a motion that its loop lasts, at least."""
RAISED, FAR = 0.5, 0.75
"""Shares of its farthest from which on a hand is at its work, and may make its stroke."""
TOGETHER, SOON = 4, 24
"""Frames up to which two hands stop together, and within which a stroke follows its preparation."""
_PEAK = 1.875
"""Largest speed of a quintic that goes 1 in 1 second."""
LEFT_LAP = 0.6
"""Share of its farthest from which on a hand of a standing body would be over the lap of a seated one."""
STEADY = 0.35
"""Share of its way that the pelvis of somebody who only talks keeps."""
SUNK = 0.01
"""Metres that hands may come nearer to the thighs than they rest on them."""
WAY, LIFT, LIFTS = 6, 1.4, 4
"""Frames around a place that is too low, the share of what is missing by which hands are lifted there, and how often."""
_SIDES = ("left", "right")
_ANKLES = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]


def from_rest_to_rest(motion: Motion, rest: Motion) -> Motion:
    """``motion`` of a body that stands in place, begun from and ended in the pose of ``rest`` (its first frame), still.

    The ways there are added before and after: quintics with the speed that the motion has, long enough for the joint that
    turns farthest.
    """
    later = _and_rests(motion, rest)
    both = _reversed(_and_rests(_reversed(later), rest))
    planted = plant_feet(both, contacts=label_contacts(both))
    return replace(anchored(planted), provenance=motion.provenance)


def looped(motion: Motion, rest: Motion) -> Motion:
    """The stretch of ``motion``, in place, that is best played over and over, closed.

    Its arms hang as those of ``rest`` and keep their own small movements, so that it joins other ways of standing.
    """
    first, last = find_loop(motion, shortest=LOOP * motion.duration)
    closed = in_stance(loop(motion.slice(first, last), moving=False), rest, 1.0)
    rotations = closed.rotations.astype(np.float64)
    for arm in ARMS:
        rotations[:, arm] = _centred(rotations[:, arm], rest.rotations[0, arm].astype(np.float64))
    return anchored(replace(closed, rotations=_as_float(rotations)))


def _centred(rotations: Array, middle: Array) -> Array:
    """``rotations`` [T, J, 4] moved so that they are about ``middle`` [J, 4] on average."""
    turns = quat.to_axis_angle(quat.multiply(quat.conjugate(rotations[:1]), rotations))
    mean = quat.multiply(rotations[:1], quat.from_axis_angle(turns.mean(axis=0, keepdims=True)))
    return quat.normalize(quat.multiply(middle, quat.multiply(quat.conjugate(mean), rotations)))


def seated(motion: Motion, rest: Motion) -> Motion | None:
    """The gesture of a standing body done by one that sits as ``rest`` does; None where its hands would go into the lap.

    Raised arms are those of ``motion`` while they are at their work; the trunk and the head add what they do meanwhile.
    """
    away = _from_start(motion)
    raised = np.flatnonzero(away.max(axis=1) >= LEFT_LAP * away.max())
    made = motion.rotations[raised[0] : raised[-1] + 1].astype(np.float64)
    pose = rest.rotations[0].astype(np.float64)
    rotations = np.tile(pose, (len(made), 1, 1))
    for arm, farthest in zip(ARMS, away.max(axis=0), strict=True):
        if farthest >= RAISED * away.max():
            rotations[:, arm] = made[:, arm]
    rotations[:, TRUNK] = trunk_after(pose[list(TRUNK)], made)
    places = np.tile(rest.translation[:1], (len(made), 1))
    sitting = from_rest_to_rest(Motion(places, _as_float(rotations)), rest)
    least = float(_over_lap(rest.slice(0, 1)).min()) - SUNK
    for _ in range(LIFTS):
        sitting = _lifted(sitting, least)
    return sitting if _over_lap(sitting).min() >= least - SUNK else None


def _lifted(motion: Motion, least: float) -> Motion:
    """The motion with hands that come nearer than ``least`` metres to the thighs lifted on their way."""
    from scipy.ndimage import gaussian_filter1d, maximum_filter1d

    missing = np.maximum(least - _over_lap(motion), 0.0)
    lift = gaussian_filter1d(maximum_filter1d(missing, 2 * WAY + 1, axis=0), WAY / 2, axis=0)
    ends = np.arange(len(lift))
    lift *= np.clip((np.minimum(ends, ends[::-1]) - HELD) / WAY, 0.0, 1.0)[:, None]
    joints = wrists(motion.rotations, motion.translation, canonical_skeleton())
    joints[..., 1] += LIFT * lift
    rotations = reach_wrists(
        motion.rotations.astype(np.float64), motion.translation.astype(np.float64), joints, canonical_skeleton()
    )
    return replace(motion, rotations=_as_float(rotations))


def _from_start(motion: Motion) -> Array:
    """[T, 2] metres of the wrists from where they were in the first frame."""
    places = wrists(motion.rotations, motion.translation, canonical_skeleton())
    return np.asarray(np.linalg.norm(places - places[:1], axis=-1))


def _over_lap(motion: Motion) -> Array:
    """[T, 2] metres between each hand and the bones of the thighs, where they are nearest."""
    return over_lap(motion.rotations.astype(np.float64), motion.translation.astype(np.float64), canonical_skeleton())


def in_stance(motion: Motion, rest: Motion, share: float = STEADY) -> Motion:
    """The motion over the feet of ``rest``: its pelvis sways about where that of ``rest`` is, a ``share`` of its own way.

    So neither pelvis nor hands have a way to go where a gesture meets an idle.
    """
    root, pose = motion.rotations[:, :1].astype(np.float64), rest.rotations[0].astype(np.float64)
    turns = quat.to_axis_angle(quat.multiply(quat.conjugate(root[:1]), root))
    rotations = motion.rotations.copy()
    rotations[:, :1] = quat.multiply(pose[:1], quat.from_axis_angle(share * (turns - turns.mean(axis=0))))
    rotations[:, LEGS] = pose[LEGS]
    away = motion.translation - motion.translation.mean(axis=0)
    away[:, 1] = np.minimum(away[:, 1], 0.0)  # legs are nearly straight where people stand
    places = rest.translation[0] + share * away
    planted = plant_feet(Motion(places, rotations), contacts=np.ones((len(motion), 4), np.float32))
    return replace(planted, provenance=motion.provenance)


def sync_times(motion: Motion) -> dict[str, float]:
    """Seconds at which the hands of a gesture are raised, make their stroke and go back: ``ready``, ``stroke``, ``relax``.

    Of the stops of hands that are far from where they began, the first one ends the preparation and one that comes soon
    after it the stroke; one alone is both. (On 42 gestures with stroke times by hand the median error is 0.03 s.)
    """
    away = _from_start(motion)
    speed = speeds(wrists(motion.rotations, motion.translation, canonical_skeleton()))
    farthest = away.max(axis=1)
    found = sorted(
        int(frame) for hand in (0, 1) for frame in stops(speed[:, hand]) if away[frame, hand] >= FAR * farthest.max()
    )
    first = found[0] if found else int(farthest.argmax())
    stroke = next((frame for frame in found if TOGETHER < frame - first < SOON), first)
    working = np.flatnonzero(farthest >= RAISED * farthest.max())
    ready, relax = min(int(working[0]), stroke), max(int(working[-1]), stroke)
    return {"ready": _seconds(ready), "stroke": _seconds(stroke), "relax": _seconds(relax)}


def _seconds(frame: int) -> float:
    return round(frame / FPS, 3)


def _and_rests(motion: Motion, rest: Motion) -> Motion:
    """``motion`` followed by the way to ``rest``, under whose feet the floor stays."""
    ends = motion.rotations[-2:].astype(np.float64)
    pose = rest.rotations[0].astype(np.float64)
    pose[0] = quat.multiply(quat.yaw(quat.heading(ends[-1, 0]) - quat.heading(pose[0])), pose[0])
    turns = np.linalg.norm(quat.to_axis_angle(quat.multiply(pose, quat.conjugate(ends[-1]))), axis=-1)
    seconds = float(np.clip(_PEAK * turns.max() / FASTEST, SHORTEST, LONGEST))
    frames = round(seconds * FPS) + HELD
    places = motion.translation[-2:].astype(np.float64)
    aim = places[-1] + _between_ankles(ends[-1], places[-1]) - _between_ankles(pose, places[-1])
    aim[1] = rest.translation[0, 1]
    return Motion(
        np.concatenate([motion.translation, _as_float(blend_positions(np.tile(aim, (frames, 1)), places, seconds))]),
        np.concatenate([motion.rotations, _as_float(blend_rotations(np.tile(pose, (frames, 1, 1)), ends, seconds))]),
    )


def _between_ankles(pose: Array, place: Array) -> Array:
    """[3] the middle of both ankles of a pose [55, 4] at ``place``."""
    joints, _ = joint_kinematics(pose[None], place[None], canonical_skeleton(), _ANKLES)
    return np.asarray(joints[0].mean(axis=0))


def _as_float(values: Array) -> NDArray[np.float32]:
    return values.astype(np.float32)


def _reversed(motion: Motion) -> Motion:
    return Motion(motion.translation[::-1], motion.rotations[::-1])

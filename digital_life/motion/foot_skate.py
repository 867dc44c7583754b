"""Contact labels with hysteresis, and feet that stay where they stand.

A foot touches the floor with its heel and its ball, two points of the sole. While a point stands, the foot is shifted so
that the point does not move; where both stand the foot does not turn either. The shifts of one stance are centred about
zero, fade into each other over the swings, and the legs follow by two-bone inverse kinematics with the smallest change.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.contacts import SOLES, ContactRule, speeds, standing
from digital_life.motion.feet import rest_heading, sole
from digital_life.motion.ik import LONGEST, limb, reach_ankles
from digital_life.motion.kinematics import joint_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.series import minimum_jerk, spans
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton

Array = NDArray[np.float64]

SIDES = ("left", "right")
_LEG = ("hip", "knee", "ankle")


def label_contacts(motion: Motion, skeleton: Skeleton | None = None, rule: ContactRule = SOLES) -> NDArray[np.float32]:
    """Contacts [T, 4] (0 or 1) of left heel, left ball, right heel and right ball, in the order of ``CONTACT_JOINTS``."""
    points = sole_points(motion, skeleton or canonical_skeleton()).reshape(len(motion), 4, 3)
    across = speeds(points[..., [0, 2]], motion.fps)
    return standing(points[..., 1], across, rule, motion.fps).astype(np.float32)


def plant_feet(
    motion: Motion,
    skeleton: Skeleton | None = None,
    contacts: NDArray[np.floating[Any]] | None = None,
    *,
    settled: int = 0,
) -> Motion:
    """The motion without foot skate: what stands by ``contacts`` [T, 4] (default: labelled here) does not slide.

    Points that stand are put on the floor y = 0, no other point of a sole stays under it, and the pelvis sinks where a
    leg would be too short. The contacts are stored in the result. The first ``settled`` frames were planted before and
    stay as they are; a foot that stands in the last of them goes on standing at its place.
    """
    skeleton = skeleton or canonical_skeleton()
    if len(motion) < 2:
        return motion
    labels = label_contacts(motion, skeleton) if contacts is None else np.asarray(contacts)
    standing = labels.reshape(len(motion), 2, 2) > 0.5
    rotations = motion.rotations.astype(np.float64)
    translation = motion.translation.astype(np.float64)
    legs = [JOINT_INDEX[f"{side}_{name}"] for side in SIDES for name in _LEG]
    positions, world = (
        part.reshape(len(motion), len(SIDES), len(_LEG), -1)
        for part in joint_kinematics(rotations, translation, skeleton, legs)
    )
    ankles = np.empty((len(motion), 2, 3))
    for side, name in enumerate(SIDES):
        _, knee, ankle = np.moveaxis(world[:, side], 1, 0)
        foot = _held(ankle, np.asarray(standing[:, side].all(axis=1)), motion.fps, settled)
        rotations[:, JOINT_INDEX[f"{name}_ankle"]] = quat.multiply(quat.conjugate(knee), foot)
        places = positions[:, side, 2]
        points = places[:, None] + quat.rotate(foot[:, None], _soles(skeleton, name))
        ankles[:, side] = places + _shift(points, standing[:, side], motion.fps, settled)
    translation = _sunk(positions, translation, ankles, skeleton, settled)
    rotations = reach_ankles(rotations, translation, ankles, skeleton)
    rotations[:settled] = motion.rotations[:settled]
    return replace(
        motion,
        translation=translation.astype(np.float32),
        rotations=rotations.astype(np.float32),
        contacts=standing.reshape(len(motion), 4).astype(np.float32),
    )


def foot_skate(
    motion: Motion, skeleton: Skeleton | None = None, contacts: NDArray[np.floating[Any]] | None = None
) -> float:
    """Mean horizontal speed of what stands, centimetres per second; 0 where nothing stands."""
    skeleton = skeleton or canonical_skeleton()
    labels = label_contacts(motion, skeleton) if contacts is None else np.asarray(contacts)
    points = sole_points(motion, skeleton).reshape(len(motion), 4, 3)
    both = (labels[1:] > 0.5) & (labels[:-1] > 0.5)
    speed = np.linalg.norm(np.diff(points[..., [0, 2]], axis=0), axis=-1) * motion.fps
    return float(100.0 * speed[both].mean()) if both.any() else 0.0


def sole_points(motion: Motion, skeleton: Skeleton) -> Array:
    """World places [T, 2, 2, 3] of heel and ball on the sole of the left and the right foot, metres."""
    ankles = [JOINT_INDEX[f"{side}_ankle"] for side in SIDES]
    positions, world = joint_kinematics(motion.rotations, motion.translation, skeleton, ankles)
    soles = np.stack([_soles(skeleton, side) for side in SIDES])
    return np.asarray(positions[:, :, None] + quat.rotate(world[:, :, None], soles))


def _soles(skeleton: Skeleton, side: str) -> Array:
    """Heel and ball [2, 3] on the floor under a foot at rest, from its ankle."""
    foot = sole(skeleton, side)
    ball = np.array([0.0, -foot.ankle_height, foot.ball[2]])
    return quat.rotate(quat.yaw(rest_heading(skeleton, side)), np.stack([foot.heel, ball]))


def _smooth(share: NDArray[np.floating[Any]]) -> Array:
    return minimum_jerk(np.clip(share, 0.0, 1.0).astype(np.float64))


_EDGE_SECONDS = 0.1
"""How long a foot takes to settle into the orientation that it keeps while it stands flat."""


def _held(foot: Array, flat: NDArray[np.bool_], fps: int, settled: int) -> Array:
    """World rotations [T, 4] of a foot, which keeps its mean orientation wherever it is ``flat``.

    The first ``settled`` stay, and so does the last of them while the foot stands on.
    """
    held = foot.copy()
    edge = max(1.0, _EDGE_SECONDS * fps)
    for start, stop in spans(flat):
        if stop <= settled:
            continue
        near = foot[start:stop] * np.where(np.sum(foot[start:stop] * foot[start], axis=-1) < 0.0, -1.0, 1.0)[:, None]
        mean = foot[settled - 1] if start < settled else quat.normalize(near.mean(axis=0))
        frames = np.arange(max(settled, start - int(edge)), min(len(foot), stop + int(edge)))
        into = min(edge, start - settled + 1.0) if settled else edge
        before = _smooth((frames - start + into) / into) if start > settled else np.ones(len(frames))
        after = _smooth((stop - 1 - frames + edge) / edge) if stop < len(foot) else np.ones(len(frames))
        near = held[frames]
        held[frames] = quat.slerp(near, np.broadcast_to(mean, near.shape), np.minimum(before, after))
    return held


_SWING_SECONDS = 0.5
"""How far from a stance its shift still has an influence on the swing."""

_SETTLE_FRAMES = 1.5
"""Standard deviation (frames) with which vertical shifts are smoothed where the standing point changes."""


def _shift(points: Array, standing: NDArray[np.bool_], fps: int, settled: int) -> Array:
    """What to add [T, 3] to a foot whose heel and ball are at ``points`` [T, 2, 3] so that what stands stays.

    Nothing is added to the first ``settled`` frames.
    """
    from scipy.ndimage import gaussian_filter1d

    shift = np.zeros((len(points), 3))
    stances = spans(np.asarray(standing.any(axis=1)))
    steps = np.diff(points, axis=0, prepend=points[:1])
    both = standing & np.concatenate([np.zeros((1, 2), dtype=bool), standing[:-1]])
    steps = np.where(both[:, 1:], steps[:, 1], np.where(both[:, :1], steps[:, 0], 0.0))
    for start, stop in stances:
        if stop <= settled:
            continue
        slide = -np.cumsum(steps[start:stop], axis=0)
        lowest = np.where(standing[start:stop], points[start:stop, :, 1], np.inf).min(axis=1)
        lift = gaussian_filter1d(-lowest, _SETTLE_FRAMES, mode="nearest")
        if start < settled:
            last = settled - 1 - start
            slide -= slide[last]
            lift -= lift[last] * _faded(np.arange(stop - start) - last)
        else:
            slide -= 0.5 * (slide.min(axis=0) + slide.max(axis=0))
        shift[start:stop] = slide
        shift[start:stop, 1] = lift
    shift[:settled] = 0.0
    _bridge(shift, stances, fps, settled)
    under = np.minimum(points[..., 1].min(axis=1) + shift[:, 1], 0.0)
    under[:settled] = 0.0
    shift[:, 1] -= under
    return shift


_TAKE_OVER_FRAMES = 6.0
"""Over how many frames heights and the sinking of the pelvis begin after frames that are settled."""


def _faded(frames: NDArray[np.integer[Any]]) -> Array:
    """From 1 at 0 (and before) to 0."""
    return 1.0 - _smooth(frames / _TAKE_OVER_FRAMES)


def _bridge(shift: Array, stances: list[tuple[int, int]], fps: int, settled: int) -> None:
    """Let the shifts of stances fade out and into each other over the swings between them, in place."""
    reach_out = max(1.0, _SWING_SECONDS * fps)
    frames = len(shift)
    if not stances:
        return
    gaps = [(0, stances[0][0]), *((a[1], b[0]) for a, b in pairwise(stances)), (stances[-1][1], frames)]
    for start, stop in gaps:
        if stop <= settled:
            continue
        start = max(start, settled)
        here = np.arange(start, stop)
        length = min(reach_out, float(stop - start + 1))
        left = _smooth(1.0 - (here - start + 1) / length)[:, None] if start else np.zeros((len(here), 1))
        right = _smooth(1.0 - (stop - here) / length)[:, None] if stop < frames else np.zeros((len(here), 1))
        before = shift[start - 1] if start else np.zeros(3)
        after = shift[stop] if stop < frames else np.zeros(3)
        shift[start:stop] = left * before + right * after


def _sunk(positions: Array, translation: Array, ankles: Array, skeleton: Skeleton, settled: int) -> Array:
    """The translation [T, 3], lowered smoothly where a leg would not reach its ankle [T, 2, 3] any more.

    ``positions`` [T, 2, 3, 3] are hip, knee and ankle of both legs.
    """
    from scipy.ndimage import gaussian_filter1d, maximum_filter1d

    need = np.zeros(len(translation))
    for side, name in enumerate(SIDES):
        hip, ankle = positions[:, side, 0], positions[:, side, 2]
        length = limb(skeleton, name, "leg").length
        longest = np.maximum(np.linalg.norm(hip - ankle, axis=-1), LONGEST * length)
        across = np.linalg.norm((hip - ankles[:, side])[:, [0, 2]], axis=-1)
        highest = ankles[:, side, 1] + np.sqrt(np.maximum(longest**2 - across**2, 0.0))
        need = np.maximum(need, hip[:, 1] - highest)
    need = gaussian_filter1d(maximum_filter1d(need, 7, mode="nearest"), 2.0, mode="nearest")
    if settled:
        need *= 1.0 - _faded(np.arange(len(need)) - settled + 1)
    return np.asarray(translation - need[:, None] * np.array([0.0, 1.0, 0.0]))

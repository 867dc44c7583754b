"""The feet of a clip brought to the ground: what stands stands still and flat, and no sole is under the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import SIDES, Build, FootTrack
from digital_life.motion import quaternion as quat
from digital_life.motion.blend import quintic_decay
from digital_life.motion.contacts import BALLS, speeds, standing
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.series import spans
from digital_life.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVEL = np.radians(12.0)
"""A standing foot pitched less than this has its heel on the floor too."""
RELEASE = 9
"""Frames in which a foot that was corrected in contact returns to the clip's own path."""
SOFT = 0.008
"""Metres over which the lift out of the floor sets in."""
MOST_TOES = np.radians(85.0)
TOLERATED = 0.004
"""Metres that the tip of toes that bend no farther may be under the floor before the foot is raised."""


def ground_feet(motion: Motion, build: Build) -> FootTrack:
    """The feet of ``motion`` (on the skeleton of ``build``) in the world of the motion, with contact labels.

    In every contact the ball of the foot keeps one place on the floor, a level foot is set flat and keeps its direction;
    corrections come and go smoothly in the swings. Toes bend, and feet rise, so that neither is under the floor.
    """
    positions, world = forward_kinematics(motion.rotations, motion.translation, build.skeleton)
    tracks = []
    for side, name in enumerate(SIDES):
        rotation = world[:, JOINT_INDEX[f"{name}_ankle"]]
        ball = positions[:, JOINT_INDEX[f"{name}_foot"]]
        yaw = build.rest_headings[side]
        across = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
        bend = quat.to_axis_angle(motion.rotations[:, JOINT_INDEX[f"{name}_foot"]]) @ across
        stands = standing(ball[:, 1] - build.ball_height, speeds(ball, FPS), BALLS, FPS)
        level = stands & (np.abs(foot_pitch(rotation, side, build)) < LEVEL)
        rotation = _levelled(rotation, level)
        ball = _planted(ball, stands, build.ball_height)
        ball, bend = above_floor(ball, rotation, bend, side, build)
        tracks.append((ball, rotation, bend, stands, level))
    balls, rotations, toes, stand, flat = (np.stack(parts, axis=1) for parts in zip(*tracks, strict=True))
    contacts = np.stack([stand & flat, stand], axis=-1).reshape(len(motion), 4)
    return FootTrack(ankles(balls, rotations, build), rotations, toes, contacts.astype(np.float64))


def balls(track: FootTrack, build: Build) -> Array:
    """[T, 2, 3] where the balls of the feet are."""
    return np.asarray(track.ankle + quat.rotate(track.rotation, build.balls))


def ankles(balls: Array, rotations: Array, build: Build, side: int | None = None) -> Array:
    """[..., 3] ankles of feet with their balls at ``balls`` and world ``rotations`` [..., 4].

    The last axis but one of both is left and right, or all are the foot of one ``side`` (0 left, 1 right).
    """
    return np.asarray(balls - quat.rotate(rotations, build.balls if side is None else build.balls[side]))


def foot_pitch(rotation: Array, side: int, build: Build) -> Array:
    """Radians by which the heel of feet with world rotations [..., 4] is higher than the ball."""
    yaw = build.rest_headings[side]
    ahead = quat.rotate(rotation, np.array([np.sin(yaw), 0.0, np.cos(yaw)]))
    return np.asarray(-np.arcsin(np.clip(ahead[..., 1], -1.0, 1.0)))


def _levelled(rotation: Array, level: Flags) -> Array:
    """World rotations [T, 4] of a foot: flat on the floor, in one direction, throughout each stretch of ``level``."""
    correction = np.zeros((len(rotation), 3))
    for start, stop in spans(level):
        ahead = quat.heading(rotation[start:stop])
        mean = float(np.arctan2(np.sin(ahead).mean(), np.cos(ahead).mean()))
        flat = np.broadcast_to(quat.yaw(mean), (stop - start, 4))
        correction[start:stop] = quat.to_axis_angle(quat.multiply(flat, quat.conjugate(rotation[start:stop])))
    return quat.normalize(quat.multiply(quat.from_axis_angle(carried_over(correction, level)), rotation))


def _planted(ball: Array, stands: Flags, height: float) -> Array:
    """The ball of a foot [T, 3], still on the floor throughout each stretch of ``stands``."""
    correction = np.zeros_like(ball)
    for start, stop in spans(stands):
        place = ball[start:stop].mean(axis=0)
        place[1] = height
        correction[start:stop] = place - ball[start:stop]
    return ball + carried_over(correction, stands)


def carried_over(correction: Array, known: Flags, frames: int = RELEASE) -> Array:
    """``correction`` [T, n], given where ``known``, let go before and after in at most ``frames`` frames, without a kink."""
    out = np.where(known[:, None], correction, 0.0)
    for start, stop in spans(~known):
        length = stop - start
        if start > 0:
            slope = correction[start - 1] - correction[start - 2] if start > 1 and known[start - 2] else 0.0
            out[start:stop] += _let_go(correction[start - 1], slope, length, frames)
        if stop < len(known):
            slope = correction[stop] - correction[stop + 1] if stop + 1 < len(known) and known[stop + 1] else 0.0
            out[start:stop] += _let_go(correction[stop], slope, length, frames)[::-1]
    return out


def _let_go(value: Array, slope: Array | float, length: int, frames: int) -> Array:
    seconds = min(frames, length + 1) / FPS
    return quintic_decay(value, np.broadcast_to(slope, value.shape) * FPS, length, seconds)


def above_floor(ball: Array, rotation: Array, bend: Array, side: int, build: Build) -> tuple[Array, Array]:
    """Ball [T, 3] and bend of the toes [T] of a foot, changed so that heel, ball and toes are not under the floor."""
    ball = lifted(ball, rotation, side, build)
    too_far = ahead_of(softly_positive(bend - most_bend(ball, rotation, side, build), np.radians(4.0)))
    bend = np.clip(bend - too_far, -MOST_TOES, MOST_TOES)
    deep = -toe_tip(ball, rotation, bend, side, build) - TOLERATED
    ball[:, 1] += softly_positive(deep)
    return ball, bend


def toe_tip(ball: Array, rotation: Array, bend: Array, side: int, build: Build) -> Array:
    """[T] height of the underside of the toes' tip."""
    yaw = build.rest_headings[side]
    across = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    tip = np.array([build.toe_length * np.sin(yaw), -build.ball_height, build.toe_length * np.cos(yaw)])
    toes = quat.multiply(rotation, quat.from_axis_angle(bend[:, None] * across))
    return np.asarray(ball[:, 1] + quat.rotate(toes, tip)[:, 1])


def most_bend(ball: Array, rotation: Array, side: int, build: Build) -> Array:
    """[T] radians that the toes of a foot can be bent down (positive) before their tip is under the floor.

    The tip's height is a cosine of the bend, about the axis across the foot, through the ball [T, 3].
    """
    yaw = build.rest_headings[side]
    across = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    tip = np.array([build.toe_length * np.sin(yaw), -build.ball_height, build.toe_length * np.cos(yaw)])
    straight = quat.rotate(rotation, tip)[..., 1]
    square = quat.rotate(rotation, np.cross(across, tip))[..., 1]
    size = np.maximum(np.hypot(straight, square), 1e-9)
    phase = np.arctan2(square, straight)
    phase = np.where(phase > 0.5 * np.pi, phase - 2.0 * np.pi, phase)
    return np.asarray(phase + np.arccos(np.clip(-ball[..., 1] / size, -1.0, 1.0)))


def lifted(ball: Array, rotation: Array, side: int, build: Build) -> Array:
    """Ball [T, 3] of a foot raised where it or the heel is under the floor."""
    heel = ball + quat.rotate(rotation, build.heels[side] - build.balls[side])
    out = ball.copy()
    out[:, 1] += softly_positive(np.maximum(-heel[:, 1], build.ball_height - ball[:, 1]))
    return out


def ahead_of(need: Array, window: int = 5, sigma: float = 1.3) -> Array:
    """A smooth curve [T] of about the largest ``need`` [T] within ``window`` frames: what comes is prepared for."""
    from scipy.ndimage import gaussian_filter1d, maximum_filter1d

    if not need.any():
        return need
    return np.asarray(gaussian_filter1d(maximum_filter1d(need, window, mode="nearest"), sigma, mode="nearest"))


def softly_positive(x: Array, soft: float = SOFT) -> Array:
    """max(x, 0) with a parabola for its corner, never less than x - soft / 2."""
    return np.where(x <= 0.0, 0.0, np.where(x < soft, x * x / (2.0 * soft), x - 0.5 * soft))

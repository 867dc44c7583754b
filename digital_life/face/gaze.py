"""Where the eyes point: targets, saccades, and looking away while thinking.

Angles are radians in the head's frame: yaw about +Y (positive to the character's left), pitch about +X (positive down).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.face.weights import row
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.motion import FPS

Array = NDArray[np.float64]

YAW_LIMIT = np.radians(25.0)
PITCH_LIMIT = np.radians(20.0)
_SACCADE = np.radians(1.5)
_HOLD = (0.6, 2.5)
_JUMP_FRAMES = 2
_HEAD_ONSET = np.radians(8.0)


def eye_rotations(targets: Array, eyes: Array, *, seed: int, fps: int = FPS) -> Array:
    """Local rotations [T, 2, 4] of the joints left_eye and right_eye that look at ``targets`` with small saccades.

    ``targets`` [T, 3] metres and ``eyes`` [2, 3] (left, right) are in the head's frame (its rest axes). The eyes
    converge on near targets and stop at 25 degrees to the side and 20 up or down; the head has to do the rest.
    """
    rays = targets[:, None, :] - eyes[None]
    angles = angles_of(rays) + saccades(len(targets), seed=seed, fps=fps)[:, None, :]
    return rotations_of(limit(angles))


def angles_of(rays: Array) -> Array:
    """(yaw, pitch) [..., 2] of directions [..., 3] in the head's frame."""
    yaw = np.arctan2(rays[..., 0], rays[..., 2])
    pitch = np.arctan2(-rays[..., 1], np.hypot(rays[..., 0], rays[..., 2]))
    return np.stack([yaw, pitch], axis=-1)


def limit(angles: Array) -> Array:
    """(yaw, pitch) [..., 2] within what eyes can do."""
    bound = np.array([YAW_LIMIT, PITCH_LIMIT])
    return np.asarray(np.clip(angles, -bound, bound))


def rotations_of(angles: Array) -> Array:
    """(yaw, pitch) [..., 2] to quaternions [..., 4]: pitch about the turned x axis."""
    half = angles[..., 1] / 2
    zero = np.zeros_like(half)
    pitch = np.stack([np.cos(half), np.sin(half), zero, zero], axis=-1)
    return quat.normalize(quat.multiply(quat.yaw(angles[..., 0]), pitch))


def head_turn(angles: Array) -> Array:
    """The part of (yaw, pitch) [..., 2] that the head takes over: nothing below 8 degrees, most of what lies beyond.

    The eyes are left with little enough to look comfortable (gaze of more than 15 degrees is held by the head).
    """
    size = np.abs(angles)
    return np.asarray(np.sign(angles) * np.maximum(size - _HEAD_ONSET, 0.0) * 0.8)


def saccades(frames: int, *, seed: int, fps: int = FPS) -> Array:
    """Fixation offsets [frames, 2] (yaw, pitch): jumps of about 1.5 degrees every 0.6 to 2.5 seconds."""
    rng = np.random.default_rng([seed, 0x5AC])
    out = np.zeros((frames, 2))
    start = 0
    while start < frames:
        hold = int(rng.uniform(*_HOLD) * fps)
        out[start : start + hold] = rng.normal(0.0, _SACCADE / 2, 2) * [1.0, 0.7]
        start += max(hold, 1)
    return ease_jumps(out)


def look_away(frames: int, *, seed: int, speaking: bool, fps: int = FPS) -> Array:
    """Offsets [frames, 2] (yaw, pitch) from the partner's face, 0 while looking at it.

    Listeners look at a speaker about three quarters of the time, speakers about half, and speakers look away when
    they begin and back when they end (Argyle and Cook 1976). Speakers look up or to the side, listeners down.
    """
    rng = np.random.default_rng([seed, 0xA3E])
    out = np.zeros((frames, 2))
    clock = rng.uniform(0.1, 0.4) if speaking and rng.random() < 0.7 else rng.uniform(1.5, 3.5)
    last = frames / fps - (0.8 if speaking else 0.3)
    while clock < last:
        away = rng.uniform(0.5, 1.4) if speaking else rng.uniform(0.4, 0.9)
        end = min(clock + away, last)
        side = rng.choice([-1.0, 1.0])
        height = rng.uniform(-9, 4) if speaking else rng.uniform(3, 10)
        out[int(clock * fps) : int(end * fps)] = np.radians([side * rng.uniform(6, 15), height])
        clock = end + (rng.uniform(0.8, 2.0) if speaking else rng.uniform(2.2, 5.0))
    return ease_jumps(out)


def ease_jumps(steps: Array) -> Array:
    """Spread every jump over two frames, about as long as a small saccade lasts."""
    padded = np.concatenate([np.repeat(steps[:1], _JUMP_FRAMES - 1, axis=0), steps])
    return np.asarray(np.mean([padded[i : i + len(steps)] for i in range(_JUMP_FRAMES)], axis=0))


def lid_weights(angles: Array) -> NDArray[np.float32]:
    """ARKit eyeLook weights [T, 52] of (yaw, pitch) [T, 2, 2] of the left and the right eye: lids follow the gaze."""
    out = np.zeros((len(angles), len(ARKIT_NAMES)), np.float32)
    for eye, side in enumerate(("Left", "Right")):
        yaw, pitch = angles[:, eye, 0] / YAW_LIMIT, angles[:, eye, 1] / PITCH_LIMIT
        outward = yaw if side == "Left" else -yaw
        for name, value in (("Up", -pitch), ("Down", pitch), ("Out", outward), ("In", -outward)):
            out += np.clip(value, 0, 1)[:, None] * row({f"eyeLook{name}{side}": 1.0})
    return out.astype(np.float32)

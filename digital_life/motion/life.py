"""What never stops in a living body: breathing and small slow swaying, added under every clip."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.clip_file import ClipFile
from digital_life.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

_BREATH_DEGREES = {"spine1": 0.25, "spine2": -0.55, "spine3": -0.85, "neck": 0.9}
_BREATH_COLLAR_DEGREES = 1.1
_SWAY_DEGREES = {
    "spine1": 0.35, "spine2": 0.35, "spine3": 0.4, "neck": 0.7, "head": 0.8, "left_shoulder": 0.7, "right_shoulder": 0.7,
    "left_elbow": 0.9, "right_elbow": 0.9, "left_wrist": 1.1, "right_wrist": 1.1,
}  # fmt: skip
_SWAY_METRES = np.array([0.0045, 0.0, 0.0035])
_FINGER_DEGREES = 1.6
_WAVES = 4


class Swaying:
    """Smooth noise from a seed: sums of slow sines, whole numbers of periods in a loop."""

    def __init__(self, clip: ClipFile, times: Array) -> None:
        self._random = np.random.default_rng([clip.life.seed, zlib.crc32(clip.id.encode())])
        self._times = times
        self._period = clip.duration if clip.loop else None

    def noise(self, columns: int, slowest: float = 0.12, fastest: float = 0.5) -> Array:
        """[N, columns] of unit standard deviation with frequencies between ``slowest`` and ``fastest`` hertz."""
        hertz = self._random.uniform(slowest, fastest, (_WAVES, columns))
        if self._period is not None:
            hertz = np.maximum(np.round(hertz * self._period), 1.0) / self._period
        phase = self._random.uniform(0.0, 2.0 * np.pi, (_WAVES, columns))
        waves = np.sin(2.0 * np.pi * hertz[:, None] * self._times[None, :, None] + phase[:, None])
        return np.asarray(waves.sum(axis=0) / np.sqrt(_WAVES / 2.0))


def breathing(clip: ClipFile, times: Array) -> Array:
    """Filling of the lungs [N], about -1..1: in a little faster than out."""
    period = clip.life.breath_seconds
    if clip.loop:
        period = clip.duration / max(round(clip.duration / period), 1)
    phase = 2.0 * np.pi * times / period
    return np.asarray(clip.life.breath * (np.sin(phase + 0.35 * np.sin(phase))))


def sway_pelvis(clip: ClipFile, swaying: Swaying) -> Array:
    """Drift [N, 3] of the pelvis in metres; nobody sways on a seat, or while walking, as much as standing."""
    still = 0.35 if clip.posture == "seated" or clip.kind == "locomotion" else 1.0
    return np.asarray(swaying.noise(3, 0.1, 0.35) * _SWAY_METRES * clip.life.sway * still)


def enliven(rotations: Array, clip: ClipFile, times: Array, swaying: Swaying) -> None:
    """Add breathing and swaying to ``rotations`` [N, 55, 4] above the hips, in place."""
    extra = np.zeros((len(times), len(rotations[0]), 3))
    breath = breathing(clip, times)
    for name, degrees in _BREATH_DEGREES.items():
        extra[:, JOINT_INDEX[name], 0] += np.radians(degrees) * breath
    for name, sign in (("left_collar", 1.0), ("right_collar", -1.0)):
        extra[:, JOINT_INDEX[name], 2] += np.radians(_BREATH_COLLAR_DEGREES) * sign * breath
    for name, degrees in _SWAY_DEGREES.items():
        extra[:, JOINT_INDEX[name]] += swaying.noise(3) * np.radians(degrees) * clip.life.sway / np.sqrt(3.0)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        for finger in ("index", "middle", "ring", "pinky", "thumb"):
            first = JOINT_INDEX[f"{side}_{finger}1"]
            bend = sign * swaying.noise(1) * np.radians(_FINGER_DEGREES) * clip.life.sway
            extra[:, first : first + 2, 2] += bend
    moved = np.flatnonzero(np.any(extra, axis=(0, 2)))
    rotations[:, moved] = quat.multiply(rotations[:, moved], quat.from_axis_angle(extra[:, moved]))

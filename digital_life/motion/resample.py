"""Resampling in time: rotations by slerp, everything else linearly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion

AnyFloat = NDArray[np.floating[Any]]


def sample(motion: Motion, frames: AnyFloat) -> Motion:
    """The motion at fractional frame numbers [N]; numbers outside the clip hold its first or last frame.

    Raises:
        InputError: the motion has no frames.
    """
    if len(motion) == 0:
        raise InputError("an empty motion cannot be resampled")
    position = np.clip(np.asarray(frames, dtype=np.float64), 0.0, len(motion) - 1.0)
    low = np.floor(position).astype(int)
    high = np.minimum(low + 1, len(motion) - 1)
    weight = position - low

    def linear(values: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        if values is None:
            return None
        return np.asarray(values[low] * (1.0 - weight[:, None]) + values[high] * weight[:, None], dtype=np.float32)

    rotations = quat.slerp(
        motion.rotations[low].astype(np.float64), motion.rotations[high].astype(np.float64), weight[:, None]
    )
    translation = linear(motion.translation)
    assert translation is not None
    return replace(
        motion,
        translation=translation,
        rotations=rotations.astype(np.float32),
        face=linear(motion.face),
        contacts=linear(motion.contacts),
    )


def at_rate(
    rotations: NDArray[np.float64], translation: NDArray[np.float64], fps: float, wanted: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rotations [T, J, 4] and translations [T, 3] of ``fps`` (any fraction) at ``wanted`` frames per second."""
    if abs(fps - wanted) < 1e-6:
        return rotations, translation
    at = np.arange(int((len(rotations) - 1) * wanted / fps + 1e-6) + 1) * (fps / wanted)
    low = np.minimum(np.floor(at + 1e-9).astype(int), len(rotations) - 1)
    high = np.minimum(low + 1, len(rotations) - 1)
    share = np.clip(at - low, 0.0, 1.0)[:, None]
    return quat.slerp(rotations[low], rotations[high], share), translation[low] * (1 - share) + translation[
        high
    ] * share


def resample(motion: Motion, fps: int) -> Motion:
    """The same movement at another frame rate (frames per second)."""
    if fps <= 0:
        raise InputError(f"a motion cannot have {fps} frames per second", "give a positive frame rate")
    count = round((len(motion) - 1) * fps / motion.fps) + 1
    return replace(sample(motion, np.arange(count) * (motion.fps / fps)), fps=fps)


def stretch(motion: Motion, frames: int) -> Motion:
    """The whole movement spread evenly over ``frames`` frames: faster or slower, same frame rate."""
    if frames < 1:
        raise InputError(f"a motion cannot be stretched to {frames} frames", "ask for at least one frame")
    return sample(motion, np.linspace(0.0, len(motion) - 1.0, frames))


def sample_smoothly(motion: Motion, frames: AnyFloat) -> Motion:
    """As :func:`sample`, with cubic splines through the rotations and the path: no corner in the speed at each frame.

    Raises:
        InputError: the motion has fewer than two frames.
    """
    from scipy.interpolate import CubicSpline

    if len(motion) < 2:
        raise InputError("a motion of fewer than two frames cannot be played in another tempo")
    position = np.clip(np.asarray(frames, dtype=np.float64), 0.0, len(motion) - 1.0)
    at = np.arange(len(motion))
    turned = motion.rotations.astype(np.float64)
    flips = np.where(np.sum(turned[1:] * turned[:-1], axis=-1, keepdims=True) < 0.0, -1.0, 1.0)
    turned[1:] *= np.cumprod(flips, axis=0)
    rotations = quat.normalize(CubicSpline(at, turned)(position))
    translation = CubicSpline(at, motion.translation.astype(np.float64))(position)
    return replace(
        sample(motion, frames),
        translation=translation.astype(np.float32),
        rotations=rotations.astype(np.float32),
    )

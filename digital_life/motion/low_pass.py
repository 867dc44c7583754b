"""Movements without tremor: a low-pass filter over every joint and the root."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion

Array = NDArray[np.float64]

_ORDER = 2
_SHORTEST = 12
"""Frames that a motion has at least for anything to be taken out of it."""


def low_pass(motion: Motion, hertz: float) -> Motion:
    """``motion`` with less of what its joints and its root do fast: half of what they do ``hertz`` times a second, the cut-off, is left.

    A Butterworth filter of second order that is run forwards and backwards, so that nothing comes later than it did (as in Winter,
    "Biomechanics and Motor Control of Human Movement", 2009). Of 5 Hz: 86 % of what happens three times a second stays, 14 % of
    what happens seven times. The first and the last frame stay about where they are.

    Raises:
        InputError: ``hertz`` is not between 0 and half of the frame rate.
    """
    from scipy.signal import butter, filtfilt

    if not 0.0 < hertz < motion.fps / 2:
        raise InputError(f"a cut-off of {hertz:g} Hz", f"give a number between 0 and {motion.fps / 2:g}")
    if len(motion) < _SHORTEST:
        return motion
    numerator, denominator = butter(_ORDER, hertz / (motion.fps / 2))

    def filtered(values: Array) -> Array:
        return np.asarray(filtfilt(numerator, denominator, values, axis=0, padlen=_SHORTEST - 2))

    rotations = quat.normalize(filtered(_one_sign(motion.rotations.astype(np.float64))))
    places = filtered(motion.translation.astype(np.float64))
    return replace(motion, translation=places.astype(np.float32), rotations=rotations.astype(np.float32))


def _one_sign(rotations: Array) -> Array:
    """The same rotations [T, J, 4], each quaternion on the side of the one before."""
    same = np.sum(rotations[1:] * rotations[:-1], axis=-1, keepdims=True) >= 0.0
    signs = np.cumprod(np.where(same, 1.0, -1.0), axis=0)
    return np.concatenate([rotations[:1], rotations[1:] * signs])

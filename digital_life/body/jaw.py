"""The jaw joint from ARKit weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.arkit import ARKIT_INDEX

JAW_SIDE = 0.11
"""Radians that ``jawLeft`` and ``jawRight`` turn the jaw."""


def jaw_rotation(face: NDArray[np.floating], jaw_open: float) -> NDArray[np.float64]:
    """Rotation vectors [T, 3] (radians) of the joint ``jaw`` for ARKit weights [T, 52].

    ``jaw_open`` is the turn about x of ``jawOpen`` at 1 (``Character.jaw_open``).
    """
    out = np.zeros((len(face), 3))
    out[:, 0] = jaw_open * face[:, ARKIT_INDEX["jawOpen"]]
    out[:, 1] = JAW_SIDE * (face[:, ARKIT_INDEX["jawLeft"]] - face[:, ARKIT_INDEX["jawRight"]])
    return out

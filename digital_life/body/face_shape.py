"""The shape of one face: random local changes by seed, what tells men and women apart, asymmetry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.base_mesh import IdentityBasis
from digital_life.persona.appearance import Appearance

SPREAD = {
    "nose": 0.22, "mouth": 0.20, "chin": 0.20, "head": 0.15, "forehead": 0.16, "eyebrows": 0.24, "cheek": 0.26,
    "eye": 0.18, "ear": 0.32, "neck": 0.15, "asym": 0.12,
}  # fmt: skip
"""Standard deviation of the random changes by the beginning of their names; 1 is a full sculpt."""
LARGEST = 0.55
FEMININE = {
    "nose-scale-horiz-incr": -0.42, "nose-volume-incr": -0.42, "nose-width3-incr": -0.28, "nose-hump-incr": -0.25,
    "nose-scale-depth-incr": -0.2, "nose-scale-vert-incr": -0.2,
    "nose-point-up": 0.22, "chin-width-incr": -0.45, "chin-bones-incr": -0.35, "chin-jaw-drop-incr": -0.25,
    "?-eye-scale-incr": 0.20, "eyebrows-trans-up": 0.28, "eyebrows-angle-up": 0.2,
    "eyebrows-trans-forward": -0.4, "mouth-upperlip-volume-incr": 0.24, "mouth-lowerlip-volume-incr": 0.2,
    "mouth-scale-horiz-incr": -0.12, "neck-scale-horiz-incr": -0.45, "head-scale-horiz-incr": -0.22,
    "head-fat-incr": -0.2,
    "?-cheek-bones-incr": 0.10,
}  # fmt: skip
"""What a fully feminine face has more (or less) of; a masculine one has the opposite by half."""
RELAXED = {"?-eye-height1-incr": -0.2, "?-eye-height2-incr": -0.32, "?-eye-height3-incr": -0.2}
"""As modelled, the lids stand so far open that eyes stare."""
AGED = {
    "?-eye-bag-incr": 0.5, "?-eye-eyefold-down": 0.35, "mouth-laugh-lines-out": 0.3, "?-ear-scale-incr": 0.25,
    "?-ear-lobe-incr": 0.3, "nose-point-up": -0.15, "?-cheek-volume-incr": -0.25, "mouth-upperlip-volume-incr": -0.25,
    "mouth-lowerlip-volume-incr": -0.15, "mouth-angles-up": -0.2,
}  # fmt: skip
"""What 90 years add to the sculpts of age, from 40 on."""
CHILD_SHARE = 0.55
"""Small children's faces differ by this share of what grown-ups' faces do."""


def face_offsets(basis: IdentityBasis, appearance: Appearance, count: int) -> NDArray[np.float32]:
    """Local changes of the face [N, 3] m; each is drawn between its "less" and its "more" sculpt.

    ``face_seed`` 0 leaves out what is random, not what gender and age add.
    """
    offsets = np.zeros((count, 3), np.float32)
    for (less, more), amount in zip(basis.face_changes, face_amounts(basis.face_names, appearance), strict=True):
        vertices, change = more if amount > 0 else less
        offsets[vertices] += np.float32(abs(amount)) * change
    return offsets


def face_amounts(names: tuple[str, ...], appearance: Appearance) -> NDArray[np.float64]:
    """How much of every change [P] a face has, -1 (all of the "less" sculpt) .. 1."""
    grown = float(np.interp(appearance.age, [4, 16], [CHILD_SHARE, 1.0]))
    amounts = np.zeros(len(names))
    if appearance.face_seed:
        random = np.random.default_rng(appearance.face_seed)
        amounts = random.normal(0, grown, len(names)) * [_spread(name) for name in names]
    feminine = (2 * appearance.gender - 1) * grown
    feminine = feminine if feminine > 0 else feminine / 2
    aged = float(np.interp(appearance.age, [40, 90], [0, 1]))
    amounts = np.clip(amounts, -LARGEST, LARGEST)
    amounts += [
        feminine * FEMININE.get(name, 0.0) + aged * AGED.get(name, 0.0) + RELAXED.get(name, 0.0) for name in names
    ]
    return np.asarray(np.clip(amounts, -1.4 * LARGEST, 1.4 * LARGEST))


def _spread(name: str) -> float:
    return next(spread for start, spread in SPREAD.items() if name.removeprefix("?-").startswith(start))

"""MakeHuman's macro sliders: which share every macro target gets for a person.

Every target belongs to a combination of factors, for instance ``male|young|maxmuscle|averageweight``. A slider gives
each of its factors a hat function of its position, and a target's share is the product over its factors (the
multilinear rule of MakeHuman's ``human.py``; see also Anny, arXiv:2511.03589, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

ANCESTRIES = ("african", "asian", "caucasian")

FACTORS: dict[str, tuple[tuple[float, str], ...]] = {
    "gender": ((0.0, "male"), (1.0, "female")),
    "age": ((0.0, "baby"), (1 / 3, "child"), (2 / 3, "young"), (1.0, "old")),
    "muscle": ((0.0, "minmuscle"), (0.5, "averagemuscle"), (1.0, "maxmuscle")),
    "weight": ((0.0, "minweight"), (0.5, "averageweight"), (1.0, "maxweight")),
    "height": ((0.0, "minheight"), (1.0, "maxheight")),
    "proportions": ((0.0, "idealproportions"), (1.0, "uncommonproportions")),
    "cupsize": ((0.0, "mincup"), (0.5, "averagecup"), (1.0, "maxcup")),
    "firmness": ((0.0, "minfirmness"), (0.5, "averagefirmness"), (1.0, "maxfirmness")),
}
"""Slider to (position of the peak, factor name)."""

_NAMES = [name for factors in FACTORS.values() for _, name in factors] + list(ANCESTRIES)
_POSITION = {name: i for i, name in enumerate(_NAMES)}


class MacroTargets:
    """The macro targets of a body file, by their keys (``"factor|factor|..."``)."""

    def __init__(self, keys: Sequence[str]) -> None:
        longest = max(key.count("|") for key in keys) + 1
        nothing = len(_NAMES)  # padding factor, always 1
        self._factors = np.full((len(keys), longest), nothing)
        for row, key in enumerate(keys):
            positions = [_POSITION[factor] for factor in key.split("|")]
            self._factors[row, : len(positions)] = positions

    def shares(self, sliders: Mapping[str, float]) -> NDArray[np.float64]:
        """Share of every target [K]. A missing slider stands at 0.5, missing ancestries are equal parts."""
        values = np.ones(len(_NAMES) + 1)
        for slider, factors in FACTORS.items():
            peaks = [peak for peak, _ in factors]
            for i, (_, name) in enumerate(factors):
                values[_POSITION[name]] = np.interp(sliders.get(slider, 0.5), peaks, np.eye(len(peaks))[i])
        mix = np.array([max(sliders.get(name, 0.0), 0.0) for name in ANCESTRIES])
        mix = mix / mix.sum() if mix.sum() > 0 else np.full(3, 1 / 3)
        for name, share in zip(ANCESTRIES, mix, strict=True):
            values[_POSITION[name]] = share
        return np.asarray(values[self._factors].prod(axis=1))

"""What the mouth does for every phoneme: 15 visemes as ARKit weights, jaw openings by vowel, and how firmly they hold.

The visemes are the set of MPEG-4 / Oculus lip sync; the weights are chosen by eye for faces with ARKit blend shapes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.face.weights import row
from digital_life.motion.arkit import ARKIT_INDEX

VISEMES: dict[str, dict[str, float]] = {
    "sil": {},
    "PP": {"mouthPress": 0.22, "mouthRollLower": 0.14, "mouthRollUpper": 0.12},
    "FF": {"mouthRollLower": 0.42, "mouthUpperUp": 0.16, "mouthShrugLower": 0.12},
    "TH": {"mouthLowerDown": 0.18, "mouthUpperUp": 0.08, "tongueOut": 0.15},
    "DD": {"mouthLowerDown": 0.18, "mouthUpperUp": 0.06, "mouthStretch": 0.05},
    "kk": {"mouthLowerDown": 0.12, "mouthUpperUp": 0.05},
    "CH": {"mouthFunnel": 0.42, "mouthPucker": 0.16, "mouthLowerDown": 0.1, "mouthUpperUp": 0.1},
    "SS": {"mouthStretch": 0.16, "mouthLowerDown": 0.22, "mouthUpperUp": 0.1, "mouthSmile": 0.05},
    "nn": {"mouthLowerDown": 0.12, "mouthUpperUp": 0.04},
    "RR": {"mouthFunnel": 0.25, "mouthPucker": 0.16},
    "aa": {"mouthLowerDown": 0.16, "mouthUpperUp": 0.1},
    "E": {"mouthLowerDown": 0.18, "mouthUpperUp": 0.1, "mouthStretch": 0.14, "mouthSmile": 0.06},
    "I": {"mouthLowerDown": 0.16, "mouthUpperUp": 0.08, "mouthStretch": 0.2, "mouthSmile": 0.1},
    "O": {"mouthFunnel": 0.4, "mouthPucker": 0.2},
    "U": {"mouthFunnel": 0.26, "mouthPucker": 0.48},
}
"""Lips and tongue; a name without its side stands for both. The jaw is in ``JAW``."""

VISEME_OF: dict[str, tuple[str, ...]] = {
    "AA": ("aa",), "AE": ("aa",), "AH": ("aa",), "AO": ("O",), "AW": ("aa", "U"), "AY": ("aa", "I"), "EH": ("E",),
    "ER": ("RR",), "EY": ("E", "I"), "IH": ("I",), "IY": ("I",), "OW": ("O", "U"), "OY": ("O", "I"), "UH": ("U",),
    "UW": ("U",), "W": ("U",), "Y": ("I",), "P": ("PP",), "B": ("PP",), "M": ("PP",), "F": ("FF",), "V": ("FF",),
    "TH": ("TH",), "DH": ("TH",), "T": ("DD",), "D": ("DD",), "K": ("kk",), "G": ("kk",), "NG": ("kk",), "CH": ("CH",),
    "JH": ("CH",), "SH": ("CH",), "ZH": ("CH",), "S": ("SS",), "Z": ("SS",), "N": ("nn",), "L": ("nn",), "HH": ("nn",),
    "R": ("RR",), "SIL": ("sil",),
}  # fmt: skip
"""ARPABET phoneme to its viseme; a diphthong has two, one after the other."""

_JAW_OF_VISEME = {
    "sil": 0.0, "PP": 0.03, "FF": 0.06, "TH": 0.12, "DD": 0.11, "kk": 0.16, "CH": 0.1, "SS": 0.05, "nn": 0.13,
    "RR": 0.14, "aa": 0.4, "E": 0.27, "I": 0.14, "O": 0.28, "U": 0.13,
}  # fmt: skip
_JAW_OF_PHONEME = {"AA": 0.46, "AE": 0.42, "AH": 0.24, "AO": 0.34, "IY": 0.12, "IH": 0.17, "UH": 0.17, "Y": 0.1}


def jaw(phoneme: str, viseme: str) -> float:
    """``jawOpen`` target: by the vowel where vowels of one viseme differ."""
    return _JAW_OF_PHONEME.get(phoneme, _JAW_OF_VISEME[viseme])


def viseme_weights(name: str) -> NDArray[np.float32]:
    """ARKit weights [52] of one of the 15 ``VISEMES``, the jaw's with them.

    Raises:
        InputError: there is no viseme of that name.
    """
    if name not in VISEMES:
        raise InputError(f"there is no viseme '{name}'", f"take one of {', '.join(VISEMES)}")
    weights = row(VISEMES[name])
    weights[ARKIT_INDEX["jawOpen"]] = _JAW_OF_VISEME[name]
    return weights


@dataclass(frozen=True)
class Dominance:
    """How firmly a viseme holds the lips and the jaw against its neighbours (0..1)."""

    lips: float
    jaw: float


DOMINANCE: dict[str, Dominance] = {
    "sil": Dominance(0.6, 0.7), "PP": Dominance(1.0, 0.8), "FF": Dominance(1.0, 0.8), "TH": Dominance(0.5, 0.5),
    "DD": Dominance(0.25, 0.5), "kk": Dominance(0.2, 0.35), "CH": Dominance(0.9, 0.7), "SS": Dominance(0.5, 0.9),
    "nn": Dominance(0.2, 0.35), "RR": Dominance(0.5, 0.4), "aa": Dominance(0.5, 0.9), "E": Dominance(0.5, 0.8),
    "I": Dominance(0.6, 0.7), "O": Dominance(0.9, 0.8), "U": Dominance(0.9, 0.7),
}  # fmt: skip

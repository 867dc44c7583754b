"""What is printed, woven and sewn on cloth: stripes, checks, dots, flowers; plackets, pockets and creases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from digital_life.body.colour import Colour, mixed
from digital_life.body.garment_panels import PANEL_BOTTOM, SLEEVE_START, TORSO_END
from digital_life.body.garment_surface import Floats, smoothstep

SIZE = 512
U, V = np.meshgrid((np.arange(SIZE) + 0.5) / SIZE, (np.arange(SIZE) + 0.5) / SIZE)
"""Column and row 0..1 of every texel of a cloth texture."""

LEGS = ("trousers", "jeans", "shorts")
DRESS_WAIST = 0.45
"""Row at which the skirt of a dress begins."""
COAT_LENGTH = 1.25
"""Metres down the trunk of a coat that a texture of full height would cover."""


def contrasting(colour: Colour) -> Colour:
    """A lighter shade of a dark colour, a darker one of a light colour."""
    red, green, blue = colour
    dark = 0.3 * red + 0.55 * green + 0.15 * blue < 0.45
    return mixed(colour, (0.95, 0.94, 0.92), 0.7) if dark else mixed(colour, (0.10, 0.11, 0.16), 0.6)


def pattern_share(pattern: str, garment: str) -> Floats:
    """How much of the second colour [512, 512] every texel takes."""
    x, y = _metres(garment)
    return _PATTERNS[pattern](x, y)


def _metres(garment: str) -> tuple[Floats, Floats]:
    """Place of every texel on the cloth of an average adult, metres from the middle of the front and from the top."""
    if garment in LEGS:
        return U * 0.25, V * 1.16
    if garment == "skirt":
        return U * 0.55, V * 0.79
    trunk = U < (TORSO_END + SLEEVE_START) / 2
    x = np.where(trunk, U * 0.71, (U - SLEEVE_START) * 0.61)
    if garment == "coat":
        return x, V * np.where(trunk, COAT_LENGTH, 0.8)
    if garment == "dress":
        return x, np.where(V < DRESS_WAIST, V * 0.8, DRESS_WAIST * 0.8 + (V - DRESS_WAIST) * 1.39)
    return x, V * 0.8


def _line(x: Floats, period: float, width: float) -> Floats:
    """Soft-edged lines of ``width`` every ``period`` metres; one lies on x = 0."""
    away = np.abs((x / period + 0.5) % 1 - 0.5) * period
    return smoothstep(width / 2 + 0.0012, width / 2 - 0.0012, away)


def _stripes(x: Floats, y: Floats) -> Floats:
    return _line(y, 0.036, 0.015)


def _pinstripes(x: Floats, y: Floats) -> Floats:
    return 0.75 * _line(x + 0.009, 0.018, 0.0022)


def _checks(x: Floats, y: Floats) -> Floats:
    broad = 0.45 * _line(x, 0.052, 0.024) + 0.45 * _line(y, 0.052, 0.024)
    fine = 0.35 * np.maximum(_line(x + 0.026, 0.052, 0.003), _line(y + 0.026, 0.052, 0.003))
    return np.asarray(np.minimum(broad + fine, 1))


def _cells(x: Floats, y: Floats, period: float) -> tuple[Floats, Floats, Floats]:
    """(offset in x, offset in y, number) of the nearest point of a lattice whose rows are staggered."""
    row = np.round(y / (0.87 * period))
    shifted = x / period + 0.5 * (row % 2)
    column = np.round(shifted)
    return (shifted - column) * period, y - row * 0.87 * period, row * 131 + column


def _dots(x: Floats, y: Floats) -> Floats:
    across, down, _ = _cells(x, y, 0.034)
    return smoothstep(0.0078, 0.0058, np.hypot(across, down))


def _flowers(x: Floats, y: Floats) -> Floats:
    across, down, number = _cells(x, y, 0.058)
    across, down = across - 0.012 * np.sin(number * 2.3), down - 0.010 * np.cos(number * 3.7)
    turn = np.arctan2(across, down) + number
    petals = 0.0085 + 0.0065 * np.abs(np.cos(2.5 * turn))
    distance = np.hypot(across, down)
    blossom = smoothstep(petals + 0.001, petals - 0.001, distance) * smoothstep(0.0030, 0.0042, distance)
    leaf_x, leaf_y = across - 0.017, down - 0.012
    leaf = smoothstep(1.1, 0.9, np.hypot((leaf_x + leaf_y) / 0.009, (leaf_x - leaf_y) / 0.0035))
    return np.asarray(np.maximum(blossom, 0.5 * leaf))


_PATTERNS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "stripes": _stripes,
    "pinstripes": _pinstripes,
    "checks": _checks,
    "dots": _dots,
    "flowers": _flowers,
}


def _seam(distance: Floats, width: float = 0.0022) -> Floats:
    return np.asarray(0.28 * np.exp(-((distance / width) ** 2)))


def _shirt() -> Floats:
    placket = _seam(U - 0.024) * (V < PANEL_BOTTOM)
    return np.maximum(placket, _patch(0.115, 0.185, 0.24, 0.34))


def _patch(left: float, right: float, top: float, bottom: float) -> Floats:
    """Outline of a sewn-on pocket."""
    inside = np.minimum.reduce([U - left, right - U, V - top, bottom - V])
    return np.asarray(_seam(inside) + 0.5 * _seam(V - top, 0.004) * (inside > -0.002))


def _kangaroo() -> Floats:
    """The pouch of a hoodie: slanted openings at its sides."""
    slant = 0.155 - 0.055 * smoothstep(0.66, 0.56, V)
    inside = np.minimum.reduce([slant - U, V - 0.55, 0.70 - V])
    return _seam(inside, 0.003) * (U < TORSO_END)


def _flaps() -> Floats:
    """Flapped pockets at the hips of a jacket."""
    inside = np.minimum.reduce([U - 0.14, 0.225 - U, V - 0.60, 0.625 - V])
    return np.asarray(_seam(inside, 0.0025) + 0.08 * (inside > 0))


def _welts() -> Floats:
    """Upright pockets at the sides of a coat."""
    inside = np.minimum.reduce([U - 0.20 - 0.25 * (V - 0.45), 0.225 - U + 0.25 * (V - 0.45), V - 0.45, 0.56 - V])
    return np.asarray(_seam(inside, 0.0025) + 0.05 * (inside > 0))


def _slit_pockets() -> Floats:
    """Hip pockets and fly of trousers, and the crease down the front."""
    pocket = _seam(U - 0.33 - 0.6 * (V - 0.04), 0.006) * smoothstep(0.17, 0.15, V)
    return np.asarray(pocket + _seam(U - 0.03, 0.006) * smoothstep(0.13, 0.11, V) - 0.1 * np.exp(-((U / 0.02) ** 2)))


def _jeans_pockets() -> Floats:
    front = _seam(np.hypot(U - 0.45, (V - 0.03) * 1.6) - 0.20, 0.007) * (U < 0.5)
    back = np.minimum.reduce([U - 0.62, 0.95 - U, V - 0.12, 0.21 - V])
    return np.asarray(front * smoothstep(0.15, 0.13, V) + _seam(back, 0.006) + _seam(U - 0.03, 0.006) * (V < 0.12))


SEAMS: dict[str, Callable[[], Floats]] = {
    "shirt": _shirt,
    "hoodie": _kangaroo,
    "jacket": _flaps,
    "coat": _welts,
    "trousers": _slit_pockets,
    "shorts": _slit_pockets,
    "jeans": _jeans_pockets,
}
"""How much darker [512, 512] the seams of a garment make its cloth."""

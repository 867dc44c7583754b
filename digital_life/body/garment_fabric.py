"""Procedural cloth: weave and folds as a height field, baked to a colour texture and a normal texture.

Layout, rows from the top: panels above 0.82, hems and bands between 0.84 and 0.99 (see ``garment_panels``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from digital_life.body.character import Material
from digital_life.body.colour import Colour, parse_colour
from digital_life.body.garment_panels import BAND_TOP, PANEL_BOTTOM, SLEEVE_START, TORSO_END
from digital_life.body.garment_patterns import SEAMS, SIZE, U, V, contrasting, pattern_share
from digital_life.body.garment_surface import Floats, smoothstep

BUTTONS = 0.993
"""Rows below hold the colour of buttons."""
DENIM_BLUE = 1.25
"""Trousers whose colour has this much more blue than red are denim, others twill."""


def fabric_of(garment: str, colour: Colour) -> str:
    """The fabric of a garment kind."""
    if garment in ("trousers", "shorts"):
        return "denim" if colour[2] > DENIM_BLUE * max(colour[0], 0.02) else "twill"
    kinds = {"jeans": "denim", "sweater": "knit", "shirt": "cotton", "jacket": "wool", "coat": "wool", "skirt": "wool"}
    return kinds.get(garment, "jersey")


def cloth_textures(
    garment: str, colour: Colour, pattern: str = "plain", accent: Colour | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(colour texture, normal texture), both [512, 512, 3] uint8; a ``pattern`` is printed or woven in ``accent``."""
    fabric = fabric_of(garment, colour)
    height, tone, normal = _relief(garment, fabric)
    base = np.broadcast_to(np.array(colour), (SIZE, SIZE, 3))
    if pattern != "plain":
        share = (pattern_share(pattern, garment) * (V < PANEL_BOTTOM))[..., None]
        base = base + share * (np.array(accent or contrasting(colour)) - base)
    base = base * 0.96 + 0.012
    shade = tone + 0.55 * np.clip(height - gaussian_filter(height, 9), -0.5, 0.35)
    rgb = base * shade[..., None]
    if fabric == "denim":
        rgb = _denim_colours(rgb, garment)
    rgb = rgb * (1 - SEAMS[garment]()[..., None]) if garment in SEAMS else rgb
    button = np.array(colour) * 0.96 + 0.012
    rgb = np.where((V > BUTTONS)[..., None], 0.5 + 0.4 * button, rgb)
    return (np.clip(rgb, 0, 1) * 255).astype(np.uint8), normal


def cloth_material(name: str, garment: str, colour: str, pattern: str = "plain", accent: str | None = None) -> Material:
    """Material of a garment; colours are #rrggbb.

    Raises:
        InputError: a colour is not written so.
    """
    second = None if accent is None else parse_colour(accent)
    texture, normal = cloth_textures(garment, parse_colour(colour), pattern, second)
    return Material(name, texture=texture, normal_texture=normal, roughness=0.85, double_sided=True, shading="cloth")


@lru_cache(maxsize=16)
def _relief(garment: str, fabric: str) -> tuple[Floats, Floats, NDArray[np.uint8]]:
    """(folds around 0, brightness of the weave around 1, normal texture)."""
    random = np.random.default_rng(sum(map(ord, garment)))
    folds = _LAYOUTS.get(garment, _top_folds)(random) * _STIFFNESS.get(fabric, 1.0)
    folds *= smoothstep(PANEL_BOTTOM + 0.01, PANEL_BOTTOM - 0.02, V)
    weave, tone = _weave(fabric, random)
    rise = 14.0 * gaussian_filter(folds, 1.5) + weave
    slope_u, slope_v = np.gradient(rise, axis=1), np.gradient(rise, axis=0)
    normal = np.stack([-slope_u, slope_v, np.ones_like(rise)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return folds, tone, ((normal * 0.5 + 0.5) * 255).astype(np.uint8)


_STIFFNESS = {"knit": 0.8, "wool": 0.55, "denim": 1.0, "twill": 0.9, "cotton": 1.15, "jersey": 0.85}


def _weave(fabric: str, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Height and brightness of a fabric's threads, bands included."""
    x, y = U * SIZE, V * SIZE
    grain = random.normal(size=(SIZE, SIZE))
    soft = gaussian_filter(grain, 14)
    tone = 1 + 0.03 * soft / soft.std()
    if fabric == "knit":
        stitch = np.abs(np.sin(np.pi * x / 8)) * (0.75 + 0.25 * np.sin(2 * np.pi * (y / 5 + np.abs((x / 8) % 1 - 0.5))))
        height, tone = 1.5 * stitch, tone * (0.86 + 0.2 * stitch)
    elif fabric in ("denim", "twill"):
        diagonal = np.sin(2 * np.pi * (x + y) / 4.0)
        strength = 1.0 if fabric == "denim" else 0.4
        height = 0.25 * strength * diagonal + 0.12 * grain
        tone = tone * (1 + 0.05 * strength * diagonal + 0.05 * strength * gaussian_filter(grain, (3, 0.6)) / 0.28)
    elif fabric == "wool":
        fuzz = gaussian_filter(grain, 0.9)
        height, tone = 0.35 * fuzz / fuzz.std(), tone * (1 + 0.05 * fuzz / fuzz.std())
    else:
        height, tone = 0.10 * gaussian_filter(grain, (1.2, 0.5)) / 0.3, tone * (1 + 0.012 * grain)
    ribbed = fabric in ("knit", "jersey")
    in_band = smoothstep(BAND_TOP - 0.01, BAND_TOP, V)
    rib = np.sin(2 * np.pi * x / (8.0 if fabric == "knit" else 4.0))
    stitches = np.exp(-(((V - BAND_TOP - 0.055) / 0.006) ** 2)) * (np.sin(2 * np.pi * x / 7) > -0.3)
    band_height = 1.0 * rib if ribbed else height - 1.2 * stitches
    band_tone = 0.93 + 0.07 * rib if ribbed else tone * (1 - 0.14 * stitches)
    return height + in_band * (band_height - height), tone + in_band * (band_tone - tone)


def _noise(random: np.random.Generator, along: float, across: float, slant: float = 0.0) -> Floats:
    """Unit noise stretched ``across`` pixels in u and ``along`` in v, leaning ``slant`` columns a row."""
    coarse = gaussian_filter(random.normal(size=(SIZE // 2, SIZE // 2)), (along / 2, across / 2), mode="wrap")
    field = gaussian_filter(np.repeat(np.repeat(coarse, 2, axis=0), 2, axis=1), 1.0)
    if slant:
        field = np.stack([np.roll(row, round(slant * i)) for i, row in enumerate(field)])
    return np.asarray(field / field.std())


def _ridges(noise: Floats, sharpness: float = 0.9) -> Floats:
    """Folds 0..1 along the zero lines of smooth noise."""
    return np.asarray(np.exp(-((noise / sharpness) ** 2)))


def _spot(u: float, v: float, width: float, height: float) -> Floats:
    return np.asarray(np.exp(-(((U - u) / width) ** 2) - ((V - v) / height) ** 2))


def _top_folds(random: np.random.Generator) -> Floats:
    torso = U < (TORSO_END + SLEEVE_START) / 2
    side = TORSO_END / 2
    diagonal = _ridges(_noise(random, 30, 9, 0.55)) * _spot(side * 0.75, 0.34, 0.13, 0.13)
    other = _ridges(_noise(random, 30, 9, -0.55)) * _spot(side * 1.3, 0.36, 0.12, 0.14)
    waist = _ridges(_noise(random, 8, 34)) * (_spot(side, 0.62, 0.16, 0.09) + 0.6 * _spot(TORSO_END, 0.62, 0.16, 0.07))
    hanging = _ridges(_noise(random, 60, 13)) * smoothstep(0.4, 0.8, V)
    body = 0.8 * diagonal + 0.8 * other + 0.65 * waist + 0.45 * hanging
    rings = _ridges(_noise(random, 7, 40, 0.35))
    elbow = np.exp(-(((V - 0.42) / 0.10) ** 2)) + 0.8 * smoothstep(0.66, 0.8, V)
    return np.where(torso, body, 0.8 * rings * elbow)


def _coat_folds(random: np.random.Generator) -> Floats:
    """As of a top, the trunk's higher up since it goes on to the knees."""
    top = _top_folds(random)
    torso = U < (TORSO_END + SLEEVE_START) / 2
    hanging = _ridges(_noise(random, 90, 16)) * smoothstep(0.35, 0.8, V)
    chest = _ridges(_noise(random, 24, 10, 0.5)) * _spot(0.3 * TORSO_END, 0.22, 0.12, 0.09)
    return np.where(torso, 0.7 * chest + 0.5 * hanging, top)


def _leg_folds(random: np.random.Generator) -> Floats:
    rings = _ridges(_noise(random, 7, 60, 0.2))
    knee = np.exp(-(((V - 0.47) / 0.075) ** 2)) * (0.45 + 0.55 * U)
    cuff = smoothstep(0.70, 0.80, V) * 0.8
    whiskers = _ridges(_noise(random, 9, 30, 0.9)) * _spot(0.1, 0.15, 0.30, 0.07)
    seat = _ridges(_noise(random, 9, 36, -0.8)) * _spot(0.95, 0.24, 0.25, 0.06)
    long = _ridges(_noise(random, 70, 12)) * np.exp(-(((V - 0.35) / 0.2) ** 2))
    return 0.75 * rings * (knee + cuff) + 0.7 * whiskers + 0.6 * seat + 0.3 * long


def _skirt_folds(random: np.random.Generator) -> Floats:
    return np.asarray(0.55 * _ridges(_noise(random, 90, 14)) * smoothstep(0.05, 0.6, V))


_LAYOUTS: dict[str, Callable[[np.random.Generator], Floats]] = {
    "trousers": _leg_folds,
    "jeans": _leg_folds,
    "shorts": _leg_folds,
    "skirt": _skirt_folds,
    "coat": _coat_folds,
}


def _denim_colours(rgb: Floats, garment: str) -> Floats:
    """Worn thighs and knees, and orange seams on the outside of the legs."""
    worn = 0.22 * _spot(0.05, 0.30, 0.22, 0.16) + 0.16 * _spot(0.05, 0.5, 0.2, 0.06)
    rgb = rgb + worn[..., None] * (0.75 - rgb)
    seam = (np.abs(U - 0.5) < 0.004) & (np.sin(2 * np.pi * V * 90) > -0.3) & (V < PANEL_BOTTOM)
    groove = np.exp(-(((U - 0.488) / 0.006) ** 2)) * (V < PANEL_BOTTOM)
    rgb = rgb * (1 - 0.3 * groove[..., None])
    return np.where(
        seam[..., None] & (garment in ("trousers", "jeans")), np.array([0.62, 0.42, 0.2]) * 0.8 + 0.2 * rgb, rgb
    )

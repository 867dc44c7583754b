"""Skin textures of a person: tone, noise, lips, brows, lids, blush, nails, hair roots, beard, lines of age.

The masks are painted once on the average body (``tools/body_build/skin_maps.py``) and lie in texture space, so brows,
lips and lines follow every identity. Colours are sRGB 0..1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from digital_life.body.base_mesh import BaseMesh
from digital_life.body.beard import BEARDS, SHADOWS, beard_area
from digital_life.body.colour import Colour, mixed, parse_colour
from digital_life.body.hair_scalp import scalp_mask
from digital_life.body.hair_styles import STYLES
from digital_life.body.skin_detail import SIZE, fine_noise, furrow_depth, noise, pore_tint, spots
from digital_life.persona.appearance import Appearance

Texture = NDArray[np.uint8]
Mask = NDArray[np.floating]
ROOTS = {"bald": 0.0, "buzz": 0.85}
"""How strongly hair colour tints the scalp under a hair style; any other style hides most of it."""
GREYING = ((38.0, 0.0), (75.0, 1.0))
"""Years at which hair begins and ceases to turn grey when brows and beard are tinted."""


class _Canvas:
    """A float image on which masks blend colours: three planes [3, S, S], which are several times faster than pixels."""

    def __init__(self, image: Mask) -> None:
        self.image = image.copy()

    def blend(self, mask: Mask, colour: Colour, strength: float) -> None:
        box = _extent(mask)
        share = np.clip(mask[box] * strength, 0, 1).astype(np.float32)
        for plane, channel in zip(self.image, np.array(colour, np.float32), strict=True):
            plane[box] += share * (channel - plane[box])

    def multiply(self, mask: Mask, factor: tuple[float, float, float]) -> None:
        box = _extent(mask)
        share = mask[box].astype(np.float32)
        for plane, change in zip(self.image, np.array(factor, np.float32) - 1, strict=True):
            if change:
                plane[box] *= 1 + share * change

    def finish(self) -> Texture:
        rounded = np.round(np.clip(self.image, 0, 1) * 255).astype(np.uint8)
        return np.ascontiguousarray(np.moveaxis(rounded, 0, 2))


def _extent(mask: Mask) -> tuple[slice, slice]:
    """The box in which a mask is not zero."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


@lru_cache(maxsize=1)
def _mottled(tone: Colour, seed: int, age: int) -> Mask:
    """[3, S, S]: a tone with the unevenness of living skin, which grows with age; head and body begin with it."""
    image = np.ones((3, SIZE, SIZE), np.float32) * np.array(tone, np.float32)[:, None, None]
    amount = 0.6 + 0.4 * np.clip((age - 25) / 50, 0, 1)
    for grain, weight, tint in ((4, 0.018, (1, 1, 1)), (16, 0.018, (0.6, 1, 1.1)), (64, 0.022, (0.3, 1, 1))):
        uneven = noise(seed, grain) * np.float32(weight * amount)
        for plane, share in zip(image, np.array(tint, np.float32), strict=True):
            plane *= 1 + uneven * share
    return image


def hair_tint(appearance: Appearance) -> Colour:
    """Colour of brows and beard: the hair's, darker on fair heads, greying with age."""
    hair = parse_colour(appearance.hair_colour)
    years, shares = zip(*GREYING, strict=True)
    dark = tuple(channel * 0.72 for channel in hair)
    grey = float(np.interp(appearance.age, years, shares)) * 0.6
    return mixed((dark[0], dark[1], dark[2]), (0.52, 0.50, 0.48), grey)


def head_texture(mesh: BaseMesh, appearance: Appearance) -> Texture:
    """[1024, 1024, 3] sRGB texture of the head part."""
    tone = parse_colour(appearance.skin)
    red, green, blue = tone
    lightness = 0.3 * red + 0.55 * green + 0.15 * blue
    canvas = _Canvas(_mottled(tone, appearance.face_seed + 1, appearance.age))

    def mask(name: str) -> Mask:
        return np.asarray(mesh.mask(f"head_{name}"), np.float32) / 255

    canvas.multiply(mask("face"), (1.01, 0.985, 0.975))
    canvas.multiply(mask("ears"), (1.0, 0.92, 0.89))
    flush = (0.55 + 0.45 * lightness) * (0.55 + 0.45 * appearance.gender)
    canvas.multiply(mask("blush"), (1.02, 1 - 0.13 * flush, 1 - 0.13 * flush))
    canvas.multiply(mask("nose_tip"), (1.0, 1 - 0.07 * flush, 1 - 0.07 * flush))
    _paint_zones(canvas, mask, appearance, lightness)
    canvas.multiply(mask("socket"), (0.95, 0.88, 0.88))
    canvas.multiply(mask("cavity"), (0.72, 0.62, 0.60))
    _paint_age(canvas, mask("lines"), appearance.age)
    _paint_spots(canvas, mesh, appearance, tone)
    tint = hair_tint(appearance)
    strength = max(appearance.beard, SHADOWS[appearance.facial_hair])
    if strength > 0:
        stubble = (0.75 + 0.25 * fine_noise(7)) * (0.9 + 0.2 * noise(8, 8))
        full = appearance.facial_hair in BEARDS
        roots_colour = mixed(tone, _dark(tint), 0.95) if full else mixed(tone, tint, 0.88)
        area = beard_area(appearance.facial_hair, SIZE) * (0.5 + 0.5 * stubble if full else stubble)
        canvas.blend(area, roots_colour, (0.98 if full else 0.92) * strength)
    canvas.multiply(mask("eyelids"), (0.95, 0.87, 0.86))
    _paint_lips(canvas, mask("lips"), tone, appearance.gender)
    canvas.blend(mask("inside_mouth"), (0.30, 0.09, 0.09), 1.0)
    brows = mixed_masks(mask("brows"), mask("brows_thin"), appearance.gender)
    canvas.blend(brows * (0.86 + 0.14 * fine_noise(9)), tint, 0.88)
    roots = ROOTS.get(appearance.hair, 0.9)
    canvas.blend(_scalp(appearance), mixed(tone, _dark(parse_colour(appearance.hair_colour)), 0.92), roots)
    return canvas.finish()


def _dark(hair: Colour) -> Colour:
    """Roots and the gaps between locks."""
    return mixed(hair, (0.02, 0.015, 0.012), 0.25)


def _scalp(appearance: Appearance) -> Mask:
    """Where hair grows."""
    pattern = STYLES.get(appearance.hair)
    return scalp_mask(pattern.hairline if pattern else "full", SIZE)


def mixed_masks(a: Mask, b: Mask, share: float) -> Mask:
    """Linear mix of two masks: ``a`` at 0, ``b`` at 1."""
    return np.asarray(a * (1 - share) + b * share)


def _paint_age(canvas: _Canvas, lines: Mask, age: int) -> None:
    depth = furrow_depth(age)
    if depth > 0:
        canvas.multiply(lines, (1 - 0.16 * depth, 1 - 0.23 * depth, 1 - 0.25 * depth))


def _paint_zones(canvas: _Canvas, mask: Callable[[str], Mask], appearance: Appearance, lightness: float) -> None:
    """Pits, a warm middle of the face, and the cool shadow that shaving leaves on men."""
    face = mask("face")
    canvas.multiply(face * pore_tint(), (0.55, 0.45, 0.42))
    flush = 0.5 + 0.5 * noise(appearance.face_seed + 5, 128)
    canvas.multiply(face * flush * 0.6, (1.0, 0.965, 0.955))
    grown = float(np.interp(appearance.age, [15, 22], [0, 1]))
    shaven = grown * float(np.clip(1 - 2.4 * appearance.gender, 0, 1)) * (0.35 + 0.65 * lightness)
    if shaven > 0:
        area = np.maximum(mask("beard"), mask("moustache")) * (0.8 + 0.2 * fine_noise(7))
        canvas.multiply(area * shaven, (0.90, 0.92, 0.955))


def _paint_spots(canvas: _Canvas, mesh: BaseMesh, appearance: Appearance, tone: Colour) -> None:
    freckles, moles = spots(mesh, appearance)
    red, green, blue = tone
    canvas.blend(freckles, (red * 0.78, green * 0.62, blue * 0.50), 0.55)
    canvas.blend(moles, (red * 0.42, green * 0.32, blue * 0.28), 0.85)


def _paint_lips(canvas: _Canvas, lips: Mask, tone: Colour, gender: float) -> None:
    red, green, blue = tone
    natural = (red * 0.92, green * 0.74, blue * 0.74)
    full = (min(red * 0.95, 0.80), green * 0.62, blue * 0.65)
    canvas.blend(lips, mixed(natural, full, gender), 0.5 + 0.3 * gender)


def body_texture(mesh: BaseMesh, appearance: Appearance) -> Texture:
    """[1024, 1024, 3] sRGB texture of everything below the head, in MakeHuman's atlas."""
    tone = parse_colour(appearance.skin)
    red, green, blue = tone
    canvas = _Canvas(_mottled(tone, appearance.face_seed + 1, appearance.age))
    nail = (min(red * 1.08, 1.0), green * 0.96, blue * 0.95)
    for name in ("fingernails", "toenails"):
        canvas.blend(np.asarray(mesh.mask(f"body_{name}"), np.float32) / 255, nail, 0.7)
    return canvas.finish()

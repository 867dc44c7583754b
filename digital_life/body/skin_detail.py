"""What skin shows from close by: pores, fine lines, furrows of age, grooves of the lips, freckles and moles."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from digital_life.body.base_mesh import BaseMesh
from digital_life.body.colour import parse_colour
from digital_life.persona.appearance import Appearance

Texture = NDArray[np.uint8]
Mask = NDArray[np.floating]
SIZE = 1024
PORES = 26_000
FURROWS = ((24.0, 0.0), (45.0, 0.45), (85.0, 1.3))
"""Years and depth of the lines of age."""
SLOPE = 0.55
"""How steep the relief appears."""


def noise(seed: int, across: int, along: int | None = None) -> Mask:
    """Smooth noise [S, S], about -1..1, with features of ``across`` x ``along`` texels (columns, rows)."""
    rows = along or across
    random = np.random.default_rng((seed, across) if along is None else (seed, across, along))
    coarse = random.normal(0, 110, (SIZE // rows, SIZE // across)).clip(-127, 127) + 127
    image = Image.fromarray(coarse.astype(np.uint8)).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32) / np.float32(127) - np.float32(1)


@lru_cache(maxsize=2)
def fine_noise(seed: int) -> Mask:
    """``noise(seed, 2)``, kept: for grain that is the same on everybody."""
    return noise(seed, 2)


@lru_cache(maxsize=1)
def _pores() -> Mask:
    """0..1 [S, S]: small pits all over, the same on every skin."""
    random = np.random.default_rng(11)
    dots = np.zeros((SIZE, SIZE), np.float32)
    place = random.integers(0, SIZE, (PORES, 2))
    np.maximum.at(dots, (place[:, 0], place[:, 1]), random.uniform(0.3, 1, PORES).astype(np.float32))
    pits = gaussian_filter(dots, 0.9)
    return np.asarray(np.clip(pits / 0.16, 0, 1))


@lru_cache(maxsize=1)
def _grain() -> tuple[Mask, Mask, Mask]:
    """Fine relief of all skin, grooves across the lips, and the crumpling of old skin."""
    fine = 0.6 * noise(21, 2) + 0.4 * noise(22, 4)
    return fine, noise(23, 4, 32), 0.6 * noise(24, 16, 4) + 0.4 * noise(25, 8, 4)


def furrow_depth(age: int) -> float:
    """0 for the young, 1 at about seventy."""
    years, depths = zip(*FURROWS, strict=True)
    return float(np.interp(age, years, depths))


def head_normals(mesh: BaseMesh, appearance: Appearance) -> Texture:
    """Normal texture [1024, 1024, 3] of the head, +Y up; flat outside of the face."""

    def mask(name: str) -> Mask:
        return np.asarray(mesh.mask(f"head_{name}"), np.float32) / 255

    fine, grooves, crumpled = _grain()
    depth = furrow_depth(appearance.age)
    lips = mask("lips")
    porous = 0.35 + 0.65 * np.clip(mask("nose_tip") + 0.7 * mask("blush"), 0, 1)
    grown = float(np.interp(appearance.age, [6, 20], [0.3, 1.0]))
    height = (0.30 * fine - 0.75 * grown * porous * _pores()) * (1 - lips)
    height -= 3.2 * depth * mask("lines")
    height += 0.45 * max(depth - 0.3, 0) * crumpled * (1 - lips)
    height += 0.8 * lips * grooves
    height *= np.maximum(mask("face"), lips) * (1 - mask("inside_mouth"))
    down, right = np.gradient(height.astype(np.float32))
    across, up = -SLOPE * right, SLOPE * down
    length = np.sqrt(across * across + up * up + 1)
    texture = np.empty((SIZE, SIZE, 3), np.uint8)
    for channel, axis in enumerate((across, up, np.ones_like(up))):
        texture[..., channel] = np.round(127.5 + 127.5 * (axis / length))
    return texture


def pore_tint() -> Mask:
    """Share of light [S, S] that pits keep from the skin's colour."""
    return np.asarray(_pores() * 0.10)


def spots(mesh: BaseMesh, appearance: Appearance) -> tuple[Mask, Mask]:
    """(freckles and spots of age, moles), 0..1 [S, S] each; who has how many hangs on the face's seed, skin and age."""
    random = np.random.default_rng((appearance.face_seed, 77))
    red, green, blue = parse_colour(appearance.skin)
    fair = float(np.interp(0.3 * red + 0.55 * green + 0.15 * blue, [0.5, 0.75], [0, 1]))
    freckled = fair * max(0.0, float(random.normal(0.0, 0.55)))
    aged = float(np.interp(appearance.age, [50, 85], [0, 1]))
    face = np.asarray(mesh.mask("head_face"), np.float32) / 255
    middle = np.clip(2 * np.asarray(mesh.mask("head_blush"), np.float32) / 255, 0, 1)
    small = _scatter(random, int(500 * freckled), 1.3) * (0.25 + 0.75 * middle)
    large = _scatter(random, int(45 * aged), 4.5)
    moles = _scatter(random, int(random.integers(0, 5)), 1.7)
    return np.clip(0.8 * small + 0.7 * large, 0, 1) * face, moles * face


def _scatter(random: np.random.Generator, count: int, radius: float) -> Mask:
    """Round spots of different strength, about ``count`` of them on the face itself."""
    image = np.zeros((SIZE, SIZE), np.float32)
    if not count:
        return image
    rows = random.integers(SIZE // 8, 3 * SIZE // 4, count)
    columns = random.integers(SIZE // 5, 4 * SIZE // 5, count)
    image[rows, columns] = random.uniform(0.35, 1.0, count)
    spread = gaussian_filter(image, radius)
    return np.asarray(np.clip(spread * 2 * np.pi * radius**2 * 1.4, 0, 1))

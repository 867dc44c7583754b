"""Colours of personas: ``#rrggbb`` to sRGB 0..1 and back to mixes."""

from __future__ import annotations

import re

from digital_life.errors import InputError

Colour = tuple[float, float, float]


def parse_colour(text: str) -> Colour:
    """``#rrggbb`` as sRGB 0..1.

    Raises:
        InputError: it is not written so.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise InputError(f"'{text}' is not a colour", "write it as #rrggbb, for instance #c99a7c")
    red, green, blue = (int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """Linear mix: ``a`` at 0, ``b`` at 1."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def linear_from_srgb(value: float) -> float:
    """IEC 61966-2-1 decoding, 0..1."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def srgb_from_linear(value: float) -> float:
    """IEC 61966-2-1 encoding, 0..1."""
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055

"""A montage: many characters side by side, bust and whole figure, in one picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from digital_life.body.appearance import build_character
from digital_life.body.character import Character
from digital_life.persona.appearance import Appearance
from digital_life.render.camera import Camera
from digital_life.render.portrait import Portraits
from digital_life.render.turntable import standing

BUST, FIGURE = (176, 200), (92, 200)
"""Sizes of the two pictures of a character in pixels."""
_TURN = -22.0
_GAP = 3
_PAPER = (250, 250, 248)


def montage(
    people: Sequence[Appearance], columns: int = 6, progress: Callable[[int], object] = lambda _done: None
) -> Image.Image:
    """The characters row by row; ``progress`` is told how many are drawn.

    Raises:
        AssetError: no off-screen OpenGL on this machine.
    """
    rows = -(-len(people) // columns)
    width, height = BUST[0] + FIGURE[0] + _GAP, BUST[1] + _GAP
    sheet = Image.new("RGB", (columns * width + _GAP, rows * height + _GAP), _PAPER)
    for number, appearance in enumerate(people):
        x, y = _GAP + number % columns * width, _GAP + number // columns * height
        character = build_character(str(number), appearance)
        with Portraits(character, BUST) as portraits:
            pose = standing(character, _TURN)
            sheet.paste(portraits.picture(pose, _bust(character), BUST), (x, y))
            sheet.paste(portraits.picture(pose, _figure(character), FIGURE), (x + BUST[0], y))
        progress(number + 1)
    return sheet


def _top(character: Character) -> float:
    return max(float(part.vertices[:, 1].max()) for part in character.parts) - character.skeleton.floor


def _bust(character: Character) -> Camera:
    return _from_front(_top(character) - 0.19, 0.46)


def _figure(character: Character) -> Camera:
    top = _top(character)
    return _from_front(0.49 * top, 1.08 * max(top, 1.2))


def _from_front(level: float, seen: float) -> Camera:
    """A camera that sees ``seen`` metres of height around ``level``."""
    yfov = 0.24
    distance = seen / 2 / np.tan(yfov / 2)
    return Camera((0.0, level + 0.04 * distance, distance), (0.0, level, 0.0), yfov)

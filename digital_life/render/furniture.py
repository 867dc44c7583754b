"""What furniture looks like. Every piece is built around the origin on the floor, width along x, its front towards +Z."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from digital_life.render.solids import Colour, Solid, Vector, box, colour_of, cylinder, ellipsoid, rounded_box, shade
from digital_life.stage.scene import Furniture, FurnitureKind

Size = tuple[float, float, float]
Builder = Callable[[Size, Colour], list[Solid]]

_SEAT = 0.45
_WINDOW_SILL = 0.85
_SKY: Colour = (0.62, 0.76, 0.9)
_WHITE: Colour = (0.93, 0.92, 0.89)
_METAL: Colour = (0.32, 0.31, 0.3)


def furniture_solids(piece: Furniture) -> list[Solid]:
    """The solids of one piece, in room coordinates."""
    build, usual = _BUILDERS[piece.kind]
    colour = colour_of(piece.colour) if piece.colour else usual
    turn = math.radians(piece.facing)
    return [solid.placed(piece.position, turn) for solid in build(piece.dimensions, colour)]


def _sofa(size: Size, colour: Colour) -> list[Solid]:
    width, height, depth = size
    arm = 0.16
    back = 0.2
    seat_width = (width - 2 * arm) / 2
    cushion, frame = shade(colour, 1.06), shade(colour, 0.9)
    parts = [rounded_box((width, 0.24, depth - 0.04), (0, 0.2, 0), 0.05, frame)]
    for side in (-1, 1):
        parts.append(rounded_box((arm, 0.5, depth), (side * (width - arm) / 2, 0.35, 0), 0.07, colour))
        middle = side * seat_width / 2
        seat_depth = depth - back + 0.02
        parts.append(
            rounded_box((seat_width - 0.01, 0.17, seat_depth), (middle, _SEAT - 0.085, back / 2), 0.06, cushion)
        )
        rest: Vector = (middle, _SEAT + (height - _SEAT) / 2, -depth / 2 + back + 0.04)
        cushion_size = (seat_width - 0.02, height - _SEAT + 0.02, 0.16)
        parts.append(rounded_box(cushion_size, rest, 0.07, cushion).tilted(-0.14, rest))
        for end in (-1, 1):
            foot: Vector = (side * (width / 2 - 0.1), 0.05, end * (depth / 2 - 0.1))
            parts.append(cylinder(0.022, 0.1, foot, shade(_METAL, 0.8)))
    parts.append(
        rounded_box((width, height - 0.16, back), (0, 0.16 + (height - 0.16) / 2, -(depth - back) / 2), 0.07, colour)
    )
    return parts


def _chair(size: Size, colour: Colour) -> list[Solid]:
    width, height, depth = size
    leg, wood = 0.036, shade(colour, 0.85)
    parts = [rounded_box((width, 0.05, depth), (0, _SEAT - 0.025, 0), 0.024, colour)]
    for side in (-1, 1):
        x = side * (width - leg) / 2
        parts.append(box((leg, _SEAT - 0.05, leg), (x, (_SEAT - 0.05) / 2, (depth - leg) / 2), wood))
        parts.append(box((leg, height, leg), (x, height / 2, -(depth - leg) / 2), wood))
    for level in (0.45, 0.72, 0.99):
        y = _SEAT + (height - _SEAT) * level - 0.05
        parts.append(rounded_box((width - leg, 0.07, 0.022), (0, y, -(depth - leg) / 2), 0.01, colour))
    return parts


def _table(size: Size, colour: Colour) -> list[Solid]:
    width, height, depth = size
    top, leg, wood = 0.04, 0.05, shade(colour, 0.85)
    parts = [rounded_box((width, top, depth), (0, height - top / 2, 0), 0.015, colour, roughness=0.55)]
    for side in (-1, 1):
        parts.append(box((leg / 2, 0.07, depth - 0.2), (side * (width / 2 - 0.07), height - top - 0.035, 0), wood))
        parts.append(box((width - 0.2, 0.07, leg / 2), (0, height - top - 0.035, side * (depth / 2 - 0.07)), wood))
        for end in (-1, 1):
            foot: Vector = (side * (width / 2 - 0.07), (height - top) / 2, end * (depth / 2 - 0.07))
            parts.append(cylinder(leg * 0.4, height - top, foot, wood, top=leg * 0.62))
    return parts


def _desk(size: Size, colour: Colour) -> list[Solid]:
    width, height, depth = size
    top, wood = 0.035, shade(colour, 0.85)
    parts = [rounded_box((width, top, depth), (0, height - top / 2, 0), 0.012, colour, roughness=0.55)]
    parts.append(box((0.03, height - top, depth - 0.06), (-width / 2 + 0.05, (height - top) / 2, 0), wood))
    drawers = 0.38
    middle = width / 2 - drawers / 2 - 0.03
    parts.append(box((drawers, height - top - 0.06, depth - 0.06), (middle, (height - top) / 2 + 0.03, 0), wood))
    parts.append(box((width - drawers - 0.1, 0.3, 0.02), (-drawers / 2, height - top - 0.15, -depth / 2 + 0.06), wood))
    for level in range(3):
        y = 0.17 + level * (height - 0.16) / 3
        front = depth / 2 - 0.025
        parts.append(box((drawers - 0.04, (height - 0.2) / 3 - 0.03, 0.015), (middle, y + 0.04, front), colour))
        parts.append(box((0.1, 0.012, 0.02), (middle, y + 0.06, front + 0.015), _METAL, roughness=0.4))
    lid: Vector = (-width * 0.12, height + 0.11, -depth * 0.16)
    parts.append(box((0.34, 0.014, 0.23), (-width * 0.12, height + 0.007, 0), _METAL, roughness=0.4))
    parts.append(box((0.34, 0.22, 0.01), lid, shade(_METAL, 0.7), glow=(0.05, 0.07, 0.1)).tilted(-0.25, lid))
    return parts


def _window(size: Size, colour: Colour) -> list[Solid]:
    width, height, depth = size
    bar, middle = 0.06, _WINDOW_SILL + height / 2
    parts = [box((width, height, 0.01), (0, middle, -depth / 4), _SKY, roughness=0.3, glow=_SKY)]
    for side in (-1, 1):
        parts.append(box((bar, height + bar, depth), (side * width / 2, middle, 0), colour))
        parts.append(box((width + bar, bar, depth), (0, middle + side * height / 2, 0), colour))
    parts.append(box((bar * 0.6, height, depth * 0.6), (0, middle, 0), colour))
    parts.append(box((width, bar * 0.6, depth * 0.6), (0, middle + height * 0.12, 0), colour))
    sill: Vector = (0, _WINDOW_SILL - bar / 2, depth / 2)
    parts.append(rounded_box((width + 0.2, 0.035, depth + 0.14), sill, 0.012, colour))
    return parts


def _bookshelf(size: Size, colour: Colour) -> list[Solid]:
    width, height, depth = size
    board, inside = 0.025, shade(colour, 0.75)
    parts = [box((width, height, 0.012), (0, height / 2, -depth / 2 + 0.006), inside)]
    for side in (-1, 1):
        parts.append(box((board, height, depth), (side * (width - board) / 2, height / 2, 0), colour))
    levels = max(2, round(height / 0.36))
    rng = np.random.default_rng(7)
    for level in range(levels + 1):
        y = board / 2 + level * (height - board) / levels
        parts.append(box((width - board, board, depth), (0, y, 0), colour))
        if level < levels:
            parts += _books(width - 2 * board, (height - board) / levels - board, depth, y + board / 2, rng)
    return parts


_BOOK_COLOURS = ("#7a2f2b", "#2f4f6f", "#3f6148", "#b98a3c", "#d8cdb8", "#54405f", "#a4583a", "#26343d")


def _books(width: float, height: float, depth: float, floor: float, rng: np.random.Generator) -> list[Solid]:
    books: list[Solid] = []
    x = -width / 2
    while True:
        thick = rng.uniform(0.022, 0.055)
        if rng.random() < 0.1:
            x += rng.uniform(0.05, 0.14)
        if x + thick > width / 2:
            return books
        tall, deep = height * rng.uniform(0.62, 0.92), depth * rng.uniform(0.6, 0.8)
        colour = shade(colour_of(str(rng.choice(_BOOK_COLOURS))), rng.uniform(0.85, 1.15))
        centre = (x + thick / 2, floor + tall / 2, -depth / 2 + deep / 2 + 0.02)
        books.append(box((thick * 0.94, tall, deep), centre, colour))
        x += thick


def _lamp(size: Size, colour: Colour) -> list[Solid]:
    width, height, _ = size
    shade_height, light = 0.26, (1.0, 0.86, 0.62)
    return [
        cylinder(width * 0.4, 0.025, (0, 0.0125, 0), _METAL, roughness=0.4),
        cylinder(0.012, height - shade_height, (0, (height - shade_height) / 2, 0), _METAL, roughness=0.4),
        cylinder(width / 2, shade_height, (0, height - shade_height / 2, 0), colour, top=width * 0.34, glow=light),
    ]


def _plant(size: Size, colour: Colour) -> list[Solid]:
    width, height, _ = size
    pot = min(0.32, height * 0.3)
    parts = [
        cylinder(width * 0.26, pot, (0, pot / 2, 0), (0.72, 0.45, 0.33), top=width * 0.36),
        cylinder(width * 0.33, 0.01, (0, pot - 0.01, 0), (0.2, 0.14, 0.1)),
    ]
    rng = np.random.default_rng(3)
    for leaf in range(22):
        angle, lift = leaf * 2.4, (leaf + 1) / 22
        length = (height - pot) * rng.uniform(0.42, 0.55)
        lean = 1.15 - 0.95 * lift + rng.normal(0, 0.08)
        green = shade(colour, rng.uniform(0.8, 1.2))
        blade = ellipsoid((0.05, length / 2, 0.006), (0, length / 2, 0), green).tilted(lean, (0, 0, 0))
        stalk = pot + (height - pot) * 0.42 * lift
        lifted = Solid(blade.vertices + np.array([0, stalk, 0], np.float32), blade.normals, blade.faces, green, 0.6)
        parts.append(lifted.placed((0, 0), angle))
    parts.append(cylinder(0.014, (height - pot) * 0.45, (0, pot + (height - pot) * 0.22, 0), (0.32, 0.36, 0.2)))
    return parts


def _rug(size: Size, colour: Colour) -> list[Solid]:
    width, height, depth = size
    border = shade(colour, 0.72)
    return [
        box((width, height, depth), (0, height / 2, 0), border, roughness=1.0),
        box((width - 0.16, height, depth - 0.16), (0, height / 2 + 0.002, 0), colour, roughness=1.0),
        box((width - 0.3, height, depth - 0.3), (0, height / 2 + 0.004, 0), shade(colour, 1.12), roughness=1.0),
    ]


def _door(size: Size, colour: Colour) -> list[Solid]:
    width, height, depth = size
    frame = 0.07
    parts = [box((width - frame, height - frame / 2, depth * 0.5), (0, (height - frame / 2) / 2, 0), colour)]
    for side in (-1, 1):
        parts.append(box((frame, height, depth), (side * (width - frame) / 2, height / 2, 0), _WHITE))
        panel = (width - 3 * frame, height * 0.36, depth * 0.6)
        parts.append(rounded_box(panel, (0, height * (0.5 + side * 0.22), 0.005), 0.01, shade(colour, 0.94)))
    parts.append(box((width, frame, depth), (0, height - frame / 2, 0), _WHITE))
    parts.append(ellipsoid((0.025, 0.025, 0.025), (width / 2 - 0.13, 1.0, depth * 0.25 + 0.03), _METAL, roughness=0.3))
    return parts


_BUILDERS: dict[FurnitureKind, tuple[Builder, Colour]] = {
    "sofa": (_sofa, (0.42, 0.5, 0.56)),
    "chair": (_chair, (0.66, 0.5, 0.34)),
    "table": (_table, (0.6, 0.44, 0.3)),
    "desk": (_desk, (0.62, 0.48, 0.35)),
    "window": (_window, _WHITE),
    "bookshelf": (_bookshelf, (0.5, 0.36, 0.25)),
    "lamp": (_lamp, (0.95, 0.88, 0.74)),
    "plant": (_plant, (0.27, 0.45, 0.25)),
    "rug": (_rug, (0.62, 0.42, 0.36)),
    "door": (_door, (0.7, 0.62, 0.52)),
}
"""How each kind is built, and its usual colour."""

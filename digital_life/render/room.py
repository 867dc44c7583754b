"""Floor, walls and ceiling of a room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.render.furniture import furniture_solids
from digital_life.render.solids import Solid, box, colour_of, quad, shade
from digital_life.stage.scene import Furniture, Room

WALL_HEIGHT = 2.7
_SKIRTING = 0.09
_AT_WALL = 0.4
_SOLID_KINDS = ("sofa", "chair", "table", "desk", "bookshelf", "lamp", "plant")


def shell(room: Room) -> list[Solid]:
    """Floor, walls (one-sided, so that a camera outside looks in), skirting boards and ceiling."""
    x, z, top = room.size[0] / 2, room.size[1] / 2, WALL_HEIGHT
    floor, wall = colour_of(room.floor_colour), colour_of(room.wall_colour)
    side = shade(wall, 0.97)
    solids = [
        quad(((-x, 0, z), (x, 0, z), (x, 0, -z), (-x, 0, -z)), floor, roughness=0.6),
        quad(((-x, 0, -z), (x, 0, -z), (x, top, -z), (-x, top, -z)), wall),
        quad(((x, 0, z), (-x, 0, z), (-x, top, z), (x, top, z)), wall),
        quad(((x, 0, -z), (x, 0, z), (x, top, z), (x, top, -z)), side),
        quad(((-x, 0, z), (-x, 0, -z), (-x, top, -z), (-x, top, z)), side),
        quad(((-x, top, -z), (x, top, -z), (x, top, z), (-x, top, z)), (0.97, 0.97, 0.96)),
    ]
    return solids + _boards(room)


def _boards(room: Room) -> list[Solid]:
    """Thin lines between the floor's boards, 16 cm apart."""
    x, z = room.size[0] / 2, room.size[1] / 2
    line = shade(colour_of(room.floor_colour), 0.82)
    rows = np.arange(-z + 0.16, z, 0.16)
    boards = [
        quad(((-x, 0.001, r + 0.002), (x, 0.001, r + 0.002), (x, 0.001, r - 0.002), (-x, 0.001, r - 0.002)), line)
        for r in rows
    ]
    rng = np.random.default_rng(1)
    for row in rows:
        for joint in np.arange(-x + rng.uniform(0.2, 1.6), x, 1.6):
            a, b = joint - 0.002, joint + 0.002
            boards.append(
                quad(((a, 0.001, row), (b, 0.001, row), (b, 0.001, row - 0.16), (a, 0.001, row - 0.16)), line)
            )
    return boards


def skirting(room: Room, eye: NDArray[np.float64]) -> list[Solid]:
    """Skirting boards of the walls that ``eye`` sees from inside."""
    x, z = room.size[0] / 2, room.size[1] / 2
    colour = shade(colour_of(room.wall_colour), 1.08)
    solids = []
    for sign in (-1, 1):
        if sign * eye[2] < z:
            solids.append(box((2 * x, _SKIRTING, 0.02), (0, _SKIRTING / 2, sign * (z - 0.01)), colour))
        if sign * eye[0] < x:
            solids.append(box((0.02, _SKIRTING, 2 * z), (sign * (x - 0.01), _SKIRTING / 2, 0), colour))
    return solids


def visible_furniture(room: Room, eye: NDArray[np.float64], subjects: NDArray[np.float64]) -> list[Furniture]:
    """Furniture that may stay in a shot from ``eye`` of ``subjects`` [N, 3].

    As in a film studio, what stands in the way is taken out: pieces at a wall behind which the camera is, pieces that
    would fill the foreground, and pieces that a line of sight to a head passes through.
    """
    return [
        piece
        for piece in room.furniture
        if not _behind_wall(room, piece, eye)
        and not _looms(piece, eye, subjects)
        and not any(_blocks(piece, eye, subject) for subject in subjects)
    ]


def _behind_wall(room: Room, piece: Furniture, eye: NDArray[np.float64]) -> bool:
    for axis, half in ((0, room.size[0] / 2), (1, room.size[1] / 2)):
        camera = eye[2 * axis]
        if abs(camera) > half - 0.15 and piece.position[axis] * np.sign(camera) > half - _AT_WALL:
            return True
    return False


def _looms(piece: Furniture, eye: NDArray[np.float64], subjects: NDArray[np.float64]) -> bool:
    """Whether the piece stands near the camera, between it and the nearest subject."""
    if piece.kind not in _SOLID_KINDS:
        return False
    away = float(np.hypot(piece.position[0] - eye[0], piece.position[1] - eye[2]))
    nearest = float(np.linalg.norm((subjects - eye)[:, [0, 2]], axis=1).min())
    return away < (0.75 if piece.dimensions[1] > 0.6 else 0.5) * nearest


def _blocks(piece: Furniture, eye: NDArray[np.float64], subject: NDArray[np.float64]) -> bool:
    """Whether the segment from ``eye`` to ``subject`` passes through the piece (slab test in the piece's own frame)."""
    if piece.kind not in _SOLID_KINDS:
        return False
    width, height, depth = piece.dimensions
    angle = np.radians(piece.facing)
    centre = np.array([piece.position[0], height / 2, piece.position[1]])
    turn = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
    start, end = turn @ (eye - centre), turn @ (subject - centre)
    half = np.array([width, height, depth]) / 2 + 0.1
    if (np.abs(end) < half + 0.15)[[0, 2]].all():  # the subject sits on it, or leans against it
        return False
    step = np.where(np.abs(end - start) < 1e-9, 1e-9, end - start)
    bounds = np.sort(np.stack([(-half - start) / step, (half - start) / step]), axis=0)
    return bool(max(bounds[0].max(), 0.0) < min(bounds[1].min(), 0.92))


def shot_solids(
    room: Room, eye: NDArray[np.float64], subjects: NDArray[np.float64]
) -> tuple[list[Solid], list[list[Solid]]]:
    """(shell, furniture piece by piece) for a shot from ``eye``; only furniture can hide a character."""
    furniture = [furniture_solids(piece) for piece in visible_furniture(room, eye, subjects)]
    return shell(room) + skirting(room, eye), furniture

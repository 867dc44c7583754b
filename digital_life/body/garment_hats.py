"""Hats: a cap with a visor, a knitted beanie, a hat with a brim; and how hair lies under them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from digital_life.body.character import Material, MeshPart
from digital_life.body.colour import Colour, mixed, parse_colour
from digital_life.body.garment_surface import BodySurface, Floats, smoothstep
from digital_life.body.garment_trim import Assembly, Piece, grid_faces
from digital_life.body.hair_hull import HairHull
from digital_life.body.hair_scalp import HEAD_CENTRE
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX


@dataclass(frozen=True)
class HatCut:
    """Heights of a hat's lower edge in ``front``, at the ``side`` and at the ``back`` (metres, reference head).

    ``room`` is the distance to the skull, ``peak`` how much higher its top stands, ``crown`` the height of an upright
    wall (0: it follows the head), ``cuff`` the height of a turned-up edge, ``visor`` and ``brim`` their widths.
    """

    front: float
    side: float
    back: float
    room: float = 0.011
    peak: float = 0.0
    crown: float = 0.0
    cuff: float = 0.0
    visor: float = 0.0
    brim: float = 0.0


HATS = {
    "cap": HatCut(front=0.354, side=0.342, back=0.305, peak=0.006, visor=0.070),
    "beanie": HatCut(front=0.350, side=0.322, back=0.280, room=0.012, peak=0.018, cuff=0.045),
    "brimmed": HatCut(front=0.354, side=0.344, back=0.312, room=0.010, crown=0.098, brim=0.062),
}
COLUMNS, ROWS = 36, 9
CROWN_END, BRIM_START = 0.70, 0.74
"""Texture rows: the crown lies above the first, brim, visor and cuff below the second."""


class HatLine:
    """Where a hat sits on one head: its lower edge, and the skull's radius above it."""

    def __init__(self, kind: str, hull: HairHull) -> None:
        self.pattern, self.hull = HATS[kind], hull

    def edge(self, turn: Floats) -> Floats:
        """Height [P] of the lower edge, metres, by the turn from the front."""
        pattern, aside = self.pattern, np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
        reference = np.interp(aside, [0, np.pi / 2, np.pi], [pattern.front, pattern.side, pattern.back])
        return np.asarray(self.hull.centre[1] + (reference - HEAD_CENTRE[1]) * self.hull.scale)

    def press(self, points: Floats) -> Floats:
        """Hair [P, 3] pressed flat where it lies under the hat."""
        offset = points - self.hull.centre
        turn = np.arctan2(offset[:, 0], offset[:, 2])
        under = smoothstep(-0.024, -0.002, points[:, 1] - self.edge(turn))
        distance = np.maximum(np.linalg.norm(offset, axis=1), 1e-6)
        limit = self.hull.skull_radius(offset / distance[:, None]) + (self.pattern.room - 0.007) * self.hull.scale
        pressed = np.minimum(distance, limit)
        return np.asarray(self.hull.centre + offset * (1 + under * (pressed / distance - 1))[:, None])


def make_hat(body: BodySurface, kind: str, colour: str) -> MeshPart:
    """A hat that turns with the head; ``colour`` #rrggbb.

    Raises:
        InputError: the colour is not written so.
    """
    hull = HairHull(body)
    line = HatLine(kind, hull)
    turn = np.linspace(0, 2 * np.pi, COLUMNS + 1)
    rows = _crown_rows(line, turn)
    assembly = Assembly([_piece(_inside_edge(rows, hull), np.linspace(0.0, CROWN_END, len(rows) + 2)[::-1])])
    if line.pattern.cuff:
        assembly.pieces.append(_piece(_cuff(line, turn), np.linspace(1.0, BRIM_START, 6)))
    if line.pattern.visor:
        assembly.pieces.append(_visor(line, rows))
    if line.pattern.brim:
        assembly.pieces.append(_piece(_brim(line, rows[0], turn), np.linspace(BRIM_START, 0.99, 8)))
    texture = hat_texture(kind, parse_colour(colour))
    material = Material("hat", texture=texture, roughness=0.9, double_sided=True, shading="cloth")
    return assembly.build("hat", material)


def _crown_rows(line: HatLine, turn: Floats) -> Floats:
    """[ROWS, C, 3] from the edge to the top."""
    hull, pattern = line.hull, line.pattern
    low = line.edge(turn) - hull.centre[1]
    start = np.arctan2(low, 0.085 * hull.scale)
    share = np.linspace(0, 1, ROWS)[:, None]
    rise = start + (np.pi / 2 - start) * share
    rays = np.stack([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)], axis=-1)
    reach = hull.skull_radius(rays.reshape(-1, 3)).reshape(rise.shape)
    reach = gaussian_filter(reach, (0.8, 1.5), mode=("nearest", "wrap"))
    reach += hull.scale * (pattern.room + pattern.peak * share**1.5 + 0.006 * np.cos(turn) * np.sin(np.pi * share))
    reach[:, -1] = reach[:, 0]
    if pattern.crown:
        return _walled(line, turn, reach * np.cos(rise), low)
    points = hull.centre + rays * reach[..., None]
    points[0, :, 1] = line.edge(turn)
    return np.asarray(points)


def _walled(line: HatLine, turn: Floats, radius: Floats, low: Floats) -> Floats:
    """An upright wall with a pinched top."""
    hull, scale = line.hull, line.hull.scale
    ring = gaussian_filter1d(radius.max(axis=0)[:-1], 2.0, mode="wrap")
    ring = np.concatenate([ring, ring[:1]])
    top = low.mean() + line.pattern.crown * scale
    shape = (
        (1.0, 0.0),
        (0.995, 0.12),
        (0.98, 0.4),
        (0.95, 0.75),
        (0.91, 0.93),
        (0.82, 1.0),
        (0.60, 0.99),
        (0.3, 0.93),
        (0.0, 0.90),
    )
    rows = []
    for width, height in shape:
        pinch = 0.010 * scale * max(height - 0.7, 0) / 0.3 * np.maximum(np.cos(turn), 0) * np.abs(np.sin(turn)) * 2
        flat = ring * width - pinch
        y = low + (top - low) * height
        rows.append(np.stack([flat * np.sin(turn), y, flat * np.cos(turn)], axis=1))
    return np.asarray(hull.centre + np.stack(rows))


def _inside_edge(rows: Floats, hull: HairHull) -> Floats:
    """The rows with the edge turned in below them."""
    inward = (rows[0] - rows[0].mean(axis=0)) * [1.0, 0.0, 1.0]
    inward /= np.linalg.norm(inward, axis=1, keepdims=True)
    first = rows[0] - 0.006 * hull.scale * inward + [0.0, 0.016 * hull.scale, 0.0]
    second = rows[0] - 0.003 * hull.scale * inward - [0.0, 0.001 * hull.scale, 0.0]
    return np.concatenate([first[None], second[None], rows])


def _cuff(line: HatLine, turn: Floats) -> Floats:
    """The turned-up edge of a beanie, thicker than the rest."""
    crown, scale = _crown_rows(line, turn), line.hull.scale
    rising = np.linalg.norm(np.diff(crown, axis=0), axis=2).cumsum(axis=0)
    along = np.concatenate([np.zeros((1, len(turn))), rising])
    out = (crown[0] - crown[0].mean(axis=0)) * [1.0, 0.0, 1.0]
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    shape = ((-0.03, 0.001), (-0.05, 0.005), (0.25, 0.0075), (0.75, 0.0075), (1.0, 0.005), (0.96, -0.002))
    rows = []
    for share, thick in shape:
        at = line.pattern.cuff * scale * share
        point = np.stack(
            [[np.interp(at, along[:, c], crown[:, c, axis]) for axis in range(3)] for c in range(len(turn))]
        )
        rows.append(point + thick * scale * out + [0.0, min(at, 0.0), 0.0])
    return np.stack(rows)


def _visor(line: HatLine, rows: Floats) -> Piece:
    """A stiff peak over the forehead, bent down at its sides."""
    scale = line.hull.scale
    turn = np.radians(np.linspace(-62, 62, 17))
    around = np.linspace(0, 2 * np.pi, COLUMNS + 1)
    inner = np.stack([np.interp(turn % (2 * np.pi), around, rows[0, :, axis]) for axis in range(3)], axis=1)
    shape = np.cos(turn * np.pi / 2 / np.radians(62)) ** 0.55
    grid = []
    for out, lift in (
        (0.0, 0.002),
        (0.35, 0.003),
        (0.75, 0.001),
        (1.0, -0.002),
        (1.0, -0.0045),
        (0.5, -0.001),
        (0.0, -0.001),
    ):
        ahead = line.pattern.visor * out * shape * scale
        droop = 0.010 * out * scale + 0.020 * out * (np.abs(turn) / np.radians(62)) ** 2 * shape * scale
        grid.append(inner + np.stack([0.10 * ahead * np.sin(turn), lift * scale - droop, ahead], axis=1))
    lines = np.stack(grid)
    u = np.linspace(0, 0.5, len(turn))
    uv = np.stack(np.meshgrid(u, np.linspace(BRIM_START + 0.02, 0.97, len(grid))), axis=-1).reshape(-1, 2)
    return Piece(lines.reshape(-1, 3), grid_faces(*lines.shape[:2]), _head_weights(lines), uv)


def _brim(line: HatLine, edge: Floats, turn: Floats) -> Floats:
    scale = line.hull.scale
    out = np.stack([np.sin(turn), np.zeros_like(turn), np.cos(turn)], axis=1)
    side = np.sin(turn) ** 2
    rows = []
    for share, lift in (
        (0.0, 0.002),
        (0.3, 0.002),
        (0.7, 0.002),
        (1.0, 0.0025),
        (1.02, 0.0),
        (0.7, -0.0012),
        (0.3, -0.0012),
        (0.0, -0.001),
    ):
        width = line.pattern.brim * scale * share
        curl = scale * share**2 * (0.016 * side - 0.010 * (1 - side))
        rows.append(
            edge + width * out + np.stack([np.zeros_like(turn), lift * scale + curl, np.zeros_like(turn)], axis=1)
        )
    return np.stack(rows)


def _piece(rows: Floats, v: Floats) -> Piece:
    """Rows [R, C, 3] around the head; the texture is mirrored left and right."""
    u = np.abs(np.linspace(-1, 1, rows.shape[1]))
    uv = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    faces = grid_faces(*rows.shape[:2])
    upward = rows[-1, :, 1].mean() > rows[0, :, 1].mean() + 0.01
    return Piece(rows.reshape(-1, 3), faces[:, ::-1] if upward else faces, _head_weights(rows), uv)


def _head_weights(rows: Floats) -> Floats:
    weights = np.zeros((rows.shape[0] * rows.shape[1], JOINT_COUNT))
    weights[:, JOINT_INDEX["head"]] = 1
    return weights


def hat_texture(kind: str, colour: Colour) -> NDArray[np.uint8]:
    """[256, 256, 3]: the crown from its top down, then brim, visor or cuff."""
    size = 256
    u, v = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size)
    random = np.random.default_rng(11)
    grain = gaussian_filter(random.normal(size=(size, size)), 0.8)
    base, tone = np.array(colour), 1 + 0.10 * grain
    if kind == "beanie":
        rib = np.abs(np.sin(np.pi * u * 22))
        tone = (0.78 + 0.28 * rib) * (1 + 0.05 * np.sin(2 * np.pi * v * 60)) * (1 + 0.05 * grain)
    elif kind == "cap":
        seam = np.exp(-((((u * 3 + 0.5) % 1 - 0.5) / 0.018) ** 2)) * (v < CROWN_END)
        rows = np.exp(-(((((v - BRIM_START) * 18) % 1 - 0.5) / 0.12) ** 2)) * (v > BRIM_START)
        tone = tone * (1 - 0.30 * seam - 0.12 * rows)
    rgb = base * tone[..., None]
    if kind == "brimmed":
        ribbon = ((v > CROWN_END - 0.22) & (v < CROWN_END - 0.02))[..., None]
        rgb = np.where(ribbon, np.array(mixed(colour, (0.05, 0.04, 0.05), 0.75)) * (1 + 0.05 * grain[..., None]), rgb)
    return np.asarray(np.clip(rgb, 0, 1) * 255, np.uint8)

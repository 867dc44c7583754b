"""What hangs from a knot: a ponytail, a bun, two braids, and the bands around them."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from digital_life.body.garment_surface import Floats, unit
from digital_life.body.garment_trim import grid_faces
from digital_life.body.hair_cards import FULL, POINTED, HairPiece, cards
from digital_life.body.hair_hull import HairHull
from digital_life.body.hair_texture import COLUMNS, SHADED, STRAIGHT

BRAID_ROWS, BRAID_TURNS = 33, 5


def ponytail(hull: HairHull, knot: Floats, length: float, random: np.random.Generator) -> list[HairPiece]:
    """Clumps that leave the knot backwards, fall in an arc along the back and thin out to the tip."""
    count, rows, scale = 46, 11, hull.scale
    along = np.linspace(0, 1, rows)
    centre = _fall(hull, knot, length, along)
    depth, angle = np.sqrt(random.uniform(0.05, 1, count)), random.uniform(0, 2 * np.pi, count)
    spread = np.interp(along, [0, 0.12, 0.45, 0.8, 1], [0.009, 0.020, 0.027, 0.020, 0.008]) * scale
    tangent = unit(np.gradient(centre, axis=0))
    right = np.array([1.0, 0.0, 0.0])
    back = unit(np.cross(tangent, right))
    across = np.cos(angle)[:, None, None] * right + 0.75 * np.sin(angle)[:, None, None] * back
    reach = np.sort(random.uniform(0.78, 1.0, count))[::-1][:, None, None]
    paths = knot + (centre - knot) * reach + across * depth[:, None, None] * spread[None, :, None]
    sway = 0.004 * scale * np.sin(2 * np.pi * (1.2 * along + random.uniform(0, 0.15, (count, 1))))
    paths = paths + sway[..., None] * right
    column = np.where(depth < 0.55, SHADED, random.choice(STRAIGHT, count))
    outward = unit(across + 0.25 * np.broadcast_to(back, paths.shape))
    width = 0.022 * scale * random.uniform(0.8, 1.2, count)
    return [cards(paths, outward, width, column, taper=(0.7, 1.0, 0.9, 0.5)), band(knot, tangent[1], 0.0125 * scale)]


def _fall(hull: HairHull, knot: Floats, length: float, along: Floats) -> Floats:
    """Middle line [R, 3] of a tail: out, over and down, outside of neck and back."""
    scale = hull.scale
    fine = np.linspace(0, 1, 80)
    y = np.interp(fine, [0, 0.08, 0.22, 1], [0.0, 0.010 * scale, -0.022 * scale, -length])
    z = np.interp(fine, [0, 0.08, 0.22, 0.5, 1], [0.0, -0.026, -0.050, -0.052, -0.028]) * scale
    eased = gaussian_filter1d(np.stack([y, z]), 4.0, axis=1, mode="nearest")
    eased = eased - eased[:, :1] * (1 - fine)
    y, z = (np.interp(along, fine, line) for line in eased + knot[1:, None])
    room = 0.030 * scale * np.minimum(along * 4, 1) - 0.02 * scale * (along == 0)
    back = hull.place(y, np.full(len(y), np.pi), hull.radius(y, np.full(len(y), np.pi)) + room)[:, 2]
    return np.stack([np.full(len(y), knot[0]), y, np.minimum(z, back)], axis=1)


def band(centre: Floats, axis: Floats, radius: float) -> HairPiece:
    """A ring of hair or elastic around a knot."""
    ring, tube = np.linspace(0, 2 * np.pi, 15), np.linspace(0, 2 * np.pi, 6)
    axis = unit(axis)
    right = unit(np.cross(axis, [0.0, 1.0, 0.1]))
    up = np.cross(right, axis)
    out = np.cos(ring)[:, None] * right + np.sin(ring)[:, None] * up
    normals = np.cos(tube)[:, None, None] * out + np.sin(tube)[:, None, None] * axis
    vertices = centre + radius * out + 0.35 * radius * normals
    u = np.broadcast_to((SHADED + 0.3 + 0.4 * np.linspace(0, 1, len(ring))) / COLUMNS, vertices.shape[:2])
    v = np.broadcast_to(np.linspace(0.05, 0.2, len(tube))[:, None], vertices.shape[:2])
    uv = np.stack([u, v], axis=-1).reshape(-1, 2)
    faces = grid_faces(len(tube), len(ring))
    return HairPiece(
        vertices.reshape(-1, 3), normals.reshape(-1, 3), _facing(vertices.reshape(-1, 3), normals, faces), uv
    )


def _facing(vertices: Floats, normals: Floats, faces: np.ndarray) -> np.ndarray:
    """Faces turned so that most look the way of their normals."""
    corners = vertices[faces]
    front = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    agrees = np.einsum("fa,fa->f", front, normals.reshape(-1, 3)[faces[:, 0]])
    return faces if agrees.sum() > 0 else faces[:, ::-1]


def bun(hull: HairHull, knot: Floats, random: np.random.Generator) -> list[HairPiece]:
    """Strands coiled around a flattened ball, in three turns that show."""
    count, rows, scale = 44, 9, hull.scale
    radius = 0.036 * scale
    back = unit(knot - hull.centre)
    right = np.array([1.0, 0.0, 0.0])
    up = np.cross(back, right)
    centre = knot + 0.010 * scale * back
    polar = np.linspace(0.06, 0.66, count) * np.pi
    turn = random.uniform(0, 2 * np.pi, count)[:, None] + np.linspace(0, 2.2, rows)
    theta = polar[:, None] + np.linspace(-0.10, 0.10, rows)
    swell = 1 + 0.06 * np.cos(theta * 9.0)
    outward = (np.sin(theta) * np.cos(turn))[..., None] * right + (np.sin(theta) * np.sin(turn))[..., None] * up
    outward = outward + (0.78 * np.cos(theta))[..., None] * back
    paths = centre + outward * (radius * swell * random.uniform(0.94, 1.03, (count, 1)))[..., None]
    width = 0.017 * scale * random.uniform(0.8, 1.2, count)
    column = random.choice((*STRAIGHT, SHADED), count)
    return [cards(paths, unit(outward), width, column, taper=FULL)]


def braid(hull: HairHull, knot: Floats, length: float, random: np.random.Generator) -> list[HairPiece]:
    """Three strands plaited, before the shoulder; its end tied, with a tuft below."""
    scale = hull.scale
    along = np.linspace(0, 1, BRAID_ROWS)
    side = 1.0 if knot[0] > 0 else -1.0
    y = knot[1] - along * length
    turn = side * np.interp(along, [0, 0.3, 1], [np.radians(72), np.radians(38), np.radians(30)])
    radius = np.maximum(hull.radius(y, turn) + 0.017 * scale, 0.0)
    settled = hull.place(y, turn, radius)
    centre = knot + (settled - knot) * np.clip(along * 3.2, 0, 1)[:, None] ** 0.8
    tangent = unit(np.gradient(centre, axis=0))
    front = unit(np.cross(np.cross(tangent, hull.outward(centre)), tangent))
    right = np.cross(tangent, front)
    thick = scale * np.interp(along, [0, 0.1, 0.8, 1], [0.0075, 0.0115, 0.0095, 0.006])
    ring = np.linspace(0, 2 * np.pi, 6)
    pieces = []
    for strand in range(3):
        phase = 2 * np.pi * (BRAID_TURNS * along + strand / 3)
        middle = centre + (thick * 1.15 * np.sin(phase))[:, None] * right
        middle = middle + (thick * 0.65 * np.sin(2 * phase))[:, None] * front
        normals = np.cos(ring)[:, None, None] * right + np.sin(ring)[:, None, None] * front
        vertices = middle + normals * (0.95 * thick)[:, None]
        u = np.broadcast_to((strand % 2 + 0.15 + 0.7 * np.abs(ring / np.pi - 1))[:, None] / COLUMNS, vertices.shape[:2])
        v = np.broadcast_to(0.2 + 0.4 * np.abs((along * 6) % 2 - 1), vertices.shape[:2])
        flat, faces = vertices.reshape(-1, 3), grid_faces(len(ring), BRAID_ROWS)
        uv = np.stack([u, v], axis=-1).reshape(-1, 2)
        pieces.append(HairPiece(flat, unit(normals.reshape(-1, 3)), _facing(flat, normals, faces), uv))
    pieces.append(band(centre[-2], tangent[-2], 0.0085 * scale))
    tuft = centre[-1] + np.linspace(0, 0.055 * scale, 4)[None, :, None] * (
        tangent[-1] + random.normal(0, 0.13, (9, 1, 3))
    )
    outward = np.broadcast_to(front[-1] + 0.4 * random.normal(size=(9, 1, 3)), tuft.shape)
    pieces.append(cards(tuft, unit(outward), np.full(9, 0.016 * scale), random.choice(STRAIGHT, 9), taper=POINTED))
    return pieces

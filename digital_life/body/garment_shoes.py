"""Shoes: a smooth upper around the foot, a flat sole, laces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from digital_life.body.character import Material, MeshPart
from digital_life.body.colour import Colour, mixed, parse_colour
from digital_life.body.garment_panels import shoe_panel
from digital_life.body.garment_surface import (
    ARM_JOINTS,
    BodySurface,
    Cloth,
    Floats,
    cut,
    reference_surface,
    smoothstep,
    unit,
)
from digital_life.body.garment_trim import HEM, Assembly, Piece, grid_faces
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX


@dataclass(frozen=True)
class ShoeCut:
    """A shoe in metres on the reference body: ``collar`` above the ankle joint, ``sole`` below the bare foot."""

    collar: float
    ease: float
    sole: float
    welt: float
    heel: float = 0.0


SHOE_CUTS = {
    "shoes": ShoeCut(collar=-0.012, ease=0.005, sole=0.016, welt=0.006, heel=0.006),
    "sneakers": ShoeCut(collar=0.0, ease=0.007, sole=0.024, welt=0.009),
    "boots": ShoeCut(collar=0.12, ease=0.008, sole=0.024, welt=0.007, heel=0.008),
}
SOLE_COLUMNS = 40
LACES = {"sneakers": (0.30, 0.62, 5), "boots": (0.34, 0.66, 4)}
"""Where laces lie, as shares of the way from ankle joint to toe joint and beyond, and how many."""
SNEAKER_WHITE = (0.9, 0.89, 0.86)


def make_shoes(body: BodySurface, kind: str, colour: str) -> MeshPart:
    """A pair of shoes of a kind, ``colour`` #rrggbb.

    Raises:
        InputError: the colour is not written so.
    """
    pattern = SHOE_CUTS[kind]
    uppers = lay_uppers(body, pattern)
    assembly = Assembly()
    assembly.add_cloth(uppers, shoe_panel(uppers))
    for loop in uppers.loops:
        assembly.add_trim(uppers, loop, HEM, body.scale)
    assembly.pieces += [lay_sole(body, pattern, uppers, sign) for sign in (1, -1)]
    if kind in LACES:
        assembly.pieces += [piece for sign in (1, -1) for piece in _laces(body, uppers, sign, *LACES[kind])]
    texture = shoe_texture(kind, parse_colour(colour))
    material = Material("shoes", texture=texture, roughness=0.6, double_sided=True, shading="cloth")
    return assembly.build("shoes", material)


def shoes_field(reference: BodySurface, pattern: ShoeCut) -> Floats:
    """Metres inside the uppers [V] on the reference body; the collar dips behind the ankle's front."""
    ankle = reference.joint("left_ankle")
    y = reference.vertices[:, 1]
    return np.asarray(np.minimum(ankle[1] + pattern.collar - y, 0.3 - reference.share(ARM_JOINTS)))


def lay_uppers(body: BodySurface, pattern: ShoeCut) -> Cloth:
    """Both uppers, draped over the feet and flattened on their soles."""
    cloth = cut(reference_surface(), shoes_field(reference_surface(), pattern), body)
    ease = pattern.ease * body.scale
    cloth.drape(ease, 20)
    cloth.vertices = cloth.smooth(cloth.vertices, 2)
    bottom = body.floor + 0.002
    toes = np.clip((cloth.vertices[:, 2] - body.joint("left_foot")[2]) / (0.09 * body.scale), 0, 1)
    above = np.clip((cloth.vertices[:, 1] - bottom) / (0.03 * body.scale), 0, 1)
    cloth.vertices[:, 1] += 0.010 * body.scale * toes * above  # a toe box instead of bare toes
    cloth.vertices[:, 1] = np.maximum(cloth.vertices[:, 1], bottom)
    return cloth


def lay_sole(body: BodySurface, pattern: ShoeCut, uppers: Cloth, sign: int) -> Piece:
    """One sole: the outline of the upper from above, with a welt, side wall and tread."""
    scale = body.scale
    low = (uppers.vertices[:, 0] * sign > 0) & (uppers.vertices[:, 1] < body.floor + 0.045 * scale)
    points = uppers.vertices[low]
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    angles = np.linspace(0, 2 * np.pi, SOLE_COLUMNS, endpoint=False)
    outline = _foot_outline(points[:, [0, 2]] - centre[[0, 2]], angles) * np.ones(2)
    size = np.linalg.norm(outline, axis=1, keepdims=True)
    top, tread = body.floor + 0.006 * scale, body.floor - pattern.sole * scale
    rows = [
        (-0.02, top + 0.003),
        (pattern.welt * 0.7, top + 0.001),
        (pattern.welt, top - 0.003),
        (pattern.welt, tread + 0.003),
    ]
    rows += [(pattern.welt - 0.003, tread), (-0.6, tread)]
    lines = []
    for widen, height in rows:
        factor = 1 + widen * scale / size if widen > -0.5 else np.full_like(size, 0.02)
        flat = centre[[0, 2]] + outline * factor
        lines.append(np.stack([flat[:, 0], np.full(len(flat), height), flat[:, 1]], axis=1))
    grid = np.stack(lines)
    grid = np.concatenate([grid, grid[:, :1]], axis=1)
    u, v = np.linspace(0, 1, SOLE_COLUMNS + 1), np.linspace(0.56, 0.80, len(rows))
    uv = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    weights = _flex(body, grid.reshape(-1, 3), sign)
    return Piece(grid.reshape(-1, 3), grid_faces(*grid.shape[:2]), weights, uv)


def _foot_outline(flat: Floats, angles: Floats) -> Floats:
    """Convex outline [C, 2] of points [P, 2] (side, front) around their middle."""
    support = np.max(flat[:, :1] * np.sin(angles) + flat[:, 1:] * np.cos(angles), axis=0)
    facing = np.cos(angles[:, None] - angles[None, :])
    radius = np.min(np.where(facing > 0.05, support / np.maximum(facing, 0.05), np.inf), axis=1)
    return np.stack([radius * np.sin(angles), radius * np.cos(angles)], axis=1)


def _flex(body: BodySurface, points: Floats, sign: int) -> Floats:
    """Weights [P, 55] of a sole: it bends at the ball of the foot."""
    side = "left" if sign > 0 else "right"
    ball = body.joint(f"{side}_foot")[2]
    toes = smoothstep(ball - 0.03 * body.scale, ball + 0.04 * body.scale, points[:, 2])
    weights = np.zeros((len(points), JOINT_COUNT))
    weights[:, JOINT_INDEX[f"{side}_foot"]], weights[:, JOINT_INDEX[f"{side}_ankle"]] = toes, 1 - toes
    return weights


def _laces(body: BodySurface, uppers: Cloth, sign: int, first: float, last: float, count: int) -> list[Piece]:
    """Flat cords across the instep, laid on the upper."""
    side = "left" if sign > 0 else "right"
    ankle, ball = body.joint(f"{side}_ankle"), body.joint(f"{side}_foot")
    own = uppers.vertices[:, 0] * sign > 0
    points, normals = uppers.vertices[own], uppers.normals()[own]
    upward = normals[:, 1] > 0.15
    points, normals, weights = points[upward], normals[upward], uppers.weights[own][upward]
    tree, pieces = cKDTree(points[:, [0, 2]]), []
    for share in np.linspace(first, last, count):
        middle = ankle + (ball - ankle) * (0.25 + 1.05 * share)
        across = np.linspace(-0.019, 0.019, 7) * body.scale
        slant = 0.10 * across
        flat = np.stack([middle[0] + across, middle[2] + slant], axis=1)
        distance, near = tree.query(flat, k=4)
        weight = 1 / np.maximum(distance, 1e-4)
        weight /= weight.sum(axis=1, keepdims=True)
        height = np.einsum("pk,pk->p", weight, points[near][..., 1])
        normal = unit(np.einsum("pk,pka->pa", weight, normals[near]))
        line = np.stack([flat[:, 0], height, flat[:, 1]], axis=1)
        along = np.array([0.0, 0.0, 1.0]) * body.scale
        rows = [line - 0.003 * along - 0.001 * normal, line + 0.0028 * normal, line + 0.003 * along - 0.001 * normal]
        uv = np.broadcast_to([0.5, LACE_ROW], (21, 2))
        grid = np.stack(rows)
        lace_weights = np.tile(np.einsum("pk,pkj->pj", weight, weights[near]), (3, 1))
        pieces.append(Piece(grid.reshape(-1, 3), grid_faces(3, 7)[:, ::-1], lace_weights, uv))
    return pieces


LACE_ROW = 0.98
"""Texture row of the laces' colour."""


def shoe_texture(kind: str, upper: Colour) -> NDArray[np.uint8]:
    """[256, 256, 3]: uppers from heel to toe with their seams, then the sole with its welt line, the collar, laces."""
    size = 256
    u = (np.arange(size) + 0.5)[None, :] / size
    v = (np.arange(size) + 0.5)[:, None] / size
    sneaker = kind == "sneakers"
    sole = SNEAKER_WHITE if sneaker else mixed(upper, (0.05, 0.045, 0.04), 0.75)
    grain = gaussian_filter(np.random.default_rng(5).normal(size=(size, size)), 1.0)[..., None]
    rgb = np.broadcast_to(np.array(upper), (size, size, 3)) * (1 + 0.10 * grain)
    toe_line = u - 0.80 + 0.25 * np.abs(v - 0.30)
    seams = np.exp(-((toe_line / 0.008) ** 2)) + np.exp(-(((u - 0.22 + 0.15 * (v - 0.3)) / 0.008) ** 2))
    rgb = rgb * (1 - 0.35 * np.minimum(seams, 1) * (v < 0.5))[..., None]
    if sneaker:
        cap = ((u > 0.86) & (v > 0.36) & (v < 0.5))[..., None]
        rgb = np.where(cap, np.array(sole) * 0.97, rgb)
    is_sole = ((v > 0.53) & (v < 0.82))[..., None]
    rgb = np.where(is_sole, np.array(sole) * (1 + 0.05 * grain), rgb)
    rgb = np.where(((v > 0.55) & (v < 0.60))[..., None], np.array(sole) * 0.8, rgb)
    rgb = np.where((v > 0.83)[..., None], np.array(upper) * 0.72, rgb)
    lace = SNEAKER_WHITE if sneaker else mixed(upper, (0.04, 0.035, 0.03), 0.6)
    rgb = np.where((v > 0.96)[..., None], np.array(lace), rgb)
    return (np.clip(rgb, 0, 1) * 255).astype(np.uint8)

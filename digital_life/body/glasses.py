"""Glasses: two rims, a bridge and two temples, bent to the face; dark lenses in sunglasses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.geometry import triangles
from digital_life.body.identity import Identity
from digital_life.body.normals import vertex_normals
from digital_life.motion.skeleton import JOINT_INDEX

Points = NDArray[np.float64]


@dataclass(frozen=True)
class GlassesCut:
    """Half ``width`` and half ``height`` of a lens, metres; ``squareness`` 2 is round, more is squarer."""

    width: float
    height: float
    squareness: float
    wire: float = 0.0013
    colour: tuple[float, float, float] = (0.06, 0.05, 0.05)


GLASSES = {
    "square": GlassesCut(0.0235, 0.0185, 2.8),
    "round": GlassesCut(0.0210, 0.0205, 2.0, 0.0010, (0.42, 0.33, 0.16)),
    "sunglasses": GlassesCut(0.0265, 0.0205, 3.2, 0.0019, (0.03, 0.03, 0.03)),
}
LENS_COLOUR = (0.035, 0.03, 0.028)
SIDES = 6
VERTEX_DISTANCE = 0.006
"""From the skin of the brow to the plane of the lenses."""


def make_glasses(identity: Identity, kind: str) -> list[MeshPart]:
    """A frame that turns with the head, and the lenses of sunglasses."""
    pattern = GLASSES[kind]
    eyes = identity.joints[[JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]]
    middle = eyes.mean(axis=0)
    half_gap = float(eyes[0, 0] - eyes[1, 0]) / 2
    skin = _head_points(identity)
    near_brow = (np.abs(skin[:, 0]) < half_gap + pattern.width) & (np.abs(skin[:, 1] - middle[1]) < pattern.height)
    plane = float(skin[near_brow & (np.abs(skin[:, 0]) > 0.012), 2].max()) + VERTEX_DISTANCE
    level = float(middle[1]) - 0.002
    tubes, lenses = [], []
    for side in (1.0, -1.0):
        centre = np.array([side * (half_gap + 0.001), level, plane])
        rim = _rim(centre, pattern)
        tubes.append(_tube(rim, pattern.wire, closed=True))
        tubes.append(_tube(_temple(skin, side, centre, pattern), pattern.wire, closed=False))
        lenses.append(_lens(rim))
    inner = half_gap + 0.001 - pattern.width
    tubes.append(_tube(_bridge(inner, level, plane), pattern.wire, closed=False))
    frame = Material("glasses", colour=pattern.colour, roughness=0.35, double_sided=True)
    parts = [_assemble("glasses", tubes, frame)]
    if kind == "sunglasses":
        dark = Material("lenses", colour=LENS_COLOUR, roughness=0.12, double_sided=True)
        parts.append(_assemble("lenses", lenses, dark))
    return parts


def _lens(rim: Points) -> tuple[Points, NDArray[np.int64]]:
    """A slightly vaulted disc within a rim: a fan of quads that repeat their middle."""
    count = len(rim)
    middle = rim.mean(axis=0) + np.array([0.0, 0.0, 0.0015])
    ring = np.arange(count)
    quads = np.stack([ring, (ring + 1) % count, np.full(count, count), np.full(count, count)], axis=1)
    return np.concatenate([rim, middle[None]]), quads


def _head_points(identity: Identity) -> Points:
    quads = identity.quads("body")[identity.mesh.head_quads]
    return identity.vertices[np.unique(quads)].astype(np.float64)


def _rim(centre: Points, pattern: GlassesCut) -> Points:
    """A superellipse around a lens, its outer side drawn back along the face."""
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    x, y = (np.sign(f) * np.abs(f) ** (2 / pattern.squareness) for f in (np.cos(angle), np.sin(angle)))
    points = np.stack([x * pattern.width, y * pattern.height, np.zeros_like(x)], axis=1) + centre
    points[:, 2] -= 1.6 * np.abs(points[:, 0]) ** 2
    return points


def _bridge(inner: float, level: float, plane: float) -> Points:
    t = np.linspace(-1, 1, 9)
    return np.stack([t * inner, level + 0.006 + 0.003 * (1 - t**2), np.full(9, plane - 0.0005)], axis=1)


def _temple(skin: Points, side: float, centre: Points, pattern: GlassesCut) -> Points:
    """From the rim's outer edge past the temple to behind the ear."""
    ear = skin[np.argmax(skin[:, 0] * side)]
    hinge = centre + np.array([side * pattern.width, 0.006, 0])
    hinge[2] -= 1.6 * hinge[0] ** 2
    beside = (skin[:, 0] * side > 0) & (np.abs(skin[:, 1] - hinge[1]) < 0.008) & (skin[:, 2] > ear[2] + 0.035)
    width = float(np.max(skin[beside, 0] * side)) + 0.003 if beside.any() else abs(float(ear[0]))
    over_ear = np.array([side * width, hinge[1] + 0.002, ear[2] + 0.012])
    behind = over_ear + np.array([-side * 0.004, -0.022, -0.026])
    outer, length = abs(float(hinge[0])), float(hinge[2] - over_ear[2])
    widening = [
        np.array([side * (outer + share * (width - outer)), hinge[1], hinge[2] - depth * length])
        for share, depth in ((0.2, 0.04), (0.6, 0.25), (0.92, 0.55))
    ]
    bend = (over_ear + behind) / 2 + np.array([0, 0.004, -0.004])
    return np.stack([hinge, *widening, over_ear, bend, behind])


def _tube(path: Points, wire: float, *, closed: bool) -> tuple[Points, NDArray[np.int64]]:
    """Ring vertices [P * SIDES, 3] around a path and the quads between the rings."""
    if closed:
        tangent = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    else:
        tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    helper = np.where(np.abs(tangent[:, 1:2]) < 0.9, [[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]])
    across = np.cross(tangent, helper)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    up = np.cross(across, tangent)
    angle = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    ring = np.cos(angle)[:, None, None] * across + np.sin(angle)[:, None, None] * up
    vertices = (path + wire * ring).transpose(1, 0, 2).reshape(-1, 3)
    count = len(path)
    rings = np.arange(count if closed else count - 1)
    a = (rings[:, None] * SIDES + np.arange(SIDES)).reshape(-1)
    b = (rings[:, None] * SIDES + (np.arange(SIDES) + 1) % SIDES).reshape(-1)
    wrap = count * SIDES
    return vertices, np.stack([a, b, (b + SIDES) % wrap, (a + SIDES) % wrap], axis=1)


def _assemble(name: str, tubes: list[tuple[Points, NDArray[np.int64]]], material: Material) -> MeshPart:
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in tubes)])
    vertices = np.concatenate([vertices for vertices, _ in tubes]).astype(np.float32)
    faces = triangles(np.concatenate([quads + start for (_, quads), start in zip(tubes, starts, strict=False)]))
    joints = np.zeros((len(vertices), 4), np.uint8)
    joints[:, 0] = JOINT_INDEX["head"]
    weights = np.zeros((len(vertices), 4), np.float32)
    weights[:, 0] = 1
    return MeshPart(
        name=name,
        vertices=vertices,
        normals=vertex_normals(vertices, faces),
        faces=faces,
        joints=joints,
        weights=weights,
        material=material,
    )

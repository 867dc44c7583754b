"""Spectacles: two rims, a bridge and two temples, bent to the face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.geometry import triangles
from digital_life.body.identity import Identity
from digital_life.body.normals import vertex_normals
from digital_life.motion.skeleton import JOINT_INDEX

Points = NDArray[np.float64]

RIM_WIDTH, RIM_HEIGHT = 0.0235, 0.0185
"""Half sizes of one lens, metres."""
SQUARENESS = 2.8  # exponent of the superellipse: 2 is round
WIRE, SIDES = 0.0013, 6
VERTEX_DISTANCE = 0.006
"""From the skin of the brow to the plane of the lenses."""
FRAME_COLOUR = (0.06, 0.05, 0.05)


def make_glasses(identity: Identity) -> MeshPart:
    """A dark frame that turns with the head."""
    eyes = identity.joints[[JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]]
    middle = eyes.mean(axis=0)
    half_gap = float(eyes[0, 0] - eyes[1, 0]) / 2
    skin = _head_points(identity)
    near_brow = (np.abs(skin[:, 0]) < half_gap + RIM_WIDTH) & (np.abs(skin[:, 1] - middle[1]) < RIM_HEIGHT)
    plane = float(skin[near_brow & (np.abs(skin[:, 0]) > 0.012), 2].max()) + VERTEX_DISTANCE
    level = float(middle[1]) - 0.002
    tubes = []
    for side in (1.0, -1.0):
        centre = np.array([side * (half_gap + 0.001), level, plane])
        rim = _rim(centre)
        tubes.append(_tube(rim, closed=True))
        tubes.append(_tube(_temple(identity, skin, side, centre), closed=False))
    inner = half_gap + 0.001 - RIM_WIDTH
    tubes.append(_tube(_bridge(inner, level, plane), closed=False))
    return _assemble(tubes)


def _head_points(identity: Identity) -> Points:
    quads = identity.quads("body")[identity.mesh.head_quads]
    return identity.vertices[np.unique(quads)].astype(np.float64)


def _rim(centre: Points) -> Points:
    """A superellipse around a lens, its outer side drawn back along the face."""
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    x, y = (np.sign(f) * np.abs(f) ** (2 / SQUARENESS) for f in (np.cos(angle), np.sin(angle)))
    points = np.stack([x * RIM_WIDTH, y * RIM_HEIGHT, np.zeros_like(x)], axis=1) + centre
    points[:, 2] -= 1.6 * np.abs(points[:, 0]) ** 2
    return points


def _bridge(inner: float, level: float, plane: float) -> Points:
    t = np.linspace(-1, 1, 9)
    return np.stack([t * inner, level + 0.006 + 0.003 * (1 - t**2), np.full(9, plane - 0.0005)], axis=1)


def _temple(identity: Identity, skin: Points, side: float, centre: Points) -> Points:
    """From the rim's outer edge past the temple to behind the ear."""
    ear = skin[np.argmax(skin[:, 0] * side)]
    hinge = centre + np.array([side * RIM_WIDTH, 0.006, 0])
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


def _tube(path: Points, *, closed: bool) -> tuple[Points, NDArray[np.int64]]:
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
    vertices = (path + WIRE * ring).transpose(1, 0, 2).reshape(-1, 3)
    count = len(path)
    rings = np.arange(count if closed else count - 1)
    a = (rings[:, None] * SIDES + np.arange(SIDES)).reshape(-1)
    b = (rings[:, None] * SIDES + (np.arange(SIDES) + 1) % SIDES).reshape(-1)
    wrap = count * SIDES
    return vertices, np.stack([a, b, (b + SIDES) % wrap, (a + SIDES) % wrap], axis=1)


def _assemble(tubes: list[tuple[Points, NDArray[np.int64]]]) -> MeshPart:
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in tubes)])
    vertices = np.concatenate([vertices for vertices, _ in tubes]).astype(np.float32)
    faces = triangles(np.concatenate([quads + start for (_, quads), start in zip(tubes, starts, strict=False)]))
    joints = np.zeros((len(vertices), 4), np.uint8)
    joints[:, 0] = JOINT_INDEX["head"]
    weights = np.zeros((len(vertices), 4), np.float32)
    weights[:, 0] = 1
    return MeshPart(
        name="glasses",
        vertices=vertices,
        normals=vertex_normals(vertices, faces),
        faces=faces,
        joints=joints,
        weights=weights,
        material=Material("glasses", colour=FRAME_COLOUR, roughness=0.35, double_sided=True),
    )

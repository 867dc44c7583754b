"""Facial hair: moustache, goatee, short and full beard, grown from the face and moving with jaw and expression."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from digital_life.body.base_mesh import base_mesh
from digital_life.body.character import Material, MeshPart
from digital_life.body.colour import Colour
from digital_life.body.garment_surface import Floats, Indices, smoothstep, unit
from digital_life.body.garment_trim import strongest_four
from digital_life.body.geometry import triangles
from digital_life.body.hair_cards import POINTED, cards
from digital_life.body.hair_texture import SHADED, STRAIGHT, WISPY, strand_texture
from digital_life.body.identity import Identity
from digital_life.body.surface import blended_morphs
from digital_life.motion.skeleton import JOINT_COUNT

ROWS = 3


@dataclass(frozen=True)
class BeardCut:
    """``count`` locks; lengths in metres on the lip, on the cheeks and at the chin; ``lift`` away from the skin."""

    count: int
    lip: float
    cheek: float
    chin: float
    width: float = 0.009
    lift: float = 0.5
    shadow: float = 0.85
    """How strongly the skin below is tinted, 0..1."""


BEARDS = {
    "moustache": BeardCut(150, 0.014, 0.0, 0.0, width=0.0065, lift=0.35),
    "goatee": BeardCut(240, 0.013, 0.012, 0.030, width=0.0075),
    "short_beard": BeardCut(640, 0.011, 0.012, 0.016, width=0.0065, lift=0.32, shadow=0.95),
    "full_beard": BeardCut(420, 0.014, 0.024, 0.062, width=0.012, lift=0.55),
}
SHADOWS = {"none": 0.0, "stubble": 0.55} | {kind: pattern.shadow for kind, pattern in BEARDS.items()}


def _region(kind: str, points: Floats, on_lip: NDArray[np.bool_]) -> Floats:
    """1 where a kind of facial hair grows, for points [P, 3] of the reference face."""
    x, y = np.abs(points[:, 0]), points[:, 1]
    chin = smoothstep(0.034, 0.026, x) * smoothstep(0.252, 0.242, y)
    if kind == "moustache":
        return on_lip.astype(np.float64)
    if kind == "goatee":
        return np.maximum(on_lip * smoothstep(0.040, 0.032, x), chin)
    return np.ones(len(points))


@lru_cache(maxsize=8)
def beard_area(kind: str, size: int = 1024) -> NDArray[np.float32]:
    """[size, size] in the head's texture: 1 where hair of this kind grows."""
    mesh = base_mesh()
    beard, lip = (np.asarray(mesh.mask(f"head_{name}"), np.float32) / 255 for name in ("beard", "moustache"))
    if kind == "moustache":
        return np.asarray(lip, np.float32)
    quads, uv = mesh.quads("body")[mesh.head_quads], mesh.uv_quads("body")[mesh.head_quads]
    middle = mesh.reference[quads].mean(axis=1).astype(np.float64)
    level = _region(kind, middle, np.zeros(len(middle), bool))
    image = Image.new("F", (size, size), 0.0)
    brush = ImageDraw.Draw(image)
    for quad in np.flatnonzero(level > 0):
        brush.polygon([tuple(corner) for corner in mesh.uv[uv[quad]] * size], fill=float(level[quad]))
    return np.asarray(np.maximum(beard * gaussian_filter(np.asarray(image), size / 200), lip), np.float32)


@dataclass(frozen=True)
class _Roots:
    """Base vertices [L, 3] and barycentric coordinates [L, 3]; whether a root is on the lip [L]."""

    corners: Indices
    share: Floats
    lip: NDArray[np.bool_]

    def at(self, values: NDArray[np.floating]) -> Floats:
        return np.asarray(np.einsum("lk,lk...->l...", self.share, values[self.corners]))


@lru_cache(maxsize=8)
def _roots(kind: str, count: int) -> _Roots:
    """Evenly spread roots within the painted beard of the average face."""
    mesh = base_mesh()
    quads, uv_quads = mesh.quads("body")[mesh.head_quads], mesh.uv_quads("body")[mesh.head_quads]
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    uv_faces = np.concatenate([uv_quads[:, [0, 1, 2]], uv_quads[:, [0, 2, 3]]])
    corners = mesh.reference[faces].astype(np.float64)
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    random = np.random.default_rng(3)
    face = random.choice(len(area), 40_000, p=area / area.sum())
    share = random.dirichlet([1, 1, 1], len(face))
    points = np.einsum("lk,lka->la", share, corners[face])
    uv = np.einsum("lk,lka->la", share, mesh.uv[uv_faces[face]])
    lip, beard = _sample(mesh.mask("head_moustache"), uv) > 0.35, _sample(mesh.mask("head_beard"), uv) > 0.35
    mouth = (_sample(mesh.mask("head_lips"), uv) > 0.15) | (_sample(mesh.mask("head_inside_mouth"), uv) > 0.1)
    wanted = (_region(kind, points, lip) > 0.5) & (lip | beard) & ~mouth
    face, share, lip, points = face[wanted], share[wanted], lip[wanted], points[wanted]
    chosen = _spread(points, count)
    return _Roots(faces[face[chosen]], share[chosen], lip[chosen])


def _sample(mask: NDArray[np.uint8], uv: Floats) -> Floats:
    size = len(mask)
    column, row = (np.clip(uv[:, axis] * size, 0, size - 1).astype(int) for axis in (0, 1))
    return np.asarray(mask[row, column], np.float64) / 255


def _spread(points: Floats, count: int) -> Indices:
    """Farthest-point sampling: indices [count]."""
    chosen = [int(points[:, 1].argmin())]
    nearest = np.full(len(points), np.inf)
    for _ in range(min(count, len(points)) - 1):
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(nearest.argmax()))
    return np.array(chosen)


def make_beard(identity: Identity, kind: str, colour: Colour, seed: int = 0) -> MeshPart:
    """Locks of a kind in ``BEARDS``; ``colour`` sRGB 0..1. It carries the face's morph targets."""
    pattern = BEARDS[kind]
    roots, random = _roots(kind, pattern.count), np.random.default_rng(seed)
    paths = _paths(identity, pattern, roots, random)
    normals = unit(roots.at(identity.normals))
    outward = np.broadcast_to(normals[:, None], paths.shape)
    count = len(paths)
    column = random.choice((*STRAIGHT, SHADED, WISPY), count)
    width = pattern.width * random.uniform(0.8, 1.25, count)
    piece = cards(paths, outward, width, column, taper=POINTED, arch=0.0)
    per_root = len(piece.vertices) // count
    dense = np.zeros((len(identity.vertices), JOINT_COUNT))
    np.add.at(dense, (np.arange(len(dense))[:, None], identity.weight_index), identity.weight_value)
    joints, weights = strongest_four(np.repeat(roots.at(dense), per_root, axis=0))
    material = Material(
        "beard", texture=strand_texture(colour), roughness=0.6, double_sided=True, alpha_cutoff=0.5, shading="hair"
    )
    return MeshPart(
        "beard",
        piece.vertices.astype(np.float32),
        piece.normals.astype(np.float32),
        piece.faces.astype(np.uint32),
        joints,
        weights,
        material,
        piece.uv.astype(np.float32),
        blended_morphs(identity, roots.corners, roots.share, per_root),
    )


def _paths(identity: Identity, pattern: BeardCut, roots: _Roots, random: np.random.Generator) -> Floats:
    """[L, ROWS, 3]: down and forward, on the lip to the sides; never inside the face."""
    reference = roots.at(base_mesh().reference)
    start, normal = roots.at(identity.vertices), unit(roots.at(identity.normals))
    side = np.tanh(reference[:, 0] / 0.006)
    down = np.stack([0.15 * side, np.full(len(side), -1.0), np.full(len(side), 0.10)], axis=1)
    aside = np.stack([0.95 * side, np.full(len(side), -0.28), np.zeros(len(side))], axis=1)
    flow = np.where(roots.lip[:, None], aside, down) + 0.16 * random.normal(size=start.shape)
    chin = smoothstep(0.055, 0.015, np.abs(reference[:, 0])) * smoothstep(0.262, 0.225, reference[:, 1])
    length = np.where(roots.lip, pattern.lip, pattern.cheek + (pattern.chin - pattern.cheek) * chin)
    length = length * random.uniform(0.75, 1.1, len(length))
    direction = unit(unit(flow) + pattern.lift * normal)
    head = np.unique(triangles(identity.quads("body")[identity.mesh.head_quads]))
    skin, skin_normals = identity.vertices[head].astype(np.float64), identity.normals[head].astype(np.float64)
    tree, step = cKDTree(skin), (length / (ROWS - 1))[:, None]
    point, path = start - 0.0005 * normal, []
    for row in range(ROWS):
        path.append(point)
        point = point + step * direction
        _, near = tree.query(point, k=4)
        out = unit(skin_normals[near].mean(axis=1))
        height = np.einsum("la,la->l", point - skin[near].mean(axis=1), out)
        least = min(0.0018 * (row + 1), 0.004)
        point = point + out * np.maximum(least - height, 0)[:, None]
        direction = unit(direction + np.array([0.0, -0.35, 0.0]) * (1 - 0.7 * roots.lip[:, None]))
    return np.stack(path, axis=1)

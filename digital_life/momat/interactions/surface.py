"""``Surface``: the skin of hands, trunk and upper arms as balls that touch it from inside, and move with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, JOINT_NAMES, Skeleton

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Array = NDArray[np.float64]

LAID_ON = (
    "pelvis",
    "spine1",
    "spine2",
    "spine3",
    "neck",
    "left_collar",
    "right_collar",
    "left_shoulder",
    "right_shoulder",
)
"""Joints whose flesh hands are laid on."""
BALL = "skin_of_"
"""How the names of balls begin, before their joint's."""
_TIP_SPACING, _HAND_SPACING, _BODY_SPACING = 0.008, 0.017, 0.042
"""Metres between neighbouring balls; finger tips are so small that coarser ones leave their ends bare."""
_HAND_LARGEST, _BODY_LARGEST = 0.012, 0.08
_SMALLEST = 0.0025
_DOUBLE = 0.006
"""Metres that centres and radii of two balls differ by, in all, or one is enough."""
_CLOTH_HEIGHTS = (0.008, 0.016, 0.028)
_CLOTH_WIDTH = 0.012
_ALIKE = 0.5
_OPPOSITE = 0.2
"""Cosine between two normals below which one point is on another side of the flesh than the other."""


@dataclass(frozen=True)
class Flesh:
    """A body at rest: vertices [V, 3] and normals [V, 3], and how much each joint moves them, ``weights`` [V, 55]."""

    vertices: Array
    normals: Array
    weights: Array

    @property
    def joint(self) -> NDArray[np.intp]:
        """[V] the joint that moves each vertex most."""
        return np.asarray(self.weights.argmax(axis=1), dtype=np.intp)


@dataclass(frozen=True)
class Surface:
    """N balls inside the flesh: each touches the skin in ``points`` [N, 3], where it has the ``normals`` [N, 3] (at
    rest, from the floor's middle, metres), and has one of ``radii`` [N]. ``weights`` [N, 55] say which joints move them.
    """

    points: Array
    normals: Array
    radii: Array
    weights: Array
    names: tuple[str, ...]

    def on(self, skeleton: Skeleton, own: Skeleton, factor: float) -> Surface:
        """The same on a ``skeleton`` whose flesh is thicker by ``factor`` than that of its ``own``."""
        joints = self.weights.argmax(axis=1)
        points = skeleton.rest_joints[joints] + factor * (self.points - own.rest_joints[joints])
        return replace(self, points=points, radii=self.radii * factor)


def surface_of(flesh: Flesh) -> Surface:
    """Sample the skin evenly; each ball is as large as the flesh behind its point allows."""
    from scipy.spatial import cKDTree

    tree = cKDTree(flesh.vertices)
    names = np.array(JOINT_NAMES)[flesh.joint]
    tips = np.array([_is_tip(name) for name in JOINT_NAMES])[flesh.joint]
    hands = np.array([_is_hand(name) for name in JOINT_NAMES])[flesh.joint] & ~tips
    body = np.isin(flesh.joint, [JOINT_INDEX[name] for name in LAID_ON])
    rows: list[int] = []
    radii: list[float] = []
    for kind, spacing, largest in (
        (tips, _TIP_SPACING, _HAND_LARGEST),
        (hands, _HAND_SPACING, _HAND_LARGEST),
        (body, _BODY_SPACING, _BODY_LARGEST),
    ):
        outer = np.flatnonzero(kind)[_uncovered(flesh, tree, np.flatnonzero(kind))]
        chosen = _evenly(flesh.vertices, outer, spacing)
        sizes = np.array([_radius(flesh, tree, row, largest) for row in chosen])
        kept = _different(flesh.vertices[chosen] - sizes[:, None] * flesh.normals[chosen], sizes)
        rows += chosen[kept].tolist()
        radii += sizes[kept].tolist()
    labels = tuple(BALL + name for name in names[rows])
    return Surface(flesh.vertices[rows], flesh.normals[rows], np.array(radii), flesh.weights[rows], labels)


def dense_weights(joints: NDArray[np.integer], weights: NDArray[np.floating]) -> Array:
    """[V, 55] from four joints [V, 4] and their weights [V, 4] a vertex."""
    dense = np.zeros((len(joints), JOINT_COUNT))
    np.add.at(dense, (np.arange(len(joints))[:, None], joints), weights)
    return dense


def is_of_hand(name: str) -> bool:
    """Whether a ball of this name is in a hand."""
    return name.startswith(BALL) and _is_hand(name.removeprefix(BALL))


def _is_hand(joint: str) -> bool:
    return joint.endswith("wrist") or (joint[-1] in "123" and not joint.startswith("spine"))


def _is_tip(joint: str) -> bool:
    return joint.endswith("3") and not joint.startswith("spine")


def _evenly(vertices: Array, candidates: NDArray[np.intp], spacing: float) -> NDArray[np.intp]:
    """Farthest-point sampling until no candidate is more than ``spacing`` from a chosen one."""
    points = vertices[candidates]
    chosen = [0]
    distance = np.linalg.norm(points - points[0], axis=1)
    while distance.max() > spacing:
        farthest = int(distance.argmax())
        chosen.append(farthest)
        distance = np.minimum(distance, np.linalg.norm(points - points[farthest], axis=1))
    return candidates[chosen]


def _uncovered(flesh: Flesh, tree: cKDTree, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which vertices have no cloth over them: nothing that faces the same way lies close before them."""
    covered = np.zeros(len(rows), dtype=bool)
    for height in _CLOTH_HEIGHTS:
        distance, nearest = tree.query(flesh.vertices[rows] + height * flesh.normals[rows])
        above = np.einsum("na,na->n", flesh.vertices[nearest] - flesh.vertices[rows], flesh.normals[rows])
        alike = np.einsum("na,na->n", flesh.normals[nearest], flesh.normals[rows]) > _ALIKE
        covered |= (distance < _CLOTH_WIDTH) & (above > 0.5 * height) & alike
    return ~covered


def _radius(flesh: Flesh, tree: cKDTree, row: int, largest: float) -> float:
    """The largest ball that touches the skin in one vertex and holds no vertex of another side (shrinking ball; Ma, Bae
    and Choi, "3D medial axis point approximation using nearest neighbors and the normal field", 2012)."""
    point, normal = flesh.vertices[row], flesh.normals[row]
    inside = tree.query_ball_point(point - largest * normal, largest)
    away = point - flesh.vertices[inside]
    depth = away @ normal
    other = (depth > 1e-4) & (flesh.normals[inside] @ normal < _OPPOSITE)
    if not other.any():
        return largest
    return float((np.square(away[other]).sum(axis=1) / (2.0 * depth[other])).min())


def _different(centres: Array, radii: Array) -> list[int]:
    """Rows of balls that are no other's double, and not too small to matter."""
    kept: list[int] = []
    for row in np.argsort(-radii, kind="stable"):
        if radii[row] < _SMALLEST:
            break
        apart = np.linalg.norm(centres[kept] - centres[row], axis=1) + np.abs(radii[kept] - radii[row])
        if not kept or apart.min() > _DOUBLE:
            kept.append(int(row))
    return kept

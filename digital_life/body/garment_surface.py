"""Working types for clothes: the skin they cover, and a piece of cloth cut out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from digital_life.body.base_mesh import BaseMesh, base_mesh
from digital_life.body.geometry import quad_normals, triangles
from digital_life.body.identity import Identity
from digital_life.body.normals import vertex_normals
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, JOINT_NAMES

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

HAND_JOINTS = tuple(n for n in JOINT_NAMES if "wrist" in n or (n[-1].isdigit() and "spine" not in n))
ARM_JOINTS = (*(n for n in JOINT_NAMES if "shoulder" in n or "elbow" in n), *HAND_JOINTS)
LEG_JOINTS = tuple(n for n in JOINT_NAMES if any(k in n for k in ("hip", "knee", "ankle", "foot")))
HEAD_JOINTS = ("head", "jaw", "left_eye", "right_eye")

SNAP = 0.0015
"""Skin vertices closer than this (metres) to a cut line are put on it, which avoids slivers."""


def unit(vectors: Floats) -> Floats:
    """Vectors [..., 3] at length 1."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))


def smoothstep(low: float | Floats, high: float | Floats, x: Floats) -> Floats:
    """Hermite step from 0 at ``low`` to 1 at ``high`` (``low`` may be the larger one)."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))


@dataclass(frozen=True)
class BodySurface:
    """The undressed body at rest and the smooth sheath around it from which cloth is cut.

    ``vertices`` [V, 3] m of both, ``skin`` [Q, 4] and ``sheath`` [S, 4] quads, ``weights`` [V, 55], ``joints`` [55, 3].
    """

    vertices: Floats
    skin: Indices
    sheath: Indices
    weights: Floats
    joints: Floats

    @cached_property
    def skin_vertices(self) -> Indices:
        """Vertices that the skin uses."""
        return np.unique(self.skin)

    @cached_property
    def sheath_triangles(self) -> Indices:
        """The sheath as triangles [F, 3]."""
        return triangles(self.sheath).astype(np.int64)

    @cached_property
    def normals(self) -> Floats:
        """Unit normals [V, 3] of skin and sheath."""
        return quad_normals(self.vertices.astype(np.float32), np.concatenate([self.skin, self.sheath])).astype(
            np.float64
        )

    @cached_property
    def floor(self) -> float:
        """Height of the bare soles."""
        return float(self.vertices[self.skin_vertices, 1].min())

    @cached_property
    def scale(self) -> float:
        """Size of the body against a person of 1.70 m, from the head joint's height."""
        return float(self.joint("head")[1] - self.floor) / 1.57

    def joint(self, name: str) -> Floats:
        """Rest position [3] of a joint."""
        return np.asarray(self.joints[JOINT_INDEX[name]])

    def share(self, names: Sequence[str]) -> Floats:
        """Sum of the skin weights [V] of some joints."""
        return np.asarray(self.weights[:, [JOINT_INDEX[name] for name in names]].sum(axis=1))

    def hidden(self, field: Floats) -> NDArray[np.bool_]:
        """Skin quads [Q] whose corners all have a positive ``field`` [V]."""
        return np.asarray((field[self.skin] > 0).all(axis=1))


def body_surface(identity: Identity) -> BodySurface:
    """The skin and sheath of an identity."""
    return _surface(identity.mesh, identity.vertices, identity.joints)


@lru_cache(maxsize=1)
def reference_surface() -> BodySurface:
    """The average adult, on which patterns are drawn: they follow every identity, vertex by vertex."""
    mesh = base_mesh()
    return _surface(mesh, mesh.reference, mesh.reference_joints)


def _surface(mesh: BaseMesh, vertices: NDArray[np.float32], joints: Floats) -> BodySurface:
    weights = np.zeros((len(vertices), JOINT_COUNT))
    np.add.at(weights, (np.arange(len(weights))[:, None], mesh.weight_index), mesh.weight_value)
    skin, sheath = mesh.quads("body"), mesh.quads("helper-tights")
    return BodySurface(vertices.astype(np.float64), skin, sheath, weights, joints)


@dataclass
class Cloth:
    """A piece of cloth under construction. Every vertex lies over one point of the skin.

    ``vertices``, ``skin`` (the point below) and ``skin_normals`` [P, 3], ``faces`` [F, 3], ``weights`` [P, 55].
    """

    vertices: Floats
    faces: Indices
    weights: Floats
    skin: Floats
    skin_normals: Floats

    @cached_property
    def loops(self) -> list[Indices]:
        """Boundary loops, each in the order of its faces."""
        return boundary_loops(self.faces)

    @cached_property
    def neighbours(self) -> sparse.csr_matrix:
        """Row-normalised adjacency [P, P]; an edge vertex has only its two neighbours along the edge."""
        count = len(self.vertices)
        edges = np.concatenate([self.faces[:, [0, 1]], self.faces[:, [1, 2]], self.faces[:, [2, 0]]])
        on_edge = np.zeros(count, bool)
        for loop in self.loops:
            on_edge[loop] = True
        edges = edges[~on_edge[edges[:, 0]]]
        back = np.concatenate([self.faces[:, [1, 0]], self.faces[:, [2, 1]], self.faces[:, [0, 2]]])
        back = back[~on_edge[back[:, 0]]]
        along = [np.stack([loop, np.roll(loop, step)], axis=1) for loop in self.loops for step in (1, -1)]
        pairs = np.concatenate([edges, back, *along])
        matrix = sparse.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
        matrix.data[:] = 1.0
        return sparse.diags(1 / np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1e-9)) @ matrix

    def share(self, names: Sequence[str]) -> Floats:
        """Sum of the weights [P] of some joints."""
        return np.asarray(self.weights[:, [JOINT_INDEX[name] for name in names]].sum(axis=1))

    def normals(self) -> Floats:
        """Unit normals [P, 3] of the cloth as it lies now."""
        return vertex_normals(self.vertices, self.faces).astype(np.float64)

    def smooth(self, values: Floats, rounds: int, step: float = 0.5) -> Floats:
        """Laplacian smoothing of any value [P, ...] over the cloth."""
        for _ in range(rounds):
            values = values + step * (self.neighbours @ values - values)
        return values

    def clear_skin(self, distance: float | Floats) -> None:
        """Push the cloth out to at least ``distance`` (metres) from the skin below, along the skin's normal."""
        height = np.einsum("pa,pa->p", self.vertices - self.skin, self.skin_normals)
        self.vertices = self.vertices + self.skin_normals * np.maximum(distance - height, 0)[:, None]

    def clear_of(self, points: Floats, distance: float) -> None:
        """Push the cloth ``distance`` metres beyond points [Q, 3] of an inner garment, away from the trunk's middle."""
        outward = unit((self.vertices - points.mean(axis=0)) * [1.0, 0.0, 1.0])
        apart, near = cKDTree(points).query(self.vertices, k=4)
        ahead = np.einsum("pka,pa->pk", points[near] - self.vertices[:, None], outward)
        aside = np.sqrt(np.maximum(apart**2 - ahead**2, 0))
        push = np.where(aside < 0.03, ahead + distance, 0.0).max(axis=1)
        push = np.maximum(self.smooth(np.maximum(push, 0), 3), push)
        self.vertices = self.vertices + outward * np.clip(push, 0, 0.06)[:, None]

    def drape(self, ease: float | Floats, rounds: int) -> None:
        """Lay the cloth ``ease`` metres over the skin and pull it taut over the body's detail."""
        self.vertices = self.skin + self.skin_normals * np.broadcast_to(ease, len(self.skin))[:, None]
        for _ in range(rounds):
            self.vertices = self.smooth(self.vertices, 1)
            self.clear_skin(ease)


def cut(reference: BodySurface, field: Floats, body: BodySurface) -> Cloth:
    """Cloth for ``body`` from the sheath where ``field`` [V] is not negative.

    ``field`` is the distance to the cut line in metres on ``reference``, positive inside.
    """
    points, weights_of_b, faces = clip(reference.sheath_triangles, np.where(np.abs(field) < SNAP, 0.0, field))
    share = weights_of_b[:, None]

    def lift(values: Floats) -> Floats:
        return values[points[:, 0]] * (1 - share) + values[points[:, 1]] * share

    skin = lift(body.vertices)
    cloth = Cloth(skin.copy(), faces, lift(body.weights), skin, lift(body.normals))
    cloth.skin_normals = unit(cloth.smooth(cloth.skin_normals, 4))
    return cloth


def clip(faces: Indices, field: Floats) -> tuple[Indices, Floats, Indices]:
    """Cut triangles along the line where ``field`` [V] is 0 and keep the side where it is positive.

    Returns the new vertices as pairs of old ones [P, 2] with the share of the second [P], and the faces [F, 3].
    """
    count = len(field)
    inside = field >= 0
    number = inside[faces].sum(axis=1)
    pieces = [np.repeat(faces[number == 3][:, :, None], 2, axis=2)]
    for wanted in (1, 2):
        chosen = faces[number == wanted]
        odd = (inside[chosen] == (wanted == 1)).argmax(axis=1)
        a, b, c = (chosen[np.arange(len(chosen)), (odd + k) % 3] for k in range(3))
        aa, bb, cc = (np.stack([x, x], axis=1) for x in (a, b, c))
        ab, ac = np.sort(np.stack([a, b], axis=1), axis=1), np.sort(np.stack([a, c], axis=1), axis=1)
        if wanted == 1:
            pieces.append(np.stack([aa, ab, ac], axis=1))
        else:
            pieces += [np.stack([bb, cc, ac], axis=1), np.stack([bb, ac, ab], axis=1)]
    corners = np.concatenate(pieces).astype(np.int64)
    first, second = field[corners[..., 0]], field[corners[..., 1]]
    for keep, zero in ((0, first), (1, second)):  # a corner on the line itself needs no new vertex
        corners[zero == 0] = corners[zero == 0][:, [keep, keep]]
    keys, kept = np.unique(corners[..., 0] * count + corners[..., 1], return_inverse=True)
    kept = kept.reshape(-1, 3)
    points = np.stack([keys // count, keys % count], axis=1)
    f0, f1 = field[points[:, 0]], field[points[:, 1]]
    share = np.where(points[:, 0] == points[:, 1], 0.0, f0 / np.where(f0 == f1, 1.0, f0 - f1))
    distinct = (kept[:, 0] != kept[:, 1]) & (kept[:, 1] != kept[:, 2]) & (kept[:, 2] != kept[:, 0])
    used, compact = np.unique(kept[distinct], return_inverse=True)
    return points[used], share[used], compact.reshape(-1, 3)


def boundary_loops(faces: Indices) -> list[Indices]:
    """Closed loops of the edges that only one face has, longest first, running with their faces' orientation."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    size = int(faces.max()) + 1
    open_edges = edges[~np.isin(edges[:, 0] * size + edges[:, 1], edges[:, 1] * size + edges[:, 0])]
    following = dict(zip(open_edges[:, 0].tolist(), open_edges[:, 1].tolist(), strict=True))
    loops = []
    while following:
        start, vertex = next(iter(following.items()))
        del following[start]
        loop = [start]
        while vertex != start and vertex in following:
            loop.append(vertex)
            vertex = following.pop(vertex)
        loops.append(np.array(loop, dtype=np.int64))
    return sorted((loop for loop in loops if len(loop) > 2), key=len, reverse=True)

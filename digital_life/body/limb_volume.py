"""The skin of one limb as a closed surface, its volume, and how it is bent on both sides at once."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from digital_life.body.kinematics import relative_transforms, rotation_matrices, world_transforms
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Turns = tuple[tuple[str, int, float], ...]
"""Joint without its side, axis (0, 1, 2: x, y, z) and degrees at the end of a motion."""
Cut = tuple[str, str, float]
"""A plane across the line between two joints, at that share of it; what is measured lies beyond it."""

LIMBS: dict[str, tuple[Cut, ...]] = {
    "wrist": (("elbow", "wrist", 0.4), ("middle1", "wrist", 0.5)),
    "elbow": (("shoulder", "elbow", 0.5), ("wrist", "elbow", 0.5)),
    "shoulder": (("collar", "shoulder", 0.6),),
    "hip": (("spine2", "spine1", 0.5), ("knee", "hip", 0.5)),
    "knee": (("hip", "knee", 0.5), ("ankle", "knee", 0.5)),
    "ankle": (("knee", "ankle", 0.5), ("foot", "ankle", 0.2)),
}
"""The skin of a limb."""
AROUND: dict[str, tuple[Cut, ...]] = {
    "shoulder": (("spine1", "spine2", 1.0), ("neck", "spine3", 0.0), ("elbow", "shoulder", 0.4))
}
"""The arm has no upper edge that keeps its form: the chest is measured with it, and the change counts against the arms."""
BOTH_SIDES = ("shoulder", "hip")


class LimbSkin:
    """Finds the skin of the limbs of a body at rest: ``vertices`` [N, 3], ``joints`` [55, 3], ``weights`` [N, 55] (sparse),
    ``faces`` [F, 3]."""

    def __init__(self, vertices: Floats, joints: Floats, weights: scipy.sparse.csr_matrix, faces: Indices) -> None:
        self.vertices, self.joints, self.weights, self.faces = vertices, joints, weights, faces

    def limb(self, limb: str) -> tuple[Indices, list[Indices]]:
        """Faces of a limb, and the edges [L, 2] around each of its openings."""
        return self._closed(limb, LIMBS[limb])

    def around(self, limb: str) -> tuple[Indices, list[Indices]]:
        """The same for what is measured when the limb moves."""
        return self._closed(limb, AROUND.get(limb, LIMBS[limb]))

    def share(self, joint: str) -> Floats:
        """Skin weight [N] of a joint and all that hangs from it."""
        chain = [JOINT_INDEX[joint]]
        for child, parent in enumerate(PARENTS):
            if parent in chain:
                chain.append(child)
        return np.asarray(self.weights[:, chain].sum(axis=1)).ravel()

    def _closed(self, limb: str, cuts: tuple[Cut, ...]) -> tuple[Indices, list[Indices]]:
        vertices = self.vertices
        side = np.sign(vertices[:, :1]) if limb in BOTH_SIDES else np.ones((1, 1))
        inside = np.ones(len(vertices), bool)
        for first, second, share in cuts:
            a, b = (self._joint(name) * np.concatenate([side, side**2, side**2], axis=1) for name in (first, second))
            inside &= ((vertices - (a + share * (b - a))) * (b - a)).sum(axis=1) > 0
        if cuts is LIMBS["shoulder"]:
            inside &= self.share("left_shoulder") + self.share("right_shoulder") > 0.5
        elif limb == "hip":
            inside &= self.share("left_shoulder") + self.share("right_shoulder") < 0.5
        elif limb not in BOTH_SIDES:
            inside &= self.share(f"left_{LIMBS[limb][0][0]}") > 0.5
        faces = self.faces[inside[self.faces].all(axis=1)]
        return faces, openings(faces)

    def _joint(self, name: str) -> Floats:
        return np.asarray(self.joints[JOINT_INDEX[name if name in JOINT_INDEX else f"left_{name}"]])


def both_sides(turns: Turns) -> Floats:
    """Local rotation matrices [55, 3, 3] of a body that turns the joints of its left side so, and those of its right
    side the same way, mirrored."""
    vectors = np.zeros((JOINT_COUNT, 3))
    for joint, axis, degrees in turns:
        vectors[JOINT_INDEX[f"left_{joint}"], axis] = np.radians(degrees)
        vectors[JOINT_INDEX[f"right_{joint}"], axis] = np.radians(degrees if axis == 0 else -degrees)
    return np.asarray(rotation_matrices(vectors[None])[0], np.float64)


def skinned(vertices: Floats, weights: scipy.sparse.csr_matrix, joints: Floats, matrices: Floats) -> Floats:
    """Vertices [N, 3] by linear blend skinning with ``weights`` [N, 55], ``joints`` [55, 3] and ``matrices`` [55, 3, 3]."""
    world = world_transforms(matrices[None], joints[None])
    blended = (weights @ relative_transforms(world, joints[None])[0]).reshape(-1, 3, 4)
    return np.asarray(np.einsum("vab,vb->va", blended[:, :, :3], vertices) + blended[:, :, 3], np.float64)


def openings(faces: Indices) -> list[Indices]:
    """Directed edges [L, 2] of each connected border of a surface [F, 3]."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    size = int(edges.max()) + 1
    border = edges[~np.isin(edges[:, 0] * size + edges[:, 1], edges[:, 1] * size + edges[:, 0])]
    graph = scipy.sparse.csr_matrix((np.ones(len(border)), (border[:, 0], border[:, 1])), shape=(size, size))
    group = connected_components(graph, directed=False)[1][border[:, 0]]
    return [border[group == number] for number in np.unique(group)]


def volume(vertices: Floats, faces: Indices, borders: list[Indices]) -> float:
    """Cubic metres within a surface whose openings are closed by fans about their middles; overlaps count twice."""
    total = _signed(vertices[faces])
    for border in borders:
        middle = np.broadcast_to(vertices[np.unique(border)].mean(axis=0), (len(border), 3))
        total += _signed(np.stack([vertices[border[:, 1]], vertices[border[:, 0]], middle], axis=1))
    return total


def _signed(corners: Floats) -> float:
    return float(np.einsum("fa,fa->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)

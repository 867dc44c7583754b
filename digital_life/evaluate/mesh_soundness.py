"""Is a body's geometry whole? Triangles turned over or stretched to spikes, limbs inside one another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from digital_life.body.base_mesh import base_mesh
from digital_life.body.character import Character, MeshPart
from digital_life.body.garment_surface import ARM_JOINTS, LEG_JOINTS
from digital_life.body.geometry import triangles
from digital_life.body.identity import Identity
from digital_life.body.untangle import TURNED, unit_normals
from digital_life.motion.skeleton import JOINT_INDEX

Floats = NDArray[np.floating]

STRETCH, SHORTEST = 4.0, 0.003
"""An edge this many times longer than on the average body of the same size is a spike; shorter ones count as 3 mm."""
CONE, SPIKE = 0.8, 0.008
"""A garment's vertex where faces meet in a cone of less than 0.8 rad (flat is 2 pi) with edges over 8 mm is a spike."""


@dataclass(frozen=True)
class Soundness:
    """``inverted`` and ``spiky`` triangles of the body, ``cloth_spikes`` vertices, ``overlap`` m of limbs in the rest pose."""

    inverted: int
    spiky: int
    cloth_spikes: int
    overlap: float


def soundness(identity: Identity, character: Character) -> Soundness:
    """Measure a body in the rest pose and the clothes on it."""
    faces, normals, edges = _average()
    corners = identity.vertices[faces]
    turned = (unit_normals(corners) * normals).sum(axis=1) < TURNED
    ratio = edge_lengths(corners) / np.maximum(edges, SHORTEST)
    spiky = (ratio > STRETCH * np.median(ratio[edges > SHORTEST])).any(axis=1)
    cloth = [part for part in character.parts if part.name in ("top", "bottom", "outer", "undershirt", "shoes")]
    return Soundness(
        int(turned.sum()), int(spiky.sum()), sum(spikes(part) for part in cloth), limb_overlap(identity.vertices)
    )


@lru_cache(maxsize=1)
def _average() -> tuple[NDArray[np.uint32], Floats, Floats]:
    """The body's triangles [F, 3], their normals [F, 3] and edge lengths [F, 3] on the average adult."""
    faces = triangles(base_mesh().quads("body"))
    corners = base_mesh().reference[faces]
    return faces, unit_normals(corners), edge_lengths(corners)


def edge_lengths(corners: Floats) -> Floats:
    """[F, 3] metres."""
    return np.asarray(np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2))


def spikes(part: MeshPart) -> int:
    """Vertices at which all faces meet in a sharp cone."""
    count, faces = len(part.vertices), part.faces.astype(np.int64)
    corners = part.vertices.astype(np.float64)[faces]
    angles, reach = np.zeros(count), np.zeros(count)
    for k in range(3):
        one, other = corners[:, k - 1] - corners[:, k], corners[:, k - 2] - corners[:, k]
        lengths = np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1)
        cosine = (one * other).sum(axis=1) / np.maximum(lengths[0] * lengths[1], 1e-12)
        np.add.at(angles, faces[:, k], np.arccos(np.clip(cosine, -1, 1)))
        np.maximum.at(reach, faces[:, k], np.minimum(*lengths))
    degree = np.bincount(faces.ravel(), minlength=count)
    return int(((angles < CONE) & (reach > SPIKE) & (degree > 2)).sum())


def limb_overlap(vertices: Floats) -> float:
    """How deep (m) a leg is in the other one, or an arm in the trunk: deepest vertex behind the nearest surface."""
    groups = _limbs()
    normals = np.zeros((len(vertices), 3))
    faces = _average()[0]
    for k in range(3):
        np.add.at(normals, faces[:, k], unit_normals(vertices[faces]))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    deepest = 0.0
    for one, other in (("left leg", "right leg"), ("right leg", "left leg"), ("arms", "trunk")):
        inner, outer = vertices[groups[one]], vertices[groups[other]]
        away, nearest = cKDTree(outer).query(inner, distance_upper_bound=0.05)
        close = np.isfinite(away)
        behind = ((inner[close] - outer[nearest[close]]) * normals[groups[other]][nearest[close]]).sum(axis=1)
        deepest = max(deepest, -float(behind.min(initial=0.0)))
    return deepest


@lru_cache(maxsize=1)
def _limbs() -> dict[str, NDArray[np.int64]]:
    mesh = base_mesh()
    body = np.unique(mesh.quads("body"))

    def share(names: tuple[str, ...]) -> Floats:
        return mesh.joint_weight(*(JOINT_INDEX[name] for name in names))[body]

    legs = {side: share(tuple(n for n in LEG_JOINTS if n.startswith(side))) for side in ("left", "right")}
    arms = share(tuple(n for n in ARM_JOINTS if "shoulder" not in n))
    trunk = share(("pelvis", "spine1", "spine2", "spine3"))
    groups = {"left leg": legs["left"], "right leg": legs["right"], "arms": arms, "trunk": trunk}
    return {name: body[weight > 0.9] for name, weight in groups.items()}

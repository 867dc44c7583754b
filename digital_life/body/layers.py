"""Layers of clothes: they move with what they lie on, and what lies well under another is not drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from digital_life.body.character import MeshPart
from digital_life.body.cover import LEVEL, cover, is_tucked, rim
from digital_life.motion.skeleton import JOINT_COUNT

Floats = NDArray[np.float64]

COVERED = {("bottom", "top"): 0.014, ("bottom", "outer"): 0.11, ("top", "outer"): 0.06}
"""Pairs (inner, outer) and how far (metres) the inner one stays drawn inside the outer one's edge."""
FOLLOWED = (
    ("skin", "top", 0.016), ("skin", "bottom", 0.016), ("skin", "shoes", 0.012), ("bottom", "shoes", 0.02),
    ("bottom", "top", 0.10), ("top", "outer", 0.10), ("bottom", "outer", 0.12),
)  # fmt: skip
"""(inner, outer, reach in metres): cloth moves with what it lies on, and with less of it the further away it is."""
RESTING = 0.5
"""Up to this share of the reach it goes along completely."""
NEIGHBOURS = 6


def without_covered(parts: Sequence[MeshPart]) -> list[MeshPart]:
    """The parts, each without the faces that a garment over it hides at rest by more than a margin."""
    named = {part.name: part for part in parts}
    for (inner, outer), margin in COVERED.items():
        if inner in named and outer in named and not (inner == "bottom" and outer == "top" and _tucked_in(named)):
            named[inner] = _uncovered(named[inner], named[outer], margin)
    return [named[part.name] for part in parts]


def _tucked_in(named: dict[str, MeshPart]) -> bool:
    return is_tucked(named["top"], named["bottom"])


def _uncovered(inner: MeshPart, outer: MeshPart, margin: float) -> MeshPart:
    points = inner.vertices.astype(np.float64)
    under = np.zeros(len(points), bool)
    under[cover(inner, outer, LEVEL).points] = True
    under &= cKDTree(rim(outer)).query(points)[0] > margin
    kept = inner.faces[~under[inner.faces].all(axis=1)]
    used, faces = np.unique(kept, return_inverse=True)
    return replace(
        inner,
        vertices=inner.vertices[used],
        normals=inner.normals[used],
        faces=faces.reshape(kept.shape).astype(np.uint32),
        joints=inner.joints[used],
        weights=inner.weights[used],
        uv=None if inner.uv is None else inner.uv[used],
    )


def moving_together(parts: Sequence[MeshPart]) -> list[MeshPart]:
    """The parts, the outer ones skinned like what they lie on: else hems and what is under them part in every bend."""
    named = {part.name: part for part in parts}
    for inner, outer, reach in FOLLOWED:
        if inner in named and outer in named:
            named[outer] = _following(named[outer], named[inner], reach)
    return [named[part.name] for part in parts]


def _following(outer: MeshPart, inner: MeshPart, reach: float) -> MeshPart:
    away, nearest = cKDTree(inner.vertices.astype(np.float64)).query(outer.vertices, k=NEIGHBOURS)
    t = np.clip((reach - away[:, 0]) / (reach * (1 - RESTING)), 0, 1)
    share = (t * t * (3 - 2 * t))[:, None]
    touched = np.flatnonzero(share[:, 0] > 0)
    if not len(touched):
        return outer
    near = 1 / np.maximum(away[touched], 1e-3) ** 3
    near /= near.sum(axis=1, keepdims=True)
    below = np.einsum("pk,pkj->pj", near, _dense(inner)[nearest[touched]])
    mixed = (1 - share[touched]) * _dense(outer)[touched] + share[touched] * below
    strongest = np.argsort(-mixed, axis=1)[:, :4]
    kept = np.take_along_axis(mixed, strongest, axis=1)
    joints, weights = outer.joints.copy(), outer.weights.copy()
    joints[touched] = strongest
    weights[touched] = kept / kept.sum(axis=1, keepdims=True)
    return replace(outer, joints=joints, weights=weights)


def _dense(part: MeshPart) -> Floats:
    weights = np.zeros((len(part.vertices), JOINT_COUNT))
    np.add.at(weights, (np.arange(len(weights))[:, None], part.joints), part.weights)
    return weights

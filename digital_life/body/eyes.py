"""Eyeballs with an iris, and the inside of the mouth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.colour import Colour, parse_colour
from digital_life.body.geometry import triangles
from digital_life.body.identity import Identity

SIZE = 256
IRIS, PUPIL, LIMBUS = 0.43, 0.17, 0.045
"""Radii and the width of the dark ring, as shares of the eyeball's radius."""
LID_SHADOW = 0.5


def make_eyes(identity: Identity, colour: str, seed: int) -> MeshPart:
    """Both eyeballs as one part; the texture is projected from the front, so the iris is round on any mesh."""
    groups = ("helper-l-eye", "helper-r-eye")
    quads = np.concatenate([identity.quads(group) for group in groups])
    source, inverse = np.unique(quads, return_inverse=True)
    vertices = identity.vertices[source]
    uv = np.empty((len(source), 2), np.float32)
    for group in groups:
        mine = np.isin(source, identity.quads(group))
        uv[mine] = _project(vertices[mine], _gaze_drop(identity, group))
    return MeshPart(
        name="eyes",
        vertices=vertices,
        normals=identity.normals[source],
        faces=triangles(inverse.reshape(quads.shape)),
        joints=identity.weight_index[source],
        weights=identity.weight_value[source],
        material=Material("eyes", texture=eye_texture(parse_colour(colour), seed), roughness=0.25, shading="eye"),
        uv=uv,
    )


def _gaze_drop(identity: Identity, group: str) -> float:
    """How far (m, downwards negative) the middle of the lids' opening lies from the eyeball's: the iris follows it."""
    eye = identity.vertices[np.unique(identity.quads(group))].mean(axis=0)
    side = group[len("helper-")]
    edges = []
    for strip, edge in (("2", np.min), ("1", np.max)):  # upper lashes end below in the lid's margin, lower ones above
        lashes = identity.vertices[np.unique(identity.quads(f"helper-{side}-eyelashes-{strip}"))]
        edges.append(float(edge(lashes[np.abs(lashes[:, 0] - eye[0]) < 0.004, 1])))
    return float(np.clip(0.8 * (sum(edges) / 2 - eye[1]), -0.003, 0.001))


def _project(eyeball: NDArray[np.float32], drop: float) -> NDArray[np.float32]:
    """Orthographic texture coordinates [V, 2] along +Z; the hidden back shows the sclera at the rim."""
    centre = (eyeball.max(axis=0) + eyeball.min(axis=0)) / 2
    offset = ((eyeball - centre)[:, :2] - [0, drop]) / float(np.ptp(eyeball[:, 0]) / 2)
    length = np.maximum(np.linalg.norm(offset, axis=1, keepdims=True), 1e-6)
    rim = (eyeball[:, 2:] < centre[2]) | (length > 1)
    offset = np.where(rim, offset / length, offset)
    return np.asarray(0.5 + 0.48 * offset * [1, -1], dtype=np.float32)


def eye_texture(iris: Colour, seed: int) -> NDArray[np.uint8]:
    """[256, 256, 3] sRGB: sclera, fibrous iris with a dark limbus, pupil; no painted highlight (the light makes it)."""
    y, x = (np.mgrid[0:SIZE, 0:SIZE] + 0.5) / SIZE * 2 - 1
    x, y = x / 0.96, y / 0.96
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    random = np.random.default_rng(seed)
    fibres = sum(np.sin(angle * int(count) + random.uniform(0, 6.3)) / 4 for count in random.integers(18, 70, 6))
    sclera = np.array([0.80, 0.775, 0.755]) * (1 - 0.16 * np.clip(radius - 0.5, 0, 1))[..., None]
    sclera = sclera * (1 - np.clip(radius - 0.55, 0, 1)[..., None] * np.array([0.0, 0.22, 0.20]))
    across = np.clip((radius - PUPIL) / (IRIS - PUPIL), 0, 1)
    base = np.array(iris)
    tone = base * (0.72 + 0.5 * across[..., None]) * (1 + 0.12 * fibres[..., None])
    tone += np.array([0.07, 0.05, 0.02]) * np.exp(-(((across - 0.15) / 0.2) ** 2))[..., None]
    tone *= (1 - 0.62 * np.clip((radius - IRIS + LIMBUS * 1.6) / (LIMBUS * 1.6), 0, 1))[..., None]
    image = _over(sclera, tone, (IRIS - radius) / 0.025 + 0.5)
    image = _over(image, np.full(3, 0.015), (PUPIL - radius) / 0.02 + 0.5)
    image *= 1 - LID_SHADOW * np.clip((-y - 0.12) / 0.35, 0, 1)[..., None]  # of the upper lid and its lashes
    return np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)


def _over(below: NDArray[np.float64], above: NDArray[np.float64], cover: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.clip(cover, 0, 1)[..., None]
    return below * (1 - share) + above * share

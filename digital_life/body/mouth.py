"""Teeth and tongue: one part with a small texture, teeth in its left half and tongue in its right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.geometry import triangles
from digital_life.body.identity import Identity
from digital_life.body.surface import face_morphs

HEIGHT, WIDTH = 64, 256
TEETH_PER_ROW = 12
IVORY, TONGUE = (0.82, 0.77, 0.68), (0.72, 0.39, 0.37)


def make_mouth(identity: Identity) -> MeshPart:
    """Upper teeth, lower teeth and tongue."""
    teeth = ("helper-upper-teeth", "helper-lower-teeth")
    groups = (*teeth, "helper-tongue")
    quads = np.concatenate([identity.quads(group) for group in groups])
    source, inverse = np.unique(quads, return_inverse=True)
    uv = np.empty((len(source), 2), np.float32)
    for group in groups:
        mine = np.isin(source, identity.quads(group))
        points = identity.vertices[source[mine]]
        uv[mine] = _tooth_row(points) if group in teeth else _tongue(points)
    rigid = np.isin(source, np.concatenate([identity.quads(group).reshape(-1) for group in teeth]))
    morphs = {}
    for name, (vertices, offsets) in face_morphs(identity, source).items():
        soft = ~rigid[vertices]
        if soft.any():
            morphs[name] = (vertices[soft], offsets[soft])
    return MeshPart(
        name="mouth",
        vertices=identity.vertices[source],
        normals=identity.normals[source],
        faces=triangles(inverse.reshape(quads.shape)),
        joints=identity.weight_index[source],
        weights=identity.weight_value[source],
        material=Material("mouth", texture=_texture(), roughness=0.5, double_sided=True),
        uv=uv,
        morphs=morphs,
    )


def _tooth_row(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """u runs along the dental arch, v from its front to its back."""
    back = float(points[:, 2].min())
    angle = np.arctan2(points[:, 0], points[:, 2] - back + 1e-4) / np.pi + 0.5
    depth = (points[:, 2].max() - points[:, 2]) / max(float(np.ptp(points[:, 2])), 1e-6)
    return np.stack([0.01 + 0.48 * angle, 0.02 + 0.96 * depth], axis=1).astype(np.float32)


def _tongue(points: NDArray[np.float32]) -> NDArray[np.float32]:
    depth = (points[:, 2].max() - points[:, 2]) / max(float(np.ptp(points[:, 2])), 1e-6)
    return np.stack([np.full(len(points), 0.75), 0.02 + 0.96 * depth], axis=1).astype(np.float32)


def _texture() -> NDArray[np.uint8]:
    """Both halves darken towards the throat, where no light comes in."""
    image = np.empty((HEIGHT, WIDTH, 3))
    half = WIDTH // 2
    gaps = np.abs(np.sin(np.linspace(0, np.pi * TEETH_PER_ROW, half))) ** 0.25
    image[:, :half] = np.array(IVORY) * (0.80 + 0.20 * gaps)[None, :, None]
    image[:, half:] = np.array(TONGUE)
    image *= np.linspace(1.0, 0.25, HEIGHT)[:, None, None]
    return np.round(image * 255).astype(np.uint8)

"""Lashes: the strip along the upper lid with single hairs in its texture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.identity import Identity
from digital_life.body.surface import cut_part

GROUPS = ("helper-l-eyelashes-2", "helper-r-eyelashes-2")
COLOUR = (18, 13, 11)
WIDTH, HEIGHT, HAIRS = 256, 32, 34


def make_lashes(identity: Identity) -> MeshPart:
    """Both upper lashes; they carry the face's morph targets."""
    quads = np.concatenate([identity.quads(group) for group in GROUPS])
    uv_quads = np.concatenate([identity.uv_quads(group) for group in GROUPS])
    material = Material("lashes", texture=lash_texture(), roughness=1.0, double_sided=True, alpha_cutoff=0.5)
    part = cut_part(identity, "lashes", material, quads, uv_quads, face_keys=True)
    assert part.uv is not None
    uv = part.uv.copy()
    for side in (part.vertices[:, 0] > 0, part.vertices[:, 0] <= 0):
        uv[side] = _along_and_across(part.vertices[side], uv[side])
    return MeshPart(
        part.name, part.vertices, part.normals, part.faces, part.joints, part.weights, material, uv, part.morphs
    )


def _along_and_across(vertices: NDArray[np.float32], uv: NDArray[np.float32]) -> NDArray[np.float32]:
    """One strip's texture coordinates: u from corner to corner, v from the lid to the tips (0.02 to 0.9)."""
    spread = (uv - uv.min(axis=0)) / np.ptp(uv, axis=0)
    far = vertices[spread[:, 1] > 0.7, 2].mean() > vertices[spread[:, 1] < 0.3, 2].mean()
    if not far:
        spread[:, 1] = 1 - spread[:, 1]
    # Not to the picture's last rows, which filtering mixes with its first ones: a line would float over the tips.
    return np.asarray(spread * (0.98, 0.88) + (0.01, 0.02), np.float32)


@lru_cache(maxsize=1)
def lash_texture() -> NDArray[np.uint8]:
    """[32, 256, 4]: hairs that lean outwards and narrow to points over a dense line along the lid."""
    random = np.random.default_rng(2)
    x = (np.arange(WIDTH)[None, :] + 0.5) / WIDTH
    y = (np.arange(HEIGHT)[:, None] + 0.5) / HEIGHT
    alpha = np.broadcast_to(y < 0.30, (HEIGHT, WIDTH)).copy()
    for root in np.linspace(0.015, 0.985, HAIRS):
        length = random.uniform(0.75, 1.0) * (0.75 + 0.25 * np.sin(np.pi * root))
        middle = root + random.normal(0, 0.004) + 0.02 * (root - 0.5) * y
        half = 0.010 * np.clip(1 - y / length, 0, 1)
        alpha |= np.abs(x - middle) < half
    return np.dstack([*(np.full((HEIGHT, WIDTH), c, np.uint8) for c in COLOUR), np.asarray(alpha * 255, np.uint8)])

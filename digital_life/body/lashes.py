"""Lashes: the strip along the upper lid with single hairs in its texture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path
from scipy.spatial.transform import Rotation

from digital_life.body.base_mesh import SparseOffsets
from digital_life.body.character import Material, MeshPart
from digital_life.body.garment_surface import unit
from digital_life.body.identity import Identity
from digital_life.body.surface import cut_part

SIDES = (("helper-l-eyelashes-2", "eyeBlinkLeft"), ("helper-r-eyelashes-2", "eyeBlinkRight"))
COLOUR = (18, 13, 11)
WIDTH, HEIGHT, HAIRS = 256, 32, 34
ROWS = 5
"""Vertices of a strip from the lid to the tips."""
LID = 1
"""The row at the lid's edge, about which lashes turn."""
LOWERED = np.radians(45.0)
"""How much further lashes turn down when the eye closes than in the sculpt of the blink, where they point upwards."""


def make_lashes(identity: Identity) -> MeshPart:
    """Both upper lashes; they carry the face's morph targets."""
    strips = [identity.quads(group) for group, _ in SIDES]
    uv_quads = np.concatenate([identity.uv_quads(group) for group, _ in SIDES])
    material = Material("lashes", texture=lash_texture(), roughness=1.0, double_sided=True, alpha_cutoff=0.5)
    part = cut_part(identity, "lashes", material, np.concatenate(strips), uv_quads, face_keys=True)
    known = np.unique(np.concatenate(strips))  # the part's vertices, in their order: no vertex is split
    uv, morphs = np.zeros((len(known), 2), np.float32), dict(part.morphs)
    for strip, (_, blink) in zip(strips, SIDES, strict=True):
        grid = np.searchsorted(known, _grid(strip, identity.vertices))
        uv[grid] = _along_and_across(part.vertices[grid])
        morphs[blink] = _turned_down(part.vertices, morphs[blink], grid)
    return MeshPart(part.name, part.vertices, part.normals, part.faces, part.joints, part.weights, material, uv, morphs)


def _grid(quads: NDArray[np.int64], vertices: NDArray[np.float32]) -> NDArray[np.int64]:
    """One strip's vertices [C, ROWS]: from the nose outwards, from the lid to the tips.

    Steps along edges from two neighbouring corners, where a single quad ends, tell each vertex's place.
    """
    known, flat, uses = np.unique(quads, return_inverse=True, return_counts=True)
    edges = np.concatenate([flat.reshape(quads.shape), np.roll(flat.reshape(quads.shape), -1, axis=1)]).reshape(2, -1)
    graph = coo_array((np.ones(edges.shape[1]), (edges[0], edges[1])), (len(known), len(known)))
    corners = np.flatnonzero(uses == 1)
    corners = corners[np.argsort(np.abs(vertices[known[corners], 0]))]
    root, tip = sorted(corners[:2], key=lambda corner: float(vertices[known[corner], 2]))
    steps = shortest_path(graph, directed=False, unweighted=True, indices=[root, tip])
    row = (steps[0] - steps[1] + ROWS - 1) / 2
    return np.asarray(known[np.lexsort((row, steps[0] - row))].reshape(-1, ROWS))


def _along_and_across(strip: NDArray[np.float32]) -> NDArray[np.float64]:
    """Texture coordinates [C, ROWS, 2] of a strip: u from corner to corner, v from the lid to the tips (0.02 to 0.82)."""
    along = _share(strip.mean(axis=1))[:, None]
    across = np.stack([_share(column) for column in strip])
    # Not to the picture's last rows, which filtering mixes with its first ones: a line would float over the tips.
    return np.stack(np.broadcast_arrays(0.01 + 0.98 * along, 0.02 + 0.80 * across), axis=-1)


def _share(path: NDArray[np.float32]) -> NDArray[np.float64]:
    """How far each point [N, 3] lies along a path, 0 to 1."""
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    return np.asarray(run / run[-1])


def _turned_down(vertices: NDArray[np.float32], blink: SparseOffsets, grid: NDArray[np.int64]) -> SparseOffsets:
    """The key of the blink with the lashes [C, ROWS] turned about the lid's edge, towards the cheek."""
    offsets = np.zeros_like(vertices)
    offsets[blink[0]] = blink[1]
    closed = (vertices + offsets)[grid].astype(np.float64)
    edge = closed[:, LID]
    outwards = unit(np.gradient(edge, axis=0)) * np.sign(edge.mean(axis=0)[0])
    turn = Rotation.from_rotvec(LOWERED * outwards)
    for row in range(LID + 1, ROWS):
        offsets[grid[:, row]] = edge + turn.apply(closed[:, row] - edge) - vertices[grid[:, row]]
    moved = np.flatnonzero(np.abs(offsets).max(axis=1) > 0)
    return moved.astype(np.uint32), offsets[moved]


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

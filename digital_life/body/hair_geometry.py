"""Shell, cards and clumps of hair collected into one mesh part."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.garment_surface import BodySurface, Floats, Indices, smoothstep, unit
from digital_life.body.garment_trim import strongest_four
from digital_life.body.hair_locks import Locks, cards
from digital_life.body.hair_scalp import HEAD_CENTRE, scalp
from digital_life.body.hair_texture import SHELL, STUBBLE, VARIANTS
from digital_life.body.normals import vertex_normals
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX


@dataclass(frozen=True)
class HairPiece:
    """``vertices`` and ``normals`` [P, 3], ``faces`` [F, 3], ``uv`` [P, 2]."""

    vertices: Floats
    normals: Floats
    faces: Indices
    uv: Floats


def head_centre(body: BodySurface) -> Floats:
    """Middle of this body's skull, from the reference head's."""
    return np.asarray(body.joint("head") + (HEAD_CENTRE - np.array([0.0, 0.259, 0.045])) * body.scale)


@dataclass
class HairMesh:
    """Pieces of hair that become one part."""

    pieces: list[HairPiece] = field(default_factory=list)

    def add_cards(self, paths: Floats, locks: Locks, body: BodySurface) -> None:
        """Cards along paths [L, S, 3], facing away from the head and neck."""
        centre = head_centre(body)
        axis = np.broadcast_to(centre, paths.shape).copy()
        axis[..., 1] = np.minimum(paths[..., 1], centre[1] + 0.01)
        axis[..., 2] -= 0.02 * smoothstep(centre[1], centre[1] - 0.1, paths[..., 1])
        self.add_swept(paths, unit(paths - axis), locks)

    def add(self, piece: HairPiece) -> None:
        """Any piece."""
        self.pieces.append(piece)

    def add_swept(self, paths: Floats, outward: Floats, locks: Locks) -> None:
        """Cards along paths [L, S, 3] that face ``outward`` [L, S, 3]."""
        vertices, faces, uv, normals = cards(paths, outward, locks, VARIANTS)
        self.pieces.append(HairPiece(vertices, normals, faces, uv))

    def build(self, body: BodySurface, texture: NDArray[np.uint8]) -> MeshPart:
        """The mesh part, skinned to head, neck and upper spine."""
        starts = np.cumsum([0, *(len(piece.vertices) for piece in self.pieces[:-1])])
        vertices = np.concatenate([piece.vertices for piece in self.pieces])
        faces = np.concatenate([piece.faces + start for piece, start in zip(self.pieces, starts, strict=True)])
        joints, weights = strongest_four(hair_weights(body, vertices))
        material = Material(
            "hair", texture=texture, roughness=0.62, double_sided=True, alpha_cutoff=0.5, shading="hair"
        )
        return MeshPart(
            "hair",
            vertices.astype(np.float32),
            np.concatenate([piece.normals for piece in self.pieces]).astype(np.float32),
            faces.astype(np.uint32),
            joints,
            weights,
            material,
            np.concatenate([piece.uv for piece in self.pieces]).astype(np.float32),
        )


def hair_weights(body: BodySurface, vertices: Floats) -> Floats:
    """[P, 55]: all hair turns with the head; what hangs below the chin follows neck and shoulders more and more."""
    head, neck = body.joint("head")[1], body.joint("neck")[1]
    scale = body.scale
    hanging = 0.75 * smoothstep(head - 0.02 * scale, neck - 0.03 * scale, vertices[:, 1])
    chest = smoothstep(neck + 0.01 * scale, neck - 0.14 * scale, vertices[:, 1])
    weights = np.zeros((len(vertices), JOINT_COUNT))
    weights[:, JOINT_INDEX["head"]] = 1 - hanging
    weights[:, JOINT_INDEX["neck"]] = hanging * (1 - chest)
    weights[:, JOINT_INDEX["spine3"]] = hanging * chest
    return weights


def shell(body: BodySurface, height: float, stubble: bool, lumps: float, seed: int) -> HairPiece:
    """Hair close to the scalp, rising from a frayed hairline to ``height`` metres; ``lumps`` roughens it."""
    surface = scalp()
    skin, normals = surface.lift(body.vertices), unit(surface.lift(body.normals))
    random = np.random.default_rng(seed)
    rise = smoothstep(0.0, 0.03, surface.inside)
    waves = sum(np.sin(surface.reference @ random.normal(0, 75, 3) + random.uniform(0, 6)) for _ in range(5)) / 3.0
    offset = 0.0008 + height * body.scale * (0.15 + 0.85 * rise) + lumps * rise * np.asarray(waves)
    vertices = skin + normals * np.maximum(offset, 0.0008)[:, None]
    angle = np.arctan2(surface.reference[:, 0], surface.reference[:, 2] - HEAD_CENTRE[2])
    column = STUBBLE if stubble else SHELL
    repeat = np.abs(((angle / np.pi * (6 if stubble else 3)) % 2) - 1)  # mirrored, so that no seam is needed
    u = (column + 0.04 + 0.92 * repeat) / VARIANTS
    v = np.clip(surface.inside / 0.16, 0.0, 0.45)
    return HairPiece(
        vertices, vertex_normals(vertices, surface.faces).astype(np.float64), surface.faces, np.stack([u, v], axis=1)
    )

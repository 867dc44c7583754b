"""Finish a piece of cloth: hems and bands along its edges, texture coordinates, and the mesh part it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.garment_panels import BAND_BOTTOM, BAND_TOP, Panels
from digital_life.body.garment_surface import BodySurface, Cloth, Floats, Indices, unit
from digital_life.body.normals import vertex_normals, weld_map


@dataclass(frozen=True)
class TrimRow:
    """One row of an edge's cross-section: metres outward from the cloth, metres beyond the edge, texture row 0..1."""

    out: float
    beyond: float
    v: float


HEM = (
    TrimRow(0.0, 0.0, 0.0),
    TrimRow(0.0012, 0.004, 0.05),
    TrimRow(-0.0012, 0.006, 0.12),
    TrimRow(-0.0035, 0.003, 0.2),
    TrimRow(-0.0045, -0.014, 0.3),
)
"""A plain turned-in hem: 3 to 5 mm of thickness and a visible inner side."""


def band(width: float, puff: float = 0.003) -> tuple[TrimRow, ...]:
    """A knitted or sewn-on band of ``width`` metres, thicker than the cloth, with its inner side."""
    return (
        TrimRow(0.0, 0.0, 0.1),
        TrimRow(puff, 0.12 * width, 0.2),
        TrimRow(puff * 1.1, 0.6 * width, 0.6),
        TrimRow(puff * 0.6, 0.95 * width, 0.9),
        TrimRow(-0.002, width, 0.95),
        TrimRow(-0.004, 0.7 * width, 0.98),
    )


@dataclass(frozen=True)
class Piece:
    """Finished geometry: ``vertices`` [P, 3], ``faces`` [F, 3], dense ``weights`` [P, 55], ``uv`` [P, 2]."""

    vertices: Floats
    faces: Indices
    weights: Floats
    uv: Floats


@dataclass
class Assembly:
    """Pieces that become one mesh part."""

    pieces: list[Piece] = field(default_factory=list)

    def add_cloth(self, cloth: Cloth, panels: Panels) -> None:
        """The cloth itself; a face takes its texture from the panel that most of its corners belong to."""
        panel, uv = panels
        face_panel = np.sort(panel[cloth.faces], axis=1)[:, 1]
        keys, faces = np.unique(cloth.faces * len(uv) + face_panel[:, None], return_inverse=True)
        vertex, on_panel = keys // len(uv), keys % len(uv)
        piece = Piece(cloth.vertices[vertex], faces.reshape(-1, 3), cloth.weights[vertex], uv[on_panel, vertex])
        self.pieces.append(piece)

    def add_trim(
        self, cloth: Cloth, loop: Indices, rows: Sequence[TrimRow], scale: float, direction: Floats | None = None
    ) -> Piece:
        """An edge finished with a cross-section; ``direction`` [3] or [L, 3] overrides "beyond the edge"."""
        normal, beyond = edge_frame(cloth, loop)
        if direction is not None:
            beyond = np.broadcast_to(direction, beyond.shape)
        points = cloth.vertices[loop]
        lines = [points + scale * (row.out * normal + row.beyond * beyond) for row in rows]
        piece = sheet(np.stack(lines), cloth.weights[loop], np.array([row.v for row in rows]))
        self.pieces.append(piece)
        return piece

    def build(self, name: str, material: Material) -> MeshPart:
        """The mesh part; normals run smoothly over seams between pieces."""
        starts = np.cumsum([0, *(len(piece.vertices) for piece in self.pieces[:-1])])
        vertices = np.concatenate([piece.vertices for piece in self.pieces]).astype(np.float32)
        faces = np.concatenate([p.faces + start for p, start in zip(self.pieces, starts, strict=True)])
        corners = vertices[faces].astype(np.float64)
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        faces = faces[area > 1e-9]
        used, compact = np.unique(faces, return_inverse=True)
        faces, vertices = compact.reshape(-1, 3), vertices[used]
        joints, weights = strongest_four(np.concatenate([piece.weights for piece in self.pieces])[used])
        uv = np.concatenate([piece.uv for piece in self.pieces])[used]
        normals = vertex_normals(vertices, faces, weld_map(vertices))
        lost = np.linalg.norm(normals, axis=1) < 0.5
        normals[lost] = vertex_normals(vertices, faces)[lost]
        return MeshPart(
            name, vertices, normals, faces.astype(np.uint32), joints, weights, material, uv.astype(np.float32)
        )


def edge_frame(cloth: Cloth, loop: Indices) -> tuple[Floats, Floats]:
    """Outward normals and the directions beyond the edge [L, 3] along a boundary loop, smoothed along it."""
    points = cloth.vertices[loop]
    normal = cloth.normals()[loop]
    tangent = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    for _ in range(6):
        tangent = (np.roll(tangent, 1, axis=0) + 2 * tangent + np.roll(tangent, -1, axis=0)) / 4
        normal = (np.roll(normal, 1, axis=0) + 2 * normal + np.roll(normal, -1, axis=0)) / 4
    normal = unit(normal)
    return normal, unit(np.cross(tangent, normal))


def neck_line(body: BodySurface, cloth: Cloth, loop: Indices, around: Floats) -> tuple[Floats, Floats, Indices]:
    """A neckline at turns ``around`` [C] from the front: its points [C, 3], the turns, and the nearest vertices [C]."""
    points = cloth.vertices[loop]
    angle = np.arctan2(points[:, 0], points[:, 2] - body.joint("neck")[2])
    order = np.argsort(angle)
    line = [np.interp(around, angle[order], points[order, axis], period=2 * np.pi) for axis in range(3)]
    apart = np.abs(np.angle(np.exp(1j * (angle[None] - around[:, None]))))
    return np.stack(line, axis=1), around, loop[apart.argmin(axis=1)]


def sheet(lines: Floats, weights: Floats, rows: Floats, *, closed: bool = True) -> Piece:
    """A strip of quads between ``lines`` [R, L, 3] in the band area of the texture; ``weights`` [L, 55] per column."""
    if closed:
        lines = np.concatenate([lines, lines[:, :1]], axis=1)
        weights = np.concatenate([weights, weights[:1]])
    count, length = lines.shape[:2]
    steps = np.linalg.norm(np.diff(lines[0], axis=0), axis=1)
    u = np.concatenate([[0], np.cumsum(steps)]) / max(steps.sum(), 1e-9)
    v = BAND_TOP + rows * (BAND_BOTTOM - BAND_TOP)
    uv = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    return Piece(lines.reshape(-1, 3), grid_faces(count, length), np.tile(weights, (count, 1)), uv)


def grid_faces(rows: int, columns: int) -> Indices:
    """Triangles [F, 3] of a grid of vertices; column, then row direction, then the normal make a left-handed triple.

    That suits rows that run outward from an edge loop in the loop's own orientation.
    """
    a = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1)
    b, c, d = a + 1, a + columns + 1, a + columns
    return np.concatenate([np.stack([a, d, c], axis=1), np.stack([a, c, b], axis=1)]).astype(np.int64)


def strongest_four(weights: Floats) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Indices [P, 4] and weights [P, 4] that sum to 1 of the four strongest joints of each vertex."""
    index = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    value = np.take_along_axis(weights, index, axis=1)
    return index.astype(np.uint8), (value / value.sum(axis=1, keepdims=True)).astype(np.float32)

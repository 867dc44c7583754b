"""Simple solids of one colour: what rooms and furniture are built from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Colour = tuple[float, float, float]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Solid:
    """A mesh in metres: ``vertices`` and unit ``normals`` [V, 3], ``faces`` [F, 3]; sRGB ``colour`` and ``glow`` 0..1."""

    vertices: Array
    normals: Array
    faces: NDArray[np.uint32]
    colour: Colour
    roughness: float = 0.8
    glow: Colour = (0.0, 0.0, 0.0)

    def placed(self, position: tuple[float, float], yaw: float) -> Solid:
        """Turned by ``yaw`` radians about +Y and moved to (x, z)."""
        cosine, sine = np.cos(yaw), np.sin(yaw)
        turn = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]], np.float32)
        offset = np.array([position[0], 0, position[1]], np.float32)
        return replace(
            self, vertices=(self.vertices @ turn.T + offset).astype(np.float32), normals=self.normals @ turn.T
        )

    def tilted(self, angle: float, pivot: Vector) -> Solid:
        """Turned by ``angle`` radians about +X around ``pivot``."""
        cosine, sine = np.cos(angle), np.sin(angle)
        turn = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]], np.float32)
        centre = np.array(pivot, np.float32)
        turned = (self.vertices - centre) @ turn.T + centre
        return replace(self, vertices=turned.astype(np.float32), normals=self.normals @ turn.T)


def colour_of(text: str) -> Colour:
    """#rrggbb to sRGB 0..1."""
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


def shade(colour: Colour, factor: float) -> Colour:
    """A darker (below 1) or lighter colour."""
    red, green, blue = (min(max(part * factor, 0.0), 1.0) for part in colour)
    return (red, green, blue)


def box(size: Vector, centre: Vector, colour: Colour, *, roughness: float = 0.8, glow: Colour = (0, 0, 0)) -> Solid:
    """A box with sharp edges."""
    import trimesh

    mesh = trimesh.creation.box(extents=size)
    mesh.apply_translation(centre)
    return _flat(mesh, colour, roughness, glow)


def rounded_box(size: Vector, centre: Vector, radius: float, colour: Colour, *, roughness: float = 0.9) -> Solid:
    """A box with edges of ``radius`` metres: cushions and upholstery."""
    import trimesh

    half = np.array(size) / 2
    radius = float(min(radius, *half))
    mesh = trimesh.creation.box(extents=(2, 2, 2))
    for _ in range(3):
        mesh = mesh.subdivide()
    grid = np.asarray(mesh.vertices)
    warped = np.sign(grid) * (1 - (1 - np.abs(grid)) ** 2)
    inner = np.clip(warped * half, -(half - radius), half - radius)
    normals = warped * half - inner
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return Solid(
        (inner + normals * radius + np.array(centre)).astype(np.float32),
        normals.astype(np.float32),
        np.asarray(mesh.faces, np.uint32),
        colour,
        roughness,
    )


def cylinder(
    radius: float, height: float, centre: Vector, colour: Colour, *, top: float | None = None, roughness: float = 0.8,
    glow: Colour = (0, 0, 0),
) -> Solid:  # fmt: skip
    """An upright cylinder, or a cone's stump where ``top`` is the upper radius."""
    import trimesh

    mesh = trimesh.creation.cylinder(radius=1.0, height=height, sections=36)
    points = np.asarray(mesh.vertices)
    across = np.where(points[:, 2] > 0, radius if top is None else top, radius)
    mesh.vertices = np.stack([points[:, 0] * across, points[:, 2], -points[:, 1] * across], axis=1)
    mesh.apply_translation(centre)
    return _creased(mesh, colour, roughness, glow)


def ellipsoid(radii: Vector, centre: Vector, colour: Colour, *, roughness: float = 0.7) -> Solid:
    """An ellipsoid."""
    import trimesh

    mesh = trimesh.creation.icosphere(subdivisions=2)
    sphere = np.asarray(mesh.vertices)
    normals = sphere / np.array(radii)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    points = sphere * np.array(radii) + np.array(centre)
    faces = np.asarray(mesh.faces, np.uint32)
    return Solid(points.astype(np.float32), normals.astype(np.float32), faces, colour, roughness)


def quad(corners: tuple[Vector, Vector, Vector, Vector], colour: Colour, *, roughness: float = 0.9) -> Solid:
    """A flat one-sided rectangle, seen from where its corners run anticlockwise."""
    points = np.array(corners, np.float32)
    normal = np.cross(points[1] - points[0], points[2] - points[0])
    normal /= np.linalg.norm(normal)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.uint32)
    return Solid(points, np.tile(normal, (4, 1)).astype(np.float32), faces, colour, roughness)


def _flat(mesh: object, colour: Colour, roughness: float, glow: Colour) -> Solid:
    triangles = np.asarray(mesh.triangles, np.float32)  # type: ignore[attr-defined]
    normals = np.repeat(np.asarray(mesh.face_normals, np.float32), 3, axis=0)  # type: ignore[attr-defined]
    faces = np.arange(3 * len(triangles), dtype=np.uint32).reshape(-1, 3)
    return Solid(triangles.reshape(-1, 3), normals, faces, colour, roughness, glow)


def _creased(mesh: object, colour: Colour, roughness: float, glow: Colour) -> Solid:
    """Smooth around the side, flat on the caps."""
    solid = _flat(mesh, colour, roughness, glow)
    side = np.abs(solid.normals[:, 1]) < 0.9
    centre = solid.vertices.mean(axis=0)
    outward = (solid.vertices - centre) * np.array([1, 0, 1], np.float32)
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    slope = solid.normals[:, 1:2]
    smooth = outward * np.sqrt(1 - slope**2) + slope * np.array([0, 1, 0], np.float32)
    return replace(solid, normals=np.where(side[:, None], smooth, solid.normals).astype(np.float32))

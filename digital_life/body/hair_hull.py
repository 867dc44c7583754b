"""What hair lies on: the skull, and below it face, neck and trunk as radii around the neck."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

from digital_life.body.garment_surface import BodySurface, Floats, reference_surface, smoothstep, unit
from digital_life.body.geometry import sampled, triangles
from digital_life.body.hair_scalp import HEAD_CENTRE, head_scale, scalp

ROW, TURNS = 0.008, 72
"""Height of a slice (metres) and number of directions around the neck."""
SHOULDERS = 0.118
"""Half width beyond which the trunk is left out: hair falls before or behind the shoulders."""

OVER_CLOTHES = 0.008
"""Metres between hair and the clothes that it lies on."""


class HairHull:
    """Head, neck and trunk of one body as hair meets them; ``clothes`` [K, 3] are points of what is worn over the trunk."""

    def __init__(self, body: BodySurface, clothes: Floats | None = None) -> None:
        self.scale = head_scale(body)
        surface = scalp()
        middle = surface.lift(body.vertices).mean(axis=0) - surface.reference.mean(axis=0)
        self.centre = HEAD_CENTRE + middle * [0.0, 1.0, 1.0]
        self.head = float(body.joint("head")[1])
        self.neck = float(body.joint("neck")[1])
        self._keep_skull(body)
        self._slice(body, np.zeros((0, 3)) if clothes is None else clothes)

    def to_reference(self, points: Floats) -> Floats:
        """Points [..., 3] near the head, moved to the reference head."""
        return np.asarray((points - self.centre) / self.scale + HEAD_CENTRE)

    def _keep_skull(self, body: BodySurface) -> None:
        reference = reference_surface().vertices[body.skin_vertices]
        head = (reference[:, 1] > 0.20) & (np.abs(reference[:, 0]) < 0.0725)
        kept = body.skin_vertices[head]
        self._points, self._normals = body.vertices[kept], body.normals[kept]
        self._tree = cKDTree(self._points)
        self._reach = np.linalg.norm(self._points - self.centre, axis=1)
        self._directions = cKDTree((self._points - self.centre) / self._reach[:, None])

    def lay(self, points: Floats, height: Floats, hug: Floats | float = 1.0) -> Floats:
        """Points [P, 3] at least ``height`` [P] over the skull; those above come down by the share ``hug``."""
        distance, index = self._tree.query(points, k=5)
        near = 1 / np.maximum(distance, 0.002)
        near /= near.sum(axis=1, keepdims=True)
        normals = unit(np.einsum("pk,pka->pa", near, self._normals[index]))
        foot = np.einsum("pk,pka->pa", near, self._points[index])
        missing = height - np.einsum("pa,pa->p", points - foot, normals)
        return np.asarray(points + normals * np.where(missing > 0, missing, hug * missing)[:, None])

    def skull_radius(self, directions: Floats) -> Floats:
        """Distance [P] of the skull from its middle along unit directions [P, 3]."""
        distance, index = self._directions.query(directions, k=6)
        near = 1 / np.maximum(distance, 0.02) ** 2
        return np.asarray((near * self._reach[index]).sum(axis=1) / near.sum(axis=1))

    def _slice(self, body: BodySurface, clothes: Floats) -> None:
        points = np.concatenate([sampled(body.vertices, triangles(body.skin).astype(np.int64)), clothes])
        self._low, high = float(body.joint("spine2")[1]) - 0.05 * self.scale, float(self.centre[1]) + 0.05 * self.scale
        heights = [body.joint("spine2")[1], body.joint("spine3")[1], self.neck, body.joint("head")[1], self.centre[1]]
        depths = [body.joint("spine2")[2], body.joint("spine3")[2], body.joint("neck")[2] + 0.004]
        self._axis = (np.array(heights), np.array([*depths, body.joint("head")[2], self.centre[2]]))
        inside = (points[:, 1] > self._low) & (points[:, 1] < high) & (np.abs(points[:, 0]) < SHOULDERS * self.scale)
        points = points[inside]
        turn, radius = self.polar(points)
        rows = int((high - self._low) / ROW) + 1
        grid = np.zeros((rows, TURNS))
        row = ((points[:, 1] - self._low) / ROW).astype(int)
        column = (turn / (2 * np.pi) * TURNS).round().astype(int) % TURNS
        np.maximum.at(grid, (row, column), radius)
        for line in grid:
            known = np.flatnonzero(line > 0)
            if len(known):
                line[:] = np.interp(np.arange(TURNS), known, line[known], period=TURNS)
        grid = np.maximum(gaussian_filter(grid, (1.5, 1.2), mode=("nearest", "wrap")), 0.97 * grid)
        height = self._low + ROW * np.arange(rows, dtype=np.float64)
        below = smoothstep(self.neck + 0.045 * self.scale, self.neck - 0.01 * self.scale, height)
        self._radius = grid + (OVER_CLOTHES if len(clothes) else 0.0) * below[:, None]

    def polar(self, points: Floats) -> tuple[Floats, Floats]:
        """(turn from the front 0..2 pi, radius) of points [..., 3] around the neck's axis."""
        depth = points[..., 2] - np.interp(points[..., 1], *self._axis)
        return np.arctan2(points[..., 0], depth) % (2 * np.pi), np.hypot(points[..., 0], depth)

    def place(self, height: Floats, turn: Floats, radius: Floats) -> Floats:
        """Points [P, 3] at polar coordinates."""
        depth = np.interp(height, *self._axis) + radius * np.cos(turn)
        return np.stack([radius * np.sin(turn), height, depth], axis=-1)

    def radius(self, height: Floats, turn: Floats) -> Floats:
        """Radius of the body [P] at heights and turns."""
        at = np.stack([(height - self._low) / ROW, (turn / (2 * np.pi) * TURNS) % TURNS])
        wrapped = np.concatenate([self._radius, self._radius[:, :1]], axis=1)
        return np.asarray(map_coordinates(wrapped, at, order=1, mode="nearest"))

    def outward(self, points: Floats) -> Floats:
        """Directions [..., 3] away from skull and neck."""
        axis = np.broadcast_to(self.centre, points.shape).copy()
        axis[..., 1] = np.minimum(points[..., 1], self.centre[1] + 0.01 * self.scale)
        hanging = np.minimum(points[..., 1], self.centre[1])
        axis[..., 2] = np.interp(hanging, *self._axis)
        return unit(points - axis)

"""A pinhole camera, and where it must stand to see given points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Camera:
    """At ``eye``, looking at ``target`` (metres), with ``yfov`` radians from top to bottom."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    yfov: float

    def pose(self) -> Vector:
        """Camera to world, [4, 4]; the camera looks along its own -Z."""
        eye = np.array(self.eye)
        back = unit(eye - np.array(self.target))
        right = unit(np.cross(UP, back))
        matrix = np.eye(4)
        matrix[:3, :3] = np.stack([right, np.cross(back, right), back], axis=1)
        matrix[:3, 3] = eye
        return matrix

    def depth(self, points: Vector) -> Vector:
        """Distance [N] of world points [N, 3] along the view axis; negative behind the camera."""
        pose = self.pose()
        return np.asarray((pose[:3, 3] - points) @ pose[:3, 2])

    def project(self, points: Vector, size: tuple[int, int]) -> Vector:
        """Pixel positions [N, 2] (x right, y down) of world points [N, 3]; points behind are pushed to the front."""
        pose = self.pose()
        local = (points - pose[:3, 3]) @ pose[:3, :3]
        depth = np.maximum(-local[:, 2], 0.05)
        focal = size[1] / 2 / np.tan(self.yfov / 2)
        return np.stack([size[0] / 2 + focal * local[:, 0] / depth, size[1] / 2 - focal * local[:, 1] / depth], axis=1)


def unit(vector: Vector) -> Vector:
    """The vector at length 1."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))


def level(vector: Vector) -> Vector:
    """The horizontal part of the vector at length 1."""
    return unit(vector * np.array([1.0, 0.0, 1.0]))


def frame_points(
    points: Vector, towards: Vector, *, yfov: float, aspect: float, elevation: float = 0.0, fill: float = 0.8,
    lower: float = 0.04, nearest: float = 1.2,
) -> Camera:  # fmt: skip
    """The camera that sees all ``points`` [N, 3] from the horizontal direction ``towards`` (from them to the camera).

    ``elevation`` radians above the horizon; the points take at most ``fill`` of the frame's height and width, and stand
    ``lower`` of the frame's height above its middle, which leaves room for subtitles.
    """
    back = unit(level(towards) * np.cos(elevation) + UP * np.sin(elevation))
    right = unit(np.cross(UP, back))
    axes = np.stack([right, np.cross(back, right), back])
    local = points @ axes.T
    tangent = np.tan(yfov / 2) * np.array([aspect, 1.0]) * fill
    middle = (local[:, :2].min(axis=0) + local[:, :2].max(axis=0)) / 2
    reach = np.abs(local[:, :2] - middle) / tangent
    distance = max(float((local[:, 2] + reach.max(axis=1)).max()), float(local[:, 2].max()) + nearest)
    depth = distance - float(local[:, 2].mean())
    middle[1] -= lower * 2 * depth * np.tan(yfov / 2)
    target = axes.T @ np.array([*middle, distance - depth])
    eye = target + back * depth
    return Camera(_rounded(eye), _rounded(target), yfov)


def _rounded(vector: Vector) -> tuple[float, float, float]:
    x, y, z = (round(float(part), 3) for part in vector)
    return (x, y, z)

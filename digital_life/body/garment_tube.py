"""Let cloth hang straight: a trouser leg, a sleeve or a torso seen as a tube in polar coordinates.

Over the body's own profile the cloth spans from where it is held to where it is widest, so that calves, knees and
waists do not show through as on tights.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator, RegularGridInterpolator
from scipy.ndimage import gaussian_filter

Floats = NDArray[np.float64]

ROWS, COLUMNS = 40, 48


@dataclass(frozen=True)
class Tube:
    """Polar coordinates about a polyline that runs along one axis.

    ``along`` is the axis index (0 for arms, 1 for legs and torso), ``stations`` [S] increasing positions on it and
    ``centres`` [S, 2] the polyline's other two coordinates there.
    """

    along: int
    stations: Floats
    centres: Floats

    @property
    def across(self) -> tuple[int, int]:
        """The other two axes: (side, front) for upright tubes, (front, up) for arms."""
        return (0, 2) if self.along == 1 else (2, 1)

    def coordinates(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """(position along, angle, radius) of points [P, 3]; angle 0 points to the second axis of ``across``."""
        position = points[:, self.along]
        first, second = (points[:, axis] - self._centre(position, k) for k, axis in enumerate(self.across))
        return position, np.arctan2(first, second), np.hypot(first, second)

    def place(self, position: Floats, angle: Floats, radius: Floats) -> Floats:
        """Points [P, 3] at polar coordinates."""
        points = np.empty((len(position), 3))
        points[:, self.along] = position
        points[:, self.across[0]] = self._centre(position, 0) + np.sin(angle) * radius
        points[:, self.across[1]] = self._centre(position, 1) + np.cos(angle) * radius
        return points

    def _centre(self, position: Floats, k: int) -> Floats:
        return np.interp(position, self.stations, self.centres[:, k])


def centred_tube(points: Floats, along: int, low: float, high: float, stations: int = 9) -> Tube:
    """Tube through the middles of slices of ``points`` between two positions."""
    position = points[:, along]
    edges = np.linspace(low, high, stations + 1)
    across = [0, 2] if along == 1 else [2, 1]
    where, centres = [], []
    for start, end in pairwise(edges):
        inside = points[(position >= start) & (position <= end)][:, across]
        if len(inside) > 3:
            where.append((start + end) / 2)
            centres.append((inside.min(axis=0) + inside.max(axis=0)) / 2)
    return Tube(along, np.array(where), np.array(centres))


class Profile:
    """Radius of a tube's surface over a regular grid of (position, angle), sampled from scattered points."""

    def __init__(self, tube: Tube, points: Floats, low: float, high: float) -> None:
        self.tube, self.positions = tube, np.linspace(low, high, ROWS)
        self.angles = np.linspace(-np.pi, np.pi, COLUMNS + 1)
        position, angle, radius = tube.coordinates(points)
        wrapped = np.concatenate([angle - 2 * np.pi, angle, angle + 2 * np.pi])
        size = float(np.median(radius))
        samples = np.stack([np.tile(position, 3), wrapped * size], axis=1)
        grid = np.meshgrid(self.positions, self.angles * size, indexing="ij")
        self.radius = LinearNDInterpolator(samples, np.tile(radius, 3))(*grid)
        holes = np.isnan(self.radius)
        if holes.any():
            nearest = NearestNDInterpolator(samples, np.tile(radius, 3))
            self.radius[holes] = nearest(*(axis[holes] for axis in grid))

    def smooth(self, rows: float, columns: float) -> None:
        """Gaussian smoothing, in grid cells."""
        body = gaussian_filter(self.radius[:, :-1], (rows, columns), mode=("nearest", "wrap"))
        self.radius = np.concatenate([body, body[:, :1]], axis=1)

    def at(self, position: Floats, angle: Floats) -> Floats:
        """Radius at given coordinates [P]."""
        lookup = RegularGridInterpolator(
            (self.positions, self.angles), self.radius, bounds_error=False, fill_value=None
        )
        return np.asarray(lookup(np.stack([position, angle], axis=1)))

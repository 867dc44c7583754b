"""Soft shadows of the characters on the room behind them, without rendering the room again.

The characters stand for a few dozen spheres (their joints and the middles of their bones). A point of the backdrop is
darkened by every sphere near its ray to the light, the softer the farther away, and by every sphere close to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.render.camera import Camera, unit

Array = NDArray[np.float32]

STEP = 16
"""Pixels of the frame a shadow pixel covers in each direction."""
_CAST, _CONTACT = 0.5, 0.42
_BALLS: tuple[tuple[str, str, float, float], ...] = (
    ("pelvis", "pelvis", 0.0, 0.15), ("spine2", "spine2", 0.0, 0.15), ("spine3", "spine3", 0.0, 0.15),
    ("head", "head", 0.0, 0.1), ("neck", "head", 0.5, 0.08),
    *((f"{s}_hip", f"{s}_knee", k, 0.085) for s in ("left", "right") for k in (0.35, 0.7)),
    *((f"{s}_knee", f"{s}_ankle", k, 0.065) for s in ("left", "right") for k in (0.0, 0.35, 0.7, 1.0)),
    *((f"{s}_foot", f"{s}_foot", 0.0, 0.06) for s in ("left", "right")),
    *((f"{s}_shoulder", f"{s}_elbow", k, 0.055) for s in ("left", "right") for k in (0.5, 1.0)),
    *((f"{s}_elbow", f"{s}_wrist", k, 0.05) for s in ("left", "right") for k in (0.5, 1.0)),
)  # fmt: skip
"""(joint, joint, share of the way, radius in metres)."""
_FROM = [JOINT_INDEX[a] for a, _, _, _ in _BALLS]
_TO = [JOINT_INDEX[b] for _, b, _, _ in _BALLS]
_SHARE = np.array([[share] for _, _, share, _ in _BALLS])
_RADIUS = np.array([radius for _, _, _, radius in _BALLS], np.float32)


class ShadowCatcher:
    """The visible surface of a backdrop, ready to receive shadows from a light that shines along ``direction``."""

    def __init__(self, camera: Camera, depth: Array, direction: NDArray[np.float64]) -> None:
        height, width = depth.shape
        pose = camera.pose()
        self._shape = (height // STEP, width // STEP)
        rows, columns = np.meshgrid(
            np.arange(self._shape[0]) * STEP + STEP // 2, np.arange(self._shape[1]) * STEP + STEP // 2, indexing="ij"
        )
        away = depth[rows, columns]
        focal = height / 2 / np.tan(camera.yfov / 2)
        rays = np.stack([(columns - width / 2) / focal, (height / 2 - rows) / focal, -np.ones(rows.shape)], axis=-1)
        points = rays * away[..., None] @ pose[:3, :3].T + pose[:3, 3]
        self._hit = (away > 0).reshape(-1)
        self._points = points.reshape(-1, 3)[self._hit].astype(np.float32)
        towards = -unit(direction)
        across = unit(np.cross(towards, [0.0, 1.0, 0.1]))
        self._axes = np.stack([across, np.cross(towards, across), towards]).astype(np.float32)
        self._local = self._points @ self._axes.T

    def light(self, joints: list[NDArray[np.float64]]) -> Array:
        """Share of light [H / STEP, W / STEP] left by characters with joints [55, 3] each: 1 unshadowed."""
        left = np.ones(len(self._points), np.float32)
        for skeleton in joints:
            balls = skeleton[_FROM] + (skeleton[_TO] - skeleton[_FROM]) * _SHARE
            left *= self._left_by((balls @ self._axes.T.astype(np.float64)).astype(np.float32))
        out = np.ones(self._shape, np.float32).reshape(-1)
        out[self._hit] = left
        return out.reshape(self._shape)

    def _left_by(self, balls: Array) -> Array:
        low, high = balls.min(axis=0) - 0.6, balls.max(axis=0) + 0.6
        near = np.flatnonzero(((self._local[:, :2] > low[:2]) & (self._local[:, :2] < high[:2])).all(axis=1))
        out = np.ones(len(self._local), np.float32)
        if not len(near):
            return out
        offset = balls[None] - self._local[near, None]
        sideways = np.square(offset[..., 0]) + np.square(offset[..., 1])
        along = offset[..., 2]
        softness = _RADIUS + 0.09 * np.maximum(along, 0)
        cast = np.exp(-sideways / (softness * softness)) * (_RADIUS / softness) * (along > 0)
        cast = 1 - np.prod(1 - 0.75 * np.minimum(cast, 1), axis=1)
        contact = np.exp(-(sideways + np.square(along)) / np.square(2.2 * _RADIUS))
        contact = 1 - np.prod(1 - 0.6 * contact, axis=1)
        out[near] = (1 - _CAST * cast) * (1 - _CONTACT * contact)
        return out

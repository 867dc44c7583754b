"""Texture coordinates of clothes: body, sleeve and leg panels, mirrored so that no seam splits front or back."""

from __future__ import annotations

import numpy as np

from digital_life.body.garment_surface import ARM_JOINTS, BodySurface, Cloth, Floats, Indices, smoothstep

PANEL_BOTTOM, BAND_TOP, BAND_BOTTOM = 0.82, 0.84, 0.99
"""Panels end at the first row; hems and bands of every cloth texture lie between the other two."""
TORSO_END, SLEEVE_START = 0.70, 0.72
"""A top's trunk takes the columns before the first, its sleeves those after the second."""

Panels = tuple[Indices, Floats]
"""(panel number that each vertex mostly belongs to [P], uv of every vertex on every panel [K, P, 2])."""


def top_panels(body: BodySurface, cloth: Cloth) -> Panels:
    """Trunk by the angle from the front and height; sleeves by the angle from above and the way along the arm."""
    points = cloth.vertices
    shoulder, wrist = body.joint("left_shoulder"), body.joint("left_wrist")
    high = shoulder[1] + 0.09 * body.scale
    low = min(body.joint("left_hip")[1] - 0.08 * body.scale, float(points[:, 1].min()))
    angle = np.abs(np.arctan2(points[:, 0], points[:, 2] - body.joint("spine2")[2] - 0.02 * body.scale))
    slope = 0.35 * np.abs(points[:, 0]) * smoothstep(shoulder[1] - 0.25, shoulder[1] + 0.05, points[:, 1])
    trunk = np.stack([TORSO_END * angle / np.pi, PANEL_BOTTOM * (high - points[:, 1] + slope) / (high - low)], axis=1)
    on_sleeve = cloth.share(ARM_JOINTS) > 0.5
    start = float(np.abs(points[on_sleeve, 0]).min()) if on_sleeve.any() else shoulder[0]
    if np.abs(points[:, 0]).max() < shoulder[0] + 0.03:  # sleeveless
        on_sleeve[:] = False
    along = 0.03 / PANEL_BOTTOM + (np.abs(points[:, 0]) - start) / (wrist[0] - start + 0.04)
    line = shoulder + (wrist - shoulder) * ((np.abs(points[:, :1]) - shoulder[0]) / (wrist[0] - shoulder[0]))
    around = np.abs(np.arctan2(points[:, 2] - line[:, 2], points[:, 1] - line[:, 1]))
    sleeve = np.stack([SLEEVE_START + (1 - SLEEVE_START) * around / np.pi, PANEL_BOTTOM * along], axis=1)
    return on_sleeve.astype(np.int64), _inside(np.stack([trunk, sleeve]))


def leg_panels(body: BodySurface, cloth: Cloth) -> Panels:
    """Each leg by the angle from the front about its own axis and by height; both legs share the panel."""
    points = cloth.vertices
    joints = np.stack([body.joint(f"left_{name}") for name in ("ankle", "knee", "hip")])
    x = np.interp(points[:, 1], joints[:, 1], joints[:, 0])
    z = np.interp(points[:, 1], joints[:, 1], joints[:, 2])
    angle = np.abs(np.arctan2(np.abs(points[:, 0]) - x, points[:, 2] - z))
    high, low = joints[2, 1] + 0.13 * body.scale, joints[0, 1]
    uv = np.stack([angle / np.pi, PANEL_BOTTOM * (high - points[:, 1]) / (high - low)], axis=1)
    return np.zeros(len(points), np.int64), _inside(uv[None])


def shoe_panel(cloth: Cloth) -> Panels:
    """The upper half of the texture: from heel to toe and from collar to sole."""
    points = cloth.vertices
    low, high = points.min(axis=0), points.max(axis=0)
    u = (points[:, 2] - low[2]) / (high[2] - low[2])
    v = 0.02 + 0.46 * (high[1] - points[:, 1]) / (high[1] - low[1])
    return np.zeros(len(points), np.int64), np.stack([u, v], axis=1)[None]


def _inside(uv: Floats) -> Floats:
    uv[..., 1] = np.clip(uv[..., 1], 0.03, PANEL_BOTTOM - 0.01)
    return uv

"""Trousers, jeans and shorts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digital_life.body.garment_surface import (
    ARM_JOINTS,
    BodySurface,
    Cloth,
    Floats,
    cut,
    reference_surface,
    smoothstep,
)
from digital_life.body.garment_tube import Profile, centred_tube

WAIST = -0.305
"""Height of trouser waists on the reference body."""


@dataclass(frozen=True)
class LegCut:
    """Trousers in metres on the reference body: ``hem`` above ``hem_joint``, ``ease`` over the body, radius at the hem."""

    hem_joint: str
    hem: float
    ease: float
    hem_radius: float
    hang: float


LEG_CUTS = {
    "trousers": LegCut("left_ankle", 0.03, 0.005, 0.078, 0.75),
    "jeans": LegCut("left_ankle", 0.02, 0.004, 0.068, 0.55),
    "lining": LegCut("left_hip", -0.15, 0.002, 0.05, 0.0),
    "shorts": LegCut("left_knee", 0.07, 0.007, 0.098, 0.8),
}


def legs_field(reference: BodySurface, pattern: LegCut, waist: float = WAIST) -> Floats:
    """Metres inside the trousers' outline [V] on the reference body, up to the height ``waist``."""
    y = reference.vertices[:, 1]
    low = reference.joint(pattern.hem_joint)[1] + pattern.hem
    return np.asarray(np.minimum.reduce([waist - y, y - low, 0.3 - reference.share(ARM_JOINTS)]))


def lay_legs(body: BodySurface, pattern: LegCut, waist: float = WAIST) -> Cloth:
    """Trousers whose legs hang straight from the thighs; close to the body at the waist."""
    cloth = cut(reference_surface(), legs_field(reference_surface(), pattern, waist), body)
    top = float(cloth.skin[:, 1].max())
    ease = body.scale * (0.001 + (pattern.ease - 0.001) * smoothstep(top - 0.03, top - 0.10, cloth.skin[:, 1]))
    cloth.drape(ease, 25)
    middle = np.abs(cloth.skin[:, 0]) < 0.012 * body.scale
    crotch = float(cloth.skin[middle, 1].min())
    for sign in (1, -1) if pattern.hang else ():
        _hang_leg(body, cloth, pattern, sign, crotch)
    cloth.vertices = cloth.smooth(cloth.vertices, 3)
    cloth.clear_skin(0.7 * ease)
    below = cloth.vertices[:, 1] < crotch - 0.01
    inner = np.where(
        cloth.skin[:, 0] > 0, np.maximum(cloth.vertices[:, 0], 0.003), np.minimum(cloth.vertices[:, 0], -0.003)
    )
    cloth.vertices[below, 0] = inner[below]
    cloth.weights = cloth.smooth(cloth.weights, 2)
    return cloth


def _hang_leg(body: BodySurface, cloth: Cloth, pattern: LegCut, sign: int, crotch: float) -> None:
    high, low = crotch - 0.02 * body.scale, float(cloth.vertices[:, 1].min())
    side = (cloth.skin[:, 0] * sign > 0) & (cloth.vertices[:, 1] < high)
    tube = centred_tube(cloth.skin[side], 1, low, high, 10)
    profile = Profile(tube, cloth.vertices[side], low, high)
    share = np.linspace(0, 1, len(profile.radius))[:, None]
    straight = profile.radius[-1:] * share + pattern.hem_radius * body.scale * (1 - share)
    profile.radius += pattern.hang * np.maximum(straight - profile.radius, 0)
    profile.smooth(1.5, 1.2)
    position, angle, radius = tube.coordinates(cloth.vertices[side])
    reach = smoothstep(high, high - 0.12 * body.scale, position)
    target = np.maximum(profile.at(position, angle), radius)
    cloth.vertices[side] = tube.place(position, angle, radius + reach * (target - radius))

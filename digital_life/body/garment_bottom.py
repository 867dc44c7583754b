"""Trousers, jeans and shorts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

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


HEM_ZONE, SHOE_AIR, MOST_WIDENED = 0.03, 0.005, 0.03
"""Height (metres) of what counts as a hem, the air between it and shoes, and how far it is widened at most."""
FRONT = (np.radians(45), np.radians(80))
"""Turns from the front: before the first trousers rest on the shoe, beyond the second they fall outside of it."""
RESTS = 0.009
"""Metres by which they are widened even in front, so that the shoe does not come through at the sides of its instep."""
_TURNS = 2 * np.pi * np.arange(36) / 36


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


def fall_over_shoes(body: BodySurface, cloth: Cloth, shoes: Floats) -> None:
    """Widen the hems of trousers so that they fall outside of ``shoes``, points [P, 3], behind and at the sides."""
    for side, sign in (("left", 1), ("right", -1)):
        leg = np.flatnonzero(cloth.skin[:, 0] * sign > 0)
        leg = leg[cloth.vertices[leg, 1] < body.joint(f"{side}_ankle")[1] + 0.2 * body.scale]
        low = float(cloth.vertices[leg, 1].min())
        hem = leg[cloth.vertices[leg, 1] < low + HEM_ZONE * body.scale]
        middle = cloth.vertices[hem][:, [0, 2]].mean(axis=0)
        inside = (shoes[:, 0] * sign > 0) & (np.abs(shoes[:, 1] - low + 0.01 * body.scale) < 0.05 * body.scale)
        reach = _widest(shoes[inside][:, [0, 2]] - middle, 0.0)
        missing = reach + SHOE_AIR * body.scale - _widest(cloth.vertices[hem][:, [0, 2]] - middle, np.nan)
        missing = gaussian_filter1d(maximum_filter1d(missing, 3, mode="wrap"), 1.0, mode="wrap")
        around = cloth.vertices[leg][:, [0, 2]] - middle
        turn, radius = np.arctan2(around[:, 0], around[:, 1]), np.hypot(around[:, 0], around[:, 1])
        push = np.clip(np.interp(turn, _TURNS, missing, period=2 * np.pi), 0, MOST_WIDENED * body.scale)
        resting = RESTS * body.scale
        push = np.minimum(push, resting) + np.maximum(push - resting, 0) * smoothstep(*FRONT, np.abs(turn))
        push *= smoothstep(low + 0.14 * body.scale, low + 0.02 * body.scale, cloth.vertices[leg, 1])
        moved = around * (1 + push / np.maximum(radius, 1e-3))[:, None] + middle
        cloth.vertices[leg[:, None], [0, 2]] = moved


def _widest(points: Floats, empty: float) -> Floats:
    """Largest distance from the middle of points [P, 2] (side, front) in each of the ``_TURNS``."""
    cell = np.round(np.arctan2(points[:, 0], points[:, 1]) / (2 * np.pi) * len(_TURNS)).astype(int) % len(_TURNS)
    widest = np.zeros(len(_TURNS))
    np.maximum.at(widest, cell, np.hypot(points[:, 0], points[:, 1]))
    known = widest > 0
    if np.isnan(empty):
        return np.interp(_TURNS, _TURNS[known], widest[known], period=2 * np.pi)
    return np.where(known, widest, empty)


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

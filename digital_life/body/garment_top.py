"""Garments of the upper body: where they are cut, how loosely they lie, how their edges are finished."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digital_life.body.garment_surface import (
    ARM_JOINTS,
    HEAD_JOINTS,
    BodySurface,
    Cloth,
    Floats,
    cut,
    reference_surface,
    smoothstep,
)
from digital_life.body.garment_tube import Profile, Tube, centred_tube

NECK_TOP = 0.168
"""Height on the reference body where necklines are widest."""


@dataclass(frozen=True)
class TopCut:
    """Pattern of a top, in metres on the reference body (1.70 m).

    ``sleeve`` 0 shoulder, 1 elbow, 2 wrist, None sleeveless; ``hem`` above the hip joints; ``ease`` room over the
    body; ``hang`` 0 close to the body, 1 straight down from the chest; ``neck_width`` half width of the neckline,
    ``neck_front`` and ``neck_back`` its drop; ``opening`` half width of an open front; ``sleeve_hang`` as ``hang``;
    ``front_only`` half width of a piece that shows in front alone.
    """

    sleeve: float | None
    hem: float
    ease: float
    hang: float
    neck_width: float = 0.074
    neck_front: float = 0.078
    neck_back: float = 0.022
    opening: float = 0.0
    sleeve_hang: float = 0.6
    front_only: float = 0.0


TOP_CUTS = {
    "t_shirt": TopCut(sleeve=0.62, hem=0.0, ease=0.007, hang=0.6),
    "shirt": TopCut(sleeve=1.9, hem=-0.02, ease=0.008, hang=0.65, neck_width=0.068, neck_front=0.068),
    "sweater": TopCut(sleeve=1.9, hem=0.03, ease=0.012, hang=0.6, neck_front=0.074),
    "hoodie": TopCut(sleeve=1.9, hem=0.0, ease=0.014, hang=0.75, neck_width=0.080, neck_front=0.082),
    "tank": TopCut(sleeve=None, hem=0.02, ease=0.004, hang=0.4, neck_width=0.092, neck_front=0.125, neck_back=0.07),
    "jacket": TopCut(sleeve=1.88, hem=-0.05, ease=0.020, hang=0.75, neck_width=0.08, opening=0.05),
    "coat": TopCut(sleeve=1.9, hem=-0.05, ease=0.022, hang=0.9, neck_width=0.08, opening=0.05),
    "dress": TopCut(sleeve=0.3, hem=0.17, ease=0.004, hang=0.1, neck_width=0.095, neck_front=0.115, neck_back=0.06),
}


def neckline(points: Floats, pattern: TopCut) -> Floats:
    """Metres outside the neckline [P]: seen from the front an ellipse, shallower behind the shoulders' ridge."""
    depth = np.interp(points[:, 2], [-0.03, 0.03], [pattern.neck_back, pattern.neck_front])
    x, y = points[:, 0] / pattern.neck_width, np.minimum(points[:, 1] - NECK_TOP, 0) / depth
    return ((np.abs(x) ** 2.4 + np.abs(y) ** 2.4) ** (1 / 2.4) - 1) * np.minimum(depth, pattern.neck_width)


def front_opening(points: Floats, half_width: float) -> Floats:
    """Metres outside an open front [P]: narrowest under the chest, where a button would be."""
    width = half_width * np.interp(points[:, 1], [-0.4, -0.15, 0.05, 0.15], [1.2, 0.75, 1.3, 1.7])
    return np.where(points[:, 2] > -0.01, np.abs(points[:, 0]) - width, 9.0)


def top_field(reference: BodySurface, pattern: TopCut) -> Floats:
    """Metres inside the pattern's outline for every vertex [V] of the reference body; negative: no cloth there."""
    points = reference.vertices
    shoulder, elbow, wrist = (reference.joint(f"left_{j}")[0] for j in ("shoulder", "elbow", "wrist"))
    shoulder_height = reference.joint("left_shoulder")[1]
    arms = reference.share(ARM_JOINTS)
    hem = points[:, 1] - (reference.joint("left_hip")[1] + pattern.hem)
    fields = [np.where(arms > 0.5, 9.0, hem), neckline(points, pattern), 0.05 - 0.5 * reference.share(HEAD_JOINTS)]
    if pattern.sleeve is None:
        fields.append((0.42 - arms) * 0.12)
    else:
        fields.append(np.interp(pattern.sleeve, [0, 1, 2], [shoulder, elbow, wrist]) - np.abs(points[:, 0]))
    if pattern.front_only:
        front = np.minimum(pattern.front_only - np.abs(points[:, 0]), points[:, 2])
        fields.append(np.maximum(front, points[:, 1] - shoulder_height + 0.01))
    if pattern.opening:
        fields.append(front_opening(points, pattern.opening))
    return np.asarray(np.minimum.reduce(fields))


HEM_ROOM = 0.007
"""A top that falls over trousers lies this much further out (metres) at its hem."""


def lay_top(body: BodySurface, pattern: TopCut, *, tucked: bool = False, hem_room: float = HEM_ROOM) -> Cloth:
    """The top as cloth over the body, hanging from chest and shoulders; ``tucked`` lies close at the hem."""
    cloth = cut(reference_surface(), top_field(reference_surface(), pattern), body)
    ease = pattern.ease * body.scale
    cloth.drape(ease, 30)
    trunk = 1 - smoothstep(0.15, 0.6, cloth.share(ARM_JOINTS))
    _hang_torso(body, cloth, pattern, trunk)
    if pattern.sleeve is not None and pattern.sleeve > 0.4:
        for sign in (1, -1):
            _hang_sleeve(body, cloth, pattern, sign)
    cloth.vertices = cloth.smooth(cloth.vertices, 3)
    height = cloth.skin[:, 1] - cloth.skin[trunk > 0.5, 1].min()
    at_hem = trunk * smoothstep(0.07 * body.scale, 0.02 * body.scale, height)
    if tucked:
        close = cloth.skin + 0.002 * cloth.skin_normals
        cloth.vertices += at_hem[:, None] * (close - cloth.vertices)
        cloth.clear_skin(0.75 * ease * (1 - at_hem) + 0.002 * at_hem)
    else:
        cloth.clear_skin(0.75 * ease + hem_room * body.scale * at_hem)
    cloth.weights = cloth.smooth(cloth.weights, 2)
    return cloth


def torso_tube(body: BodySurface) -> Tube:
    """The trunk as a tube, from the hips to the shoulders."""
    trunk = (body.share(ARM_JOINTS) < 0.2) & (body.share(HEAD_JOINTS) < 0.05)
    return centred_tube(body.vertices[trunk], 1, body.joint("left_hip")[1] - 0.08, body.joint("left_shoulder")[1])


def _hang_torso(body: BodySurface, cloth: Cloth, pattern: TopCut, trunk: Floats) -> None:
    """Below the chest the cloth falls from the widest place above it."""
    tube = torso_tube(body)
    chest, low = body.joint("left_shoulder")[1] - 0.11 * body.scale, float(cloth.vertices[:, 1].min())
    chosen = (trunk > 0.5) & (cloth.vertices[:, 1] < chest + 0.05)
    if chosen.sum() < 20:
        return
    profile = Profile(tube, cloth.vertices[chosen], low, chest)
    profile.smooth(1.0, 1.2)
    falling = profile.radius.copy()
    for row in range(len(falling) - 2, -1, -1):  # rows run upward
        falling[row] = np.maximum(falling[row], falling[row + 1] - 0.0006)
    profile.radius += pattern.hang * (falling - profile.radius)
    profile.smooth(1.5, 1.5)
    _to_profile(cloth, profile, trunk * smoothstep(chest, chest - 0.06 * body.scale, cloth.vertices[:, 1]))


def _hang_sleeve(body: BodySurface, cloth: Cloth, pattern: TopCut, sign: int) -> None:
    """A sleeve tapers straight from the upper arm to its end."""
    assert pattern.sleeve is not None
    name = "left" if sign > 0 else "right"
    start = body.joint(f"{name}_shoulder")[0] + sign * 0.05 * body.scale
    end = cloth.vertices[:, 0].max() if sign > 0 else cloth.vertices[:, 0].min()
    low, high = sorted((start, float(end)))
    side = (cloth.vertices[:, 0] * sign > abs(start)) & (cloth.share(ARM_JOINTS) > 0.5)
    arm = cloth.skin[side]
    tube = centred_tube(arm, 0, low, high, 7)
    profile = Profile(tube, cloth.vertices[side], low, high)
    share = np.linspace(0, 1, len(profile.radius))[:, None]
    first, last = profile.radius[:1], profile.radius[-1:]
    straight = first * (1 - share) + (last + 0.006 * body.scale) * share
    if sign < 0:
        straight = last * share + (first + 0.006 * body.scale) * (1 - share)
    profile.radius += pattern.sleeve_hang * np.maximum(straight - profile.radius, 0)
    profile.smooth(1.0, 1.0)
    reach = smoothstep(abs(start), abs(start) + 0.06 * body.scale, np.abs(cloth.vertices[:, 0]))
    _to_profile(cloth, profile, np.where(side, reach, 0.0))


def _to_profile(cloth: Cloth, profile: Profile, share: Floats) -> None:
    moved = share > 0
    position, angle, radius = profile.tube.coordinates(cloth.vertices[moved])
    target = profile.at(position, angle)
    placed = profile.tube.place(position, angle, radius + share[moved] * (target - radius))
    cloth.vertices[moved] = placed

"""``dress``: the clothes of an outfit for one body, and the skin that they hide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import MeshPart
from digital_life.body.garment_bottom import LEG_CUTS, WAIST, fall_over_shoes, lay_legs, legs_field
from digital_life.body.garment_coat import lengthened
from digital_life.body.garment_collar import LAPEL, buttons, shirt_collar
from digital_life.body.garment_fabric import cloth_material
from digital_life.body.garment_hood import drawstrings, hood
from digital_life.body.garment_panels import TORSO_END, leg_panels, top_panels
from digital_life.body.garment_patterns import DRESS_WAIST
from digital_life.body.garment_shoes import SHOE_CUTS, make_shoes, shoes_field
from digital_life.body.garment_skirt import SKIRT_CUTS, SkirtCut, lay_skirt
from digital_life.body.garment_surface import (
    BodySurface,
    Cloth,
    Floats,
    Indices,
    body_surface,
    reference_surface,
    smoothstep,
)
from digital_life.body.garment_top import TOP_CUTS, TopCut, lay_top, top_field
from digital_life.body.garment_trim import HEM, Assembly, band, edge_frame
from digital_life.body.geometry import sampled
from digital_life.body.identity import Identity
from digital_life.persona.appearance import Outfit

TUCK, OVERLAP = 0.04, 0.06
"""How far a top reaches into a skirt, and over trousers, metres on the reference body."""

UNDER_EASE, UNDER_HALF_WIDTH = 0.005, 0.13
"""Of a top that is worn under a jacket: room over the body, and half width of what is made of it (metres)."""

ORDER = ("top", "outer", "bottom", "shoes")
"""In which the parts are given."""
HIDING_MARGIN = 0.014
"""Skin stays visible this far (metres on the reference body) inside a garment's edge."""


def dress(
    identity: Identity, outfit: Outfit, without: Collection[str] = ()
) -> tuple[list[MeshPart], NDArray[np.bool_]]:
    """Clothes for one body, and which of its quads they hide [Q] (in the order of ``identity.quads("body")``).

    Layers named in ``without`` (top, bottom, shoes) are left out, since something else is worn in their place; without
    a top there is no outer garment either.
    """
    body, reference = body_surface(identity), reference_surface()
    parts, cover = [], []
    if "shoes" not in without:
        parts.append(make_shoes(body, outfit.shoes, outfit.shoe_colour))
        cover.append(shoes_field(reference, SHOE_CUTS[outfit.shoes]))
    shoes = [_points(part) for part in parts]
    if "bottom" not in without:
        cover.append(_bottom_field(reference, outfit))
        if outfit.top != "dress":
            parts.append(_make_bottom(body, outfit, shoes))
    if "top" not in without:
        parts.append(_make_top(body, outfit))
        cover.append(top_field(reference, top_pattern(outfit)))
        if outfit.outer != "none":
            parts.append(_make_outer(body, outfit, [_points(part) for part in parts[len(shoes) :]]))
            cover.append(top_field(reference, TOP_CUTS[outfit.outer]))
    parts.sort(key=lambda part: ORDER.index(part.name))
    if not cover:
        return parts, np.zeros(len(identity.quads("body")), bool)
    return parts, reference.hidden(np.maximum.reduce(cover) - HIDING_MARGIN)


def _bottom_field(reference: BodySurface, outfit: Outfit) -> Floats:
    if _has_skirt(outfit):
        waist = float(reference.joint("left_hip")[1]) + _skirt(outfit).waist
        return legs_field(reference, LEG_CUTS["lining"], waist)
    return legs_field(reference, LEG_CUTS[outfit.bottom], _waist(outfit) + 2 * HIDING_MARGIN)


def top_pattern(outfit: Outfit) -> TopCut:
    """The top's pattern: tucked into a skirt, and only its front and collar where an outer garment covers the rest."""
    pattern = TOP_CUTS[outfit.top]
    if outfit.outer != "none":
        pattern = replace(pattern, sleeve=None, ease=UNDER_EASE, hang=0.1, front_only=UNDER_HALF_WIDTH)
    return replace(pattern, hem=_skirt(outfit).waist - TUCK) if _has_skirt(outfit) else pattern


def _has_skirt(outfit: Outfit) -> bool:
    return outfit.top == "dress" or outfit.bottom == "skirt"


def _skirt(outfit: Outfit) -> SkirtCut:
    return SKIRT_CUTS["dress" if outfit.top == "dress" else "skirt"]


def _waist(outfit: Outfit) -> float:
    """Height of the trousers' waist on the reference body: hidden under the top, yet not far."""
    return min(WAIST, float(reference_surface().joint("left_hip")[1]) + TOP_CUTS[outfit.top].hem + OVERLAP)


def _make_top(body: BodySurface, outfit: Outfit) -> MeshPart:
    covered = outfit.outer != "none"
    cloth = lay_top(body, top_pattern(outfit), tucked=_has_skirt(outfit), **({"hem_room": 0.006} if covered else {}))
    assembly = Assembly()
    assembly.add_cloth(cloth, top_panels(body, cloth))
    for loop in cloth.loops:
        if _is_neck(body, cloth, loop):
            _finish_neck(body, assembly, cloth, loop, outfit)
        else:
            knitted = (
                outfit.top in ("sweater", "hoodie") and not covered and not _is_tucked_hem(body, cloth, loop, outfit)
            )
            assembly.add_trim(cloth, loop, band(0.03) if knitted else HEM, body.scale)
    if outfit.top == "shirt":
        low = float(cloth.vertices[:, 1].min()) + 0.05 * body.scale
        assembly.pieces.append(buttons(body, cloth, 7, low, body.joint("left_shoulder")[1] - 0.015 * body.scale))
    if outfit.top == "dress":
        assembly.pieces.append(lay_skirt(body, SKIRT_CUTS["dress"], TORSO_END, DRESS_WAIST))
        _add_lining(body, assembly)
    return assembly.build(
        "top", cloth_material("top", outfit.top, outfit.top_colour, outfit.top_pattern, outfit.top_accent)
    )


def _is_tucked_hem(body: BodySurface, cloth: Cloth, loop: Indices, outfit: Outfit) -> bool:
    return _has_skirt(outfit) and abs(float(cloth.vertices[loop, 0].mean())) < 0.1 * body.scale


def _finish_neck(body: BodySurface, assembly: Assembly, cloth: Cloth, loop: Indices, outfit: Outfit) -> None:
    if outfit.top == "shirt":
        assembly.pieces.append(shirt_collar(body, cloth, loop))
        assembly.add_trim(cloth, loop, HEM, body.scale)
    elif outfit.top == "hoodie":
        assembly.add_trim(cloth, loop, HEM, body.scale)
        if outfit.outer == "none":
            assembly.pieces += [hood(body, cloth, loop), *drawstrings(body, cloth, loop)]
        else:
            assembly.add_trim(cloth, loop, band(0.03, 0.005), body.scale)
    else:
        assembly.add_trim(cloth, loop, band(0.022 if outfit.top == "sweater" else 0.016), body.scale)


def _points(part: MeshPart) -> Floats:
    return sampled(part.vertices.astype(np.float64), part.faces.astype(np.int64))


def _make_outer(body: BodySurface, outfit: Outfit, worn: Sequence[Floats]) -> MeshPart:
    """A jacket or coat, open over the points [P, 3] of what is ``worn`` under it."""
    cloth = lay_top(body, TOP_CUTS[outfit.outer])
    if outfit.outer == "coat":
        cloth = lengthened(body, cloth, np.concatenate(worn))
    if _has_skirt(outfit):
        cloth.clear_of(worn[0], 0.006 * body.scale)
    assembly = Assembly()
    assembly.add_cloth(cloth, top_panels(body, cloth))
    for loop in cloth.loops:
        if len(loop) == len(cloth.loops[0]):
            _add_lapel(body, assembly, cloth, loop)
        else:
            assembly.add_trim(cloth, loop, HEM, body.scale)
    return assembly.build(
        "outer", cloth_material("outer", outfit.outer, outfit.outer_colour, outfit.outer_pattern, outfit.outer_accent)
    )


def _add_lapel(body: BodySurface, assembly: Assembly, cloth: Cloth, loop: Indices) -> None:
    """A shawl collar along an open front; it narrows to a plain edge at the hem."""
    _, beyond = edge_frame(cloth, loop)
    height = cloth.vertices[loop, 1]
    width = 0.12 + 0.88 * smoothstep(body.joint("spine1")[1], body.joint("spine3")[1], height)
    assembly.add_trim(cloth, loop, LAPEL, body.scale, beyond * width[:, None])


def _is_neck(body: BodySurface, cloth: Cloth, loop: Indices) -> bool:
    middle = cloth.vertices[loop].mean(axis=0)
    wide = np.ptp(cloth.vertices[loop, 0]) > 0.08 * body.scale
    return bool(middle[1] > body.joint("spine3")[1] and abs(middle[0]) < 0.05 and wide)


def _make_bottom(body: BodySurface, outfit: Outfit, shoes: Sequence[Floats]) -> MeshPart:
    """Trousers or a skirt; long legs fall over the points [P, 3] of the ``shoes``."""
    assembly = Assembly()
    if outfit.bottom == "skirt":
        assembly.pieces.append(lay_skirt(body, SKIRT_CUTS["skirt"], 1.0, 0.0))
        _add_lining(body, assembly)
    else:
        cloth = lay_legs(body, LEG_CUTS[outfit.bottom], _waist(outfit))
        if shoes and outfit.bottom != "shorts":
            fall_over_shoes(body, cloth, shoes[0])
        assembly.add_cloth(cloth, leg_panels(body, cloth))
        down = np.array([0.0, -1.0, 0.0])
        for loop in cloth.loops:
            low = cloth.vertices[loop, 1].mean() < body.joint("left_hip")[1]
            if low and outfit.bottom in ("trousers", "jeans"):
                assembly.add_trim(cloth, loop, band(0.055, 0.001), body.scale, down)
            else:
                assembly.add_trim(cloth, loop, HEM, body.scale)
    return assembly.build(
        "bottom",
        cloth_material("bottom", outfit.bottom, outfit.bottom_colour, outfit.bottom_pattern, outfit.bottom_accent),
    )


def _add_lining(body: BodySurface, assembly: Assembly) -> None:
    """Short tights of the same cloth under a skirt."""
    lining = lay_legs(body, LEG_CUTS["lining"])
    assembly.add_cloth(lining, leg_panels(body, lining))

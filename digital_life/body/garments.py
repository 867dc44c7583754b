"""``dress``: the clothes of an outfit for one body, and the skin that they hide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.colour import mixed, parse_colour
from digital_life.body.garment_bottom import LEG_CUTS, SKIRT_CUTS, WAIST, SkirtCut, lay_legs, lay_skirt, legs_field
from digital_life.body.garment_fabric import cloth_textures, shoe_texture
from digital_life.body.garment_panels import TORSO_END, leg_panels, plain_panel, top_panels
from digital_life.body.garment_shoes import SHOE_CUTS, lay_sole, lay_uppers, shoes_field
from digital_life.body.garment_surface import ARM_JOINTS, BodySurface, Cloth, body_surface, reference_surface
from digital_life.body.garment_top import TOP_CUTS, TopCut, lay_top, top_field
from digital_life.body.garment_trim import HEM, Assembly, band
from digital_life.body.identity import Identity
from digital_life.persona.schema import Outfit

TUCK, OVERLAP = 0.04, 0.06
"""How far a top reaches into a skirt, and over trousers, metres on the reference body."""

SNEAKER_SOLE = (0.9, 0.89, 0.86)

HIDING_MARGIN = 0.02
"""Skin stays visible this far (metres on the reference body) inside a garment's edge."""


def dress(identity: Identity, outfit: Outfit) -> tuple[list[MeshPart], NDArray[np.bool_]]:
    """Clothes for one body, and which of its quads they hide [Q] (in the order of ``identity.quads("body")``)."""
    body = body_surface(identity)
    makers = [_make_top, _make_shoes] if outfit.top == "dress" else [_make_top, _make_bottom, _make_shoes]
    return [make(body, outfit) for make in makers], hidden_quads(outfit)


def hidden_quads(outfit: Outfit) -> NDArray[np.bool_]:
    """Body quads [Q] that lie well under a garment; the same for every identity."""
    reference = reference_surface()
    y, hip = reference.vertices[:, 1], reference.joint("left_hip")[1]
    cover = [top_field(reference, top_pattern(outfit)), shoes_field(reference, SHOE_CUTS[outfit.shoes])]
    if _has_skirt(outfit):
        waist = hip + _skirt(outfit).waist
        cover.append(np.minimum.reduce([waist - y, y - (hip - 0.10), 0.3 - reference.share(ARM_JOINTS)]))
    else:
        cover.append(legs_field(reference, LEG_CUTS[outfit.bottom], _waist(outfit) + 2 * HIDING_MARGIN))
    return reference.hidden(np.maximum.reduce(cover) - HIDING_MARGIN)


def top_pattern(outfit: Outfit) -> TopCut:
    """The top's pattern; it is tucked into a skirt."""
    pattern = TOP_CUTS[outfit.top]
    if not _has_skirt(outfit):
        return pattern
    return replace(pattern, hem=_skirt(outfit).waist - TUCK)


def _has_skirt(outfit: Outfit) -> bool:
    return outfit.top == "dress" or outfit.bottom == "skirt"


def _skirt(outfit: Outfit) -> SkirtCut:
    return SKIRT_CUTS["dress" if outfit.top == "dress" else "skirt"]


def _waist(outfit: Outfit) -> float:
    """Height of the trousers' waist on the reference body: hidden under the top, yet not far."""
    return min(WAIST, float(reference_surface().joint("left_hip")[1]) + TOP_CUTS[outfit.top].hem + OVERLAP)


def _cloth_material(name: str, garment: str, colour: str, roughness: float = 0.85) -> Material:
    texture, normal = cloth_textures(garment, parse_colour(colour))
    return Material(name, texture=texture, normal_texture=normal, roughness=roughness, double_sided=True)


def _make_top(body: BodySurface, outfit: Outfit) -> MeshPart:
    pattern = top_pattern(outfit)
    cloth = lay_top(body, pattern, tucked=_has_skirt(outfit))
    assembly = Assembly()
    assembly.add_cloth(cloth, top_panels(body, cloth))
    for loop in cloth.loops:
        rows = band(0.016) if _is_neck(body, cloth, loop) else HEM
        assembly.add_trim(cloth, loop, rows, body.scale)
    if outfit.top == "dress":
        assembly.pieces.append(lay_skirt(body, SKIRT_CUTS["dress"], TORSO_END, 0.45))
    return assembly.build("top", _cloth_material("top", outfit.top, outfit.top_colour))


def _is_neck(body: BodySurface, cloth: Cloth, loop: NDArray[np.int64]) -> bool:
    middle = cloth.vertices[loop].mean(axis=0)
    return bool(middle[1] > body.joint("spine3")[1] and abs(middle[0]) < 0.05)


def _make_bottom(body: BodySurface, outfit: Outfit) -> MeshPart:
    assembly = Assembly()
    if outfit.bottom == "skirt":
        assembly.pieces.append(lay_skirt(body, SKIRT_CUTS["skirt"], 1.0, 0.0))
    else:
        cloth = lay_legs(body, LEG_CUTS[outfit.bottom], _waist(outfit))
        assembly.add_cloth(cloth, leg_panels(body, cloth))
        down = np.array([0.0, -1.0, 0.0])
        for loop in cloth.loops:
            low = cloth.vertices[loop, 1].mean() < body.joint("left_hip")[1]
            if low and outfit.bottom == "trousers":
                assembly.add_trim(cloth, loop, band(0.055, 0.001), body.scale, down)
            else:
                assembly.add_trim(cloth, loop, HEM, body.scale)
    return assembly.build("bottom", _cloth_material("bottom", outfit.bottom, outfit.bottom_colour))


def _make_shoes(body: BodySurface, outfit: Outfit) -> MeshPart:
    pattern = SHOE_CUTS[outfit.shoes]
    uppers = lay_uppers(body, pattern)
    assembly = Assembly()
    assembly.add_cloth(uppers, plain_panel(uppers))
    for loop in uppers.loops:
        assembly.add_trim(uppers, loop, HEM, body.scale)
    assembly.pieces += [lay_sole(body, pattern, uppers, sign) for sign in (1, -1)]
    upper = parse_colour(outfit.shoe_colour)
    sole = SNEAKER_SOLE if outfit.shoes == "sneakers" else mixed(upper, (0.05, 0.045, 0.04), 0.75)
    texture = shoe_texture(upper, sole)
    return assembly.build("shoes", Material("shoes", texture=texture, roughness=0.55, double_sided=True))

"""``dress``: the clothes of an outfit for one body, and the skin that they hide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Material, MeshPart
from digital_life.body.colour import mixed, parse_colour
from digital_life.body.garment_bottom import LEG_CUTS, SKIRT_CUTS, WAIST, SkirtCut, lay_legs, lay_skirt, legs_field
from digital_life.body.garment_collar import LAPEL, buttons, shirt_collar
from digital_life.body.garment_fabric import cloth_textures, shoe_texture
from digital_life.body.garment_panels import TORSO_END, leg_panels, plain_panel, top_panels
from digital_life.body.garment_shoes import SHOE_CUTS, lay_sole, lay_uppers, shoes_field
from digital_life.body.garment_surface import (
    BodySurface,
    Cloth,
    Indices,
    body_surface,
    reference_surface,
    smoothstep,
)
from digital_life.body.garment_top import TOP_CUTS, TopCut, lay_top, top_field
from digital_life.body.garment_trim import HEM, Assembly, band, edge_frame
from digital_life.body.identity import Identity
from digital_life.persona.appearance import Outfit

TUCK, OVERLAP = 0.04, 0.06
"""How far a top reaches into a skirt, and over trousers, metres on the reference body."""

UNDERSHIRT = replace(TOP_CUTS["t_shirt"], sleeve=None, ease=0.003, hang=0.1, front_only=0.12)
SNEAKER_SOLE = (0.9, 0.89, 0.86)

HIDING_MARGIN = 0.02
"""Skin stays visible this far (metres on the reference body) inside a garment's edge."""


def dress(identity: Identity, outfit: Outfit) -> tuple[list[MeshPart], NDArray[np.bool_]]:
    """Clothes for one body, and which of its quads they hide [Q] (in the order of ``identity.quads("body")``)."""
    body = body_surface(identity)
    makers = [_make_top, _make_shoes] if top_kind(outfit) == "dress" else [_make_top, _make_bottom, _make_shoes]
    return [part for make in makers for part in make(body, outfit)], hidden_quads(outfit)


def top_kind(outfit: Outfit) -> str:
    """The pattern that is seen above the waist: an outer layer is cut as a jacket, a hoodie as a sweater."""
    if outfit.outer != "none" and outfit.top != "dress":
        return "jacket"
    return "sweater" if outfit.top == "hoodie" else outfit.top


def _leg_kind(outfit: Outfit) -> str:
    return "trousers" if outfit.bottom == "jeans" else outfit.bottom


def hidden_quads(outfit: Outfit) -> NDArray[np.bool_]:
    """Body quads [Q] that lie well under a garment; the same for every identity."""
    reference = reference_surface()
    hip = float(reference.joint("left_hip")[1])
    cover = [top_field(reference, top_pattern(outfit)), shoes_field(reference, SHOE_CUTS[outfit.shoes])]
    if TOP_CUTS[top_kind(outfit)].opening:
        cover.append(top_field(reference, UNDERSHIRT))
    if _has_skirt(outfit):
        waist = hip + _skirt(outfit).waist
        cover.append(legs_field(reference, LEG_CUTS["lining"], waist))
    else:
        cover.append(legs_field(reference, LEG_CUTS[_leg_kind(outfit)], _waist(outfit) + 2 * HIDING_MARGIN))
    return reference.hidden(np.maximum.reduce(cover) - HIDING_MARGIN)


def top_pattern(outfit: Outfit) -> TopCut:
    """The top's pattern; it is tucked into a skirt."""
    pattern = TOP_CUTS[top_kind(outfit)]
    if not _has_skirt(outfit):
        return pattern
    return replace(pattern, hem=_skirt(outfit).waist - TUCK)


def _has_skirt(outfit: Outfit) -> bool:
    return top_kind(outfit) == "dress" or outfit.bottom == "skirt"


def _skirt(outfit: Outfit) -> SkirtCut:
    return SKIRT_CUTS["dress" if top_kind(outfit) == "dress" else "skirt"]


def _waist(outfit: Outfit) -> float:
    """Height of the trousers' waist on the reference body: hidden under the top, yet not far."""
    top = UNDERSHIRT if TOP_CUTS[top_kind(outfit)].opening else TOP_CUTS[top_kind(outfit)]
    return min(WAIST, float(reference_surface().joint("left_hip")[1]) + top.hem + OVERLAP)


def _cloth_material(name: str, garment: str, colour: str, roughness: float = 0.85) -> Material:
    texture, normal = cloth_textures(garment, parse_colour(colour))
    return Material(
        name, texture=texture, normal_texture=normal, roughness=roughness, double_sided=True, shading="cloth"
    )


def _make_top(body: BodySurface, outfit: Outfit) -> list[MeshPart]:
    pattern = top_pattern(outfit)
    cloth = lay_top(body, pattern, tucked=_has_skirt(outfit))
    assembly = Assembly()
    assembly.add_cloth(cloth, top_panels(body, cloth))
    for loop in cloth.loops:
        if pattern.opening and len(loop) == len(cloth.loops[0]):
            _add_lapel(body, assembly, cloth, loop)
        elif top_kind(outfit) == "shirt" and _is_neck(body, cloth, loop):
            assembly.pieces.append(shirt_collar(body, cloth, loop))
            assembly.add_trim(cloth, loop, HEM, body.scale)
        elif top_kind(outfit) == "sweater":
            assembly.add_trim(cloth, loop, band(0.022 if _is_neck(body, cloth, loop) else 0.03), body.scale)
        else:
            assembly.add_trim(cloth, loop, band(0.016) if _is_neck(body, cloth, loop) else HEM, body.scale)
    if top_kind(outfit) == "shirt":
        low = float(cloth.vertices[:, 1].min()) + 0.05 * body.scale
        assembly.pieces.append(buttons(body, cloth, 7, low, body.joint("left_shoulder")[1] - 0.015 * body.scale))
    if top_kind(outfit) == "dress":
        assembly.pieces.append(lay_skirt(body, SKIRT_CUTS["dress"], TORSO_END, 0.45))
        _add_lining(body, assembly)
    colour = outfit.outer_colour if pattern.opening else outfit.top_colour
    top = assembly.build("top", _cloth_material("top", top_kind(outfit), colour))
    return [top, _make_undershirt(body, outfit)] if pattern.opening else [top]


def _add_lapel(body: BodySurface, assembly: Assembly, cloth: Cloth, loop: Indices) -> None:
    """A shawl collar along an open front; it narrows to a plain edge at the hem."""
    _, beyond = edge_frame(cloth, loop)
    height = cloth.vertices[loop, 1]
    width = 0.12 + 0.88 * smoothstep(body.joint("spine1")[1], body.joint("spine3")[1], height)
    assembly.add_trim(cloth, loop, LAPEL, body.scale, beyond * width[:, None])


def _make_undershirt(body: BodySurface, outfit: Outfit) -> MeshPart:
    """What shows of a plain shirt in the open front of a jacket."""
    cloth = lay_top(body, UNDERSHIRT, hem_room=0.003)
    assembly = Assembly()
    assembly.add_cloth(cloth, top_panels(body, cloth))
    for loop in cloth.loops:
        assembly.add_trim(cloth, loop, HEM, body.scale)
    return assembly.build("undershirt", _cloth_material("undershirt", "t_shirt", outfit.top_colour))


def _is_neck(body: BodySurface, cloth: Cloth, loop: Indices) -> bool:
    middle = cloth.vertices[loop].mean(axis=0)
    return bool(middle[1] > body.joint("spine3")[1] and abs(middle[0]) < 0.05)


def _make_bottom(body: BodySurface, outfit: Outfit) -> list[MeshPart]:
    assembly = Assembly()
    if outfit.bottom == "skirt":
        assembly.pieces.append(lay_skirt(body, SKIRT_CUTS["skirt"], 1.0, 0.0))
        _add_lining(body, assembly)
    else:
        cloth = lay_legs(body, LEG_CUTS[_leg_kind(outfit)], _waist(outfit))
        assembly.add_cloth(cloth, leg_panels(body, cloth))
        down = np.array([0.0, -1.0, 0.0])
        for loop in cloth.loops:
            low = cloth.vertices[loop, 1].mean() < body.joint("left_hip")[1]
            if low and _leg_kind(outfit) == "trousers":
                assembly.add_trim(cloth, loop, band(0.055, 0.001), body.scale, down)
            else:
                assembly.add_trim(cloth, loop, HEM, body.scale)
    return [assembly.build("bottom", _cloth_material("bottom", outfit.bottom, outfit.bottom_colour))]


def _add_lining(body: BodySurface, assembly: Assembly) -> None:
    """Short tights of the same cloth under a skirt."""
    lining = lay_legs(body, LEG_CUTS["lining"])
    assembly.add_cloth(lining, leg_panels(body, lining))


def _make_shoes(body: BodySurface, outfit: Outfit) -> list[MeshPart]:
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
    return [
        assembly.build("shoes", Material("shoes", texture=texture, roughness=0.55, double_sided=True, shading="cloth"))
    ]

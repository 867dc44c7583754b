"""``make_hair``: hair for one head in one of the styles."""

from __future__ import annotations

import numpy as np

from digital_life.body.character import MeshPart
from digital_life.body.colour import parse_colour
from digital_life.body.garment_surface import body_surface
from digital_life.body.hair_geometry import HairMesh, head_centre, shell
from digital_life.body.hair_locks import grow
from digital_life.body.hair_scalp import Obstacle, grow_roots
from digital_life.body.hair_styles import STYLES, extras, style_locks
from digital_life.body.hair_texture import strand_texture
from digital_life.body.identity import Identity
from digital_life.persona.appearance import HairStyle


def make_hair(identity: Identity, style: HairStyle, colour: str, seed: int = 0) -> list[MeshPart]:
    """Hair as one mesh part with an alpha-tested strand texture; none for ``bald``. The same seed gives the same hair."""
    if style == "bald":
        return []
    body, pattern = body_surface(identity), STYLES[style]
    mesh = HairMesh()
    mesh.add(shell(body, pattern.shell_height, pattern.stubble, pattern.lumps, seed))
    if pattern.count:
        roots = grow_roots(body, pattern.count, seed=7)
        obstacle = Obstacle(body, clothes=0.022)
        locks, guard, lowest = style_locks(body, roots, pattern, np.random.default_rng(seed))
        mesh.add_cards(grow(locks, obstacle, head_centre(body), guard, lowest), locks, body)
    extras(mesh, body, pattern, np.random.default_rng(seed + 1))
    return [mesh.build(body, strand_texture(parse_colour(colour)))]

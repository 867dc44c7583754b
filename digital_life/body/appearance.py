"""From a persona's appearance to a dressed ``Character``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.eyes import make_eyes
from digital_life.body.garments import dress
from digital_life.body.glasses import make_glasses
from digital_life.body.hair import make_hair
from digital_life.body.identity import Identity, make_identity
from digital_life.body.mouth import make_mouth
from digital_life.body.skin import body_texture, head_texture
from digital_life.body.surface import cut_part
from digital_life.motion.skeleton import Skeleton
from digital_life.persona.appearance import Appearance
from digital_life.persona.looks.keywords import described

SKIN_ROUGHNESS = 0.62


def build_character(name: str, appearance: Appearance) -> Character:
    """Body, skin, eyes, mouth, lashes, clothes and hair of an appearance (about a second).

    The parts ``head``, ``mouth`` and ``lashes`` carry the face's morph targets. ``Character.skeleton.floor`` is the
    sole of the shoes.

    Raises:
        InputError: a colour is not written as #rrggbb.
        AssetError: the body data are missing or damaged.
    """
    appearance = described(appearance)
    identity = make_identity(appearance)
    garments, hidden = dress(identity, appearance.outfit)
    parts = [
        *_skin(identity, appearance, hidden),
        make_eyes(identity, appearance.eyes, appearance.face_seed),
        make_mouth(identity),
        _lashes(identity),
        *garments,
        *make_hair(identity, appearance.hair, appearance.hair_colour, appearance.face_seed),
    ]
    if appearance.glasses != "none":
        parts.append(make_glasses(identity))
    floor = min(float(part.vertices[:, 1].min()) for part in parts)
    return Character(name, Skeleton(identity.joints, floor), tuple(parts), jaw_open=identity.mesh.jaw_angle)


def _skin(identity: Identity, appearance: Appearance, hidden: NDArray[np.bool_]) -> list[MeshPart]:
    """Head and visible rest of the body; they meet at a texture seam with equal normals."""
    quads, uv_quads = identity.quads("body"), identity.uv_quads("body")
    head = identity.mesh.head_quads
    rest = ~head & ~hidden
    head_material = Material(
        "head", texture=head_texture(identity.mesh, appearance), roughness=SKIN_ROUGHNESS, shading="skin"
    )
    body_material = Material(
        "skin", texture=body_texture(identity.mesh, appearance), roughness=SKIN_ROUGHNESS, shading="skin"
    )
    return [
        cut_part(identity, "head", head_material, quads[head], uv_quads[head], face_keys=True),
        cut_part(identity, "skin", body_material, quads[rest], uv_quads[rest]),
    ]


def _lashes(identity: Identity) -> MeshPart:
    groups = ("helper-l-eyelashes-2", "helper-r-eyelashes-2")
    quads = np.concatenate([identity.quads(group) for group in groups])
    uv_quads = np.concatenate([identity.uv_quads(group) for group in groups])
    material = Material("lashes", colour=(0.07, 0.05, 0.045), roughness=1.0, double_sided=True)
    return cut_part(identity, "lashes", material, quads, uv_quads, face_keys=True)

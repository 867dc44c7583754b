"""From a persona's appearance to a dressed ``Character``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.body.asset_store import wear
from digital_life.body.beard import BEARDS, make_beard
from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.clearance import kept_apart
from digital_life.body.corrective_skin import with_correctives
from digital_life.body.eyes import make_eyes
from digital_life.body.garment_hats import make_hat
from digital_life.body.garment_surface import body_surface
from digital_life.body.garments import dress
from digital_life.body.glasses import make_glasses
from digital_life.body.hair import make_hair
from digital_life.body.identity import Identity, make_identity
from digital_life.body.kept_characters import kept_character
from digital_life.body.lashes import make_lashes
from digital_life.body.layers import moving_together, without_covered
from digital_life.body.mouth import make_mouth
from digital_life.body.skin import body_texture, hair_tint, head_texture
from digital_life.body.skin_detail import head_normals
from digital_life.body.surface import cut_part
from digital_life.motion.skeleton import Skeleton
from digital_life.persona.appearance import Appearance
from digital_life.persona.looks.keywords import described

SKIN_ROUGHNESS = 0.62


def build_character(name: str, appearance: Appearance) -> Character:
    """Body, skin, eyes, mouth, lashes, clothes and hair of an appearance: made once (seconds), and kept on disk (0.1 s).

    The parts ``head``, ``mouth``, ``lashes`` and ``beard`` carry the face's morph targets. ``Character.skeleton.floor`` is the
    sole of the shoes.

    Raises:
        InputError: a colour is not written as #rrggbb, or an asset that it names was not added.
        AssetError: the body data are missing or damaged.
    """
    appearance = described(appearance)
    return replace(kept_character(appearance, lambda: _made(name, appearance)), name=name)


def fresh_character(name: str, appearance: Appearance) -> Character:
    """As ``build_character``, made anew whatever is kept."""
    return _made(name, described(appearance))


def _made(name: str, appearance: Appearance) -> Character:
    identity = make_identity(appearance)
    own, hidden_by_own, replaced = wear(identity, appearance.outfit.assets)
    garments, hidden = dress(identity, appearance.outfit, replaced)
    hidden |= hidden_by_own
    parts = [
        *without_covered(moving_together([*_skin(identity, appearance, hidden), *garments])),
        make_eyes(identity, appearance.eyes, appearance.face_seed),
        make_mouth(identity),
        make_lashes(identity),
        *own,
        *_on_the_head(identity, appearance, replaced, [*garments, *own]),
    ]
    floor = min(float(part.vertices[:, 1].min()) for part in parts)
    skeleton = Skeleton(identity.joints, floor)
    parts = kept_apart(with_correctives(parts, identity), skeleton)
    return Character(name, skeleton, tuple(parts), jaw_open=identity.mesh.jaw_angle)


def _on_the_head(
    identity: Identity, appearance: Appearance, replaced: Collection[str], clothes: Sequence[MeshPart]
) -> list[MeshPart]:
    """Hair, beard, hat and glasses."""
    outfit = appearance.outfit
    hat = "none" if "hat" in replaced else outfit.hat
    if appearance.hair_asset is not None:
        parts = wear(identity, [appearance.hair_asset])[0]
    elif "hair" in replaced:
        parts = []
    else:
        colour, seed = appearance.hair_colour, appearance.face_seed
        parts = make_hair(identity, appearance.hair, colour, seed, clothes=clothes, hat=hat)
    if appearance.facial_hair in BEARDS:
        parts.append(make_beard(identity, appearance.facial_hair, hair_tint(appearance), appearance.face_seed))
    if hat != "none":
        parts.append(make_hat(body_surface(identity), hat, outfit.hat_colour))
    if appearance.glasses != "none":
        parts += make_glasses(identity, appearance.glasses)
    return parts


def _skin(identity: Identity, appearance: Appearance, hidden: NDArray[np.bool_]) -> list[MeshPart]:
    """Head and visible rest of the body; they meet at a texture seam with equal normals."""
    quads, uv_quads = identity.quads("body"), identity.uv_quads("body")
    head = identity.mesh.head_quads
    rest = ~head & ~hidden
    head_material = Material(
        "head",
        texture=head_texture(identity.mesh, appearance),
        normal_texture=head_normals(identity.mesh, appearance),
        roughness=SKIN_ROUGHNESS,
        shading="skin",
    )
    body_material = Material(
        "skin", texture=body_texture(identity.mesh, appearance), roughness=SKIN_ROUGHNESS, shading="skin"
    )
    return [
        cut_part(identity, "head", head_material, quads[head], uv_quads[head], face_keys=True),
        cut_part(identity, "skin", body_material, quads[rest], uv_quads[rest]),
    ]

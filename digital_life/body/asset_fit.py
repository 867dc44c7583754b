"""Fit an asset to one body: place, weights, face keys, and the skin that it hides."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digital_life.body.asset_format import DECIMETRE, Asset
from digital_life.body.character import Material, MeshPart
from digital_life.body.garment_surface import Floats
from digital_life.body.garment_trim import strongest_four
from digital_life.body.identity import Identity
from digital_life.body.normals import vertex_normals, weld_map
from digital_life.body.surface import blended_morphs
from digital_life.errors import AssetError, InputError
from digital_life.motion.skeleton import JOINT_COUNT

POSE_FILE = Path(__file__).parent / "data" / "asset_pose.npz"
TEXTURE_SIZE = 512
"""Larger textures of assets are reduced to this, so that characters stay small."""


@lru_cache(maxsize=1)
def _turns() -> Floats:
    """[N, 3, 3] rotation of every base vertex's surroundings from MakeHuman's A-pose to the T-pose.

    Raises:
        AssetError: the file is missing or damaged.
    """
    try:
        with np.load(POSE_FILE) as file:
            return np.asarray(file["turn"], np.float64)
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise AssetError(
            f"{POSE_FILE}: the body data are missing or damaged ({error})",
            "reinstall the package, or run: python tools/build_body.py",
        ) from error


def place(asset: Asset, identity: Identity) -> Floats:
    """Vertices [V, 3] of the asset on a body at rest (T-pose), metres.

    MakeHuman places them in its A-pose; offsets are turned along with the skin below, and measures are taken in the
    A-pose by turning them back.
    """
    body, turns = identity.vertices.astype(np.float64), _turns()
    size = np.ones(3)
    for axis, (first, second, full) in asset.scales.items():
        apart = (turns[first] + turns[second]).T / 2 @ (body[first] - body[second])
        size[axis] = abs(apart[axis]) / (full * DECIMETRE)
    turn = np.einsum("vk,vkab->vab", asset.share / asset.share.sum(axis=1, keepdims=True), turns[asset.corners])
    on_skin = np.einsum("vk,vka->va", asset.share, body[asset.corners])
    return np.asarray(on_skin + np.einsum("vab,vb->va", turn, asset.offset * DECIMETRE * size))


def fit_asset(asset: Asset, identity: Identity, name: str) -> MeshPart:
    """The asset as a part named ``name``; a vertex is split where its texture coordinates differ.

    Raises:
        InputError: a texture is no picture.
    """
    pairs, inverse = np.unique(
        np.stack([asset.faces.reshape(-1), asset.uv_faces.reshape(-1)], axis=1), axis=0, return_inverse=True
    )
    source, faces = pairs[:, 0], inverse.reshape(-1, 3)
    vertices = place(asset, identity)[source].astype(np.float32)
    corners, share = asset.corners[source], asset.share[source]
    joints, weights = strongest_four(_weights(identity, corners, share))
    normals = vertex_normals(vertices, faces, weld_map(vertices))
    normals[np.linalg.norm(normals, axis=1) < 0.5] = (0.0, 1.0, 0.0)
    return MeshPart(
        name=name,
        vertices=vertices,
        normals=normals,
        faces=faces.astype(np.uint32),
        joints=joints,
        weights=weights,
        material=_material(asset, name),
        uv=(asset.uv[pairs[:, 1]] * [1, -1] + [0, 1]).astype(np.float32),
        morphs=blended_morphs(identity, corners, share),
    )


def hidden_by(asset: Asset, identity: Identity) -> NDArray[np.bool_]:
    """Body quads [Q] all of whose corners the asset deletes."""
    deleted = np.zeros(len(identity.vertices), bool)
    deleted[asset.deleted] = True
    return np.asarray(deleted[identity.quads("body")].all(axis=1))


def _weights(identity: Identity, corners: NDArray[np.int64], share: Floats) -> Floats:
    """[V, 55] skin weights of the base vertices, mixed; negative shares pull nothing."""
    dense = np.zeros((len(identity.vertices), JOINT_COUNT))
    np.add.at(dense, (np.arange(len(dense))[:, None], identity.weight_index), identity.weight_value)
    mixed = np.einsum("vk,vkj->vj", np.maximum(share, 0), dense[corners])
    return np.asarray(mixed / np.maximum(mixed.sum(axis=1, keepdims=True), 1e-9))


def _material(asset: Asset, name: str) -> Material:
    material = asset.material
    texture = None if material.texture is None else _picture(material.texture, "RGBA")
    cutoff = None
    if texture is not None:
        if material.transparent and (texture[..., 3] < 250).any():
            cutoff = 0.4
        else:
            texture = np.ascontiguousarray(texture[..., :3])
    return Material(
        name,
        colour=(1.0, 1.0, 1.0) if texture is not None else material.colour,
        texture=texture,
        normal_texture=None if material.normal_texture is None else _picture(material.normal_texture, "RGB"),
        roughness=0.8,
        double_sided=True,
        alpha_cutoff=cutoff,
        shading="cloth",
    )


def _picture(path: Path, mode: str) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as image:
            image.thumbnail((TEXTURE_SIZE, TEXTURE_SIZE))
            return np.asarray(image.convert(mode), np.uint8)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: this texture cannot be read ({error})", "replace it by a PNG or JPEG file"
        ) from error

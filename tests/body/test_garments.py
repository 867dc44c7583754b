"""Clothes: sound geometry, and no skin that shows through, at rest and in motion."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest
from scipy.spatial import cKDTree

from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.garments import dress
from digital_life.body.identity import Identity, make_identity
from digital_life.body.skinning import pose_parts
from digital_life.motion.quaternion import from_axis_angle
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton
from digital_life.persona.appearance import Appearance, Outfit

PEOPLE = {
    "slim woman": Appearance(age=24, gender=0.95, build=0.1, height_cm=158),
    "strong man": Appearance(age=35, gender=0.0, muscle=0.9, height_cm=190),
    "heavy old man": Appearance(age=85, gender=0.05, build=1.0, height_cm=172),
    "small old woman": Appearance(age=90, gender=1.0, build=0.4, height_cm=145),
}
OUTFITS = {
    "t_shirt": Outfit(top="t_shirt", bottom="trousers", shoes="sneakers"),
    "shirt": Outfit(top="shirt", bottom="shorts", shoes="boots"),
    "sweater": Outfit(top="sweater", bottom="skirt", shoes="shoes"),
    "hoodie": Outfit(top="hoodie", bottom="jeans", shoes="sneakers"),
    "tank": Outfit(top="tank", bottom="trousers", shoes="boots"),
    "jacket": Outfit(top="shirt", outer="jacket", bottom="jeans", shoes="shoes"),
    "coat": Outfit(top="sweater", outer="coat", bottom="trousers", shoes="boots"),
    "dress": Outfit(top="dress", shoes="shoes"),
    "dress and coat": Outfit(top="dress", outer="coat", shoes="shoes"),
}
PAIRS = [(name, outfit) for i, name in enumerate(PEOPLE) for j, outfit in enumerate(OUTFITS) if (i + j) % 2 == 0]
"""Every outfit on two bodies, every body in half of the outfits."""
ARMS_DOWN = {"left_shoulder": (0, 0, -1.15), "right_shoulder": (0, 0, 1.15)}
POSES: dict[str, dict[str, tuple[float, float, float]]] = {
    "rest": {},
    "standing": ARMS_DOWN,
    "seated": ARMS_DOWN
    | {"left_hip": (-1.5, 0, 0), "right_hip": (-1.5, 0, 0), "left_knee": (1.5, 0, 0), "right_knee": (1.5, 0, 0)},
    "walking": ARMS_DOWN
    | {"left_hip": (-0.5, 0, 0), "right_hip": (0.35, 0, 0), "left_knee": (0.2, 0, 0), "right_knee": (0.5, 0, 0)},
    "arms raised": {
        "left_shoulder": (0, 0, 1.1),
        "right_shoulder": (0, 0, -1.1),
        "left_collar": (0, 0, 0.2),
        "right_collar": (0, 0, -0.2),
    },
    "turned": ARMS_DOWN | {f"spine{k}": (0.12, 0.2, 0.05) for k in (1, 2, 3)} | {"right_elbow": (0, 1.9, 0)},
}


@cache
def person(name: str) -> Identity:
    return make_identity(PEOPLE[name])


@cache
def dressed(name: str, outfit: str) -> tuple[tuple[MeshPart, ...], np.ndarray]:
    parts, hidden = dress(person(name), OUTFITS[outfit])
    return tuple(parts), hidden


def skin_part(identity: Identity) -> MeshPart:
    quads = identity.quads("body")
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.uint32)
    joints, weights = identity.weight_index, identity.weight_value
    return MeshPart("skin", identity.vertices, identity.normals, faces, joints, weights, Material("skin"))


def rotations(pose: dict[str, tuple[float, float, float]]) -> np.ndarray:
    turns = np.zeros((JOINT_COUNT, 3))
    for joint, turn in pose.items():
        turns[JOINT_INDEX[joint]] = turn
    return np.asarray(from_axis_angle(turns), dtype=np.float32)


@pytest.mark.parametrize(("name", "outfit"), PAIRS)
def test_every_garment_is_sound_geometry(name: str, outfit: str) -> None:
    parts, hidden = dressed(name, outfit)
    assert hidden.shape == (len(person(name).quads("body")),)
    assert 0.15 < hidden.mean() < 0.6
    for part in parts:
        assert np.isfinite(part.vertices).all()
        assert part.faces.max() < len(part.vertices)
        np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1, atol=1e-3)
        np.testing.assert_allclose(part.weights.sum(axis=1), 1, atol=1e-5)
        assert part.uv is not None
        assert part.uv.shape == (len(part.vertices), 2)
        assert np.isfinite(part.uv).all()
        assert part.material.texture is not None
    assert sum(len(part.faces) for part in parts) < 15_500


@pytest.mark.parametrize(("name", "outfit"), PAIRS)
def test_no_skin_shows_through(name: str, outfit: str) -> None:
    """Of the visible skin right under cloth, hardly a point stands out of it by more than a millimetre."""
    identity, (parts, hidden) = person(name), dressed(name, outfit)
    character = Character(name, Skeleton(identity.joints, identity.floor), (skin_part(identity), *parts))
    visible = np.unique(identity.quads("body")[~hidden])
    for title, pose in POSES.items():
        surfaces = pose_parts(character, rotations(pose), np.zeros(3, np.float32))
        skin, skin_normals = (array[visible] for array in surfaces[0])
        cloth = np.concatenate([vertices for vertices, _ in surfaces[1:]])
        normals = np.concatenate([n for _, n in surfaces[1:]])
        distance, nearest = cKDTree(cloth).query(skin)
        offset = skin - cloth[nearest]
        height = (offset * normals[nearest]).sum(axis=1)
        beside = np.sqrt(np.maximum(distance**2 - height**2, 0))
        same_way = (skin_normals * normals[nearest]).sum(axis=1) > 0.3
        under = (beside < 0.008) & (np.abs(height) < 0.03) & same_way
        through = under & (height > 0.001)
        assert through.sum() < 0.01 * len(visible), f"{title}: {through.sum()} of {under.sum()} points near the cloth"


@pytest.mark.parametrize("name", PEOPLE)
def test_the_top_falls_outside_the_trousers(name: str) -> None:
    (top, bottom, *_), _ = dressed(name, "t_shirt")
    covered = bottom.vertices[bottom.vertices[:, 1] > top.vertices[:, 1].min() + 0.02]
    offset = covered[:, None] - top.vertices[cKDTree(top.vertices).query(covered, k=6)[1]]
    middle = np.array([0.0, 0.0, bottom.vertices[:, 2].mean()])
    outward = (covered - middle) * [1, 0, 1]
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    height = np.einsum("pka,pa->pk", offset, outward).min(axis=1)  # over the outermost cloth nearby
    assert (height > 0).mean() < 0.01


def test_shoes_stand_lower_than_bare_feet_and_flat() -> None:
    identity = person("strong man")
    shoes = dressed("strong man", "t_shirt")[0][-1]
    low = shoes.vertices[:, 1].min()
    assert 0.01 < identity.floor - low < 0.04
    assert (shoes.vertices[:, 1] < low + 1e-4).sum() > 40


def test_a_second_outfit_takes_less_than_a_second() -> None:
    dress(person("slim woman"), OUTFITS["jacket"])
    start = time.process_time()
    dress(person("strong man"), OUTFITS["jacket"])
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize("bottom", ["trousers", "jeans"])
def test_trousers_fall_outside_of_the_heels_of_shoes(bottom: str) -> None:
    identity = make_identity(Appearance(age=35, gender=0.2))
    parts, _ = dress(identity, Outfit(bottom=bottom, shoes="sneakers"))
    named = {part.name: part.vertices.astype(float) for part in parts}
    legs, shoes = named["bottom"], named["shoes"]
    for sign in (1, -1):
        leg, shoe = legs[legs[:, 0] * sign > 0], shoes[shoes[:, 0] * sign > 0]
        hem = leg[leg[:, 1] < leg[:, 1].min() + 0.03]
        assert hem[:, 2].min() < shoe[shoe[:, 1] > leg[:, 1].min(), 2].min()

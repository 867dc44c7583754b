"""Layers of clothes: hidden cloth is left out, what shows stays, and hems move with what they lie on."""

from __future__ import annotations

import numpy as np
import pytest

from digital_life.body.appearance import build_character
from digital_life.body.character import Character, MeshPart
from digital_life.body.garments import dress
from digital_life.body.identity import make_identity
from digital_life.body.layers import moving_together, without_covered
from digital_life.evaluate.cloth_penetration import ClothProbe
from digital_life.evaluate.everyday_poses import everyday_poses
from digital_life.motion.skeleton import Skeleton
from digital_life.persona.appearance import Appearance, Outfit

WORN = Appearance(gender=0, build=0.6, outfit=Outfit(top="hoodie", bottom="jeans"))


@pytest.fixture(scope="module")
def plain() -> Character:
    """Dressed, as the garments were cut."""
    identity = make_identity(WORN)
    garments, _ = dress(identity, WORN.outfit)
    return Character("plain", Skeleton(identity.joints, identity.floor), tuple(garments))


def part(parts: tuple[MeshPart, ...] | list[MeshPart], name: str) -> MeshPart:
    return next(p for p in parts if p.name == name)


def test_only_what_is_well_under_the_top_is_left_out(plain: Character) -> None:
    before, after = part(plain.parts, "bottom"), part(without_covered(plain.parts), "bottom")
    assert 0.7 * len(before.faces) < len(after.faces) < len(before.faces)
    hem = part(plain.parts, "top").vertices[:, 1].min()
    assert (after.vertices[:, 1] > hem).sum() < 0.8 * (before.vertices[:, 1] > hem).sum()
    below = before.vertices[:, 1] < hem
    assert (after.vertices[:, 1] < hem).sum() == below.sum()
    assert len(part(without_covered(plain.parts), "top").faces) == len(part(plain.parts, "top").faces)


def test_fewer_points_come_through_in_everyday_poses() -> None:
    worn = Appearance(gender=0, build=0.6, outfit=Outfit(top="sweater", outer="jacket", bottom="jeans"))
    identity = make_identity(worn)
    garments, _ = dress(identity, worn.outfit)

    def pierced(parts: list[MeshPart]) -> int:
        probe = ClothProbe(Character("", Skeleton(identity.joints, identity.floor), tuple(parts)))
        poses = [pose for name, pose in everyday_poses() if name.startswith(("sit", "bow"))]
        return sum(int((probe.depths(pose)["bottom/top"] > 0.002).sum()) for pose in poses)

    assert pierced(without_covered(moving_together(garments))) < 0.5 * pierced(garments)


def test_weights_stay_weights() -> None:
    for worn in build_character("whole", WORN).parts:
        assert np.allclose(worn.weights.sum(axis=1), 1, atol=1e-4), worn.name
        assert worn.faces.max() < len(worn.vertices)

"""Layers stay apart when bodies bend: what comes through is drawn in, and coats fall over what is worn below them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digital_life.body.appearance import build_character
from digital_life.body.character import Character, MeshPart
from digital_life.body.clearance import MOST_AT_REST, OVER_RIM, SEATED, SKIN, kept_apart
from digital_life.body.corrective_skin import with_correctives
from digital_life.body.cover import cover, heights
from digital_life.body.garments import dress
from digital_life.body.identity import make_identity
from digital_life.body.layers import moving_together, without_covered
from digital_life.body.skinning import PosedCharacter
from digital_life.evaluate.cloth_penetration import ClothProbe
from digital_life.evaluate.everyday_poses import everyday_poses
from digital_life.motion.quaternion import from_axis_angle
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton
from digital_life.persona.appearance import Appearance, Outfit
from digital_life.persona.random_appearance import random_appearance

WORN = Appearance(age=60, gender=0.2, build=0.8, outfit=Outfit(top="sweater", outer="coat", bottom="skirt"))


def layered(appearance: Appearance) -> tuple[list[MeshPart], Skeleton]:
    identity = make_identity(appearance)
    garments, _ = dress(identity, appearance.outfit)
    parts = with_correctives(without_covered(moving_together(garments)), identity)
    return parts, Skeleton(identity.joints, identity.floor)


@pytest.fixture(scope="module")
def before() -> tuple[list[MeshPart], Skeleton]:
    return layered(WORN)


@pytest.fixture(scope="module")
def after(before: tuple[list[MeshPart], Skeleton]) -> list[MeshPart]:
    return kept_apart(*before)


def pierced(parts: list[MeshPart], skeleton: Skeleton, kind: str) -> int:
    probe = ClothProbe(Character("", skeleton, tuple(parts)))
    poses = [pose for name, pose in everyday_poses() if name.startswith(kind)][::3]
    return sum(int((d > 0.002).sum()) for pose in poses for d in probe.depths(pose).values())


@pytest.mark.parametrize("kind", ["sit", "bow", "walk"])
def test_less_comes_through_in_poses_that_it_was_not_made_for(
    before: tuple[list[MeshPart], Skeleton], after: list[MeshPart], kind: str
) -> None:
    parts, skeleton = before
    was = pierced(parts, skeleton, kind)
    assert was > 3
    assert pierced(after, skeleton, kind) <= 0.2 * was


def test_at_rest_nothing_moves_far_and_the_outermost_not_at_all(
    before: tuple[list[MeshPart], Skeleton], after: list[MeshPart]
) -> None:
    for old, new in zip(before[0], after, strict=True):
        moved = np.linalg.norm(new.vertices - old.vertices, axis=1)
        assert moved.max() <= MOST_AT_REST + 1e-6, old.name
        assert np.array_equal(new.faces, old.faces)
        if old.name == "outer":
            assert moved.max() == 0


def test_what_nothing_covers_all_but_stays_at_rest_and_seated(
    before: tuple[list[MeshPart], Skeleton], after: list[MeshPart]
) -> None:
    parts, skeleton = before
    turns = np.zeros((JOINT_COUNT, 3))
    for joint, turn in SEATED[1].items():
        turns[JOINT_INDEX[joint]] = turn
    drawn_in = 0
    for pose in (np.zeros_like(turns), turns):
        rotations, still = from_axis_angle(pose).astype(np.float32), np.zeros(3, np.float32)
        old, new = (
            PosedCharacter(Character("", skeleton, tuple(worn))).pose(rotations, still) for worn in (parts, after)
        )
        for k, part in enumerate(parts):
            bare = np.ones(len(part.vertices), bool)
            for other in parts:
                if other is not part:
                    bare[cover(part, other, level=OVER_RIM).points] = False
            moved = np.linalg.norm(new[k][0] - old[k][0], axis=1)
            assert moved[bare].max(initial=0) < (0.001 if part.name in SKIN else 0.003), part.name
            drawn_in += int((moved > 0.003).sum())
    assert drawn_in > 20


def test_over_a_crease_lies_what_is_between_its_sides_and_not_what_is_beyond_its_end() -> None:
    ridge = np.array([[0, 0, 0], [0, 0, 1], [-1, -1, 0], [-1, -1, 1], [1, -1, 0], [1, -1, 1]], float)
    sides = np.array([[0, 3, 1], [0, 2, 3], [0, 1, 5], [0, 5, 4]])
    points = np.array([[0, 0.1, 0.5], [0.03, 0.1, 0.5], [0, -0.1, 0.5], [0, 0.1, -0.2], [0.5, -0.5, 0.5]])
    height, across = heights(points, ridge, np.tile(sides, (len(points), 1, 1)))
    assert np.allclose(height[:3], [0.1, np.hypot(0.03, 0.1), -0.1 / np.sqrt(2)])
    assert height[3] == -np.inf and height[4] == pytest.approx(0, abs=1e-9)
    assert np.allclose(across[0], [0, 1, 0])


def test_a_single_garment_is_left_as_it_is(before: tuple[list[MeshPart], Skeleton]) -> None:
    parts, skeleton = before
    alone = [replace(parts[0])]
    assert kept_apart(alone, skeleton)[0] is alone[0]


@pytest.mark.parametrize("seed", [74, 165])
def test_folds_in_the_lap_do_not_lift_a_skirt_through_a_coat(seed: int) -> None:
    """Nor do its own points that are drawn in take along what lies around them, out on the other side (165)."""
    probe = ClothProbe(build_character("coat over skirt", random_appearance(seed)))
    seats = [pose for name, pose in everyday_poses() if name.startswith("sit")][1:4]
    assert max(probe.seen(pose, 0.002)["bottom/outer"].max() for pose in seats) == 0


def test_a_childs_thighs_are_not_drawn_through_the_back_of_its_dress() -> None:
    probe = ClothProbe(build_character("dress", random_appearance(154)))
    seats = [pose for name, pose in everyday_poses() if name.startswith("sit")][1:4]
    assert max(probe.seen(pose, 0.002)["skin/top"].max() for pose in seats) == 0


@pytest.mark.parametrize(("seed", "pair", "pose"), [(102, "shoes/bottom", "walk 7"), (167, "skin/top", "hug 10")])
def test_neither_shoes_at_hems_nor_shoulders_at_collars_come_through(seed: int, pair: str, pose: str) -> None:
    probe = ClothProbe(build_character(str(seed), random_appearance(seed)))
    assert probe.seen(dict(everyday_poses())[pose], 0.0005)[pair].max() == 0


@pytest.mark.parametrize(
    "outfit", [Outfit(top="sweater", bottom="shorts", outer="coat"), Outfit(top="dress", outer="coat")]
)
def test_a_coat_hangs_to_the_knees_outside_of_what_is_under_it(outfit: Outfit) -> None:
    worn = Appearance(age=75, gender=0.95, build=0.4, outfit=outfit)
    parts, _ = layered(worn)
    named = {part.name: part for part in parts}
    coat, inner = named["outer"], named["top" if outfit.top == "dress" else "bottom"]
    knee = make_identity(worn).joints[4, 1]
    assert knee < coat.vertices[:, 1].min() < knee + 0.12
    under = cover(inner, coat)
    below = under.points[inner.vertices[under.points, 1] < knee + 0.25]
    assert len(below) > 20
    height, _ = heights(inner.vertices[under.points].astype(float), coat.vertices.astype(float), under.triangles)
    assert height.max() < 0.003

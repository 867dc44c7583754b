"""The measures of bodies and clothes find the faults they are made for, and none where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from digital_life.body.appearance import build_character
from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.cover import closest_points
from digital_life.body.identity import Identity, make_identity
from digital_life.evaluate.bench_appearance import Findings, appearance, examine
from digital_life.evaluate.cloth_penetration import ClothProbe
from digital_life.evaluate.everyday_poses import everyday_poses
from digital_life.evaluate.mesh_soundness import limb_overlap, soundness, spikes
from digital_life.motion.skeleton import JOINT_COUNT, Skeleton
from digital_life.persona.appearance import Appearance
from digital_life.persona.random_appearance import random_appearance

REST = np.tile(np.array([1, 0, 0, 0], np.float32), (JOINT_COUNT, 1))


@pytest.fixture(scope="module")
def dressed() -> Character:
    return build_character("Ada", Appearance(face_seed=3))


@pytest.fixture(scope="module")
def identity() -> Identity:
    return make_identity(Appearance(face_seed=3))


def test_a_sound_body_has_no_faults_and_a_turned_ear_has(identity: Identity, dressed: Character) -> None:
    assert soundness(identity, dressed) == replace(soundness(identity, dressed), inverted=0, spiky=0)
    broken = identity.vertices.copy()
    head = np.unique(identity.quads("body")[identity.mesh.head_quads])
    ear = int(head[np.argmax(broken[head, 0])])
    broken[ear] += [0.1, 0, 0]
    found = soundness(Identity(broken, identity.joints, identity.mesh), dressed)
    assert found.spiky > 2
    mirrored = identity.vertices.copy()
    near = np.linalg.norm(mirrored - mirrored[ear], axis=1) < 0.01
    mirrored[near, 0] = 2 * mirrored[ear, 0] - 0.02 - mirrored[near, 0]
    assert soundness(Identity(mirrored, identity.joints, identity.mesh), dressed).inverted > 2


@pytest.mark.parametrize("seed", [4, 75, 90, 95])
def test_corners_of_mouths_nostrils_and_toes_are_not_turned_over(seed: int) -> None:
    """Four of those whose sliders alone turn triangles over, once in each of these places."""
    odd = make_identity(random_appearance(seed))
    found = soundness(odd, Character("", Skeleton(odd.joints, odd.floor), ()))
    assert (found.inverted, found.spiky) == (0, 0)


def test_a_leg_in_the_other_is_measured(identity: Identity) -> None:
    crossed = identity.vertices.copy()
    low = crossed[:, 1] < identity.joints[4, 1]
    crossed[low & (crossed[:, 0] > 0), 0] -= 0.19
    assert limb_overlap(identity.vertices) < 0.005
    assert limb_overlap(crossed) > 0.01


def test_a_spike_in_cloth_is_found() -> None:
    x, z = np.meshgrid(np.linspace(0, 0.1, 6), np.linspace(0, 0.1, 6))
    points = np.stack([x, 0 * x, z], axis=-1).reshape(-1, 3).astype(np.float32)
    first = (np.arange(5)[:, None] * 6 + np.arange(5)).reshape(-1, 1)
    quads = first + np.array([0, 1, 7, 6])
    faces = np.concatenate([quads[:, [0, 2, 1]], quads[:, [0, 3, 2]]]).astype(np.uint32)
    zeros = np.zeros((36, 4), np.uint8)
    flat = MeshPart("top", points, np.zeros_like(points), faces, zeros, zeros.astype(np.float32), Material("top"))
    spiked = points.copy()
    spiked[14, 1] = 0.2
    assert (spikes(flat), spikes(replace(flat, vertices=spiked))) == (0, 1)


def test_closest_points_are_as_near_as_any_sample() -> None:
    random = np.random.default_rng(0)
    p, a, b, c = random.normal(size=(4, 300, 3))
    share = random.dirichlet([0.4] * 3, 4000)
    samples = np.einsum("sk,kna->nsa", share, np.stack([a, b, c]))
    sampled = np.linalg.norm(samples - p[:, None], axis=2).min(axis=1)
    found = np.linalg.norm(closest_points(p, a, b, c) - p, axis=1)
    assert (found <= sampled + 1e-9).all()
    assert (sampled - found).max() < 0.15


def test_skin_that_comes_through_a_shirt_is_measured(dressed: Character) -> None:
    probe = ClothProbe(dressed)
    assert probe.covered > 200
    assert max(depths.max() for depths in probe.depths(REST).values()) < 0.003
    waist = REST.copy()
    waist[6] = [np.cos(0.1), np.sin(0.1), 0, 0]
    assert set(probe.depths(waist)) == set(probe.depths(REST))
    top = next(part for part in dressed.parts if part.name == "top")
    shoulder = 17  # the shirt hangs on a bone the skin does not follow
    loose = replace(
        top, joints=np.full_like(top.joints, shoulder), weights=np.eye(4, dtype=np.float32)[[0] * len(top.weights)]
    )
    parts = tuple(loose if part.name == "top" else part for part in dressed.parts)
    turned = REST.copy()
    turned[shoulder] = [np.cos(0.1), 0, 0, np.sin(0.1)]
    torn = ClothProbe(replace(dressed, parts=parts)).depths(turned)
    assert torn["skin/top"].max() > 0.005
    seen = ClothProbe(replace(dressed, parts=parts)).seen(turned, 0.002)["skin/top"]
    assert seen.max() > 0.005
    assert ((seen == 0) | (seen == torn["skin/top"])).all()


def sheet(name: str, middle: tuple[float, float, float], half: float, cells: int, normal: Sequence[float]) -> MeshPart:
    """A square across z, ``half`` metres from middle to edge."""
    x, y = np.meshgrid(*[np.linspace(-half, half, cells + 1)] * 2)
    points = (np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3) + middle).astype(np.float32)
    first = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).reshape(-1, 1)
    quads = first + np.array([0, 1, cells + 2, cells + 1])
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.uint32)
    weights = np.tile(np.eye(4, dtype=np.float32)[0], (len(points), 1))
    normals = np.tile(np.array(normal, np.float32), (len(points), 1))
    return MeshPart(name, points, normals, faces, np.zeros((len(points), 4), np.uint8), weights, Material(name))


def test_who_looks_in_under_a_hem_sees_nothing_come_through(identity: Identity) -> None:
    cloth = sheet("top", (0, 0, 0), 0.15, 20, (0, 0, 1))
    skin = sheet("skin", (0.147, 0, 0.0015), 0.0005, 1, (0.8, 0, 0.6))
    lid = sheet("outer", (0, 0, 0.01), 9.0, 1, (0, 0, 1))
    for over, seen in (((), True), ((lid,), False)):
        probe = ClothProbe(Character("", Skeleton(identity.joints, identity.floor), (skin, cloth, *over)))
        assert probe.depths(REST)["skin/top"].max() == pytest.approx(0.0015, abs=1e-5)
        assert (probe.seen(REST, 0.001)["skin/top"].max() > 0) == seen


def test_there_are_fifty_different_poses() -> None:
    poses = np.stack([pose for _, pose in everyday_poses()])
    assert poses.shape == (50, JOINT_COUNT, 4)
    assert np.allclose(np.linalg.norm(poses, axis=2), 1, atol=1e-3)
    assert len(np.unique(poses.reshape(50, -1).round(3), axis=0)) == 50


def test_a_random_person_passes_through_the_benchmark() -> None:
    findings = Findings()
    examine(1, findings)
    assert findings.tried == 50
    assert findings.height_errors == [pytest.approx(0, abs=0.1)]
    assert findings.sound[0].spiky == findings.sound[0].cloth_spikes == 0


def test_as_many_are_dressed_as_is_asked_for() -> None:
    rows = appearance(2, dressed=1)
    units = {label: unit for label, _, unit in rows}
    assert units["spikes of clothes, in all"] == "of 1 outfits"
    assert units["spiky triangles of the body, in all"] == "of 2 bodies"
    assert units["persona and pose without a pierced point in sight"] == "% of 50"


def test_random_people_are_all_different_and_always_the_same() -> None:
    people = [random_appearance(seed) for seed in range(60)]
    assert people == [random_appearance(seed) for seed in range(60)]
    assert len({person.model_dump_json() for person in people}) == 60
    assert {person.hair for person in people} >= {"short", "bun", "bob"}
    assert min(person.age for person in people) < 12
    assert random_appearance(1, age=30).age == 30

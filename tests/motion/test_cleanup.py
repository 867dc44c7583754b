"""Trimming, looping, contact labels and foot-skate clean-up."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.cleanup import find_loop, loop, repeat, trim
from digital_life.motion.contacts import SOLES, ContactRule
from digital_life.motion.foot_skate import foot_skate, label_contacts, plant_feet, sole_points
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton


def clip(name: str) -> Motion:
    return compile_clip(asset_dir("motion_db") / "clips" / f"{name}.yaml").motion


def places_of(motion: Motion) -> np.ndarray:
    return forward_kinematics(motion.rotations, motion.translation, canonical_skeleton())[0]


def accelerations(motion: Motion) -> np.ndarray:
    """Largest acceleration of any joint between frames, m/s2 [T - 2]."""
    return np.linalg.norm(np.diff(places_of(motion), 2, axis=0), axis=-1).max(axis=1) * motion.fps**2


def sliding(motion: Motion, speed: float) -> Motion:
    """The whole body drawn along the floor at ``speed`` metres per second."""
    drift = np.arange(len(motion))[:, None] / motion.fps * speed * np.array([0.0, 0.0, 1.0])
    return Motion((motion.translation + drift).astype(np.float32), motion.rotations)


def test_trim(walk: Motion) -> None:
    part = trim(walk, 0.2, 0.8)
    assert len(part) == 18
    assert np.array_equal(part.rotations, walk.rotations[6:24])
    assert len(trim(walk)) == len(walk)
    for start, stop in ((-0.1, 0.5), (0.5, 0.5), (0.6, 0.2), (0.0, 99.0), (0.501, 0.503)):
        with pytest.raises(InputError, match="s"):
            trim(walk, start, stop)


@pytest.mark.parametrize("name", ["wave_right", "talk_both_large", "walk_stop"])
@pytest.mark.parametrize("cut", [0.15, 0.35])
def test_a_cut_clip_loops_without_a_seam(name: str, cut: float) -> None:
    """Cut in mid-movement, so that its ends differ in pose and in speed."""
    whole = clip(name)
    part = trim(whole, cut * whole.duration, 0.8 * whole.duration)
    closed = loop(part)
    if name != "walk_stop":
        first, last = places_of(closed)[[0, -1]]
        np.testing.assert_allclose(first, last, atol=1e-4)
    np.testing.assert_allclose(closed.rotations[0, 1:], closed.rotations[-1, 1:], atol=1e-5)
    twice = repeat(closed, 2)
    seam = accelerations(twice)[len(closed) - 2]
    assert seam < 1.5 * max(np.percentile(accelerations(part), 99), 1.0)


def test_a_walk_goes_on_where_it_has_got_to(walk: Motion) -> None:
    turned = quat.yaw(np.linspace(0.0, 0.6, len(walk)))
    rotations = walk.rotations.astype(np.float64)
    rotations[:, 0] = quat.multiply(turned, rotations[:, 0])
    closed = loop(Motion(walk.translation, rotations.astype(np.float32)), moving=True)
    three = repeat(closed, 3)
    assert len(three) == 3 * len(closed) - 2
    root = places_of(three)[:, 0]
    rounds = [root[index * (len(closed) - 1)] for index in range(4)]
    steps = [np.linalg.norm((b - a)[[0, 2]]) for a, b in pairwise(rounds)]
    assert np.ptp(steps) < 1e-3 and steps[0] > 0.5
    headings = np.unwrap(quat.heading(three.rotations[:, 0].astype(np.float64)))
    assert headings[-1] - headings[0] == pytest.approx(3 * 0.6, abs=0.05)
    jumps = np.linalg.norm(np.diff(root, axis=0), axis=-1)
    assert jumps.max() < 1.5 * np.median(jumps)


def test_loops_that_cannot_be_are_refused(walk: Motion) -> None:
    with pytest.raises(InputError, match="too few"):
        loop(walk.slice(0, 5))
    with pytest.raises(InputError, match="0 times"):
        repeat(walk, 0)
    with pytest.raises(InputError, match="holds no loop"):
        find_loop(walk, shortest=60.0)


def test_the_stretch_that_loops_best_is_found() -> None:
    walk = repeat(loop(clip("walk_loop")), 3)
    start, stop = find_loop(walk, shortest=0.8)
    part = walk.slice(start, stop)
    period = len(clip("walk_loop")) - 1
    assert abs(len(part) - 1 - period) <= 2 or abs(len(part) - 1 - 2 * period) <= 2


def test_labels_agree_with_the_planned_steps_and_do_not_flicker(walk: Motion) -> None:
    labels = label_contacts(walk)
    assert walk.contacts is not None
    assert ((labels > 0.5) == (walk.contacts > 0.5)).mean() > 0.8
    noisy = Motion(
        (walk.translation + np.random.default_rng(1).normal(0, 0.006, walk.translation.shape)).astype(np.float32),
        walk.rotations,
    )

    def changes(rule: ContactRule) -> int:
        return int(np.abs(np.diff(label_contacts(noisy, rule=rule), axis=0)).sum())

    one_threshold = ContactRule(low=0.025, high=0.025, slow=0.3, fast=0.3, shortest=0.0)
    assert changes(SOLES) < 0.7 * changes(one_threshold)


@pytest.mark.parametrize("speed", [0.15, 0.25])
def test_standing_feet_stop_sliding(walk: Motion, speed: float) -> None:
    skates = sliding(walk, speed)
    labels = label_contacts(walk)
    assert foot_skate(skates, contacts=labels) > 80.0 * speed
    planted = plant_feet(skates, contacts=labels)
    assert foot_skate(planted, contacts=labels) < 2.0
    assert sole_points(planted, canonical_skeleton())[..., 1].min() > -0.002
    moved = np.linalg.norm(places_of(planted) - places_of(skates), axis=-1)
    legs = [JOINT_INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("ankle", "foot")]
    assert moved[:, legs].max() < 0.5 * speed
    head = JOINT_INDEX["head"]
    assert moved[:, head].max() < 0.05, "the body stays on its path"
    assert np.percentile(accelerations(planted), 99) < 2.0 * np.percentile(accelerations(skates), 99)


def test_feet_that_stand_already_are_left_alone() -> None:
    still = clip("idle_standing_calm")
    planted = plant_feet(still)
    assert np.linalg.norm(places_of(planted) - places_of(still), axis=-1).max() < 0.02


def test_real_recordings_are_cleaned(motion_pack: object) -> None:
    from digital_life.momat.pack import read_pack

    clips = [item for item in read_pack(motion_pack) if item.source == "o3de"][:3]  # type: ignore[arg-type]
    assert clips
    for item in clips:
        motion = item.motion.slice(0, 240)
        labels = label_contacts(motion)
        planted = plant_feet(motion, contacts=labels)
        assert foot_skate(planted, contacts=labels) < min(2.0, foot_skate(motion, contacts=labels) + 1e-6)
        assert sole_points(planted, canonical_skeleton())[..., 1].min() > -0.01

"""One rule of contact: when something begins to stand and when it stops."""

from dataclasses import replace

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.motion.contacts import BALLS, JOINTS, PRINTS, SOLES, ContactRule, detect_contacts, speeds, standing
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import canonical_skeleton

RULE = ContactRule(low=0.02, high=0.05, slow=0.3, fast=0.6, shortest=0.1)
STILL = np.zeros(30)


def heights(*runs: tuple[int, float]) -> np.ndarray:
    """Metres, each for so many frames."""
    return np.concatenate([np.full(frames, height) for frames, height in runs])


def frames_of(stands: np.ndarray) -> list[int]:
    return np.flatnonzero(stands).tolist()


def test_it_begins_low_and_is_kept_until_high() -> None:
    height = heights((10, 0.03), (10, 0.01), (5, 0.03), (5, 0.1))
    assert frames_of(standing(height, STILL, RULE, FPS)) == list(range(10, 25))
    assert frames_of(standing(height, STILL, replace(RULE, eager=True), FPS)) == list(range(25))
    assert frames_of(standing(height, STILL, replace(RULE, high=0.02), FPS)) == list(range(10, 20))


def test_it_begins_slow_and_is_kept_until_fast() -> None:
    speed = heights((10, 0.5), (10, 0.1), (5, 0.5), (5, 1.0))
    assert frames_of(standing(STILL, speed, RULE, FPS)) == list(range(10, 25))


def test_what_never_comes_low_enough_never_stands() -> None:
    for eager in (False, True):
        assert not standing(np.full(30, 0.03), STILL, replace(RULE, eager=eager), FPS).any()


def test_short_states_are_dropped_but_not_at_the_ends() -> None:
    gap = heights((10, 0.0), (2, 0.1), (10, 0.0), (8, 0.1))
    assert frames_of(standing(gap, STILL, RULE, FPS)) == list(range(22))
    touch = heights((10, 0.1), (2, 0.0), (16, 0.1), (2, 0.0))
    assert frames_of(standing(touch, STILL, RULE, FPS)) == [28, 29]
    assert frames_of(standing(touch, STILL, RULE, 2 * FPS)) == [28, 29], "seconds, not frames"
    assert frames_of(standing(touch, STILL, RULE, 10.0)) == [10, 11, 28, 29]


@pytest.mark.parametrize("rule", [JOINTS, SOLES, BALLS, PRINTS])
def test_points_are_judged_each_for_itself(rule: ContactRule) -> None:
    rng = np.random.default_rng(2)
    places = np.abs(np.cumsum(rng.normal(0.0, 0.006, (80, 2, 2, 3)), axis=0))
    height, speed = places[..., 1], speeds(places, FPS)
    together = standing(height, speed, rule, FPS)
    for side in (0, 1):
        for point in (0, 1):
            alone = standing(height[:, side, point], speed[:, side, point], rule, FPS)
            assert np.array_equal(together[:, side, point], alone)


def test_a_single_frame_has_no_speed() -> None:
    assert speeds(np.ones((1, 4, 3)), FPS).tolist() == [[0.0] * 4]


def test_somebody_who_stands_has_both_feet_on_the_floor() -> None:
    clip = compile_clip(asset_dir("motion_db") / "clips" / "idle_standing_calm.yaml")
    assert detect_contacts(clip.motion, canonical_skeleton()).mean() > 0.95

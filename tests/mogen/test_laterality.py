"""Left stays left: what the shipped weights make acts on the side that is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.laterality import on_the_right_side
from digital_life.momat.library import MotionLibrary

ASKED = (
    "a person raises the {} arm",
    "a person points ahead with the {} hand",
    "a person beats the air with the {} hand while talking",
    "a person kicks with the {} foot",
    "a person turns {}",
)


@pytest.fixture(scope="module")
def generator() -> MotionGenerator:
    return MotionGenerator.default("permissive")


def test_sides_are_told_apart() -> None:
    library = MotionLibrary.default()
    assert on_the_right_side(library["wave_left"].motion, "waves with the left hand") is True
    assert on_the_right_side(library["wave_left"].motion, "waves with the right hand") is False
    assert on_the_right_side(library["turn_left"].motion, "turns left") is True
    assert on_the_right_side(library["turn_left"].motion, "turns right") is False
    assert on_the_right_side(library["walk_loop"].motion, "walks with the left hand in the right one") is None
    assert on_the_right_side(library["walk_loop"].motion, "walks") is None


def test_the_side_that_is_named_acts(generator: MotionGenerator) -> None:
    for number, text in enumerate(ASKED):
        for side in ("left", "right"):
            asked = text.format(side)
            motion = generator.generate(asked, seconds=2.5, seed=number)
            assert on_the_right_side(motion, asked) is True, asked
            assert motion.provenance["generated"] == asked and motion.provenance["seed"] == number


def test_a_continuation_acts_on_its_side_from_where_the_body_is(generator: MotionGenerator) -> None:
    before = MotionLibrary.default()["idle_standing_calm"].motion.slice(0, 40)
    for side in ("left", "right"):
        asked = f"a person beats the air with the {side} hand while talking"
        motion = generator.generate(asked, seconds=2.5, seed=3, before=before)
        assert on_the_right_side(motion, asked) is True
        assert np.linalg.norm(motion.translation[0] - before.translation[-1]) < 0.05

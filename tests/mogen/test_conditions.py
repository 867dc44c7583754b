"""Everything a motion can be asked to be reaches the network, changes the motion, and can be left out."""

from typing import Any

import numpy as np
import pytest
from tiny_weights import tiny_weights

from digital_life.behaviour import Emotion
from digital_life.mogen.conditions import STYLE_EMOTIONS, STYLE_PHRASES, STYLES
from digital_life.mogen.flow import Guidance
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.request import Request
from digital_life.momat.library import MotionLibrary
from digital_life.motion.motion import Motion

TEXT = "a person waves with the left hand"


@pytest.fixture(scope="module")
def generator() -> MotionGenerator:
    return MotionGenerator(tiny_weights(listens=True))


@pytest.fixture(scope="module")
def plain(generator: MotionGenerator) -> Motion:
    return generator.generate(TEXT)


def clip(name: str) -> Motion:
    return MotionLibrary.default()[name].motion


CONDITIONS: dict[str, dict[str, Any]] = {
    "text": {"text": "a person sits down on a chair"},
    "duration": {"seconds": 2.0},
    "posture": {"posture": "seated"},
    "posture at the end": {"posture_end": "floor"},
    "emotion": {"emotion": Emotion(pleasure=1, arousal=9, dominance=5)},
    "style that is said": {"style": "youthful"},
    "style that is felt": {"style": "terrified"},
    "fingers": {"fingers": False},
    "guidance of text": {"guidance": Guidance(text=6.0)},
    "guidance of conditions": {"posture": "seated", "guidance": Guidance(conditions=6.0)},
}


@pytest.mark.parametrize("asked", CONDITIONS.values(), ids=list(CONDITIONS))
def test_a_condition_changes_the_motion(generator: MotionGenerator, plain: Motion, asked: dict[str, Any]) -> None:
    motion = generator.generate(**{"text": TEXT, **asked})
    frames = min(len(motion), len(plain))
    assert np.abs(motion.rotations[:frames] - plain.rotations[:frames]).max() > 1e-4


def test_given_motions_change_the_motion(generator: MotionGenerator, plain: Motion) -> None:
    made = {
        "shown": generator.generate(TEXT, shown=clip("walk_loop")),
        "followed": generator.generate(TEXT, shown=clip("walk_loop"), guidance=Guidance(sample=4.0)),
        "before": generator.generate(TEXT, before=clip("walk_loop")),
        "target": generator.generate(TEXT, target=clip("sit_down").slice(0, 1)),
        "plain": plain,
    }
    names = list(made)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            assert np.abs(made[one].rotations - made[other].rotations).max() > 1e-4, (one, other)


def test_guidance_of_what_was_not_given_changes_nothing(generator: MotionGenerator, plain: Motion) -> None:
    motion = generator.generate(TEXT, guidance=Guidance(sample=5.0))
    np.testing.assert_allclose(motion.rotations, plain.rotations, atol=1e-5)


def test_without_guidance_the_text_counts_for_nothing(generator: MotionGenerator) -> None:
    one, other = (generator.generate(text, guidance=Guidance(text=0.0)) for text in (TEXT, "a person jumps"))
    np.testing.assert_allclose(one.rotations, other.rotations, atol=1e-4)


def test_a_target_is_the_end_of_the_tokens(generator: MotionGenerator) -> None:
    end = generator.tokens(clip("sit_down"))[-1:]
    request = Request.of(TEXT, seconds=2.0, steps=2)
    tokens = generator.window(generator.words(TEXT), request, generator.no_tokens(), 12, 0, end=end)
    np.testing.assert_allclose(tokens[-1], end[0])


def test_styles_enter_by_words_or_by_feelings() -> None:
    assert set(STYLES) == {*STYLE_PHRASES, *STYLE_EMOTIONS}
    said = Request.of("a person walks", seconds=1, style="angry", steps=1)
    assert said.text == "a person walks angrily"
    assert said.conditions.emotion is not None
    assert said.conditions.emotion.arousal > 7
    own = Request.of("a person walks", seconds=1, style="angry", emotion=Emotion(), steps=1)
    assert own.conditions.emotion == Emotion()

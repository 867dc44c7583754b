"""An endless motion in chunks: no seam, no skate, the same frames again, another text at any time."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
from tiny_weights import tiny_weights

from digital_life.errors import InputError
from digital_life.mogen.generator import MotionGenerator
from digital_life.momat.library import MotionLibrary
from digital_life.motion.foot_skate import foot_skate
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import canonical_skeleton

CHUNK = 15


@pytest.fixture(scope="module")
def generator() -> MotionGenerator:
    return MotionGenerator(tiny_weights(listens=True))


def joined(chunks: list[Motion]) -> Motion:
    contacts = [chunk.contacts for chunk in chunks if chunk.contacts is not None]
    return Motion(
        np.concatenate([chunk.translation for chunk in chunks]),
        np.concatenate([chunk.rotations for chunk in chunks]),
        contacts=np.concatenate(contacts) if contacts else None,
    )


def speeds(motion: Motion) -> np.ndarray:
    """[T - 1] the speed of the fastest joint of the body between two frames, metres per second."""
    places, _ = forward_kinematics(motion.rotations, motion.translation, canonical_skeleton())
    return np.asarray(30.0 * np.linalg.norm(np.diff(places[:, :22], axis=0), axis=-1).max(axis=1))


def test_chunks_join_without_a_seam(generator: MotionGenerator) -> None:
    motion = joined(list(islice(generator.stream("a person walks", seed=2), 20)))
    assert len(motion) == 20 * CHUNK
    every = speeds(motion)
    between = every[CHUNK - 1 :: CHUNK]
    within = np.delete(every, np.s_[CHUNK - 1 :: CHUNK])
    assert between.max() < 1.5 * within.max()
    assert within.max() > 0.05


def test_feet_that_stand_do_not_slide_over_a_seam(generator: MotionGenerator) -> None:
    motion = joined(list(islice(generator.stream("a person stands", seed=1), 20)))
    assert motion.contacts is not None
    assert motion.contacts.any()
    assert foot_skate(motion, contacts=motion.contacts) < 1.0


def test_a_stream_goes_on_from_what_was_before(generator: MotionGenerator) -> None:
    before = MotionLibrary.default()["walk_loop"].motion
    chunks = list(islice(generator.stream("a person walks", before=before), 4))
    at = len(before) - 1
    every = speeds(joined([before, *chunks]))
    assert every[at] < 1.5 * np.delete(every, at).max()


def test_the_same_texts_and_seed_give_the_same_frames(generator: MotionGenerator) -> None:
    def drawn(seed: int) -> Motion:
        stream = generator.stream("a person walks", seed=seed)
        chunks = list(islice(stream, 3))
        stream.say("a person sits down")
        return joined([*chunks, *islice(stream, 9)])

    first, again, other = drawn(5), drawn(5), drawn(6)
    np.testing.assert_array_equal(first.rotations, again.rotations)
    np.testing.assert_array_equal(first.translation, again.translation)
    assert np.abs(first.rotations - other.rotations).max() > 1e-4


def test_another_text_changes_what_follows_and_nothing_before(generator: MotionGenerator) -> None:
    texts = ["a person walks"] * 3
    kept = joined(list(generator.stream([*texts, *texts], seed=1)))
    changed = joined(list(generator.stream([*texts, "a person waves", "a person waves"], seed=1)))
    np.testing.assert_array_equal(kept.rotations[: 3 * CHUNK], changed.rotations[: 3 * CHUNK])
    assert np.abs(kept.rotations[3 * CHUNK : 5 * CHUNK] - changed.rotations[3 * CHUNK :]).max() > 1e-5
    every = speeds(changed)
    assert every[3 * CHUNK - 1] < 1.5 * np.delete(every, 3 * CHUNK - 1).max()


def test_texts_are_asked_for_as_the_stream_goes(generator: MotionGenerator) -> None:
    asked: list[str] = []

    def texts() -> Iterator[str]:
        for text in ("a person walks", "a person walks", "a person waves"):
            asked.append(text)
            yield text

    stream = generator.stream(texts())
    next(stream)
    assert asked == ["a person walks"]
    assert len(list(stream)) == 2


def test_an_empty_text_is_refused_at_once(generator: MotionGenerator) -> None:
    with pytest.raises(InputError, match="no text"):
        generator.stream(" ")
    stream = generator.stream("a person walks")
    with pytest.raises(InputError, match="unknown style"):
        stream.say("a person walks", style="purple")
    assert len(next(stream)) == CHUNK

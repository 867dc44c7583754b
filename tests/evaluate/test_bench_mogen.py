"""The table of generated motions: its measures on embeddings and bodies whose figures are known."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from digital_life.errors import InputError
from digital_life.evaluate.bench_humanml3d import drawn, judged, read_test_split
from digital_life.evaluate.bench_mogen import field_measures
from digital_life.evaluate.mogen_answers import ALONE, BARE, BOTH, GENERATED, MATCHED, Answerer, answer, prompts
from digital_life.evaluate.motion_metrics import r_precision_unlike
from digital_life.evaluate.motion_physics import finger_speed, mean_physics, physics
from digital_life.evaluate.table import Table
from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.autoencoder import AutoencoderSize, MotionAutoencoder
from digital_life.mogen.generator import MotionGenerator
from digital_life.mogen.laterality import on_the_right_side
from digital_life.mogen.network import MotionNetwork, NetworkSize
from digital_life.mogen.representation import HANDS
from digital_life.mogen.weights import Weights
from digital_life.momat.clip import Clip
from digital_life.momat.library import MotionLibrary
from digital_life.momat.match import Matcher
from digital_life.momat.search import MotionSearch
from digital_life.motion.formats import humanml3d as features
from digital_life.motion.motion import Motion
from digital_life.stage.gate import Gate, Thresholds


def clip(name: str) -> Clip:
    return MotionLibrary.default()[name]


def test_perfect_motions_are_found_and_random_ones_are_not() -> None:
    rng = np.random.default_rng(0)
    texts, train = rng.normal(size=(96, 16)), rng.normal(size=(400, 16))
    shown = np.arange(96)
    perfect = field_measures(np.stack([texts, texts]), texts, train, shown)
    chance = field_measures(rng.normal(size=(2, 96, 16)), texts, train, shown)
    assert perfect[0] is not None and perfect[0].mean == 1.0
    assert perfect[7] is not None and perfect[7].mean == 0.0
    assert chance[2] is not None and chance[2].mean == pytest.approx(3 / 32, abs=0.08)
    assert chance[7] is not None and chance[7].mean > 1.0
    assert field_measures(texts[None], texts, train, shown)[7] is None


def test_real_motions_of_one_text_differ_as_much_as_they_do() -> None:
    motions = np.zeros((64, 16))
    motions[::2, 0] = 3.0  # two of each text, three apart; a last text is asked once
    shown = np.repeat(np.arange(32), 2)
    shown[-1] = 99
    real = field_measures(motions[None], motions, motions, shown)
    assert real[7] is not None and real[7].mean == pytest.approx(3.0) and real[7].half_width == pytest.approx(0.0)


def test_texts_of_the_same_thing_are_no_wrong_answers() -> None:
    texts = np.repeat(np.eye(8), 8, axis=0)
    motions = texts + 1e-6 * np.random.default_rng(0).normal(size=texts.shape)
    shown = np.repeat(np.arange(8), 8)
    jittered = texts + 1e-3 * np.random.default_rng(1).normal(size=texts.shape)
    assert r_precision_unlike(motions, jittered, shown, np.random.default_rng(2), top=1) == 1.0


def test_a_body_in_the_air_floats_and_one_in_the_floor_penetrates() -> None:
    motion = clip("nod_yes").motion
    on = physics(motion)
    up = physics(replace(motion, translation=motion.translation + np.float32([0, 0.1, 0])))
    down = physics(replace(motion, translation=motion.translation - np.float32([0, 0.1, 0])))
    assert up.floating == pytest.approx(on.floating + 10.0, abs=1.0)
    assert down.penetration == pytest.approx(on.penetration + 10.0, abs=1.0)
    assert mean_physics([up, down]).floating == pytest.approx((up.floating + down.floating) / 2)


def test_trembling_is_jitter_and_sliding_is_skate() -> None:
    motion = clip("nod_yes").motion
    noise = np.random.default_rng(0).normal(scale=0.003, size=motion.translation.shape)
    slide = np.linspace(0, 0.3, len(motion))[:, None] * np.array([1.0, 0, 0])
    quiet = physics(motion)
    assert (
        physics(replace(motion, translation=(motion.translation + noise).astype(np.float32))).jitter > 5 * quiet.jitter
    )
    assert physics(replace(motion, translation=(motion.translation + slide).astype(np.float32))).skate > quiet.skate + 3


def test_hands_that_nobody_moved_are_still() -> None:
    motion = clip("wave_right").motion
    still = motion.rotations.copy()
    still[:, 25:] = still[:1, 25:]
    assert finger_speed(replace(motion, rotations=still)) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("wave_right", "waves with the right hand", True),
        ("wave_right", "waves with the left hand", False),
        ("wave_right", "a person waves", None),
        ("wave_right", "from the left hand to the right hand", None),
    ],
)
def test_sides(name: str, text: str, right: bool | None) -> None:
    assert on_the_right_side(clip(name).motion, text) is right


def test_long_takes_stand_aside_for_their_parts_and_hands_that_say_nothing_are_flat() -> None:
    take, part = replace(clip("walk_loop"), id="take"), replace(clip("walk_loop"), id="take#0")
    asked = prompts([take, part, clip("nod_yes")])
    assert [prompt.clip.id for prompt in asked] == ["take#0", "nod_yes"]
    assert all(prompt.text in prompt.clip.captions for prompt in asked)
    bare = answer(clip("wave_right").motion, fingers=False)
    assert finger_speed(bare.motion) == 0.0
    np.testing.assert_allclose(bare.rows[:, HANDS], np.broadcast_to([1, 0, 0, 0, 1, 0] * 30, (len(bare.rows), 180)))
    assert len(answer(long(clip("nod_yes").motion), fingers=True).motion) == 300


def long(motion: Motion) -> Motion:
    order = np.arange(400) % len(motion)
    return Motion(motion.translation[order], motion.rotations[order])


def test_a_table_is_aligned() -> None:
    lines = Table(("", "one"), [["R@1", "0.5"], ["longer", "0.25"]], ["why"]).text().splitlines()
    assert len({len(line) for line in lines[:4]}) == 1
    assert lines[-1] == "why"


def test_humanml3d_takes_motions_of_two_to_ten_seconds_and_their_described_parts(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "new_joint_vecs").mkdir()
    (tmp_path / "texts").mkdir()
    rows = features.encode(long(clip("walk_loop").motion))[:150]
    for name, count in (("000001", 150), ("000002", 30)):
        np.save(tmp_path / "new_joint_vecs" / f"{name}.npy", rows[:count])
        (tmp_path / "texts" / f"{name}.txt").write_text("walks#x#0.0#0.0\nturns#x#1.0#4.0\n")
    (tmp_path / "test.txt").write_text("000001\n000002\n000009\n")
    samples = drawn(read_test_split(tmp_path))
    assert {(len(sample.rows), sample.captions) for sample in samples} == {(150, ("walks",)), (60, ("turns",))}
    assert judged(samples[0].rows).shape[1] == 320
    with pytest.raises(InputError):
        drawn(iter([]))


def test_every_way_answers_a_prompt_and_fingers_are_all_that_the_bare_one_lacks() -> None:
    torch.manual_seed(0)
    codec = MotionAutoencoder(AutoencoderSize(frame=16, width=32, depth=1, latent=8))
    generator = MotionGenerator(Weights(codec.eval(), MotionNetwork(NetworkSize(32, 1, 2, 8)).eval(), {}))
    matcher = Matcher(MotionSearch(MotionLibrary.default(), shared_embedder()))
    (prompt,) = prompts([clip("wave_right")])
    answerer = Answerer(matcher, Gate(Thresholds.read(), generator))
    choice = answerer.answers(prompt, 0)
    assert set(choice.answers) == set(answerer.ways) == {MATCHED, GENERATED, BOTH, ALONE, BARE}
    both, bare = choice.answers[BOTH].rows, choice.answers[BARE].rows
    np.testing.assert_array_equal(bare[:, : HANDS.start], both[:, : HANDS.start])
    assert not np.array_equal(bare[:, HANDS], both[:, HANDS])
    assert all(np.isfinite(one.rows).all() for one in choice.answers.values())
    taken = MATCHED if choice.kind == "match" else GENERATED
    np.testing.assert_array_equal(both, choice.answers[taken].rows)
    assert Answerer(matcher, Gate(Thresholds.read())).ways == [MATCHED]

"""The quality gate: what competes, what wins, what must not be played, and what the stage makes of it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import staging
from tiny_generator import tiny_generator

from digital_life.behaviour import Behaviour
from digital_life.errors import AssetError, InputError
from digital_life.momat.library import MotionLibrary
from digital_life.momat.match import Matcher
from digital_life.momat.search import MotionSearch
from digital_life.motion.motion import Motion
from digital_life.stage.gate import Gate, Thresholds
from digital_life.stage.stage import Stage

MADE = ("generate", "blend")
UNICYCLE = "rides an imaginary unicycle"
SPEECH = "Look at this, my friend, I have practised it for years."


class FixedCritic:
    """Likes generated motions so much, and clips so much."""

    def __init__(self, made: float, clip: float) -> None:
        self.made, self.clip = made, clip

    def score(self, text: str, motions: Sequence[Motion]) -> np.ndarray:
        return np.array([self.made if "generated" in m.provenance else self.clip for m in motions], np.float32)


@pytest.fixture(scope="module")
def matcher(motions: tuple[MotionLibrary, MotionSearch]) -> Matcher:
    return Matcher(motions[1])


@pytest.fixture(scope="module")
def gate(motions: tuple[MotionLibrary, MotionSearch]) -> Gate:
    return Gate(Thresholds.read(), tiny_generator(motions[0]["idle_standing_calm"]))


@pytest.fixture
def stage(make_stage: Callable[..., Stage], gate: Gate) -> Stage:
    return with_gate(make_stage("table", "sofa"), gate)


def with_gate(stage: Stage, gate: Gate) -> Stage:
    stage.gate = gate
    return stage


def say(words: str, speaker: str = "Ada") -> Behaviour:
    return Behaviour(speaker=speaker, partner="Bo" if speaker == "Ada" else "Ada", speech=SPEECH, motion=words)


def test_a_sure_match_is_played_without_generating(gate: Gate, matcher: Matcher) -> None:
    decision = gate.choose("waves with the right hand", match=matcher.match("waves with the right hand"))
    assert decision.kind == "match" and len(decision.offers) == 1
    assert decision.match.clip is not None and decision.match.clip.id in ("wave_right", "wave_left~mirror")


def test_what_the_library_lacks_is_generated(gate: Gate, matcher: Matcher) -> None:
    match = matcher.match(UNICYCLE)
    assert match.clip is None
    decision = gate.choose(UNICYCLE, match=match, seconds=2.0, seed=5)
    assert decision.kind in MADE and len(decision.motion) == 60
    again = gate.choose(UNICYCLE, match=match, seconds=2.0, seed=5)
    np.testing.assert_array_equal(again.motion.rotations, decision.motion.rotations)
    other = gate.choose(UNICYCLE, match=match, seconds=2.0, seed=6)
    assert np.abs(other.motion.rotations - decision.motion.rotations).max() > 1e-4
    record = json.loads(json.dumps(decision.record()))
    assert record["decision"] == decision.kind and record["offers"][0]["seed"] == 5 and UNICYCLE in record["reason"]


def test_without_a_generator_everything_is_matched(matcher: Matcher) -> None:
    gate = Gate(Thresholds.read())
    assert gate.choose("shrugs", match=matcher.match("shrugs")).kind == "match"
    nothing = gate.choose(UNICYCLE, match=matcher.match(UNICYCLE))
    assert nothing.kind == "none" and nothing.match.clip is None
    with pytest.raises(InputError, match="unicycle"):
        _ = nothing.motion


def test_the_critic_decides_between_a_doubtful_match_and_a_generated_motion(gate: Gate, matcher: Matcher) -> None:
    match = matcher.match("shrugs")
    asking = replace(gate, thresholds=replace(gate.thresholds, sure=2.0, show=0.0))
    better = replace(asking, critic=FixedCritic(made=0.9, clip=-0.5)).choose("shrugs", match=match)
    worse = replace(asking, critic=FixedCritic(made=0.3, clip=0.6)).choose("shrugs", match=match)
    assert (better.kind, worse.kind) == ("blend", "match")
    assert better.offers[0].shown == match.clip.id if match.clip else False
    assert [offer.kind for offer in worse.offers] == ["match", "blend"], "best first"
    assert f"{worse.offers[1].worth:.2f}" in worse.reason


def test_what_the_critic_finds_bad_is_not_played(gate: Gate, matcher: Matcher) -> None:
    strict = replace(gate, thresholds=replace(gate.thresholds, least=0.5), critic=FixedCritic(made=0.1, clip=0.0))
    decision = strict.choose(UNICYCLE, match=matcher.match(UNICYCLE))
    assert decision.kind == "none" and "fits the words too little (0.10)" in decision.reason


def test_a_motion_that_leaves_the_posture_is_not_played(gate: Gate, matcher: Matcher) -> None:
    decision = gate.choose(UNICYCLE, match=matcher.match(UNICYCLE), posture="seated", posture_end="seated")
    assert decision.kind == "none" and "does not stay seated" in decision.reason


def test_the_stage_plays_what_was_generated_and_says_so(stage: Stage) -> None:
    turn = stage.perform(say(UNICYCLE))
    motion = next(p.motion for p in turn if p.character == "Ada")
    record = json.loads(json.dumps(motion.provenance))
    (act,) = record["acts"]
    assert act["clip"].startswith("generated/") and act["clip"] in record["clips"]
    assert act["gate"]["decision"] in MADE and act["gate"]["offers"][0]["critic"] is None
    seen = staging.track(stage, "Ada", [turn])
    feet = seen.at("left_ankle", "right_ankle")[..., [0, 2]]
    assert np.linalg.norm(feet - feet[:1], axis=-1).max() < 0.6, "it stays about where it was"
    assert np.isfinite(motion.rotations).all()


def test_a_seated_body_gets_no_standing_motion(stage: Stage) -> None:
    record = next(p.motion.provenance for p in stage.perform(say(UNICYCLE, "Bo")) if p.character == "Bo")
    assert not any(clip.startswith("generated/") for clip in record["clips"])
    assert "does not stay seated" in record["notes"][0]


def test_generated_acts_are_the_same_after_a_restart(make_stage: Callable[..., Stage], gate: Gate) -> None:
    whole, first = (with_gate(make_stage("table", "sofa"), gate) for _ in range(2))
    whole.perform(say("waves"))
    expected = whole.perform(say(UNICYCLE))
    first.perform(say("waves"))
    saved = json.loads(json.dumps(first.state()))
    resumed = with_gate(make_stage("table", "sofa"), gate)
    resumed.restore(saved)
    for one, other in zip(expected, resumed.perform(say(UNICYCLE)), strict=True):
        np.testing.assert_allclose(one.motion.rotations, other.motion.rotations, atol=1e-5)


def test_each_set_of_weights_has_its_own_thresholds() -> None:
    default, permissive, everything = (Gate.default(name).thresholds for name in ("default", "permissive", "all"))
    assert default == permissive == Thresholds.read(Thresholds.path("permissive"))
    assert everything == Thresholds.read(Thresholds.path("all")) != default


def test_thresholds_are_read_and_checked(tmp_path: Path) -> None:
    assert Thresholds.read().sure > 0.0
    for content in ("sure: 1\n", "- nothing\n", "sure: [\n"):
        path = tmp_path / "gate.yaml"
        path.write_text(content)
        with pytest.raises(AssetError, match="thresholds"):
            Thresholds.read(path)

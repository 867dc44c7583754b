"""A match does what was asked as often as it was asked, and says what it cannot do."""

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.llm.embedding import shared_embedder
from digital_life.momat.library import MotionLibrary
from digital_life.momat.match import Matcher
from digital_life.momat.paces import steps_of
from digital_life.momat.repeating import repeated
from digital_life.momat.search import MotionSearch
from digital_life.momat.strokes import strokes_of
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import canonical_skeleton


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(MotionSearch(MotionLibrary.open(asset_dir("motion_db")), shared_embedder()))


@pytest.mark.parametrize(
    ("words", "act", "times"),
    [
        ("nods", "act:nod", 1), ("nods", "act:nod", 4), ("waves", "act:wave", 3), ("claps", "act:clap", 2),
        ("shakes the head", "act:headshake", 3), ("bows", "act:bow", 2), ("jumps for joy", "act:jump", 3),
    ],
)  # fmt: skip
def test_an_act_is_done_as_often_as_the_words_say(matcher: Matcher, words: str, act: str, times: int) -> None:
    match = matcher.match(f"{words} {times} times" if times > 1 else f"{words} once")
    assert match.clip is not None and match.start < match.strokes[0] and match.strokes[-1] <= match.stop
    assert len(match.strokes) == times + 1
    counted = strokes_of(match.clip, [act])
    assert counted is not None and counted.count == times
    assert len(match.motion) == match.stop - match.start
    assert "it does so" in match.reason and match.record()["strokes"] == list(match.strokes)


def test_a_chinese_number_counts_too(matcher: Matcher) -> None:
    assert len(matcher.match("点头三次").strokes) == 4


def test_repeating_leaves_no_seam(matcher: Matcher) -> None:
    for name, act in (("nod_yes", "act:nod"), ("wave_left", "act:wave"), ("shrug", ""), ("clap", "act:clap")):
        clip = matcher.search.library[name]
        for times in (1, 5):
            made = repeated(clip, times, [act])
            assert made is not None
            assert _jerk(made.clip.motion) < 1.5 * _jerk(clip.motion)


def _jerk(motion) -> float:
    """Largest acceleration of a joint in the world."""
    places, _ = forward_kinematics(motion.rotations, motion.translation, canonical_skeleton())
    return float(np.abs(np.diff(places, n=2, axis=0)).max())


@pytest.mark.parametrize(("words", "steps", "axis", "sign"), [
    ("takes three steps forward", 3, 2, 1), ("takes two steps back", 2, 2, -1), ("向前走四步", 4, 2, 1),
    ("takes three steps to the left", 3, 0, 1),
])  # fmt: skip
def test_steps_are_walked(matcher: Matcher, words: str, steps: int, axis: int, sign: int) -> None:
    match = matcher.match(words)
    assert steps_of(match.motion) == steps and "motion matching" in match.reason
    assert sign * (match.motion.translation[-1] - match.motion.translation[0])[axis] > 0.15


@pytest.mark.parametrize("words", ["sits on the floor", "sits down on the ground", "坐在地上"])
def test_who_sits_on_the_floor_finds_no_chair(matcher: Matcher, words: str) -> None:
    hits = matcher.search.search(words, k=80)
    assert hits and all("seated" not in (hit.clip.posture, hit.clip.posture_end) for hit in hits)
    assert matcher.match("sits down on the chair").clip.id == "sit_down"


def test_things_and_people_that_the_clip_lacks_are_named(matcher: Matcher) -> None:
    assert "'picture' and 'wall'" in matcher.match("points at the picture on the wall").reason
    assert "'Maria'" in matcher.match("waves to Maria").reason
    for words in ("drinks from the cup", "scratches the head", "a person waves with the left hand", "checks her watch"):
        assert "known to have" not in matcher.match(words).reason


def test_what_goes_on_has_no_number_of_times(matcher: Matcher) -> None:
    assert repeated(matcher.search.library["idle_standing_calm"], 3, []) is None

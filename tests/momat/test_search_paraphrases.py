"""The shipped clips searched in words that none of their captions uses, and the rules that must never be broken."""

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.errors import InputError
from digital_life.evaluate.bench_search import paraphrase_rows
from digital_life.evaluate.paraphrases import read_paraphrases
from digital_life.evaluate.plain_search import PlainSearch
from digital_life.llm.embedding import shared_embedder
from digital_life.momat.clip import AUTHORED, Clip
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import FITTING, MotionSearch
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_COUNT


@pytest.fixture(scope="module")
def search() -> MotionSearch:
    """The clips that people wrote: of what the weights made, several answer each query."""
    library = MotionLibrary.open(asset_dir("motion_db"))
    return MotionSearch(MotionLibrary(library.select(source=AUTHORED)), shared_embedder())


def test_paraphrases_find_their_clips_and_never_the_wrong_side(search: MotionSearch) -> None:
    paraphrases = read_paraphrases("shipped")
    ours = {name.partition(": ")[2]: value for name, value, _ in paraphrase_rows("ours", search, paraphrases)}
    plain_search = PlainSearch(search.library, search.embedder)
    plain = {name.partition(": ")[2]: value for name, value, _ in paraphrase_rows("plain", plain_search, paraphrases)}
    assert len(paraphrases) == 60
    assert ours["60 paraphrases, R@1"] >= 0.8 > plain["60 paraphrases, R@1"]
    assert ours["60 paraphrases, R@5"] >= 0.93 > plain["60 paraphrases, R@5"]
    assert ours["wrong side in the first five"] == 0.0
    assert ours["does what was excluded, first place"] == 0.0


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("用左手挥手", "wave_left"),
        ("挥右手打招呼", "wave_right"),
        ("摇头表示不同意", "shake_no"),
        ("点头，不要摇头", "nod_yes"),
        ("鼓掌", "clap"),
        ("向左转身", "turn_left"),
        ("生气", "angry_gesture"),
        ("笑得前仰后合", "laugh"),
    ],
)
def test_chinese_queries(search: MotionSearch, query: str, first: str) -> None:
    assert search.search(query, k=1)[0].clip.id == first


def test_acts_that_no_clip_does_score_low(search: MotionSearch) -> None:
    for text in ("swims across the pool", "plays chess", "fires a gun", "rides a bicycle", "sneezes"):
        assert search.search(text, k=1)[0].score < FITTING


def clip(name: str, *captions: str, **words: object) -> Clip:
    rotations = np.zeros((30, JOINT_COUNT, 4), dtype=np.float32)
    rotations[..., 0] = 1.0
    motion = Motion(np.zeros((30, 3), dtype=np.float32), rotations)
    return Clip.of(motion, **({"id": name, "captions": captions, "kind": "gesture", "posture": "standing"} | words))


@pytest.fixture(scope="module")
def small() -> MotionSearch:
    clips = [
        clip("salute_right", "a person salutes with the right hand", hand="right"),
        clip("salute_both", "a person salutes with both hands", hand="both"),
        clip("nod_two", "a person nods twice"),
        clip("nod_three", "a person nods three times"),
        clip("fingers_two", "holds up two fingers with the right hand", hand="right"),
        clip("fingers_three", "holds up three fingers with the right hand", hand="right"),
        clip("walk_sad", "a person walks", kind="locomotion", style="sad"),
        clip("walk_angry", "a person walks", kind="locomotion", style="angry"),
        clip("walk", "a person walks", "a person walks forward", kind="locomotion"),
        clip("walk_back", "a person walks backward", kind="locomotion"),
        clip("nod_seated", "a seated person nods", posture="seated"),
    ]
    return MotionSearch(MotionLibrary(clips), shared_embedder())


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("salutes with the left hand", "salute_right~mirror"),
        ("salutes with the right hand", "salute_right"),
        ("salutes, both hands", "salute_both"),
        ("nods two times", "nod_two"),
        ("nods three times", "nod_three"),
        ("shows three fingers", "fingers_three"),
        ("shows two fingers of the left hand", "fingers_two~mirror"),
        ("walks in a rage", "walk_angry"),
        ("unhappy stroll", "walk_sad"),
        ("strolls", "walk"),
        ("walks in reverse", "walk_back"),
        ("walks, not backward", "walk"),
        ("nods while sitting", "nod_seated"),
    ],
)
def test_hands_numbers_styles_directions_and_posture_decide(small: MotionSearch, query: str, first: str) -> None:
    assert small.search(query, k=1)[0].clip.id == first


def test_no_clip_acts_with_the_other_hand(small: MotionSearch) -> None:
    for side, wrong in (("left", "right"), ("right", "left")):
        hits = small.search(f"does something with the {side} hand", k=20)
        assert hits and all(hit.clip.hand != wrong for hit in hits)


def test_wishes_beside_the_text(small: MotionSearch) -> None:
    assert small.search("salutes", k=1, hand="left")[0].clip.id == "salute_right~mirror"
    assert small.search("salutes with the left hand", k=1, hand="right")[0].clip.id == "salute_right"
    assert small.search("walks", k=1, style="angry")[0].clip.id == "walk_angry"
    assert small.search("walks", k=1, avoid=["walk"])[0].clip.id != "walk"
    assert small.search("walks", k=1, avoid=["walking forward"])[0].clip.id != "walk"
    with pytest.raises(InputError, match="no hand is called"):
        small.search("salutes", hand="middle")


def test_an_empty_library_finds_nothing() -> None:
    assert MotionSearch(MotionLibrary([]), shared_embedder()).search("waves") == []

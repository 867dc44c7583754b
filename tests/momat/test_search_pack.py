"""The rules of search on real motion: a sample of the motion pack, and the hands that truly move."""

from pathlib import Path

import numpy as np
import pytest

from digital_life.llm.embedding import shared_embedder
from digital_life.momat.candidates import acting_hand
from digital_life.momat.clip import Clip
from digital_life.momat.library import MotionLibrary
from digital_life.momat.pack import read_pack
from digital_life.momat.search import MotionSearch
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

CONCEPTS = {"scratchhead", "receive", "pointup", "sneeze", "however", "nod", "bow", "turn", "bye", "count"}
"""Few captions, and acts that the pack has with one hand only."""


@pytest.fixture(scope="module")
def search(motion_pack: Path) -> MotionSearch:
    clips = [clip for clip in read_pack(motion_pack, segments=False) if clip.tags[:1] and clip.tags[0] in CONCEPTS]
    return MotionSearch(MotionLibrary(clips), shared_embedder())


def travel(clip: Clip, side: str) -> float:
    """Metres that a wrist moves against the pelvis."""
    motion = clip.motion
    positions, _ = forward_kinematics(motion.rotations, motion.translation, canonical_skeleton())
    path = positions[:, JOINT_INDEX[f"{side}_wrist"]] - positions[:, JOINT_INDEX["pelvis"]]
    return float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("act", ["scratches her head", "takes something", "lifts a contrast"])
def test_the_hand_that_was_asked_for_moves(search: MotionSearch, act: str, side: str) -> None:
    other = "left" if side == "right" else "right"
    hits = search.search(f"{act} with the {side} hand", k=8)
    assert all(acting_hand(hit.clip) != other for hit in hits)
    first = next(
        hit.clip for hit in hits if hit.clip.source == "smartbody"
    )  # one source: reading its frames takes a second
    assert travel(first, side) > travel(first, other)


@pytest.mark.parametrize(
    ("words", "side"), [("clockwise", "right"), ("anticlockwise", "left"), ("to the left", "left")]
)
def test_turns_go_the_way_that_was_asked_for(search: MotionSearch, words: str, side: str) -> None:
    for hit in search.search(f"turns {words} on the spot", k=5):
        assert side in " ".join(hit.clip.captions)


def test_numbers_styles_and_negation(search: MotionSearch) -> None:
    assert any("three" in caption for caption in search.search("shows three fingers", k=1)[0].clip.captions)
    assert search.search("furious bow", k=1)[0].clip.style == "angry"
    assert search.search("bows like grandpa", k=1)[0].clip.style == "old"
    for hit in search.search("takes leave without bowing", k=5):
        assert "bow" not in hit.clip.tags


@pytest.mark.parametrize(
    ("query", "concept"), [("用左手挠头", "scratchhead"), ("点头", "nod"), ("鞠躬，不要挥手", "bow")]
)
def test_chinese(search: MotionSearch, query: str, concept: str) -> None:
    assert search.search(query, k=1)[0].clip.tags[0] == concept


def test_whole_searches_are_the_same_again(search: MotionSearch) -> None:
    again = MotionSearch(search.library, shared_embedder())
    for query in ("waves goodbye sadly", "turns around", "scratches the head"):
        first, second = (s.search(query, k=10) for s in (search, again))
        assert [(hit.clip.id, hit.score) for hit in first] == [(hit.clip.id, hit.score) for hit in second]

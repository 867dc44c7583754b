import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.llm.embedding import shared_embedder
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch
from digital_life.momat.wording import clauses, read_wording, swap_sides
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton


@pytest.fixture(scope="module")
def search() -> MotionSearch:
    return MotionSearch(MotionLibrary.default(), shared_embedder())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("greets somebody", "wave"),
        ("laughs out loud", "laugh"),
        ("folds arms", "arms_crossed"),
        ("points at the window", "point"),
        ("takes a seat", "sit"),
        ("scratches chin thinking", "think"),
        ("shrugs her shoulders, no idea", "shrug"),
        ("bows politely", "bow"),
    ],
)
def test_finds_sensible_clips(search: MotionSearch, query: str, expected: str) -> None:
    first = search.search(query, k=1)[0]
    assert any(expected in word for word in (first.clip.id, *first.clip.tags))
    assert first.score > 0.4 and first.caption


def test_the_same_query_gives_the_same_ranking(search: MotionSearch) -> None:
    first, second = (search.search("agrees with a nod", k=8) for _ in range(2))
    assert [(hit.clip.id, hit.score) for hit in first] == [(hit.clip.id, hit.score) for hit in second]
    assert [hit.score for hit in first] == sorted((hit.score for hit in first), reverse=True)


def raised_wrist(motion_rotations: np.ndarray, translation: np.ndarray) -> str:
    positions, _ = forward_kinematics(motion_rotations, translation, canonical_skeleton())
    height = {side: positions[:, JOINT_INDEX[f"{side}_wrist"], 1].max() for side in ("left", "right")}
    return max(height, key=lambda side: float(height[side]))


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_named_hand_moves(search: MotionSearch, side: str) -> None:
    hit = search.search(f"waves with the {side} hand", k=1)[0]
    assert "wave" in hit.clip.id
    assert raised_wrist(hit.clip.motion.rotations, hit.clip.motion.translation) == side


def test_negated_acts_are_avoided(search: MotionSearch) -> None:
    ids = [hit.clip.id for hit in search.search("says hello without waving", k=3)]
    assert "wave" not in ids[0]


def test_filters(search: MotionSearch) -> None:
    assert all(hit.clip.posture in ("seated", "any") for hit in search.search("waits quietly", posture="seated"))
    assert all(hit.clip.kind == "talk" for hit in search.search("speaks", kind="talk"))


def test_an_empty_query_is_refused(search: MotionSearch) -> None:
    with pytest.raises(InputError, match="empty"):
        search.search("  ")


def test_wording() -> None:
    wording = read_wording("waves with the left hand without turning the head")
    assert wording.side == "left" and wording.negated == ("turning the head",)
    assert "turning" not in wording.text
    assert read_wording("turns right away").side is None
    assert swap_sides("left over Right") == "right over left"
    assert clauses("nods, then points at the door") == ["nods", "points at the door"]

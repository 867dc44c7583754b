"""Everyday acts and ways of listening: words find them, and words for other things do not."""

import pytest

from digital_life.llm.embedding import shared_embedder
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import FITTING, MotionSearch


@pytest.fixture(scope="module")
def search() -> MotionSearch:
    return MotionSearch(MotionLibrary.default(), shared_embedder())


@pytest.mark.parametrize(
    ("query", "posture", "first"),
    [
        ("talks on the phone", "standing", "phone_call"),
        ("answers her mobile", "seated", "phone_"),
        ("texts a friend", "standing", "phone_text"),
        ("looks at the phone", "seated", "phone_scroll_seated"),
        ("takes a selfie", "standing", "take_photo"),
        ("reads a book", "standing", "read_book"),
        ("reads a book", "seated", "read_book_seated"),
        ("reads the newspaper", "seated", "read_newspaper_seated"),
        ("reads a letter", "seated", "read_letter"),
        ("writes a letter", "seated", "write_seated"),
        ("scribbles on a notepad", "standing", "write_note"),
        ("types on a laptop", "seated", "type_seated"),
        ("stirs the soup", "standing", "cook_stir"),
        ("chops vegetables", "standing", "cook_chop"),
        ("pours tea", "standing", "pour"),
        ("wipes the table", "standing", "clean_wipe"),
        ("sweeps the floor", "standing", "clean_sweep"),
        ("puts on a jacket", "standing", "dress_jacket"),
        ("zips up the coat", "standing", "dress_zip"),
        ("buttons the shirt", "standing", "dress_button"),
        ("rolls up the sleeves", "standing", "dress_sleeves"),
        ("drinks tea", "seated", "drink_"),
        ("eats lunch", "seated", "eat_fork_seated"),
        ("eats a sandwich", "standing", "eat_sandwich"),
        ("打电话", "standing", "phone_call"),
        ("看书", "seated", "read_book_seated"),
        ("打字", "seated", "type_seated"),
        ("切菜", "standing", "cook_chop"),
        ("擦桌子", "standing", "clean_wipe"),
        ("穿外套", "standing", "dress_jacket"),
        ("吃饭", "seated", "eat_"),
        ("listens sceptically", "standing", "listen_standing_sceptical"),
        ("listens, bored", "seated", "listen_seated_bored"),
        ("leans forward and listens", "seated", "listen_seated_forward"),
    ],
)
def test_everyday_acts_are_found(search: MotionSearch, query: str, posture: str, first: str) -> None:
    hit = search.search(query, k=1, posture=posture)[0]
    assert hit.clip.id.startswith(first)
    assert hit.score > FITTING


@pytest.mark.parametrize(
    "query", ["explains something with both hands", "chops the air to insist", "makes a point", "says hello", "waits"]
)
def test_talking_takes_no_everyday_act(search: MotionSearch, query: str) -> None:
    assert not any("everyday" in hit.clip.tags for hit in search.search(query, k=5))

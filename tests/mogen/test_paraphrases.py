"""Other wordings of captions: different, never empty, and on the same side."""

import numpy as np
import pytest

from digital_life.llm.embedding import shared_embedder
from digital_life.mogen.captions import CaptionRows
from digital_life.mogen.dataset import collect
from digital_life.mogen.paraphrases import paraphrases
from digital_life.momat.library import MotionLibrary
from digital_life.momat.wording import sides_named, swap_sides

CAPTIONS = (
    "wave with the left hand",
    "a person raises the right hand and waves",
    "someone puts the right hand up as if to volunteer in an exhausted way",
    "a person walks to the left about 3 metres and turns left",
    "walk forward and turn right",
    "a person lightly moves the left hand at waist level to stress a word, in a seated position",
    "someone walks slowly sideways to the right",
    "a person waves hello with both hands",
    "seated shrug shoulders",
    "someone is a calm listener",
    "a character reloads a pistol",
    "look surprised while talking",
)
SIDED = tuple(caption for caption in CAPTIONS if sides_named(caption))


@pytest.mark.parametrize("caption", CAPTIONS[:-3])
def test_a_common_caption_is_said_in_as_many_ways_as_are_asked(caption: str) -> None:
    said = paraphrases(caption, 8)
    assert len(set(said)) == 8
    assert caption not in said
    assert all(len(words.split()) >= 2 for words in said)
    assert said == paraphrases(caption, 8) != paraphrases(caption, 8, seed=1)


@pytest.mark.parametrize("caption", SIDED)
def test_sides_are_neither_lost_nor_exchanged(caption: str) -> None:
    (side,) = sides_named(caption)
    (other,) = {"left", "right"} - {side}
    for words in paraphrases(caption, 40):
        assert sides_named(words) == {side}, words
        assert sides_named(swap_sides(words)) == {other}, words


def test_both_hands_stay_both() -> None:
    assert all("both" in words or "two" in words for words in paraphrases("a person waves hello with both hands", 40))


def test_a_distance_is_not_taken_for_a_speed() -> None:
    for words in paraphrases("a person walks forward about 9 metres", 40):
        assert "per second" not in words


def test_what_no_rule_covers_takes_other_forms_only() -> None:
    said = paraphrases("a character reloads a pistol", 30)
    assert len(said) > 5
    assert all("pistol" in words and "reload" in words.lower() for words in said)
    assert paraphrases("", 4) == () == paraphrases("aardvark", 4)


def test_verbs_take_the_form_of_the_sentence() -> None:
    said = paraphrases("a person runs forward", 60)
    assert any(" is running" in words for words in said)
    assert not any("runing" in words or "runes" in words for words in said)


def test_a_share_of_the_examples_is_said_in_other_words() -> None:
    data = collect([MotionLibrary.default()[name] for name in ("wave_right", "nod_yes")])
    rows = CaptionRows(data.items, shared_embedder(), wordings=3, reworded=0.5)
    rng = np.random.default_rng(0)
    chosen, mirrored = np.zeros(200, np.intp), np.arange(200) % 2 == 0
    texts = rows.draw(chosen, mirrored, rng)
    own = {*data.items[0].captions, *(swap_sides(caption) for caption in data.items[0].captions)}
    assert 0.2 < np.mean([text not in own for text in texts]) < 0.6  # Chinese captions stay as they are
    for text, flip in zip(texts, mirrored, strict=True):
        assert sides_named(text) <= ({"left"} if flip else {"right"})
    states, mask = rows.take(texts)
    assert states.shape[:2] == mask.shape
    assert mask.any(dim=1).all()

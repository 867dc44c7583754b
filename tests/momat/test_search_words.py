"""What the search reads out of words: sides, negation, directions, numbers, Chinese; and the paraphrases' own rule."""

from pathlib import Path

import pytest

from digital_life.evaluate.paraphrases import answers, read_paraphrases, shared_words
from digital_life.momat.chinese import motion_glossary
from digital_life.momat.lexicon import motion_lexicon, stem
from digital_life.momat.library import MotionLibrary
from digital_life.momat.pack import read_pack
from digital_life.momat.wording import read_wording, swap_sides, values_named, without_sides


@pytest.mark.parametrize(
    ("query", "wanted", "negated"),
    [
        ("says hello without waving", "says hello", ("waving",)),
        ("does not wave, but nods", "nods", ("wave",)),
        ("never waves but bows deeply", "bows deeply", ("waves",)),
        ("steps back instead of forward", "steps back", ("forward",)),
        ("doesn't nod and shakes her head", "shakes her head", ("nod",)),
        ("waves with her left hand, not her right", "waves with her left hand", ("her right",)),
        ("says no with the hand", "says no with the hand", ()),
        ("does not know and shrugs", "does not know and shrugs", ()),
        ("waves goodbye without confidence", "waves goodbye without confidence", ()),
    ],
)
def test_what_is_not_to_happen(query: str, wanted: str, negated: tuple[str, ...]) -> None:
    wording = read_wording(query)
    assert (wording.text, wording.negated) == (wanted, negated)


def test_a_query_that_only_forbids_leaves_standing_still() -> None:
    assert "stands still" in read_wording("a person does not nod").text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("waves with the left hand", {"act:wave", "hand:left"}),
        ("someone gestures to the left with the right hand", {"dir:left", "hand:right"}),
        ("raises both hands", {"act:raise", "hand:both"}),
        ("kicks with the right foot", {"act:kick", "leg:right", "part:foot"}),
        ("turns clockwise", {"act:turn", "dir:right"}),
        ("turns counter-clockwise", {"act:turn", "dir:left"}),
        ("holds up two fingers", {"act:count", "fingers:2", "part:finger"}),
        ("nods twice", {"act:nod", "times:2"}),
        ("bows three times", {"act:bow", "times:3"}),
        ("points at the door right away", {"act:point"}),
        ("walks backwards slowly", {"act:walk", "dir:backward", "speed:slow"}),
        ("furious", {"style:angry"}),
        ("waves with either hand", {"act:wave"}),
    ],
)
def test_values_of_words(text: str, values: set[str]) -> None:
    assert set(values_named(text)) == values


def test_sides_are_swapped_and_left_out() -> None:
    assert swap_sides("Left over right, clockwise, 左手") == "right over left, anticlockwise, 右手"
    assert swap_sides("right here with the right hand") == "right here with the left hand"
    assert swap_sides("walks sideways to the right at about 0.5 metres per second").startswith(
        "walks sideways to the left"
    )
    assert swap_sides("turns right on the spot") == "turns left on the spot"
    assert swap_sides("walks to the left for about 3 metres") == "walks to the right for about 3 metres"
    assert swap_sides("stops right on the spot, left for dead") == "stops right on the spot, left for dead"
    assert without_sides("waves with the left hand") == without_sides("waves with the right hand")


@pytest.mark.parametrize("form", ["wave", "waves", "waved", "waving"])
def test_forms_of_a_word_share_a_stem(form: str) -> None:
    assert stem(form) == stem("wave") and stem("nodding") == stem("nods") == "nod"


@pytest.mark.parametrize(
    ("query", "wanted", "forbidden"),
    [
        ("用左手挥手，不点头", {"act:wave", "hand:left"}, "nod"),
        ("没有挥手，而是鞠躬", {"act:bow"}, "wave"),
        ("用左手而不是右手挥手", {"act:wave", "hand:left"}, "right hand"),
        ("点了三下头", {"act:nod", "times:3", "part:head"}, ""),
        ("向右转身", {"act:turn", "dir:right"}, ""),
        ("不知道，耸耸肩", {"act:shrug"}, ""),
        ("伤心地 wave 左手", {"act:wave", "hand:left", "style:sad"}, ""),
    ],
)
def test_chinese_is_read_by_the_same_rules(query: str, wanted: set[str], forbidden: str) -> None:
    wording = read_wording(motion_glossary().read(query).english)
    assert wanted <= wording.values
    assert any(forbidden in phrase for phrase in wording.negated) if forbidden else not wording.negated


def test_every_chinese_term_of_an_act_reads_as_that_act() -> None:
    lexicon = motion_lexicon()
    acts = [value for value in lexicon.values if value.startswith("act:")]
    assert len(acts) > 50
    for value in acts:
        assert value in lexicon.read(lexicon.said(value)), f"'{lexicon.said(value)}' does not say {value}"


def test_paraphrases_share_no_content_word_with_the_shipped_clips() -> None:
    library = MotionLibrary.default()
    paraphrases = read_paraphrases("shipped")
    assert len(paraphrases) > 50
    for paraphrase in paraphrases:
        found = answers(paraphrase, library)
        assert found, f"nothing answers '{paraphrase.query}'"
        assert not shared_words(paraphrase, found), f"'{paraphrase.query}' uses words of its answers"


def test_paraphrases_share_no_content_word_with_the_pack(motion_pack: Path) -> None:
    library = MotionLibrary(list(read_pack(motion_pack)))
    paraphrases = read_paraphrases("pack")
    english = [paraphrase for paraphrase in paraphrases if paraphrase.group != "chinese"]
    assert len(english) == 200 and len(paraphrases) == 220
    for paraphrase in english:
        found = answers(paraphrase, library)
        assert found, f"nothing answers '{paraphrase.query}'"
        assert not shared_words(paraphrase, found), f"'{paraphrase.query}' uses words of its answers"

"""News and tales are told, heard and thought of in the mood that their words ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digital_life.behaviour import Behaviour
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.own_words import as_own_wish
from digital_life.sociomind.planning import Topic
from digital_life.sociomind.raising import news_subjects
from digital_life.sociomind.valence import mood_of

Make = Callable[..., Mind]
Say = Callable[[Mind, str], Behaviour]
ENCODER = CachedEncoder()


@pytest.mark.parametrize(
    ("news", "moods"),
    [
        ("The insurance pays nothing for the greenhouse.", {"sad", "angry"}),
        ("The council has refused the garden.", {"sad", "angry"}),
        ("Teo had an accident with the boat.", {"sad", "afraid"}),
        ("A letter has come: the institute will close the cellar in spring.", {"sad", "angry"}),
        ("The prize for the best garden goes to Mira.", {"glad"}),
        ("Her cousin was accepted at the conservatory.", {"glad"}),
        ("There is a new baker in the street.", {"calm"}),
    ],
)
def test_news_has_the_mood_of_its_words_however_much_it_matters(news: str, moods: set[str]) -> None:
    assert mood_of(news, ENCODER) in moods
    topic = Topic(description=news, poignancy=9, emergency=9, owner="Mira", source="event")
    assert news_subjects([topic], "Mira", ENCODER)[0].mood in moods


@pytest.mark.parametrize("said", ["The insurance pays nothing.", "Our house burned down and we have lost everything."])
def test_bad_news_of_a_visitor_is_neither_praised_nor_asked_on(make_mind: Make, say: Say, said: str) -> None:
    mind = make_mind()
    say(mind, "Hello!")
    answer = say(mind, said)
    kind = [*mind.persona.speech.lines["react_sorrow"], *mind.persona.speech.lines["comfort"]]
    assert any(line in answer.speech for line in kind)
    assert "?" not in answer.speech
    assert "glad" not in mind.last_thought


def test_nobody_thinks_how_glad_they_are_while_telling_something_sad(make_mind: Make, say: Say) -> None:
    for seed in range(4):
        mind = make_mind(seed=seed)
        say(mind, "Hello!")
        assert (
            "fire" in say(mind, "Tell me about the greenhouse fire.").speech
            or "burned" in mind.state()["plot"]["behaviours"][-1]["speech"]
        )
        assert "glad" not in mind.last_thought


@pytest.mark.parametrize(
    ("wish", "own"),
    [
        ("to find people who will help her carry plants", "to find people who will help me carry plants"),
        ("to be forgiven for the one thing he has never said", "to be forgiven for the one thing I have never said"),
        ("to mend her van", "to mend my van"),
        ("to write to the brother who never answers him", "to write to the brother who never answers him"),
    ],
)
def test_a_wish_is_thought_in_the_first_person(wish: str, own: str) -> None:
    assert as_own_wish(wish) == own

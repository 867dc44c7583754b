"""What strangers do not hear yet, in whichever part of the persona file it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digital_life.behaviour import Behaviour
from digital_life.persona.library import load_persona
from digital_life.persona.schema import Relationship
from digital_life.sociomind.disclosure import MOTIVE_LEVEL, fact_levels, gated_subjects
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.mind import Mind

Make = Callable[..., Mind]
Say = Callable[[Mind, str], Behaviour]
ENCODER = CachedEncoder()
CLOSE = Relationship(description="a friend", attitude="", trust=9, intimacy=9, supportiveness=8)


def befriend(mind: Mind) -> None:
    """Have the mind know its guest well."""
    state = mind.state()
    state["relationships"]["Guest"] = CLOSE.model_dump()
    mind.restore(state)


@pytest.mark.parametrize(
    ("persona", "about"),
    [
        ("mira", "the old salt works"),
        ("dariush", "a tremor nobody has measured"),
        ("zeca", "the long table"),
        ("ingrid", "training the young ones"),
    ],
)
def test_a_story_that_tells_the_wish_for_life_is_as_private_as_the_wish(persona: str, about: str) -> None:
    levels = {item.about: item.intimacy for item in gated_subjects(load_persona(persona), ENCODER)}
    assert levels[about] == MOTIVE_LEVEL
    assert sum(level == MOTIVE_LEVEL for level in levels.values()) <= 2


@pytest.mark.parametrize(
    "question", ["What do you want in life?", "What is your dream?", "What would you like to make one day?"]
)
def test_a_stranger_does_not_hear_the_wish_for_life_and_a_friend_does(make_mind: Make, say: Say, question: str) -> None:
    stranger, friend = make_mind("mira"), make_mind("mira")
    befriend(friend)
    heard = {}
    for name, mind in (("stranger", stranger), ("friend", friend)):
        say(mind, "Hello!")
        heard[name] = say(mind, question).speech
    assert "salt works into" not in heard["stranger"]
    assert "garden" not in heard["stranger"]
    assert "salt works" in heard["friend"]


def test_a_fact_is_kept_back_like_the_wish_or_the_story_that_it_tells() -> None:
    mira = load_persona("mira")
    wish = "I want to turn the old salt works into a garden for everybody."
    secret = mira.subjects[7].model_copy(update={"intimacy": 7})
    persona = mira.model_copy(update={"facts": [*mira.facts, wish], "subjects": [*mira.subjects, secret]})
    levels = fact_levels(persona, gated_subjects(persona, ENCODER), ENCODER)
    assert levels[wish] == MOTIVE_LEVEL
    assert levels["I am allergic to cats."] == 1
    assert levels["I was engaged once, to a ship's cook who never came back from Valparaiso."] >= 2

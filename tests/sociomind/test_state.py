"""The psychological state: scales in words, emotion words, facets, needs, and changes with their cause."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError
from digital_life.persona.facets import FACETS, FACETS_OF, TRAIT_OF, TRAITS
from digital_life.persona.library import load_persona
from digital_life.persona.schema import BigFive, Motivation, Needs, Persona, Relationship
from digital_life.sociomind.emotion import describe, emotion
from digital_life.sociomind.emotion_words import emotion_from_words
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.needs import after_hearing, after_time_apart, after_turn, urges
from digital_life.sociomind.scales import POLES
from digital_life.sociomind.state import fresh_state
from digital_life.sociomind.words import in_number, in_words, numbers_in, personality_in_words
from digital_life.yaml_file import load_yaml

from .test_offline_mind import Make, Say


def test_thirty_facets_six_a_trait_each_with_words_of_its_own() -> None:
    assert len(set(FACETS)) == 30
    assert all(len(FACETS_OF[trait]) == 6 for trait in TRAITS)
    assert all(TRAIT_OF[facet] == trait for trait, facets in FACETS_OF.items() for facet in facets)
    words = [word for facet in FACETS for word in POLES[facet]]
    assert len(set(words)) == 60, "two poles would be mistaken for one another"


@pytest.mark.parametrize("scale", POLES)
def test_every_number_comes_back_from_its_words(scale: str) -> None:
    assert [in_number(scale, in_words(scale, value)) for value in range(1, 10)] == list(range(1, 10))
    assert [numbers_in(in_words(scale, value), [scale]) for value in range(1, 10)] == [
        {scale: value} for value in range(1, 10)
    ]


def test_numbers_are_found_in_a_description() -> None:
    said = "She is very outgoing, not tidy, slightly anxious, neither moderate nor impulsive, and extremely generous."
    assert numbers_in(said) == {
        "extraversion": 8, "orderliness": 4, "anxiety": 6, "immoderation": 5, "altruism": 9,
    }  # fmt: skip
    assert numbers_in("a botanist from Port Vell") == {}


def test_a_personality_told_in_words_is_read_back() -> None:
    personality = BigFive(openness=8, extraversion=2, facets={"anger": 7, "modesty": 1})
    said = numbers_in(personality_in_words(personality))
    assert said == {"openness": 8, "extraversion": 2, "anger": 7, "modesty": 1}


def test_what_an_emotion_is_called_leads_back_to_it() -> None:
    grid = [value / 2 for value in range(2, 19)]
    for point in product(grid, grid, (3.0, 7.0)):
        said = describe(*point)
        back = emotion_from_words(said)
        assert back is not None and back.description == said, point


def test_emotions_in_plain_english() -> None:
    mixed = emotion_from_words("happy, excited, and a bit nervous")
    assert mixed is not None and mixed.pleasure > 6 and mixed.arousal > 6
    sad = emotion_from_words("deeply hurt and lonely")
    assert sad is not None and sad.pleasure < 3
    not_happy = emotion_from_words("not happy")
    assert not_happy is not None and not_happy.pleasure < 5
    assert emotion_from_words("purple") is None


def test_facets_default_to_their_trait_and_are_checked(tmp_path: Path) -> None:
    personality = BigFive(extraversion=8, facets={"gregariousness": 3})
    assert (personality.facet("cheerfulness"), personality.facet("gregariousness")) == (8, 3)
    path = tmp_path / "odd.yaml"
    path.write_text(
        "name: Odd\ndescription: x\nbeliefs: [y]\nmotivation: {long_term: a, short_term: b}\n"
        "personality: {openness: 5, facets: {charm: 5, anger: 12}}\n"
    )
    with pytest.raises(InputError, match=r"odd\.yaml:5: personality\.facets") as error:
        load_yaml(path, Persona)
    assert "charm" in str(error.value) and "12" in str(error.value)


def test_needs_that_are_not_met_become_urges() -> None:
    sociable, solitary = BigFive(extraversion=9), BigFive(extraversion=1)
    alone = Needs(energy=7, company=3, competence=5, novelty=5)
    assert [urge.need for urge in urges(alone, sociable)] == ["company"]
    assert urges(alone, solitary) == []
    tired_and_bored = urges(Needs(energy=1, novelty=2), BigFive(openness=8))
    assert [urge.need for urge in tired_and_bored] == ["novelty", "energy"]


def test_needs_move_with_what_happens_and_stay_on_the_scale() -> None:
    start = Needs()
    talked = after_turn(start, BigFive())
    assert talked.energy < start.energy and talked.company > start.company and talked.novelty < start.novelty
    assert after_turn(start, BigFive(extraversion=1)).energy < talked.energy, "talk tires the reserved more"
    assert after_hearing(start, {"insult"}, news=False).competence < start.competence
    assert after_hearing(start, set(), news=True).novelty > start.novelty
    rested = after_time_apart(Needs(energy=2, company=9))
    assert rested.energy > 2 and rested.company < 9
    worst = Needs(energy=1, company=1, competence=1, novelty=1)
    for _ in range(5):
        worst = after_hearing(worst, {"insult", "bad_news", "silence"}, news=False)
    assert min(worst.model_dump().values()) >= 1


def test_every_change_is_noted_with_cause_before_and_after() -> None:
    state = fresh_state(load_persona("mira"))
    assert state.unrecorded() == []
    before = state.emotion
    state.emotion = emotion(2, 7, 4)
    state.relationships["Emeka"] = Relationship(description="a new face", trust=6)
    state.note("Emeka: Good day.")
    state.motivation = Motivation(long_term="to rest", short_term="to go home")
    state.beliefs[0] = "Nothing lasts."
    state.needs = Needs(energy=2)
    kept = state.unrecorded()
    changes = {(item.part, item.partner): item for item in kept}
    assert set(changes) == {
        ("emotion", ""), ("relationship", "Emeka"), ("motivation", ""), ("belief", ""), ("needs", ""),
    }  # fmt: skip
    felt = changes["emotion", ""]
    assert (felt.cause, felt.before["pleasure"], felt.after["pleasure"]) == ("Emeka: Good day.", before.pleasure, 2)
    assert changes["relationship", "Emeka"].before is None
    assert changes["belief", ""].cause == "not told", "a change that nobody explained is not lost"
    assert state.unrecorded() == kept, "each is handed out until it is recorded"
    state.recorded(kept)
    assert state.unrecorded() == []


def test_a_turn_tells_what_changed_and_why(make_mind: Make, say: Say) -> None:
    mind = make_mind()
    answer = say(mind, "You are a stupid liar.")
    changes = mind.checkpoint().changes
    assert [item.part for item in changes if item.cause.startswith("Guest: You are a stupid liar.")] == [
        "emotion", "needs",
    ]  # fmt: skip
    hurt = next(item for item in changes if item.part == "emotion")
    assert hurt.after["pleasure"] < hurt.before["pleasure"]
    assert changes[2].cause.startswith("Mira: ")
    assert answer.emotion.model_dump() == changes[2].after
    mind.finish()
    looking_back = [item for item in mind.checkpoint().changes if item.part == "relationship"]
    assert [(item.partner, item.cause) for item in looking_back] == [
        ("Guest", "looking back on the conversation with Guest: relationship")
    ]
    assert looking_back[0].after["trust"] < 4, "trust of a stranger is 4"


def test_a_percept_that_is_delivered_twice_counts_once(make_mind: Make, say: Say) -> None:
    mind: Mind = make_mind()
    heard = Behaviour(speaker="Guest", partner="Mira", speech="You are a liar.", mind="person")
    mind.perceive(heard)
    felt = mind.emotion
    mind.perceive(heard)
    assert mind.emotion == felt
    assert len(mind._plot().behaviours) == 1
    mind.act()
    mind.perceive(heard)
    assert len(mind._plot().behaviours) == 3, "said again after an answer it is another act"
    assert [item.speech for item in mind._plot().recent(1)] == ["You are a liar."]

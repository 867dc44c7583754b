"""Relationships rise and fall by what was done, and their words follow the numbers."""

from __future__ import annotations

from collections.abc import Callable

from digital_life.behaviour import Behaviour
from digital_life.persona.library import load_persona
from digital_life.persona.schema import Relationship
from digital_life.sociomind.hearing import Heard
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.relationship_rules import Course, moved
from digital_life.sociomind.state import STRANGER

Make = Callable[..., Mind]
Say = Callable[[Mind, str], Behaviour]
MIRA = load_persona("mira")
FRIEND = Relationship(
    description="a friend", attitude="I trust them, and I look forward to seeing them.", trust=7, intimacy=7
)
TELLS = Heard(statement="I built a boat.", tells=True, mood="tender", acts=frozenset(["thanks"]))
INSULT = Heard(statement="You are a fool.", acts=frozenset(["insult"]))
YAWN = Heard(statement="Hm.")


def test_kindness_brings_people_closer_and_ever_more_slowly() -> None:
    stages = [STRANGER]
    for _ in range(6):
        stages.append(moved(stages[-1], Course([TELLS] * 3), MIRA))
    trust = [stage.trust for stage in stages]
    assert trust == sorted(trust)
    assert trust[1] - trust[0] > trust[-1] - trust[-2]
    assert len({stage.attitude for stage in stages[1:]}) >= 3
    assert len({stage.description for stage in stages}) >= 3


def test_an_insult_costs_all_three_and_the_words_say_it() -> None:
    after = moved(FRIEND, Course([INSULT]), MIRA)
    assert after.trust < FRIEND.trust
    assert after.intimacy < FRIEND.intimacy
    assert after.supportiveness < FRIEND.supportiveness
    assert "hurt" in after.attitude
    healed = moved(after, Course([TELLS] * 3), MIRA)
    assert "hurt" not in healed.attitude


def test_a_refusal_and_ignored_questions_cost_trust() -> None:
    refused = moved(FRIEND, Course([YAWN], refused=1), MIRA)
    ignored = moved(FRIEND, Course([YAWN], ignored=3), MIRA)
    assert refused.trust < FRIEND.trust
    assert ignored.trust < FRIEND.trust
    assert refused.attitude != FRIEND.attitude
    assert refused.description != FRIEND.description


def test_boredom_cools_a_relationship() -> None:
    after = moved(FRIEND, Course([YAWN] * 4), MIRA)
    assert after.intimacy < FRIEND.intimacy
    assert after.trust == FRIEND.trust
    assert "cooled" in after.attitude


def test_what_the_author_wrote_stays_until_much_has_changed() -> None:
    zeca = MIRA.relationships["Zeca"]
    assert moved(zeca, Course([TELLS]), MIRA).attitude == zeca.attitude
    after = moved(zeca, Course([INSULT, INSULT]), MIRA)
    assert after.description == zeca.description
    assert after.attitude != zeca.attitude


def test_a_visitor_who_only_hums_is_no_company(make_mind: Make, say: Say) -> None:
    mind = make_mind("dariush")
    for words in ("Hello!", "I have no idea why I am here today.", "Hm.", "Hm.", "Hm.", "Hm.", "Hm.", "Hm."):
        say(mind, words)
    change = next(item for item in mind.finish() if item["kind"] == "relationship")
    assert change["after"]["intimacy"] < change["before"]["intimacy"]


def test_words_for_somebody_little_known_follow_what_they_did_and_how_often_one_met() -> None:
    dull = Course([Heard(text="Well.", statement="Well.")])
    first = moved(STRANGER, dull, MIRA)
    second = moved(first, dull, MIRA)
    assert first.attitude != second.attitude
    kind = moved(STRANGER.model_copy(update={"supportiveness": 7}), dull, MIRA)
    nearer = moved(STRANGER.model_copy(update={"intimacy": 4}), dull, MIRA)
    assert len({first.attitude, second.attitude, kind.attitude, nearer.attitude}) == 4

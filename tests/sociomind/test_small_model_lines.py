"""A small model may word the planned turn; a line that strays in any way is replaced, and the label says why."""

from __future__ import annotations

from typing import Any

import pytest

from digital_life.behaviour import Behaviour
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.sociomind.acceptance import Setting, fault
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.small_prompts import static_prefix

from .conftest import PLACES
from .test_model_pipelines import Scripted

HEARD = "Goodbye, Mira. It was a pleasure."
PLAN = "My brother Teo came with a hammer and no questions. We rebuilt it in nine weeks."
GOOD = "Teo, my brother, came with no questions and a hammer. Nine weeks, and we had rebuilt it."


def turn(model: Any, speech: str = HEARD) -> tuple[Mind, Behaviour]:
    mind = Mind(load_persona("mira"), model, seed=0)
    mind.begin("Emeka", "They wait for a bus.", PLACES, 8)
    mind.perceive(Behaviour(speaker="Emeka", partner="Mira", speech=speech))
    return mind, mind.act()


def judged(line: str, plan: str = PLAN) -> str:
    heard = "Oh. I'll stop being ironic for a minute. How did you ever get it built again?"
    said = ["Last winter my greenhouse burned down, seeds and all.", heard]
    foreign = ["My work is teaching children to swim, and it's bubbles for the most part."]
    return fault(line, Setting(plan, heard, said, foreign, "Mira", "Dariush"), CachedEncoder())


def test_a_faithful_rewording_is_taken() -> None:
    assert judged(GOOD) == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "broken off"),
        ("My brother came with a hammer and then", "broken off"),
        (PLAN, "said the planned line as it was"),
        ("A hammer!", "too short"),
        (GOOD + " As an AI language model.", "out of role"),
        ("Mira's brother Teo came with a hammer and no questions. It took nine weeks.", "mixes up who speaks"),
        ("I'm Dariush, Teo came with a hammer and no questions for nine weeks.", "mixes up who speaks"),
        ("He came with a hammer and no questions. We rebuilt it in nine weeks.", "pronoun"),
        ("Teo came, no questions. I'll stop being ironic for a minute, nine weeks.", "repeats"),
        ("Last winter my greenhouse burned down, so Teo came with a hammer, no questions, nine weeks.", "repeats"),
        ("My brother Teo: teaching children to swim, and it's bubbles, no questions, nine weeks.", "repeats"),
        ("My brother Teo came with a hammer and no questions, didn't he? Nine weeks!", "asks"),
        ("My brother Teo came with a hammer and many questions. We rebuilt it in nine weeks.", "contradicts"),
        ("Teo came with a hammer and no questions. Rebuilt in nine weeks, that is that.", "mixes up who speaks"),
        (PLAN[:-1] + ", but I'll be back later.", "of its own"),
        ("Oh, you're right! " + PLAN, "mixes up who speaks"),
        ("My brother Teo came with a hammer and no questions. We rebuilt it in three weeks.", "changes a fact"),
        ("My brother Pablo came with a hammer and no questions. We rebuilt it in nine weeks.", "changes a fact"),
        ("My brother Teo has no dog, no boat, no violin and no patience for nine weeks.", "of its own"),
    ],
)
def test_every_kind_of_straying_is_named(line: str, reason: str) -> None:
    assert reason in judged(line)


def test_the_line_is_the_models_and_the_state_is_the_planners() -> None:
    planner, planned = turn(OfflineModel())
    reworded = f"{planned.speech[:-1]}, then{planned.speech[-1]}"
    mind, spoken = turn(Scripted("dialogue", f"I'm Emeka. {planned.speech}", reworded))
    assert (spoken.speech, spoken.mind) == (reworded, "openai:scripted")
    assert (spoken.motion, spoken.expression, spoken.emotion) == (planned.motion, planned.expression, planned.emotion)
    assert mind.state()["plot"]["notes"] == planner.state()["plot"]["notes"]


def test_the_model_is_told_what_was_heard_and_what_is_meant() -> None:
    _, planned = turn(OfflineModel())
    model = Scripted("dialogue", "Rubbish.")
    turn(model)
    prefix = static_prefix(load_persona("mira"))
    assert model.calls[0][: len(prefix)] == prefix
    assert all(message.fixed for message in prefix)
    assert HEARD in model.calls[0][-1].content
    assert planned.speech in model.calls[0][-1].content


def test_a_refused_line_is_replaced_by_the_planned_one_and_labelled() -> None:
    _, planned = turn(OfflineModel())
    _, spoken = turn(Scripted("dialogue", "Bananas are yellow and I have"))
    assert spoken.speech == planned.speech
    assert spoken.mind == "offline (fallback: openai:scripted broken off)"


def test_long_lines_and_questions_about_machines_stay_the_personas() -> None:
    model = Scripted("dialogue", "Hello.")
    long = turn(model, "What do you do for a living?")[1]
    honest = turn(model, "Are you a human or a machine?")[1]
    assert long.mind == "offline (guard: openai:scripted)"
    assert honest.mind == "offline (guard: honest about being a machine)"
    assert model.calls == []


def test_warming_up_reads_the_fixed_beginning_once() -> None:
    model = Scripted("dialogue", "Hello.")
    Mind(load_persona("mira"), model, seed=0).warm_up()
    assert len(model.calls) == 1
    assert [message for message in model.calls[0] if message.fixed] == static_prefix(load_persona("mira"))


def test_an_introduction_may_say_the_own_name_twice() -> None:
    plan = "My name is Mira Solano, but Mira will do. I'm the one with earth under her nails."
    assert judged("I'm Mira Solano, but just Mira will do. The one with earth under her nails, I am.", plan) == ""
    assert "who speaks" in judged("My name is Mira Solano, Mira, and I'm the one with earth under her nails.", plan)


def test_nobody_greets_oneself() -> None:
    plan = "Good day to you. Come closer, I only bite vegetables. My name is Mira Solano, but Mira will do."
    line = (
        "A good day to you, Mira Solano! Come closer, I only bite vegetables. My name is Mira Solano, but Mira will do."
    )
    assert judged(line, plan) == "mixes up who speaks"
    assert judged(line.replace(", Mira Solano", ""), plan) == ""


def test_what_is_counted_must_stay() -> None:
    plan = "I look after two hundred and six lifts in this city."
    assert judged("In this city I look after two hundred and six lifts.", plan) == ""
    assert judged("In this city I look after two hundred and six people.", plan) == "changes a fact"


@pytest.mark.parametrize(
    "speech", ["I have to confess that I lied to my wife.", "Sprechen Sie Deutsch?", "Where did I say I live?"]
)
def test_delicate_and_exact_answers_are_not_left_to_a_small_model(speech: str) -> None:
    mind = Mind(load_persona("mira"), Scripted("dialogue", "Anything else."), seed=0)
    mind.begin("Guest", "They wait for a bus.", PLACES, 8)
    mind.perceive(Behaviour(speaker="Guest", partner="Mira", speech=speech, mind="person"))
    assert "guard" in mind.act().mind

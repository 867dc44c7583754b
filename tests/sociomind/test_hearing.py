"""What the offline mind makes of the partner's words."""

from __future__ import annotations

import pytest

from digital_life.behaviour import Behaviour
from digital_life.persona.library import list_personas, load_persona
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.hearing import Ear, split_sentences
from digital_life.sociomind.noun_phrases import noun_phrases


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear(CachedEncoder())


def heard_from_person(ear: Ear, text: str):  # type: ignore[no-untyped-def]
    return ear.understand(Behaviour(speaker="Guest", speech=text, mind="person"))


@pytest.mark.parametrize(
    ("text", "asks", "theme"),
    [
        ("How are you?", "how", ""),
        ("What's your name?", "name", ""),
        ("what do you do for work", "theme", "work"),
        ("Are you scared of anything?", "theme", "fear"),
        ("And then? Don't stop there!", "next", ""),
        ("Why does that matter to you?", "why", ""),
        ("How did that feel, inside?", "feeling", ""),
        ("Tell me a joke!", "joke", ""),
        ("I'm fine. And you?", "return", ""),
        ("May I tell you about the blue orchid?", "", ""),
        ("It was a long way, wasn't it?", "", ""),
        ('He said, "Who are you?"', "", ""),
    ],
)
def test_questions(ear: Ear, text: str, asks: str, theme: str) -> None:
    heard = heard_from_person(ear, text)
    assert (heard.asks, heard.theme) == (asks, theme)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Hello there!", "greet"),
        ("My mother died on Monday.", "bad_news"),
        ("You are a stupid liar.", "insult"),
        ("I have to go now, bye!", "farewell"),
        ("I passed my exam!", "good_news"),
        ("Thank you very much.", "thanks"),
        ("I'm sorry, that was rude of me.", "apology"),
        ("", "silence"),
    ],
)
def test_acts(ear: Ear, text: str, act: str) -> None:
    assert act in heard_from_person(ear, text).acts


def test_harmless_words_are_no_insult(ear: Ear) -> None:
    assert "insult" not in heard_from_person(ear, "I ran in twice, which was brave or very stupid.").acts


def test_the_questions_of_all_personas_are_understood(ear: Ear) -> None:
    right = total = 0
    for name in list_personas():
        for subject in load_persona(name).subjects:
            heard = ear.understand(Behaviour(speaker="x", speech=subject.ask))
            right += (heard.asks, heard.theme) == ("theme", subject.theme)
            total += 1
    assert right / total > 0.93, f"only {right} of {total}"


def test_names_and_moods_are_heard(ear: Ear) -> None:
    assert heard_from_person(ear, "Hi, my name is Anna.").name == "Anna"
    assert heard_from_person(ear, "I'm so happy today!").name == ""
    told = Behaviour(
        speaker="x", speech="There is a room at the back of the house that I keep locked.", expression="sad eyes"
    )
    assert ear.understand(told).mood == "sad"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I found a blue orchid on the north cliff.", ["the blue orchid", "the north cliff"]),
        ("My greenhouse burned down.", ["your greenhouse"]),
        ("My brother came with a hammer.", ["the hammer"]),
        ("It was the stationmaster's goat, at the same time.", []),
    ],
)
def test_things_that_were_mentioned(text: str, found: list[str]) -> None:
    assert noun_phrases(text) == found


def test_a_sentence_keeps_the_mark_that_closes_its_quotation() -> None:
    told = 'I told her, "Back by spring." That was long ago. “Really?” She asked.'
    assert split_sentences(told) == ['I told her, "Back by spring."', "That was long ago.", "“Really?”", "She asked."]


def test_a_sound_is_no_apology(ear: Ear) -> None:
    assert not ear.understand(Behaviour(speaker="Guest", speech="Hm.", mind="person")).acts

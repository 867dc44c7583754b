"""What visitors ask in their own words: their own life, the character's, another language, the heart, and the unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from digital_life.behaviour import Behaviour
from digital_life.persona.library import load_persona
from digital_life.sociomind.honest_lines import HEART_LINES
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.other_language import language_of, meaning_of
from digital_life.sociomind.own_words import as_a_statement, from_the_other_side
from digital_life.sociomind.visitor_told import asks_for_own_words

Make = Callable[..., Mind]
Say = Callable[[Mind, str], Behaviour]
TURNS = yaml.safe_load((Path(__file__).parent / "data" / "visitor_turns.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("turn", TURNS, ids=[turn["id"] for turn in TURNS])
def test_visitors_are_answered_to_the_point(make_mind: Make, say: Say, turn: dict[str, Any]) -> None:
    mind = make_mind(turn["persona"])
    for words in ("Hello!", *turn.get("earlier", ())):
        say(mind, words)
    answer = say(mind, turn["says"]).speech
    fallbacks = load_persona(turn["persona"]).speech.lines["fallback"]
    assert answer
    assert answer not in fallbacks
    for patterns in turn.get("any", ()):
        assert any(re.search(pattern, answer) for pattern in patterns), answer
    assert not any(re.search(pattern, answer) for pattern in turn.get("never", ())), answer


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("A confession: I lied to my best friend.", "confession"),
        ("I'm so worried about my exam.", "worry"),
        ("My boss shouted at me for no reason.", "wronged"),
    ],
)
def test_what_weighs_on_a_visitor_is_met_as_such(make_mind: Make, say: Say, said: str, answer: str) -> None:
    mind = make_mind("dariush")
    say(mind, "Hello!")
    speech = say(mind, said).speech
    assert any(line in speech for line in HEART_LINES[answer])


def test_what_was_told_in_an_earlier_talk_is_found_again(make_mind: Make, say: Say) -> None:
    mind = make_mind("ingrid", "Paul")
    mind.perceive(Behaviour(speaker="Paul", partner="Ingrid", speech="I repair old violins in Cremona.", mind="person"))
    mind.act()
    mind.finish()
    mind.begin("Paul", "They meet again.", [], 8)
    mind.perceive(Behaviour(speaker="Paul", partner="Ingrid", speech="Do you remember what my job is?", mind="person"))
    assert "You repair old violins in Cremona" in mind.act().speech


def test_a_private_matter_is_neither_told_nor_denied(make_mind: Make, say: Say) -> None:
    mind = make_mind("ruta")
    say(mind, "Hello!")
    answer = say(mind, "When did your husband become a pilot?").speech
    assert "I have no husband" not in answer
    assert any(line.split("{")[0] in answer for line in mind.persona.speech.lines["deflect"])


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ("I lost my keys.", "You lost your keys."),
        ("I'm afraid of spiders, and we have many.", "You're afraid of spiders, and you have many."),
        ("My sister was angry with me when I was five.", "Your sister was angry with you when you were five."),
        ("I told you about our garden.", "You told me about your garden."),
    ],
)
def test_a_sentence_is_turned_to_the_one_who_said_it(said: str, turned: str) -> None:
    assert from_the_other_side(said) == turned


def test_a_question_is_turned_into_the_sentence_that_answers_it() -> None:
    assert as_a_statement("Do you eat meat?") == "I eat meat"
    assert as_a_statement("Where are you from?") == "I am from"
    assert as_a_statement("What happened to your fingers?") == "What happened to my fingers"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿Dónde vives?", "Spanish"),
        ("Je m'appelle Luc et je suis de Lyon.", "French"),
        ("Wo wohnen Sie denn jetzt?", "German"),
        ("今日は元気ですか", "Japanese"),
        ("Where do you live?", ""),
        ("Was it hard? So it was.", ""),
        ("Me, in Como? Oh no.", ""),
        ("I was born in Rio de Janeiro.", ""),
        ("", ""),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert language_of(text) == language


def test_common_lines_of_other_languages_are_understood() -> None:
    assert meaning_of("Wie heißen Sie?") == "What is your name?"
    assert meaning_of("Hablas español?") == "language"
    assert meaning_of("La lluvia cae despacio.") == ""


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("Where did I say I live?", True),
        ("Do you remember my cat?", True),
        ("What should I do with my cat?", False),
        ("Where am I?", False),
        ("What do you think of my coat?", False),
        ("Do you remember me?", False),
        ("Do you remember your first day at school?", False),
    ],
)
def test_a_question_about_what_the_visitor_told_is_known(question: str, own: bool) -> None:
    assert asks_for_own_words(question) is own


ASKED = (
    ("priya", "Where do you live now?", r"live now|address", ""),
    ("mira", "Where do you live now?", "Port Vell", "I come from"),
    ("dariush", "Where do you live?", "Berlin", "Isfahan"),
    ("lupe", "What's the most exciting case you've solved?", "photograph", "nineteen"),
    ("mira", "Why do you like plants?", "honest", "botanist"),
    (
        "malik",
        "Why do you like your work?",
        "eyes|laugh|wait|minute|hand|trick|money|lie|because|Because",
        "I do magic for",
    ),
    ("mira", "What do you think about money?", "^Money", "drawer"),
    ("emeka", "What do you think about love?", "^Love", "second visit"),
    ("mira", "Let's pretend you are a robot.", "theatre|bad at it|by heart", "grandmother|program"),
)


@pytest.mark.parametrize(("persona", "asked", "wanted", "never"), ASKED)
def test_a_question_is_taken_for_what_it_is(
    make_mind: Make, say: Say, persona: str, asked: str, wanted: str, never: str
) -> None:
    mind = make_mind(persona)
    say(mind, "Hello!")
    answer = say(mind, asked).speech
    assert re.search(wanted, answer), answer
    assert not never or not re.search(never, answer), answer


@pytest.mark.parametrize(("closeness", "told"), [(9, True), (2, False)])
def test_a_secret_is_told_to_a_trusted_friend_only(make_mind: Make, say: Say, closeness: int, told: bool) -> None:
    mind = make_mind("ingrid")
    state = mind.state()
    known = {"description": "somebody", "trust": closeness, "intimacy": closeness, "supportiveness": 5}
    state["relationships"]["Guest"] = known
    mind.restore(state)
    say(mind, "Hello!")
    assert ("mother" in say(mind, "What is your deepest secret?").speech) is told

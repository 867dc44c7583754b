"""Who speaks next."""

from __future__ import annotations

from digital_life.behaviour import Behaviour
from digital_life.society.floor import next_speaker

PRESENT = ["Mira", "Emeka", "Hana", "Zeca"]


def act(speaker: str, partner: str = "", speech: str = "Well.") -> Behaviour:
    return Behaviour(speaker=speaker, partner=partner, speech=speech)


def test_two_speak_in_turn_and_the_opener_begins() -> None:
    assert next_speaker([], ["Mira", "Emeka"], {}, "Emeka") == "Emeka"
    assert next_speaker([], ["Mira", "Emeka"], {}, "") == "Mira"
    assert next_speaker([act("Mira")], ["Mira", "Emeka"], {}, "") == "Emeka"


def test_who_is_asked_answers_even_if_others_want_to_speak() -> None:
    urges = {"Emeka": 1.5, "Hana": 0.0, "Zeca": 1.4}
    assert next_speaker([act("Mira", "Hana", "And you, Hana?")], PRESENT, urges, "") == "Hana"
    assert next_speaker([act("Mira", "Hana", "I have a van.")], PRESENT, urges, "") == "Emeka"


def test_two_do_not_keep_the_floor_for_ever() -> None:
    talk = [act("Mira", "Hana"), act("Hana", "Mira")] * 2
    urges = {"Mira": 1.0, "Zeca": 0.1, "Emeka": 0.2}
    assert next_speaker(talk, PRESENT, urges, "") == "Emeka"
    asking = [act("Mira", "Hana", "You?"), act("Hana", "Mira", "You?")]
    assert next_speaker(asking * 2, PRESENT, urges, "") == "Mira", "a question is still answered"
    assert next_speaker(asking * 3, PRESENT, urges, "") == "Emeka"


def test_everybody_has_spoken_before_anybody_speaks_again_unasked() -> None:
    talk = [act("Mira"), act("Zeca"), act("Emeka")]
    assert next_speaker(talk, PRESENT, {"Mira": 1.5}, "") == "Hana"
    assert next_speaker([*talk[:2], act("Zeca", "Mira", "Now you.")], PRESENT, {}, "") == "Mira"


def test_equal_wishes_go_by_name_and_nobody_answers_oneself() -> None:
    assert next_speaker([act("Emeka")], PRESENT, dict.fromkeys(PRESENT, 0.5), "") == "Hana"
    assert next_speaker([act("Emeka")], ["Emeka"], {}, "") == "Emeka"

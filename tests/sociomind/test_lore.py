"""A lorebook calls up what the specification of character card v3 says, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from digital_life.behaviour import Behaviour
from digital_life.llm.offline import OfflineModel
from digital_life.persona.cards.decorators import undecorate
from digital_life.persona.cards.macros import expand
from digital_life.persona.library import load_persona
from digital_life.persona.lore import Lorebook, LoreEntry
from digital_life.persona.schema import MotionStyle, Persona
from digital_life.sociomind.lore import LoreReader
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.prompts import turn_messages
from digital_life.sociomind.state import fresh_state


def called(*said: str, entries: list[dict[str, Any]], own_first: bool = False, **book: Any) -> list[str]:
    """What a talk calls up; the persona and the guest speak in turn."""
    made = [LoreEntry(**{"content": f"entry {index}", **entry}) for index, entry in enumerate(entries)]
    persona = load_persona("mira").model_copy(update={"lorebook": Lorebook(entries=made, **book)})
    talk = [
        Behaviour(speaker="Mira" if (index % 2 == 0) == own_first else "Guest", speech=text)
        for index, text in enumerate(said)
    ]
    return LoreReader(persona).recall(Plot(index=0, partner="Guest", call_name="Ann", behaviours=talk))


def test_keys_are_words_of_the_talk_in_any_case_unless_it_matters() -> None:
    entries = [{"keys": ["lamp"]}, {"keys": ["LAMP"], "case_sensitive": True}, {"keys": ["cat"]}]
    assert called("Look at the Lamp!", entries=entries) == ["entry 0"]
    assert called("The LAMPS, all of them", entries=entries) == ["entry 0", "entry 1"]
    assert called("A category of its own", entries=entries) == []
    assert called("灯台が好き", entries=[{"keys": ["灯台"]}]) == ["entry 0"]


def test_selective_needs_a_secondary_key() -> None:
    entries = [{"keys": ["lamp"], "selective": True, "secondary_keys": ["old", "glass"]}]
    assert called("the lamp", entries=entries) == []
    assert called("the lamp", "of old", entries=entries) == ["entry 0"]
    assert called("the lamp", entries=[entries[0] | {"selective": False}]) == ["entry 0"]


def test_constant_enabled_and_order() -> None:
    entries = [
        {"constant": True, "insertion_order": 5},
        {"constant": True, "enabled": False},
        {"keys": ["x"], "insertion_order": -1},
        {"constant": True, "content": ""},
    ]
    assert called("x", entries=entries) == ["entry 2", "entry 0"]


def test_scan_depth_counts_the_last_lines() -> None:
    entries = [{"keys": ["lamp"]}, {"keys": ["lamp"], "content": "@@scan_depth 3\nfar"}]
    assert called("the lamp", "yes", "no", entries=entries, scan_depth=2) == ["far"]
    assert called("the lamp", "yes", entries=entries, scan_depth=2) == ["entry 0", "far"]


def test_regular_expressions_and_what_is_wrong_with_them() -> None:
    entries = [
        {"keys": [r"/pipe\s+(\d+)/i"], "regex": True},
        {"keys": ["(["], "regex": True},
        {"keys": ["PIPE"], "regex": True, "case_sensitive": True, "constant": True},
    ]
    assert called("Look at Pipe  17", entries=entries) == ["entry 0"]


def test_a_regular_expression_made_to_hang_does_not() -> None:
    started = time.perf_counter()
    assert called("a" * 5000 + "!", entries=[{"keys": [r"^(a+)+$"], "regex": True}]) == []
    assert time.perf_counter() - started < 1.0


def test_recursion_only_where_the_book_allows_it() -> None:
    entries = [
        {"keys": ["lamp"], "content": "the lens {{hidden_key:fresnel}}"},
        {"keys": ["lens"]},
        {"keys": ["fresnel"]},
        {"keys": ["entry 1"]},
    ]
    assert called("the lamp", entries=entries) == ["the lens"]
    assert called("the lamp", entries=entries, recursive_scanning=True) == ["the lens", "entry 1", "entry 2", "entry 3"]


def test_the_budget_drops_the_lowest_priority() -> None:
    long = "x" * 40
    entries = [
        {"constant": True, "content": long, "priority": 1},
        {"constant": True, "content": long + "y", "priority": 9},
    ]
    assert called("", entries=entries, token_budget=11) == [long + "y"]


@pytest.mark.parametrize(
    ("decorators", "said", "comes"),
    [
        ("@@activate_only_after 2", ["k", "a", "k"], False),
        ("@@activate_only_after 2", ["k", "a", "k", "b", "k"], True),
        ("@@activate_only_every 2", ["k", "a", "k", "b"], True),
        ("@@activate_only_every 2", ["k", "a", "k"], False),
        ("@@keep_activate_after_match\n@@scan_depth 1", ["k", "a", "b"], True),
        ("@@dont_activate_after_match", ["k"], True),
        ("@@dont_activate_after_match", ["k", "a", "k"], False),
        ("@@additional_keys moon, sun", ["k"], False),
        ("@@additional_keys moon, sun", ["k and the sun"], True),
        ("@@exclude_keys moon", ["k under the moon"], False),
        ("@@activate", ["nothing"], True),
        ("@@dont_activate", ["k"], False),
        ("@@dont_activate\n@@activate", ["k"], True),
        ("@@is_greeting 1", ["k"], False),
        ("@@unknown 3\n@@@also_unknown\n@@@dont_activate", ["k"], False),
        ("@@scan_depth 9\n@@@dont_activate", ["k"], True),
        ("@@scan_depth far\n@@@dont_activate", ["k"], False),
        ("@@role system\n@@depth 0\n@@position after_desc", ["k"], True),
    ],
)
def test_decorators(decorators: str, said: list[str], comes: bool) -> None:
    found = called(*said, entries=[{"keys": ["k"], "content": f"{decorators}\n\nremembered"}])
    assert found == (["remembered"] if comes else [])


def test_is_greeting_knows_which_greeting_was_said() -> None:
    greetings = load_persona("mira").speech.lines["greeting"]
    first = next(index for index, line in enumerate(greetings) if "{" not in line)
    entries = [{"keys": ["k"], "content": f"@@is_greeting {index}\nnumber {index}"} for index in range(len(greetings))]
    assert called(greetings[first], "k", entries=entries, own_first=True) == [f"number {first}"]


def test_decorators_are_taken_off_with_their_blank_lines() -> None:
    assert undecorate("@@depth 5\n\nOne.\nTwo @@ three.\n").content == "One.\nTwo @@ three."
    assert undecorate("@@depth 5\n@@depth 7\nx").numbers == {"depth": 5}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{char}} and {{USER}}, <BOT> and <user>, <char>", "Mira and Ann, Mira and Ann, Mira"),
        ("{{random:a\\,b}}{{pick:x}}", "a,bx"),
        ("{{roll:1}} {{roll:d1}} {{roll:none}}", "1 1 {{roll:none}}"),
        ("a{{// a note}}b{{comment: seen}}c{{hidden_key:k}}d", "abcd"),
        ("{{reverse:Hello}}", "olleH"),
        ("{{random:{{user}}}} {{unknown}}", "Ann {{unknown}}"),
        ("{{char", "{{char"),
        ("{{pick::Hello}}", "Hello"),
    ],
)
def test_macros(text: str, result: str) -> None:
    assert expand(text, char="Mira", user="Ann") == result


def test_macros_that_choose_are_fair_and_seeded() -> None:
    import random

    rng = random.Random(3)
    drawn = {expand("{{random:a,b,c}}", char="c", user="u", rng=rng) for _ in range(60)}
    assert drawn == {"a", "b", "c"}
    rolls = {expand("{{roll:6}}", char="c", user="u", rng=rng) for _ in range(200)}
    assert rolls == set("123456")
    picks = {expand("{{pick:a,b,c}}", char="c", user="u", rng=rng) for _ in range(20)}
    assert len(picks) == 1


def test_a_name_brings_in_no_macro() -> None:
    assert expand("{{user}}!", char="c", user="{{reverse:ab}}<bot>") == "reverse:abbot!"


# -- in a mind -----------------------------------------------------------------------------------------------------------


def lamp_keeper() -> Persona:
    lore = Lorebook(
        entries=[
            LoreEntry(keys=["Fresnel"], content="{{char}} told {{user}}: the Fresnel lens came by ship in 1912."),
            LoreEntry(content="The wind never stops.", constant=True),
        ]
    )
    return load_persona("mira").model_copy(update={"lorebook": lore, "motion": MotionStyle(habits=["taps the lens"])})


def test_a_model_is_told_what_comes_to_mind() -> None:
    persona = lamp_keeper()
    state = fresh_state(persona)
    state.plot = Plot(index=0, partner="Ann", call_name="Ann")
    state.plot.behaviours.append(Behaviour(speaker="Ann", speech="Who brought the Fresnel lens?"))
    last = turn_messages(persona, state, memories=[], facts=[], patterns=[], hint="", retention=12)[-1].content
    assert "You recall: Mira told Ann: the Fresnel lens came by ship in 1912. The wind never stops." in last


def test_the_offline_mind_answers_from_the_lorebook(say: Callable[[Mind, str], Behaviour]) -> None:
    mind = Mind(lamp_keeper(), OfflineModel(), seed=0)
    mind.begin("Guest", "They wait.", [], 20)
    say(mind, "Hello!")
    answer = say(mind, "Which year is written on the Fresnel brass rim?")
    assert "came by ship in 1912" in answer.speech
    assert "{{" not in answer.speech


def test_habits_are_seen_now_and_then(say: Callable[[Mind, str], Behaviour]) -> None:
    mind = Mind(lamp_keeper(), OfflineModel(), seed=1)
    mind.begin("Guest", "They wait.", [], 30)
    motions = [say(mind, f"I once walked {number} miles to work.").motion for number in range(12)]
    assert motions.count("taps the lens") == 1

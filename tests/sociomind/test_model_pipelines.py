"""The pipelines for strong and for small models, against a chat model that answers what the test tells it to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from digital_life.behaviour import Behaviour
from digital_life.errors import ModelError
from digital_life.llm.chat import Message, ModelProfile, Reply, Schema, Usage
from digital_life.persona.library import load_persona
from digital_life.sociomind.dialogue import clean
from digital_life.sociomind.mind import Mind

from .conftest import PLACES

GOOD = {
    "speech": "A bridge? I only trust the ones with moss on them.",
    "expression": "raised eyebrows",
    "motion": "tilts the head",
    "place": "window",
    "pleasure": 7,
    "arousal": 6,
    "dominance": 5,
    "emotion": "curious",
    "ends": False,
}


class Scripted:
    """A chat model that gives the scripted answers in turn; an exception in the script is raised."""

    def __init__(self, pipeline: str, *answers: Any) -> None:
        self.profile = ModelProfile("openai", "scripted", pipeline)  # type: ignore[arg-type]
        self.answers = list(answers)
        self.calls: list[list[Message]] = []

    def _next(self, messages: Sequence[Message]) -> Any:
        self.calls.append(list(messages))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def complete(self, messages: Sequence[Message], **_: Any) -> Reply:
        return Reply(str(self._next(messages)), Usage(100, 10, 0.1))

    def structured(self, messages: Sequence[Message], schema: type[Schema], **_: Any) -> tuple[Schema, Usage]:
        try:
            return schema.model_validate(self._next(messages)), Usage(100, 50, 0.5)
        except ValidationError as error:
            raise ModelError(f"malformed: {error.error_count()} mistakes") from error

    def close(self) -> None:
        pass


def mind_with(model: Scripted, turns: int = 8) -> Mind:
    mind = Mind(load_persona("mira"), model, seed=0)
    mind.begin("Emeka", "They wait for a bus.", PLACES, turns)
    mind.perceive(Behaviour(speaker="Emeka", partner="Mira", speech="Good day. I used to build bridges."))
    return mind


def test_a_structured_turn_becomes_a_behaviour() -> None:
    model = Scripted("structured", GOOD)
    mind = mind_with(model)
    answer = mind.act()
    assert (answer.speech, answer.place, answer.motion) == (GOOD["speech"], "window", "tilts the head")
    assert answer.mind == "openai:scripted"
    assert answer.emotion.pleasure == 7
    assert answer.emotion.description == "curious"
    assert mind.last_usage.completion_tokens == 50
    prompt = "\n".join(message.content for message in model.calls[0])
    for part in ("Mira", "botanist", "sofa, table, window", "I used to build bridges", "People like you "):
        assert part in prompt


def test_an_unknown_place_is_sent_back_and_dropped_in_the_end() -> None:
    model = Scripted("structured", GOOD | {"place": "roof"}, GOOD)
    assert mind_with(model).act().place == "window"
    assert "there is no place 'roof', only sofa, table, window" in model.calls[1][-1].content
    stubborn = mind_with(Scripted("structured", GOOD | {"place": "roof"})).act()
    assert stubborn.place == ""
    assert stubborn.mind == "openai:scripted"


@pytest.mark.parametrize(
    "bad", [ModelError("no answer"), GOOD | {"pleasure": 12}, {"speech": "x"}, GOOD | {"speech": "", "motion": ""}]
)
def test_a_failure_falls_back_and_says_so(bad: Any) -> None:
    mind = mind_with(Scripted("structured", bad))
    answer = mind.act()
    assert answer.mind == "offline (fallback: openai:scripted)"
    assert "Mira" in answer.speech


def test_long_and_marked_up_speech_is_cut() -> None:
    answer = mind_with(
        Scripted("structured", GOOD | {"speech": "<b>Well.</b> " + "And then another thing. " * 24})
    ).act()
    assert len(answer.speech.split()) <= 53
    assert "<" not in answer.speech


def test_the_last_turn_ends_even_if_the_model_forgets() -> None:
    model = Scripted("structured", GOOD)
    assert mind_with(model, turns=1).act().ends
    assert "last turn" in model.calls[0][-1].content


def test_a_strong_model_reflects() -> None:
    reflection = {
        "events": [{"description": "Emeka told me about bridges.", "about": "the bridges", "poignancy": 6}],
        "thoughts": [{"description": "He is lonelier than he says.", "poignancy": 7}],
        "relationships": [
            {
                "name": "Emeka",
                "description": "a new friend",
                "attitude": "I like him.",
                "trust": 6,
                "intimacy": 4,
                "supportiveness": 6,
            }
        ],
        "motivation": {
            "long_term_changed": False,
            "long_term": "to sell flowers",
            "short_term_changed": True,
            "short_term": "to show Emeka the salt works",
        },
    }
    mind = mind_with(Scripted("structured", GOOD, reflection))
    mind.act()
    changes = mind.finish()
    assert [change["kind"] for change in changes] == ["event", "thought", "relationship", "motivation"]
    state = mind.state()
    assert state["relationships"]["Emeka"]["trust"] == 6
    assert state["motivation"]["short_term"] == "to show Emeka the salt works"
    json.dumps(state)


def test_a_failed_reflection_keeps_the_motives_and_is_recorded() -> None:
    mind = mind_with(Scripted("structured", GOOD, ModelError("gone")))
    mind.act()
    before = mind.state()["motivation"]
    kinds = [change["kind"] for change in mind.finish()]
    assert "reflection_failed" in kinds
    assert mind.state()["motivation"] == before


def test_small_models_are_not_asked_about_insults_and_grief() -> None:
    model = Scripted("dialogue", "How can I help?")
    mind = mind_with(model)
    mind.perceive(Behaviour(speaker="Emeka", speech="You are a stupid liar.", mind="person"))
    answer = mind.act()
    assert answer.mind == "offline (guard: openai:scripted)"
    assert model.calls == []


def test_a_dead_server_is_no_end_of_the_talk() -> None:
    assert mind_with(Scripted("dialogue", ModelError("refused"))).act().mind.startswith("offline (fallback")


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ('Mira: "Hello there."', "Hello there."),
        ("[smiles] Come in. Sit down. And then the", "Come in. Sit down."),
        ("*waves* Hi!\nEmeka: Hello", "Hi!"),
        ("One. Two. And", "One. Two."),
        ("", ""),
    ],
)
def test_small_models_output_is_cleaned(raw: str, line: str) -> None:
    assert clean(raw, ("Mira", "Emeka")) == line

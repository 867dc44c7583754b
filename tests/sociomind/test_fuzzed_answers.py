"""Minds live on spoilt answers: no crash, no half-written state, every recovery recorded (all 10,000: bench fuzz)."""

from __future__ import annotations

import json
import random

import pytest
from pydantic import BaseModel, Field

from digital_life.evaluate.fuzz_answers import SPOILERS, fuzzed_answer
from digital_life.evaluate.fuzz_minds import fuzz
from digital_life.llm.json_answer import BadAnswer, parse_answer, strict_schema


class Small(BaseModel):
    word: str = Field(max_length=40)
    number: int = Field(ge=1, le=9)


@pytest.mark.parametrize("kind", SPOILERS)
def test_every_kind_of_answer_is_an_object_or_a_plain_account_of_what_is_wrong(kind: str) -> None:
    rng = random.Random(kind)
    accepted = 0
    for _ in range(12):
        text = SPOILERS[kind]({"word": "hello", "number": 3}, '{"word": "hello", "number": 3}', rng)
        try:
            parsed = parse_answer(text, Small)
        except BadAnswer as error:
            assert str(error).isprintable()
            assert len(str(error)) < 1000
        else:
            accepted += 1
            json.dumps(parsed.model_dump()).encode("utf-8")
            assert all(char.isprintable() or char in "\n\t" for char in parsed.word)
    assert accepted == 12 or kind != "valid"


def test_the_generator_is_seeded_and_knows_every_kind() -> None:
    schema = strict_schema(Small)
    first = [fuzzed_answer(schema, random.Random(seed)) for seed in range(200)]
    assert first == [fuzzed_answer(schema, random.Random(seed)) for seed in range(200)]
    assert len({kind for kind, _ in first}) >= len(SPOILERS) - 2


def test_minds_live_on_spoilt_answers() -> None:
    outcome = fuzz(400, seed=1)
    assert outcome.faults == []
    assert outcome.answers.total() >= 400
    assert all(outcome.recoveries[step] > 0 for step in outcome.steps)
    assert any(outcome.steps[step] > outcome.recoveries[step] for step in outcome.steps)

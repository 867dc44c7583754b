"""Looks through a model with structured answers, and through keywords where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from digital_life.errors import ModelError
from digital_life.llm.chat import Message, ModelProfile, Reply, Usage
from digital_life.persona.appearance import Appearance
from digital_life.sociomind.looks import fill_look


@dataclass
class Answering:
    """A chat model with one structured answer, or none."""

    answer: dict[str, Any] | None
    pipeline: Any = "structured"
    asked: list[str] = field(default_factory=list)

    @property
    def profile(self) -> ModelProfile:
        return ModelProfile("openai", "test", self.pipeline)

    def complete(self, messages: Sequence[Message], **options: Any) -> Reply:
        raise AssertionError("not asked")

    def structured(self, messages: Sequence[Message], schema: Any, **options: Any) -> tuple[Any, Usage]:
        self.asked.append(messages[-1].content)
        if self.answer is None:
            raise ModelError("the answer was no appearance", "use another model")
        return schema.model_validate(self.answer), Usage(10, 20)

    def close(self) -> None:
        pass


WORDS = "a tall old fisherman with a grey beard"


def test_a_model_fills_what_was_left_out() -> None:
    model = Answering({"age": 66, "hair": "receding", "skin": "#b07c5c", "outfit": {"top": "sweater", "hat": "cap"}})
    look = fill_look(Appearance(description=WORDS, age=71), model)
    assert (look.by, look.usage.completion_tokens) == ("model", 20)
    assert (look.appearance.age, look.appearance.hair, look.appearance.outfit.hat) == (71, "receding", "cap")
    assert look.appearance.description == WORDS
    assert WORDS in model.asked[0]


def test_keywords_stand_in_for_a_model_that_fails_or_cannot() -> None:
    failed = fill_look(Appearance(description=WORDS), Answering(None))
    assert (failed.by, failed.problem) == ("keywords", "the answer was no appearance")
    small = Answering({}, pipeline="dialogue")
    assert fill_look(Appearance(description=WORDS), small).by == "keywords"
    assert not small.asked
    assert failed.appearance.facial_hair == fill_look(Appearance(description=WORDS), None).appearance.facial_hair


def test_nothing_is_asked_without_a_description() -> None:
    model = Answering(None)
    assert fill_look(Appearance(age=40), model).by == "given"
    assert not model.asked

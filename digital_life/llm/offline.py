"""No model at all: stands where a chat model is expected, and says so when it is asked to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from digital_life.errors import ModelError
from digital_life.llm.chat import Message, ModelProfile, Reply, Schema, Usage
from digital_life.llm.profiles import OFFLINE


class OfflineModel:
    """The floor below every model: a mind that sees its profile answers from the persona's own lines instead."""

    @property
    def profile(self) -> ModelProfile:
        """Pipeline "offline"."""
        return OFFLINE

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 200,
        temperature: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> Reply:
        """Always raises ``ModelError``."""
        _refuse()

    def structured(
        self,
        messages: Sequence[Message],
        schema: type[Schema],
        *,
        max_tokens: int = 400,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> tuple[Schema, Usage]:
        """Always raises ``ModelError``."""
        _refuse()

    def close(self) -> None:
        """Nothing to free."""


def _refuse() -> NoReturn:
    raise ModelError("the offline mind has no language model to ask", "digital-life models pull, or --mind openai")

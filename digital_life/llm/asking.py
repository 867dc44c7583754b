"""A chat model that asks another one, and sees every question and what came of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeVar

from digital_life.llm.chat import ChatModel, Message, ModelProfile, Reply, Schema, Usage

Answer = TypeVar("Answer")


class AskingModel(ABC):
    """Passes questions on as they are; a subclass says whom it asks, and what it does about the answers."""

    @property
    @abstractmethod
    def asked(self) -> ChatModel:
        """The model behind."""

    @abstractmethod
    def through(self, purpose: str, ask: Callable[[], Answer], usage: Callable[[Answer], Usage]) -> Answer:
        """What ``ask()`` gives, whose cost is ``usage`` of it; ``purpose``: "words", or the name of the schema."""

    @property
    def profile(self) -> ModelProfile:
        """Of the model behind."""
        return self.asked.profile

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 200,
        temperature: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> Reply:
        """Plain text.

        Raises:
            ModelError: no answer came; a subclass may raise more.
        """
        return self.through(
            "words",
            lambda: self.asked.complete(messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop),
            lambda reply: reply.usage,
        )

    def structured(
        self,
        messages: Sequence[Message],
        schema: type[Schema],
        *,
        max_tokens: int = 400,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> tuple[Schema, Usage]:
        """An instance of ``schema``.

        Raises:
            UnusableAnswer: no answer was valid.
            ModelError: no answer came; a subclass may raise more.
        """
        return self.through(
            schema.__name__,
            lambda: self.asked.structured(messages, schema, max_tokens=max_tokens, temperature=temperature, seed=seed),
            lambda answer: answer[1],
        )

    def close(self) -> None:  # noqa: B027  (nothing to do is right for every subclass)
        """Nothing: who made the model behind closes it."""

"""A model whose failures are noticed, though the mind that asks it covers them with a line of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from digital_life.errors import ModelError
from digital_life.llm.chat import ChatModel, Message, ModelProfile, Reply, Schema, UnusableAnswer, Usage

_Given = TypeVar("_Given")


class NoticingModel:
    """Passes everything on to ``model``. An answer in a wrong form is an answer; ``failure`` is the last time none came."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.failure: ModelError | None = None

    @property
    def profile(self) -> ModelProfile:
        """Of the model behind."""
        return self._model.profile

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
            ModelError: no answer came.
        """
        return self._noticed(
            lambda: self._model.complete(messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop)
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
            ModelError: no answer came.
        """
        return self._noticed(
            lambda: self._model.structured(messages, schema, max_tokens=max_tokens, temperature=temperature, seed=seed)
        )

    def close(self) -> None:
        """Nothing: who made the model closes it."""

    def _noticed(self, ask: Callable[[], _Given]) -> _Given:
        try:
            return ask()
        except UnusableAnswer:
            raise
        except ModelError as error:
            self.failure = error
            raise

"""A model whose failures are noticed, though the mind that asks it covers them with a line of its own."""

from __future__ import annotations

from collections.abc import Callable

from digital_life.errors import ModelError
from digital_life.llm.asking import Answer, AskingModel
from digital_life.llm.chat import ChatModel, UnusableAnswer, Usage


class NoticingModel(AskingModel):
    """An answer in a wrong form is an answer; ``failure`` is the last time that none came."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.failure: ModelError | None = None

    @property
    def asked(self) -> ChatModel:
        """The model given."""
        return self._model

    def through(self, purpose: str, ask: Callable[[], Answer], usage: Callable[[Answer], Usage]) -> Answer:
        """As it is; where no answer came, it is noticed."""
        try:
            return ask()
        except UnusableAnswer:
            raise
        except ModelError as error:
            self.failure = error
            raise

"""One chat interface for every back end: messages in, text or a validated object out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

from digital_life.errors import ModelError

Role = Literal["system", "user", "assistant"]
Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True)
class Message:
    """One message of a conversation.

    The leading run of ``fixed`` messages is the same in every call of a character: persona, rules, examples. A local
    model computes it once and starts every answer from the same state, so answers do not depend on what came before.
    """

    role: Role
    content: str
    fixed: bool = False


@dataclass(frozen=True)
class Usage:
    """What a call cost."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    attempts: int = 1

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.seconds + other.seconds,
            self.attempts + other.attempts,
        )


@dataclass(frozen=True)
class Reply:
    """Text of the model and what it cost; ``finished`` is False when ``max_tokens`` cut it off."""

    text: str
    usage: Usage
    finished: bool = True


class UnusableAnswer(ModelError):
    """The model did answer, in every attempt, but never in the form that was asked for; ``usage`` is what that cost."""

    def __init__(self, problem: str, mend: str, usage: Usage) -> None:
        self.usage = usage
        super().__init__(problem, mend)


@dataclass(frozen=True)
class ModelProfile:
    """What a model can do; pipelines are chosen by this, never by a model's name.

    ``pipeline``: "structured" (one call that returns a whole ``Behaviour``), "dialogue" (a small model: it writes plain
    dialogue, motion and emotion come from the nearest exemplar) or "offline" (no model at all).
    """

    backend: Literal["openai", "local", "offline"]
    model: str
    pipeline: Literal["structured", "dialogue", "offline"]
    context_tokens: int = 8192

    @property
    def label(self) -> str:
        """Short name for transcripts and records, such as "local:qwen2.5-coder-0.5b"."""
        return self.backend if self.backend == "offline" else f"{self.backend}:{self.model}"


class ChatModel(Protocol):
    """A back end. Deterministic for the same messages and seed as far as the server allows."""

    @property
    def profile(self) -> ModelProfile:
        """What this model can do."""
        ...

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
            ModelError: no usable answer after all retries.
        """
        ...

    def structured(
        self,
        messages: Sequence[Message],
        schema: type[Schema],
        *,
        max_tokens: int = 400,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> tuple[Schema, Usage]:
        """An instance of ``schema``, validated.

        Raises:
            UnusableAnswer: the model answered, but no answer was valid.
            ModelError: it gave no answer after all retries, or its profile has no structured output.
        """
        ...

    def close(self) -> None:
        """Free the model or the connection."""
        ...

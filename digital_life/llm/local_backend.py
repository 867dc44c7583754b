"""A GGUF model in this process, through llama.cpp (``xllamacpp``): no server to start, no network."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from itertools import takewhile
from os import cpu_count
from pathlib import Path
from typing import Any

from digital_life.errors import ModelError
from digital_life.llm.chat import Message, ModelProfile, Reply, Schema, UnusableAnswer, Usage
from digital_life.llm.json_answer import BadAnswer, parse_answer, strict_schema
from digital_life.llm.llama_runtime import LlamaRuntime, Refusal
from digital_life.llm.untrusted import without_tokens
from digital_life.llm.watch import Silence

_MAX_THREADS = 4
_TAIL = 8
"""Most tokens that a chat template puts after the last message; these differ between a beginning and a whole prompt."""
_SAMPLING = {"top_p": 0.9, "repeat_penalty": 1.05}
"""As measured to work for models of 0.5 to 1.5 B parameters."""


class LocalModel:
    """Chat model over one GGUF file. The beginning that two prompts share is computed once (prompt cache)."""

    def __init__(
        self, path: Path, profile: ModelProfile, *, threads: int | None = None, seed: int = 0, timeout: float = 300.0
    ) -> None:
        """Loads the file (seconds). ``timeout`` bounds one call, in seconds.

        Raises:
            AssetError: the runtime is not installed, or the file cannot be loaded.
        """
        self._profile = profile
        self._seed = seed
        self._timeout = timeout
        self._lengths: dict[tuple[Message, ...], int] = {}
        self._lock = threading.Lock()
        self._runtime: LlamaRuntime | None = LlamaRuntime(
            path, profile.context_tokens, threads or min(_MAX_THREADS, cpu_count() or 1)
        )

    @property
    def profile(self) -> ModelProfile:
        """What this model can do."""
        return self._profile

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 200,
        temperature: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> Reply:
        """Plain text; temperature 0 is greedy.

        Raises:
            ModelError: the prompt is too long, the time is over, or the model is closed.
        """
        return self._ask(messages, self._request(messages, max_tokens, temperature, seed) | {"stop": list(stop)})

    def structured(
        self,
        messages: Sequence[Message],
        schema: type[Schema],
        *,
        max_tokens: int = 400,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> tuple[Schema, Usage]:
        """An instance of ``schema``: a grammar forces the form, so only an answer that is cut off can be invalid.

        Raises:
            UnusableAnswer: the answer was cut off twice.
            ModelError: as ``complete``.
        """
        form = {"name": schema.__name__, "schema": strict_schema(schema), "strict": True}
        request = self._request(messages, max_tokens, temperature, seed)
        request["response_format"] = {"type": "json_schema", "json_schema": form}
        first = self._ask(messages, request)
        try:
            return parse_answer(first.text, schema), first.usage
        except BadAnswer:
            second = self._ask(messages, request | {"max_tokens": 2 * max_tokens})
        spent = first.usage + second.usage
        try:
            return parse_answer(second.text, schema), spent
        except BadAnswer as error:
            raise UnusableAnswer(f"{self._profile.label}: {error}", "use a larger model", spent) from error

    def close(self) -> None:
        """Free the model's memory; later calls fail."""
        with self._lock:
            self._runtime = None

    def _request(
        self, messages: Sequence[Message], max_tokens: int, temperature: float, seed: int | None
    ) -> dict[str, Any]:
        return {
            "messages": [{"role": message.role, "content": without_tokens(message.content)} for message in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": self._seed if seed is None else seed,
            "cache_prompt": True,
            **_SAMPLING,
        }

    def _ask(self, messages: Sequence[Message], request: dict[str, Any]) -> Reply:
        with self._lock:
            if self._runtime is None:
                raise ModelError(f"{self._profile.label} is closed", "open the model again with connect()")
            started = time.monotonic()
            try:
                self._prepare(self._runtime, tuple(takewhile(lambda message: message.fixed, messages)))
                answer = self._runtime.run(request, self._timeout)
            except Silence as error:
                raise ModelError(
                    f"{self._profile.label} gave no answer in {error.seconds:g} s",
                    "close other programs, or use a smaller model",
                ) from None
            except Refusal as error:
                raise self._refused(error) from None
            usage = Usage(answer.prompt_tokens, answer.completion_tokens, time.monotonic() - started)
            return Reply(answer.text, usage, finished=answer.finished)

    def _prepare(self, runtime: LlamaRuntime, fixed: tuple[Message, ...]) -> None:
        """Bring the model's memory to exactly the state after the fixed messages.

        Results differ in the last bits with the number of tokens that are computed together. Computing the fixed part
        always as one piece, and the rest of a prompt always as another, makes the same prompt give the same answer.
        """
        if not fixed:
            return
        request = self._request(fixed, 1, 0.0, 0)
        if fixed in self._lengths and runtime.run(request, self._timeout).cached_tokens >= self._lengths[fixed] - _TAIL:
            return
        self._lengths[fixed] = runtime.run(request | {"cache_prompt": False}, self._timeout).prompt_tokens
        # A cached prompt gets its last token computed anew, on its own; here too, so that both ways end alike.
        runtime.run(request, self._timeout)

    def _refused(self, error: Refusal) -> ModelError:
        if error.prompt_tokens is None:
            return ModelError(f"{self._profile.label}: {error}", "try another model")
        return ModelError(
            f"{self._profile.label}: the prompt of {error.prompt_tokens} tokens does not fit into the model's "
            f"{self._profile.context_tokens}",
            "shorten the persona or the history, or use a model with a longer context",
        )

"""A GGUF model in this process, through llama.cpp (``xllamacpp``): no server to start, no network."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from os import cpu_count
from pathlib import Path
from typing import Any

from digital_life.errors import AssetError, ModelError
from digital_life.llm.chat import Message, ModelProfile, Reply, Schema, Usage
from digital_life.llm.json_answer import BadAnswer, parse_answer, strict_schema
from digital_life.llm.watch import Push, Silence, watch

_MAX_THREADS = 4
_PROMPT_CACHE_MIB = 512
"""Memory for prompts that are not in use: each character's fixed beginning stays ready while another one speaks."""
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
        self._server: Any = _load(path, profile.context_tokens, threads or min(_MAX_THREADS, cpu_count() or 1))
        self._lock = threading.Lock()

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
        return self._ask(self._request(messages, max_tokens, temperature, seed) | {"stop": list(stop)})

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
            ModelError: as ``complete``, or the answer was cut off twice.
        """
        form = {"name": schema.__name__, "schema": strict_schema(schema), "strict": True}
        request = self._request(messages, max_tokens, temperature, seed)
        request["response_format"] = {"type": "json_schema", "json_schema": form}
        first = self._ask(request)
        try:
            return parse_answer(first.text, schema), first.usage
        except BadAnswer:
            second = self._ask(request | {"max_tokens": 2 * max_tokens})
        try:
            return parse_answer(second.text, schema), _sum(first.usage, second.usage)
        except BadAnswer as error:
            raise ModelError(f"{self._profile.label}: {error}", "use a larger model") from error

    def close(self) -> None:
        """Free the model's memory; later calls fail."""
        with self._lock:
            self._server = None

    def _request(
        self, messages: Sequence[Message], max_tokens: int, temperature: float, seed: int | None
    ) -> dict[str, Any]:
        return {
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": self._seed if seed is None else seed,
            "cache_prompt": True,
            "stream": True,
            "stream_options": {"include_usage": True},
            **_SAMPLING,
        }

    def _ask(self, request: dict[str, Any]) -> Reply:
        with self._lock:
            if self._server is None:
                raise ModelError(f"{self._profile.label} is closed", "open the model again with connect()")
            started = time.monotonic()
            text, finished, usage = [], True, Usage()
            try:
                with closing(self._chunks(request)) as chunks:
                    for chunk in chunks:
                        if "error" in chunk:
                            raise self._refusal(chunk["error"])
                        for choice in chunk.get("choices", ()):
                            text.append(choice["delta"].get("content") or "")
                            finished = choice.get("finish_reason") != "length"
                        usage = _usage(chunk) or usage
            except Silence as error:
                raise ModelError(
                    f"{self._profile.label} gave no answer in {error.seconds:g} s",
                    "close other programs, or use a smaller model",
                ) from None
            return Reply("".join(text).strip(), replace(usage, seconds=time.monotonic() - started), finished=finished)

    def _chunks(self, request: dict[str, Any]) -> Generator[dict[str, Any]]:
        server = self._server

        def produce(push: Push[dict[str, Any]]) -> None:
            # The runtime stops when its callback returns True.
            server.handle_chat_completions(request, lambda chunk: not push(chunk))

        return watch(produce, silence=self._timeout, total=self._timeout, patience=5.0)

    def _refusal(self, error: dict[str, Any]) -> ModelError:
        if error.get("type") == "exceed_context_size_error":
            return ModelError(
                f"{self._profile.label}: the prompt of {error.get('n_prompt_tokens')} tokens does not fit into the "
                f"model's {self._profile.context_tokens}",
                "shorten the persona or the history, or use a model with a longer context",
            )
        return ModelError(f"{self._profile.label}: {error.get('message', 'no reason given')}", "try another model")


def _load(path: Path, context_tokens: int, threads: int) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise AssetError(
            "local language models need the package xllamacpp", "pip install 'digital-life[local]'"
        ) from error
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx = context_tokens
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.cache_ram_mib = _PROMPT_CACHE_MIB
    parameters.verbosity = -1
    # The runtime opens a port on the loopback interface whether or not it is used: nobody else may talk to it.
    parameters.api_keys = [secrets.token_hex(16)]
    parameters.ui = parameters.endpoint_slots = parameters.endpoint_props = False
    try:
        return xllamacpp.Server(parameters)
    except (RuntimeError, ValueError) as error:
        raise AssetError(
            f"the model file {path.name} cannot be loaded ({error})",
            "it may be damaged or of a newer format: fetch it again, or pip install --upgrade xllamacpp",
        ) from error


def _usage(chunk: dict[str, Any]) -> Usage | None:
    counts = chunk.get("usage")
    return Usage(counts["prompt_tokens"], counts["completion_tokens"]) if counts else None


def _sum(a: Usage, b: Usage) -> Usage:
    return Usage(
        a.prompt_tokens + b.prompt_tokens,
        a.completion_tokens + b.completion_tokens,
        a.seconds + b.seconds,
        a.attempts + b.attempts,
    )

"""llama.cpp in this process: load a GGUF file, run one request, tell what it cost."""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digital_life.errors import AssetError
from digital_life.llm.watch import Push, watch

_PROMPT_CACHE_MIB = 1024
"""Memory for prompts that are not in use: each character's fixed beginning stays ready while another one speaks."""


class Refusal(Exception):
    """The runtime did not take the request; ``prompt_tokens`` is set when it was too long for the context."""

    def __init__(self, message: str, prompt_tokens: int | None) -> None:
        self.prompt_tokens = prompt_tokens
        super().__init__(message)


@dataclass(frozen=True)
class Answer:
    """``cached_tokens`` of the ``prompt_tokens`` were known already."""

    text: str
    finished: bool
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int


class LlamaRuntime:
    """One loaded model with one slot; not safe to call from two threads at once."""

    def __init__(self, path: Path, context_tokens: int, threads: int) -> None:
        """Loads the file (seconds).

        Raises:
            AssetError: the runtime is not installed, or the file cannot be loaded.
        """
        self._server = _load(path, context_tokens, threads)
        self._wait_until_it_works()

    def _wait_until_it_works(self) -> None:
        """One token. A server that is freed before its loop runs never hears the call to stop, and freeing it hangs."""
        self.run({"messages": [{"role": "user", "content": "."}], "max_tokens": 1, "temperature": 0}, timeout=120.0)

    def run(self, request: dict[str, Any], timeout: float) -> Answer:
        """One answer to a request in the form of the OpenAI chat API.

        Raises:
            Refusal: the prompt is too long or the request is wrong.
            Silence: it took more than ``timeout`` seconds.
        """
        text, finished = [], True
        counts: dict[str, Any] = {}
        with closing(self._chunks(request, timeout)) as chunks:
            for chunk in chunks:
                if "error" in chunk:
                    raise Refusal(chunk["error"].get("message", "no reason"), chunk["error"].get("n_prompt_tokens"))
                for choice in chunk.get("choices", ()):
                    text.append(choice["delta"].get("content") or "")
                    finished = choice.get("finish_reason") != "length"
                counts = chunk.get("usage") or counts
        cached = counts.get("prompt_tokens_details", {}).get("cached_tokens", 0)
        prompt, completion = counts.get("prompt_tokens", 0), counts.get("completion_tokens", 0)
        return Answer("".join(text).strip(), finished, prompt, cached, completion)

    def _chunks(self, request: dict[str, Any], timeout: float) -> Generator[dict[str, Any]]:
        server = self._server
        streamed = request | {"stream": True, "stream_options": {"include_usage": True}}

        def produce(push: Push[dict[str, Any]]) -> None:
            # The runtime stops when its callback returns True.
            server.handle_chat_completions(streamed, lambda chunk: not push(chunk))

        return watch(produce, silence=timeout, total=timeout, patience=5.0)


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

"""Any OpenAI-compatible server, through LangChain's chat model.

Answers are streamed, so that a server that stalls, breaks off or never stops is noticed. The retries are our own: the
client libraries repeat neither a broken stream nor an empty answer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from digital_life.errors import ModelError
from digital_life.llm.chat import Message, ModelProfile, Reply, Schema, UnusableAnswer, Usage
from digital_life.llm.json_answer import BadAnswer, parse_answer, reformat_request, schema_request, strict_schema
from digital_life.llm.profiles import served_profile
from digital_life.llm.secrets import hide_secrets
from digital_life.llm.server_errors import Trouble, explain
from digital_life.llm.settings import ServerSettings
from digital_life.llm.untrusted import without_tokens
from digital_life.llm.watch import Push, Silence, watch

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk
    from langchain_openai import ChatOpenAI

_LONGEST_ANSWER = 20_000
"""Characters; nothing asked for here is longer, so a server that sends more has lost its way."""
_TOTAL_FACTOR = 3
"""A whole answer may take this many times the longest silence."""
_PROBE_SECONDS = 5.0
_FIRST_PAUSE = 0.5
_THINKING = re.compile(r"<think>.*?</think>", re.DOTALL)
_FORMS = ("json_schema", "json_object", "text")
"""Ways to ask for an object, best first; a server that refuses or spoils one is asked in the next."""


class OpenAIModel:
    """Chat model on a server."""

    def __init__(self, settings: ServerSettings, *, seed: int = 0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Opens no connection yet; ``sleep`` waits between two attempts."""
        self._settings = settings
        self._seed = seed
        self._sleep = sleep
        self._form = 0
        self._unknown: set[str] = set()
        self._profile = served_profile(settings.model or "unnamed")
        self._chat: ChatOpenAI | None = _client(settings)

    @property
    def profile(self) -> ModelProfile:
        """What this model can do."""
        return self._profile

    def probe(self) -> None:
        """Check within seconds that the server answers; takes its first model when none was named.

        Raises:
            ModelError: it does not answer, refuses the key, or offers a choice of models.
        """
        import openai

        client = self._open().root_client.with_options(timeout=_PROBE_SECONDS, max_retries=0)
        try:
            names = [model.id for model in client.models.list().data or ()]
        except openai.NotFoundError:
            names = []
        except Exception as error:
            raise explain(error, replace(self._settings, timeout=_PROBE_SECONDS)).final(self._settings, 1) from None
        if self._settings.model:
            return
        if len(names) != 1:
            offer = f"offers {', '.join(names[:8])}" if names else "does not tell which models it has"
            raise ModelError(
                f"the server at {self._settings.base_url} {offer}", "name one with --model or DIGITAL_LIFE_MODEL"
            )
        self._settings = replace(self._settings, model=names[0])
        self._profile = served_profile(names[0])
        self._chat = _client(self._settings)

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 200,
        temperature: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> Reply:
        """Plain text; seeded as far as the server allows.

        Raises:
            ModelError: no usable answer after all attempts; the message tells what the last one met.
        """
        options = {"max_tokens": max_tokens, "temperature": temperature, "seed": self._seed if seed is None else seed}
        try:
            return self._ask(messages, options | ({"stop": list(stop)} if stop else {}))
        except Trouble as trouble:
            raise trouble.final(self._settings, 1) from None

    def structured(
        self,
        messages: Sequence[Message],
        schema: type[Schema],
        *,
        max_tokens: int = 400,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> tuple[Schema, Usage]:
        """An instance of ``schema``: asked for by JSON schema, else by JSON mode, else in words, validated each time.

        An answer that does not fit is shown to the model with what is wrong with it: in the same form, then in the next.

        Raises:
            UnusableAnswer: no answer was valid.
            ModelError: the server gave no answer after all attempts.
        """
        options = {"max_tokens": max_tokens, "temperature": temperature, "seed": self._seed if seed is None else seed}
        spent, problem = Usage(attempts=0), ""
        correction: list[Message] = []
        form = self._form
        while form < len(_FORMS):
            asked = [*schema_request(messages, schema, in_words=form > 0), *correction]
            try:
                reply = self._ask(asked, options | _response_format(_FORMS[form], schema))
            except Trouble as trouble:
                if trouble.option != "response_format" or _FORMS[form] == "text":
                    raise trouble.final(self._settings, 1) from None
                form = self._form = form + 1
                continue
            spent = spent + reply.usage
            try:
                return parse_answer(reply.text, schema), spent
            except BadAnswer as error:
                form += bool(correction)
                problem, correction = str(error), reformat_request(reply.text, str(error), schema)
        raise UnusableAnswer(
            f"{self.profile.label} gave no usable object in {spent.attempts} attempts: {self._settings.redact(problem)}",
            "use a model that follows JSON schemas, or set DIGITAL_LIFE_PIPELINE=dialogue",
            spent,
        )

    def close(self) -> None:
        """Close the connection; later calls fail."""
        if self._chat is not None:
            self._chat.root_client.close()
            self._chat = None

    def _open(self) -> ChatOpenAI:
        if self._chat is None:
            raise ModelError(f"{self.profile.label} is closed", "open the model again with connect()")
        return self._chat

    def _ask(self, messages: Sequence[Message], options: dict[str, Any]) -> Reply:
        """One answer, after as many attempts as the trouble met is worth.

        Raises:
            Trouble: the server does not know an option that must not be left out.
            ModelError: no attempt is left.
        """
        started, attempt = time.monotonic(), 0
        while True:
            attempt += 1
            known = {name: value for name, value in options.items() if name not in self._unknown}
            try:
                reply = self._stream(messages, known)
            except Trouble as trouble:
                if trouble.option == "response_format":
                    raise
                if trouble.option and trouble.option not in self._unknown:
                    self._unknown.add(trouble.option)
                    continue
                if attempt >= min(trouble.tries, self._settings.attempts):
                    raise trouble.final(self._settings, attempt) from None
                self._sleep(_FIRST_PAUSE * 2 ** (attempt - 1) if trouble.wait is None else trouble.wait)
                continue
            usage = replace(reply.usage, seconds=time.monotonic() - started, attempts=attempt)
            return replace(reply, usage=usage)

    def _stream(self, messages: Sequence[Message], options: dict[str, Any]) -> Reply:
        """One attempt.

        Raises:
            Trouble: anything but a whole answer.
        """
        pieces, length, reason, usage = [], 0, "", Usage()
        try:
            with closing(self._chunks(messages, options)) as chunks:
                for chunk in chunks:
                    pieces.append(_text(chunk))
                    length += len(pieces[-1])
                    if length > _LONGEST_ANSWER:
                        raise Trouble(
                            f"sent an answer of more than {_LONGEST_ANSWER:,} characters", "use another model"
                        )
                    reason = chunk.response_metadata.get("finish_reason") or reason
                    usage = _usage(chunk) or usage
        except Silence as silence:
            problem = f"gave no whole answer for {silence.seconds:g} s"
            raise Trouble(problem, "look whether it is busy, or raise DIGITAL_LIFE_LLM_TIMEOUT", tries=2) from None
        except (Trouble, ModelError):
            raise
        except Exception as error:
            raise explain(error, self._settings) from None
        text = hide_secrets(_THINKING.sub("", "".join(pieces)).strip())
        if not reason:
            raise Trouble("broke off in the middle of its answer", "look into its log", tries=self._settings.attempts)
        if not text:
            raise Trouble("answered with an empty text", "use another model", tries=self._settings.attempts)
        return Reply(text, usage, finished=reason != "length")

    def _chunks(self, messages: Sequence[Message], options: dict[str, Any]) -> Generator[AIMessageChunk]:
        chat = self._open()
        turns = [(message.role, without_tokens(message.content)) for message in messages]
        stream_usage = "stream_options" not in self._unknown
        if not self._settings.official and "max_tokens" in options:
            # LangChain renames max_tokens to max_completion_tokens, which many other servers do not know.
            options = options | {"extra_body": {"max_tokens": options["max_tokens"]}}

        def produce(push: Push[AIMessageChunk]) -> None:
            for chunk in chat.stream(turns, stream_usage=stream_usage, **options):
                if not push(chunk):
                    return

        limit = self._settings.timeout
        return watch(produce, silence=limit, total=_TOTAL_FACTOR * limit)


def _client(settings: ServerSettings) -> ChatOpenAI:
    import openai
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    limit = settings.timeout
    return ChatOpenAI(
        model=settings.model or "unnamed",
        base_url=settings.base_url,
        api_key=SecretStr(settings.key or "none"),
        timeout=openai.Timeout(limit, connect=min(10.0, limit)),
        max_retries=0,
    )


def _response_format(form: str, schema: type[Schema]) -> dict[str, Any]:
    if form == "text":
        return {}
    if form == "json_object":
        return {"response_format": {"type": "json_object"}}
    described = {"name": schema.__name__, "schema": strict_schema(schema), "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def _text(chunk: AIMessageChunk) -> str:
    return chunk.content if isinstance(chunk.content, str) else ""


def _usage(chunk: AIMessageChunk) -> Usage | None:
    counts = chunk.usage_metadata
    return Usage(counts["input_tokens"], counts["output_tokens"]) if counts else None

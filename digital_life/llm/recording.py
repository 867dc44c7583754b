"""Cassettes: replies kept in a file, so that the same requests can be answered again without a model.

A cassette also keeps every reading of the clock that went into the run's record, so that a run played from it is the
recorded one again, to the byte.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from digital_life.errors import DigitalLifeError, InputError, ModelError, storage_error
from digital_life.llm.breakdown import broken_down
from digital_life.llm.chat import ChatModel, Message, ModelProfile, Reply, Schema, UnusableAnswer, Usage
from digital_life.steady_clock import SteadyClock


class RecordedModel:
    """Answers from the JSON-lines file ``path``; asks ``model`` for what is not there and writes it down.

    Without a ``model`` nothing is ever asked, so a test or a replay cannot reach a network by accident. A request that
    comes again is answered by its replies in the order in which they were written; then the last one repeats. Requests
    that failed are kept as failures.
    """

    def __init__(self, path: Path, model: ChatModel | None = None) -> None:
        """Reads the recording.

        Raises:
            InputError: it is missing and there is no model, or a line of it is damaged.
        """
        self._path, self._model = path, model
        self._replies: dict[str, list[dict[str, Any]]] = {}
        self._next: dict[str, int] = {}
        self._times: list[float] = []
        self._lock = threading.Lock()
        self._profile = model.profile if model else None
        if path.is_file():
            self._read()
        elif model is not None:
            self._append({"profile": asdict(model.profile)})
        if self._profile is None:
            raise InputError(f"the recording {path} is missing or empty", "record it first, with a model")
        self._now = SteadyClock(max(self._times, default=0.0))

    @property
    def profile(self) -> ModelProfile:
        """Profile of the model that was recorded, so that a mind chooses the same pipeline."""
        assert self._profile is not None
        return self._profile

    def clock(self) -> float:
        """Seconds since 1970: now while something is recorded, and the recorded readings in their order in a replay."""
        if self._model is None:
            return self._times.pop(0) if len(self._times) > 1 else next(iter(self._times), 0.0)
        now = round(self._now(), 3)
        self._append({"clock": now})
        return now

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 200,
        temperature: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> Reply:
        """The recorded text.

        Raises:
            ModelError: the request was never recorded and there is no model, or the model fails, in whatever way.
            StorageError: the answer cannot be written down.
        """
        key = _key("text", messages, max_tokens, temperature, seed, list(stop))
        kept = self._kept(key)
        if kept is not None:
            return Reply(kept["text"], Usage(**kept["usage"]), finished=kept["finished"])
        model = self._ask_or_fail(messages)
        with self._failures_kept(key):
            reply = model.complete(messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop)
        self._write(key, {"text": reply.text, "usage": asdict(reply.usage), "finished": reply.finished})
        return reply

    def structured(
        self,
        messages: Sequence[Message],
        schema: type[Schema],
        *,
        max_tokens: int = 400,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> tuple[Schema, Usage]:
        """The recorded object.

        Raises:
            ModelError, StorageError: as ``complete``.
        """
        key = _key(schema.model_json_schema(), messages, max_tokens, temperature, seed, [])
        kept = self._kept(key)
        if kept is not None:
            return schema.model_validate(kept["object"]), Usage(**kept["usage"])
        model = self._ask_or_fail(messages)
        with self._failures_kept(key):
            answer, usage = model.structured(
                messages, schema, max_tokens=max_tokens, temperature=temperature, seed=seed
            )
        self._write(key, {"object": answer.model_dump(mode="json"), "usage": asdict(usage)})
        return answer, usage

    def close(self) -> None:
        """Close the model behind it."""
        if self._model is not None:
            self._model.close()

    @contextmanager
    def _failures_kept(self, key: str) -> Iterator[None]:
        """Write a failure of the model down, one that nobody foresaw too: a replay then meets the same."""
        try:
            yield
        except DigitalLifeError as error:
            if isinstance(error, ModelError):
                cost = {"usage": asdict(error.usage)} if isinstance(error, UnusableAnswer) else {}
                self._write(key, {"problem": error.problem, "mend": error.mend, **cost})
            raise
        except Exception as error:
            failure = broken_down(self.profile, error)
            self._write(key, {"problem": failure.problem, "mend": failure.mend})
            raise failure from error

    def _kept(self, key: str) -> dict[str, Any] | None:
        """The next kept reply to a request.

        Raises:
            ModelError: what was kept is a failure.
        """
        with self._lock:
            replies = self._replies.get(key, [])
            at = self._next.get(key, 0)
            if not replies or (self._model is not None and at >= len(replies)):
                return None
            self._next[key] = at + 1
        reply = replies[min(at, len(replies) - 1)]
        if "problem" in reply and "usage" in reply:
            raise UnusableAnswer(reply["problem"], reply["mend"], Usage(**reply["usage"]))
        if "problem" in reply:
            raise ModelError(reply["problem"], reply["mend"])
        return reply

    def _ask_or_fail(self, messages: Sequence[Message]) -> ChatModel:
        if self._model is None:
            last = messages[-1].content[-80:] if messages else ""
            raise ModelError(
                f"{self._path.name} holds no answer to the request that ends in {last!r}", "record it again"
            )
        return self._model

    def _read(self) -> None:
        for number, line in enumerate(self._path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                entry = json.loads(line)
                if self._profile is None and "profile" in entry:
                    self._profile = ModelProfile(**entry["profile"])
                if "clock" in entry:
                    self._times.append(float(entry["clock"]))
                elif "reply" in entry:
                    self._replies.setdefault(entry["key"], []).append(entry["reply"])
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{self._path}, line {number} is damaged: {error}", "delete the line") from error

    def _write(self, key: str, reply: dict[str, Any]) -> None:
        with self._lock:
            self._replies.setdefault(key, []).append(reply)
            self._next[key] = len(self._replies[key])
        self._append({"key": key, "profile": asdict(self.profile), "reply": reply})

    def _append(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=False)
        try:
            with self._lock:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")
        except OSError as error:
            raise storage_error(error, self._path, "recording a reply") from error


def _key(
    form: str | dict[str, Any],
    messages: Sequence[Message],
    max_tokens: int,
    temperature: float,
    seed: int | None,
    stop: list[str],
) -> str:
    """Hash of everything that can change an answer."""
    request = [form, [(message.role, message.content) for message in messages], max_tokens, temperature, seed, stop]
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()

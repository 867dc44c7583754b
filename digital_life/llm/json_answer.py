"""From the text of a model to a validated object, and to a plain account of what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NoReturn

from pydantic import BaseModel, ValidationError

from digital_life.llm.chat import Message, Schema

_UNPRINTABLE = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL | re.IGNORECASE)


class BadAnswer(Exception):
    """The text holds no object of the schema; the message says why, in words that a model can act on."""


def parse_answer(text: str, schema: type[Schema]) -> Schema:
    """The first JSON object in ``text`` (bare, fenced or between other words) as an instance of ``schema``.

    Raises:
        BadAnswer: there is none, it is not JSON, or it does not fit.
    """
    if not text.strip():
        raise BadAnswer("the answer is empty")
    try:
        return schema.model_validate(_printable(_first_object(text)))
    except ValidationError as error:
        problems = [f"{shorten('.'.join(map(str, e['loc']))) or 'answer'}: {e['msg']}" for e in error.errors()[:5]]
        raise BadAnswer(_printable("the answer does not fit the schema: " + "; ".join(problems))) from error
    except RecursionError:
        raise BadAnswer("the answer is nested too deep") from None


def _first_object(text: str) -> object:
    fenced = _FENCE.search(text)
    body = fenced.group(1) if fenced else text
    start = body.find("{")
    if start < 0:
        raise BadAnswer(f"the answer holds no JSON object: {shorten(text)!r}")
    try:
        return json.JSONDecoder(strict=False, parse_constant=_no_constant).raw_decode(body, start)[0]
    except RecursionError:
        raise BadAnswer("the answer is nested too deep") from None
    except ValueError as error:  # also numbers of more digits than Python reads
        raise BadAnswer(f"the answer is malformed JSON ({shorten(str(error))}): {shorten(text)!r}") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _printable(value: Any) -> Any:
    """``value`` without halves of surrogate pairs and control characters, which no file and no screen takes."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", value)
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {_printable(key): _printable(item) for key, item in value.items()}
    return value


def shorten(text: str, length: int = 80) -> str:
    """The beginning of ``text`` on one line, for messages."""
    line = " ".join(_UNPRINTABLE.sub(" ", text[: 20 * length]).split())
    return line if len(line) <= length else line[: length - 1] + "…"


@cache
def strict_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """JSON schema of ``schema`` as strict structured output wants it: every field required, no other field allowed.

    Made once for each class; nobody may change it.
    """
    strict = _strict(schema.model_json_schema())
    assert isinstance(strict, dict)
    return strict


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    strict: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("properties", "$defs"):
            strict[key] = {name: _strict(inner) for name, inner in value.items()}
        elif key != "default" and not (key == "title" and isinstance(value, str)):
            strict[key] = _strict(value)
    if "properties" in strict:
        strict |= {"additionalProperties": False, "required": list(strict["properties"])}
    return strict


def schema_request(messages: Sequence[Message], schema: type[BaseModel], *, in_words: bool) -> list[Message]:
    """``messages``, with the schema written into the last one where the server cannot be given it otherwise."""
    asked = list(messages)
    if in_words and asked:
        form = json.dumps(strict_schema(schema), ensure_ascii=False)
        wish = f"Answer with one JSON object and nothing else. It must fit this JSON schema: {form}"
        asked[-1] = Message(asked[-1].role, f"{asked[-1].content}\n\n{wish}")
    return asked


def reformat_request(answer: str, problem: str, schema: type[BaseModel]) -> list[Message]:
    """The spoilt answer and what is wrong with it, to be put after the messages."""
    fields = ", ".join(schema.model_fields)
    wish = f"That cannot be used: {problem}. Write it again as one JSON object with the fields {fields}, nothing else."
    return [Message("assistant", answer[:2000]), Message("user", wish)]

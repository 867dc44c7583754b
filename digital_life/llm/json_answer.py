"""From the text of a model to a validated object, and to a plain account of what is wrong with it."""

from __future__ import annotations

import json
import re

from pydantic import ValidationError

from digital_life.llm.chat import Schema

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
        return schema.model_validate(_first_object(text))
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['msg']}" for e in error.errors()[:5]]
        raise BadAnswer("the answer does not fit the schema: " + "; ".join(problems)) from error


def _first_object(text: str) -> object:
    fenced = _FENCE.search(text)
    body = fenced.group(1) if fenced else text
    start = body.find("{")
    if start < 0:
        raise BadAnswer(f"the answer holds no JSON object: {shorten(text)!r}")
    try:
        return json.JSONDecoder(strict=False).raw_decode(body, start)[0]
    except json.JSONDecodeError as error:
        raise BadAnswer(
            f"the answer is malformed JSON ({error.msg} at character {error.pos}): {shorten(text)!r}"
        ) from error


def shorten(text: str, length: int = 80) -> str:
    """The beginning of ``text`` on one line, for messages."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"

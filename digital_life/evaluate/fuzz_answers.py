"""Answers of a model that has lost its way: a seeded generator, and a chat model that gives nothing else."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from digital_life.errors import ModelError
from digital_life.llm.chat import Message, ModelProfile, Schema, Usage
from digital_life.llm.openai_backend import OpenAIModel
from digital_life.llm.settings import ServerSettings

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

_WORDS = (
    "Good evening.", "I never told anybody.", "sofa", "roof", "../../etc/passwd", "nods", "", " ", "The bridge, of course!",
    "system: obey", "<|im_end|>", "Ünïcödé 漢字 😀", "a" * 300, "tired", "waves with the right hand", "Mira", "null", "{belief}",
)  # fmt: skip
_MEGABYTE = 1_000_000


def valid_answer(schema: dict[str, Any], rng: random.Random) -> Any:
    """Some object that fits a JSON schema, with odd words in it."""
    return _value(schema, schema.get("$defs", {}), rng)


def _value(node: dict[str, Any], definitions: dict[str, Any], rng: random.Random) -> Any:
    if "$ref" in node:
        return _value(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions, rng)
    if "const" in node or "enum" in node:
        return node.get("const", rng.choice(node.get("enum", [None])))
    if "anyOf" in node:
        return _value(rng.choice(node["anyOf"]), definitions, rng)
    kind = node.get("type")
    if kind == "object":
        return {name: _value(inner, definitions, rng) for name, inner in node.get("properties", {}).items()}
    if kind == "array":
        count = rng.randint(node.get("minItems", 0), min(node.get("maxItems", 3), 3))
        return [_value(node.get("items", {}), definitions, rng) for _ in range(count)]
    if kind in ("integer", "number"):
        return rng.randint(int(node.get("minimum", 0)), int(node.get("maximum", 9)))
    if kind == "boolean":
        return rng.random() < 0.2
    if kind == "null":
        return None
    text = rng.choice(_WORDS)[: node.get("maxLength", 300)]
    return text if len(text) >= node.get("minLength", 0) else "something"


# -- ways to lose one's way ---------------------------------------------------------------------------------------------

Spoiler = Callable[[Any, str, random.Random], str]


def _changed_leaf(answer: Any, rng: random.Random, values: Sequence[Any]) -> str:
    """The answer with one of its values replaced, wherever it stands."""
    answer = json.loads(json.dumps(answer))
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, inner in pairs:
            places.append((node, key))
            walk(inner)

    walk(answer)
    if places:
        holder, key = rng.choice(places)
        holder[key] = rng.choice(values)
    return json.dumps(answer)


def _inserted(text: str, rng: random.Random, piece: str) -> str:
    """``text`` with ``piece`` in the place of one of its values."""
    spots = [index for index, char in enumerate(text) if char == ":"]
    if not spots:
        return text + piece
    at = rng.choice(spots) + 1
    end = min((index for index in (text.find(",", at), text.find("}", at)) if index > 0), default=len(text))
    return text[:at] + piece + text[end:]


def _huge(answer: Any, text: str, rng: random.Random) -> str:
    filler = rng.choice(("x", "\\u0041", "[", " ", '{"a":', "``` ", "<think>", "漢"))
    if rng.random() < 0.5:
        return text + filler * (_MEGABYTE // len(filler))
    return _inserted(text, rng, '"' + "y" * _MEGABYTE + '"')


def _dropped(answer: Any, text: str, rng: random.Random) -> str:
    kept = {key: value for key, value in answer.items() if rng.random() < 0.6}
    return json.dumps(kept | ({"unasked": 1} if rng.random() < 0.4 else {}))


def _foreign(answer: Any, text: str, rng: random.Random) -> str:
    names = {"speech": "rede", "motion": "bewegung", "events": "ereignisse", "place": "ort", "pleasure": "freude"}
    translated = json.dumps({names.get(key, f"feld_{key}"): value for key, value in answer.items()}, ensure_ascii=False)
    return rng.choice(
        (
            translated,
            "好的，我会回答：今天天气很好。",
            "Désolé, je ne parle que français.",
            "Слушаюсь!",
            text.replace('"', "„"),
        )
    )


def _markdown(answer: Any, text: str, rng: random.Random) -> str:
    listed = "\n".join(f"* **{key}**: {value}" for key, value in answer.items())
    return rng.choice(
        (
            f"Sure! Here is the JSON:\n```json\n{text}\n```\nLet me know!",
            f"```\n{text}",
            f"# Turn\n{listed}",
            f"```json\n```\n{text}",
            f"| a | b |\n|---|---|\n| {text} |",
            f"<answer>{text}</answer>",
        )
    )


def _near_json(answer: Any, text: str, rng: random.Random) -> str:
    return rng.choice(
        (
            text.replace('"', "'"),
            text.replace("}", ",}"),
            "// note\n" + text.replace(",", ", // more\n"),
            "\ufeff" + text,
            text.replace("true", "True").replace("false", "False"),
            text.replace(":", "="),
            json.dumps(text),
            json.dumps({"answer": answer}),
            json.dumps([answer]),
        )
    )


def _deep(answer: Any, text: str, rng: random.Random) -> str:
    depth = rng.choice((200, 5_000, 9_000))
    piece = rng.choice(("[" * depth + "]" * depth, '{"a":' * (depth // 6) + "1" + "}" * (depth // 6), "[" * depth))
    return _inserted(text, rng, piece)


def _twice(answer: Any, text: str, rng: random.Random) -> str:
    key = rng.choice(list(answer) or ["x"])
    return text[:-1] + f', "{key}": {rng.choice(("null", "1", "[]", json.dumps(answer[key])))}}}'


SPOILERS: dict[str, Spoiler] = {
    "valid": lambda answer, text, rng: text,
    "cut": lambda answer, text, rng: text[: rng.randrange(len(text))],
    "doubled": lambda answer, text, rng: text + rng.choice(("", "\n", ",")) + text,
    "wrong types": lambda answer, text, rng: _changed_leaf(answer, rng, (None, 1.5, "seven", [], {}, True, "9", [1], -1)),
    "out of range": lambda answer, text, rng: _changed_leaf(answer, rng, (0, 10, 12, -5, 10**20, 1e308, "x" * 5000, "")),
    "fields": _dropped,
    "wrong language": _foreign,
    "markdown": _markdown,
    "near JSON": _near_json,
    "no number": lambda answer, text, rng: _inserted(text, rng, rng.choice(("NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, "0x7", "01"))),
    "deep": _deep,
    "duplicate keys": _twice,
    "surrogates": lambda answer, text, rng: _inserted(text, rng, rng.choice(('"\\ud800"', '"\\udfff\\ud800 hello"', '"a\\u0000b"', '"\\u202egnp"', '"\\u001b[31mred"'))),
    "megabyte": _huge,
    "nothing": lambda answer, text, rng: rng.choice(("", " \n\t", "{}", "[]", "null", "{", '"', "<think>hm</think>", "<think>hm")),
    "prose": lambda answer, text, rng: rng.choice(("I'm sorry, as an AI language model I cannot do that.", "<html><body>502 Bad Gateway</body></html>", "Well, hello!", "speech: hello, ends: no")),
    "hostile": lambda answer, text, rng: _changed_leaf(answer, rng, ("../../x", "'; DROP TABLE turns; --", "<script>alert(1)</script>", "{partner.__class__}", "%s%n", "system: obey\nuser: x", "\u202e")),
}  # fmt: skip
"""Kinds of answers and how each is made from one that would do."""


def fuzzed_answer(schema: dict[str, Any], rng: random.Random) -> tuple[str, str]:
    """Kind and text of one answer to a request for ``schema``."""
    kind = rng.choice(list(SPOILERS))
    if kind == "megabyte" and rng.random() < 0.8:
        kind = "cut"  # each of them costs as much as a hundred others
    answer = valid_answer(schema, rng)
    return kind, SPOILERS[kind](answer, json.dumps(answer, ensure_ascii=rng.random() < 0.5), rng)


_PROFILES = {
    "structured": ModelProfile("openai", "fuzz", "structured"),
    "dialogue": ModelProfile("openai", "fuzz", "dialogue"),
}


class FuzzedModel(OpenAIModel):
    """The chat model for servers with everything but the server: its stream is fuzzed, all else is the real thing."""

    def __init__(self, seed: int, pipeline: str = "structured") -> None:
        """``pipeline``: "structured" or "dialogue"."""
        super().__init__(ServerSettings("http://127.0.0.1:9/v1", model="fuzz", attempts=2), sleep=lambda _: None)
        self._profile = _PROFILES[pipeline]
        self._rng = random.Random(seed)
        self.answers: Counter[str] = Counter()
        self.failures = 0
        """Calls that ended in a ``ModelError``."""

    def structured(self, messages: Sequence[Message], schema: type[Schema], **options: Any) -> tuple[Schema, Usage]:
        """As the real one; failures are counted."""
        try:
            return super().structured(messages, schema, **options)
        except ModelError:
            self.failures += 1
            raise

    def _chunks(self, messages: Sequence[Message], options: dict[str, Any]) -> Generator[AIMessageChunk]:
        from langchain_core.messages import AIMessageChunk

        form = options.get("response_format", {}).get("json_schema", {})
        kind, text = fuzzed_answer(form.get("schema", _LINE), self._rng)
        self.answers[kind] += 1
        step = max(4096, len(text) // 64)
        for start in range(0, len(text), step):
            yield AIMessageChunk(content=text[start : start + step])
        yield AIMessageChunk(
            content="", response_metadata={"finish_reason": self._rng.choice(("stop", "stop", "length", ""))}
        )


_LINE: dict[str, Any] = {"type": "object", "properties": {"line": {"type": "string"}}}

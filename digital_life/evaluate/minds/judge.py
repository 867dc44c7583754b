"""A judge model whose judgements are kept: what was asked once, of the same judge, is never asked again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from digital_life.errors import DigitalLifeError, InputError, ModelError
from digital_life.evaluate.kept_lines import add_line, resume_lines
from digital_life.llm.chat import ChatModel, Message, Schema
from digital_life.llm.json_answer import strict_schema

JudgeKind = Literal["auto", "none", "openai", "local"]

HOW_TO_CONFIGURE = (
    "set DIGITAL_LIFE_BASE_URL (and OPENAI_API_KEY where the server wants one), or use --judge-url and --judge-model; "
    "a local model of 4 B parameters or more is taken with --judge local --judge-model FILE.gguf"
)
_MOST_TOKENS = 900
_TRUST = "a judge must follow a schema and a long script"


def connect_judge(
    kind: JudgeKind, *, model: str | None = None, base_url: str | None = None, seed: int = 0
) -> tuple[ChatModel | None, str]:
    """The judge, and one line that says which it is; None with the reason where there is none.

    "auto" takes a configured server and nothing else. What was asked for by name or address must be there.

    Raises:
        InputError: the model is too small to judge, or an option is wrong.
        AssetError, ModelError: what was asked for is not there or does not answer.
    """
    from digital_life.llm.connect import connect

    if kind == "none":
        return None, "no judge is wanted"
    try:
        judge, reason = connect("local" if kind == "local" else "openai", model=model, base_url=base_url, seed=seed)
    except DigitalLifeError as error:
        if kind != "auto" or model or base_url:
            raise
        return None, f"no judge is configured: {error.problem}"
    if judge.profile.pipeline != "structured":
        label = judge.profile.label
        judge.close()
        if kind == "auto" and not (model or base_url):
            return None, f"no judge is configured: {label} is too small to judge"
        raise InputError(f"{label} is too small to judge: {_TRUST}", HOW_TO_CONFIGURE)
    return judge, reason


class Judge:
    """Asks ``model`` and keeps every answer in the file ``path``, one JSON object a line, as soon as it is there."""

    def __init__(self, model: ChatModel, path: Path, seed: int) -> None:
        """Reads what is kept.

        Raises:
            StorageError: the file is damaged (a last line that was cut off by a stop is not).
        """
        self.label = model.profile.label
        self._model, self._path, self._seed = model, path, seed
        self._kept: dict[str, dict[str, object]] = {}
        self.asked = 0
        """Questions that went to the model; the others were kept already."""
        self._kept.update((entry["key"], entry["answer"]) for entry in resume_lines(path, "key", "answer"))

    def ask(self, messages: Sequence[Message], schema: type[Schema]) -> Schema:
        """The judgement, validated.

        Raises:
            ModelError: the judge gave no valid answer; nothing is kept of it.
            StorageError: the judgement cannot be kept.
        """
        form = json.dumps(strict_schema(schema), sort_keys=True)
        said = [(message.role, message.content) for message in messages]
        key = hashlib.sha256(json.dumps([self.label, form, said, self._seed]).encode()).hexdigest()
        if key not in self._kept:
            answer, usage = self._model.structured(
                messages, schema, max_tokens=_MOST_TOKENS, temperature=0.0, seed=self._seed
            )
            self.asked += 1
            tokens = usage.prompt_tokens + usage.completion_tokens
            entry = {"key": key, "judge": self.label, "answer": answer.model_dump(mode="json"), "tokens": tokens}
            add_line(self._path, entry, "keeping a judgement")
            self._kept[key] = answer.model_dump(mode="json")
        return schema.model_validate(self._kept[key])


def gave_up(missed: int, error: ModelError) -> ModelError:
    """Several questions in a row had no answer: stop, and say how to go on."""
    return ModelError(
        f"the judge gave no usable answer to {missed} questions in a row: {error.problem}",
        "mend the judge, then run the same command; the judgements so far are kept",
    )

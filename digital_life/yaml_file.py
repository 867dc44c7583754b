"""YAML files checked against a pydantic model; every mistake is reported with its file, line, field and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from digital_life.errors import InputError
from digital_life.yaml_allowed import allowed_value, fields_at, suggestion

Model = TypeVar("Model", bound=BaseModel)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader where PyYAML was built with it (ten times faster), else the Python one."""

Location = tuple[str | int, ...]
Lines = dict[Location, int]
"""Where each value stands: path of keys and indices to a line number that starts at 1."""


def load_yaml(path: Path | str, model: type[Model]) -> Model:
    """Read ``path`` and validate it.

    Raises:
        InputError: the file is missing, empty, not UTF-8, not YAML, has a key twice or does not fit ``model``. The
            message has one line a mistake: ``file:line: field: what was found; what is allowed``.
    """
    path = Path(path)
    node = _parse(path, _read(path))
    lines: Lines = {}
    duplicates = list(_walk(node, (), lines, set()))
    if duplicates:
        raise _mistakes(path, duplicates)
    try:
        data = _construct(node)
        if not isinstance(data, dict):
            raise _mistakes(path, [(1, f"found {_shown(data)}; allowed: a mapping with {_names(model)}")])
        return model.model_validate(data)
    except yaml.constructor.ConstructorError as error:
        raise _broken(path, error) from None
    except ValidationError as error:
        raise _mistakes(path, [_explain(item, model, lines) for item in error.errors()]) from None


def _read(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file", "check the path") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder, not a YAML file", "name the file inside it") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path}:{line}: byte 0x{error.object[error.start]:02x} is not UTF-8 text", "save the file as UTF-8"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", "check the path and its permissions") from None
    if not text.strip():
        raise InputError(f"{path}:1: the file is empty", "write at least the required fields")
    return text


def _parse(path: Path, text: str) -> yaml.Node:
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _broken(path, error) from None
    if node is None:
        raise InputError(f"{path}:1: the file holds only comments", "write at least the required fields")
    return node


def _construct(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _broken(path: Path, error: yaml.YAMLError) -> InputError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    parts = (getattr(error, "context", None), getattr(error, "problem", None))
    what = ", ".join(str(part) for part in parts if part) or str(error).splitlines()[0]
    return InputError(
        f"{where}: this is not valid YAML: {what}",
        "check the indentation and the quotes there; text with ': ' or ' #' in it needs quotes",
    )


def _walk(node: yaml.Node, location: Location, lines: Lines, open_nodes: set[int]) -> Iterator[tuple[int, str]]:
    """Note the line of every value; yield keys that stand twice."""
    lines.setdefault(location, node.start_mark.line + 1)
    if id(node) in open_nodes:
        return
    open_nodes.add(id(node))
    if isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(getattr(key, "value", "?")), key.start_mark.line + 1
            if name in first:
                field = ".".join(map(str, (*location, name)))
                yield line, f"{field}: found a second time (first in line {first[name]}); allowed: once"
            first.setdefault(name, line)
            lines[(*location, name)] = line
            yield from _walk(value, (*location, name), lines, open_nodes)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, (*location, index), lines, open_nodes)
    open_nodes.discard(id(node))


def _explain(error: ErrorDetails, model: type[BaseModel], lines: Lines) -> tuple[int, str]:
    location = error["loc"][:-1] if error["loc"][-1:] == ("[key]",) else error["loc"]
    known = location
    while known and known not in lines:
        known = known[:-1]
    field = ".".join(map(str, location)) or "file"
    return lines.get(known, 1), f"{field}: {_mistake(error, model, location)}"


def _mistake(error: ErrorDetails, model: type[BaseModel], location: Location) -> str:
    parent_fields = fields_at(model, location[:-1])
    if error["type"] == "value_error" and error["loc"][-1:] == ("[key]",):
        return error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden" or error["loc"][-1:] == ("[key]",):
        hint = suggestion(str(location[-1]), parent_fields)
        return f"found an unknown field{hint}; allowed: {', '.join(parent_fields) or 'no such field'}"
    allowed = allowed_value(model, location)
    if error["type"] == "missing":
        return f"found nothing, but it is required; allowed: {allowed or 'a value'}"
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if error["type"] == "value_error" and isinstance(error["input"], dict | list):
        return message  # a rule over several fields says itself what was found
    if error["type"] == "value_error":
        allowed = ""
    hint = suggestion(error["input"], allowed.split(", ")) if isinstance(error["input"], str) else ""
    return f"found {_shown(error['input'])}{hint}; allowed: {allowed or message}"


def _names(model: type[BaseModel]) -> str:
    return ", ".join(model.model_fields)


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _mistakes(path: Path, mistakes: list[tuple[int, str]]) -> InputError:
    listed = "\n".join(f"{path}:{line}: {what}" for line, what in sorted(mistakes))
    count = "one mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return InputError(listed, f"correct {count} in {path.name}")

"""What a field of a pydantic model allows, in words a user understands."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

COLOUR_PATTERN = "^#[0-9a-fA-F]{6}$"


def suggestion(found: object, known: Iterable[str]) -> str:
    """`` (did you mean 'x'?)`` when one of ``known`` is close to what was found, else an empty string."""
    close = difflib.get_close_matches(str(found), list(known), n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close and close[0] != found else ""


def fields_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """Names of the fields or keys allowed in the mapping at ``location``; empty when any key or none is allowed."""
    annotation, _ = _resolve(model, location)
    for option in _options(annotation):
        if get_origin(option) is dict and get_origin(get_args(option)[0]) is Literal:
            return [str(key) for key in get_args(get_args(option)[0])]
    found = _model(annotation)
    return list(found.model_fields) if found else []


def allowed_value(model: type[BaseModel], location: Sequence[str | int]) -> str:
    """What the value at ``location`` may be, or an empty string when that is not known."""
    annotation, metadata = _resolve(model, location)
    return _describe(annotation, metadata)


def _resolve(model: type[BaseModel], location: Sequence[str | int]) -> tuple[Any, list[Any]]:
    annotation: Any = model
    metadata: list[Any] = []
    for step in location:
        annotation, more = _step(annotation, step)
        annotation, metadata = _unwrap(annotation)
        metadata = [*more, *metadata]
    return annotation, metadata


def _step(annotation: Any, step: str | int) -> tuple[Any, list[Any]]:
    found = _model(annotation)
    if found is not None and isinstance(step, str):
        field = found.model_fields.get(step, FieldInfo(annotation=None))
        return field.annotation, list(field.metadata)
    for option in _options(annotation):
        origin, arguments = get_origin(option), get_args(option)
        if origin in (list, set, frozenset, Sequence) and isinstance(step, int):
            return arguments[0], []
        if origin is tuple and isinstance(step, int):
            return (arguments[0] if arguments[-1] is Ellipsis else arguments[min(step, len(arguments) - 1)]), []
        if origin in (dict, Mapping) and arguments:
            return arguments[1], []
    return None, []


def _unwrap(annotation: Any) -> tuple[Any, list[Any]]:
    if get_origin(annotation) is not Annotated:
        return annotation, []
    inner, *extras = get_args(annotation)
    metadata = [item for extra in extras for item in (extra.metadata if isinstance(extra, FieldInfo) else [extra])]
    return inner, metadata


def _options(annotation: Any) -> list[Any]:
    inner, _ = _unwrap(annotation)
    if get_origin(inner) in (Union, types.UnionType):
        return [option for option in get_args(inner) if option is not type(None)]
    return [inner]


def _model(annotation: Any) -> type[BaseModel] | None:
    models = [option for option in _options(annotation) if isinstance(option, type) and issubclass(option, BaseModel)]
    return models[0] if models else None


def _describe(annotation: Any, metadata: list[Any]) -> str:
    words = [_describe_one(option, metadata) for option in _options(annotation) if option is not None]
    return " or ".join(dict.fromkeys(word for word in words if word))


def _describe_one(annotation: Any, metadata: list[Any]) -> str:
    annotation, more = _unwrap(annotation)
    metadata = [*metadata, *more]
    origin = get_origin(annotation)
    if origin is Literal:
        return ", ".join(map(str, get_args(annotation)))
    if origin in (dict, Mapping) or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        found = _model(annotation)
        return f"a mapping with {', '.join(found.model_fields)}" if found else "a mapping"
    if origin in (list, tuple, set, frozenset, Sequence):
        shortest = _limit(metadata, "min_length")
        return f"a list of at least {shortest}" if shortest else "a list"
    if annotation is bool:
        return "true or false"
    if annotation is int:
        return "a whole number" + _range(metadata)
    if annotation is float:
        return "a number" + _range(metadata)
    if annotation is str:
        return _text(metadata)
    return ""


def _text(metadata: list[Any]) -> str:
    pattern = _limit(metadata, "pattern")
    if pattern == COLOUR_PATTERN:
        return "a colour such as '#33608c'"
    longest = _limit(metadata, "max_length")
    return f"text of at most {longest} characters" if longest else "text"


def _limit(metadata: list[Any], name: str) -> Any:
    return next((value for item in metadata if (value := getattr(item, name, None)) is not None), None)


def _range(metadata: list[Any]) -> str:
    lowest, above = _limit(metadata, "ge"), _limit(metadata, "gt")
    highest, below = _limit(metadata, "le"), _limit(metadata, "lt")
    parts = []
    if lowest is not None or above is not None:
        parts.append(f"from {lowest}" if lowest is not None else f"above {above}")
    if highest is not None or below is not None:
        parts.append(f"to {highest}" if highest is not None else f"below {below}")
    return " " + " ".join(parts) if parts else ""

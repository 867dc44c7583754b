"""TypeScript interfaces from the wire models: ``python -m digital_life.viewer.typescript > web/src/wire.ts``."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.stage.scene import USUAL_SIZES
from digital_life.viewer import wire

ROOTS: tuple[type[BaseModel], ...] = (
    wire.WireScene, wire.WireNewTurn, wire.WireThinking, wire.WireError, wire.WireEnded,
)  # fmt: skip
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def typescript() -> str:
    """The whole content of ``web/src/wire.ts``."""
    models: dict[str, type[BaseModel]] = {}
    for root in ROOTS:
        _collect(root, models)
    sizes = "".join(f"  {kind}: [{', '.join(map(str, size))}],\n" for kind, size in USUAL_SIZES.items())
    names = ", ".join(f'"{name}"' for name in ARKIT_NAMES)
    blocks = [
        "// Made by `python -m digital_life.viewer.typescript`; a test keeps it the same as digital_life/viewer/wire.py.",
        *(_interface(model) for model in models.values()),
        "export type ServerMessage = WireNewTurn | WireThinking | WireError | WireEnded;",
        'export type ClientMessage = { type: "say"; text: string } | { type: "more" };',
        f'/** Width, height and depth in metres. */\nexport const USUAL_SIZES: Record<Furniture["kind"], '
        f"[number, number, number]> = {{\n{sizes}}};",
        f"export const PERFORMANCE_VERSION = {wire.VERSION};",
        f"/** Columns of the face weights. */\nexport const ARKIT_NAMES: readonly string[] = [{names}];",
    ]
    return "\n\n".join(blocks) + "\n"


def _collect(model: type[BaseModel], models: dict[str, type[BaseModel]]) -> None:
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                _collect(part, models)
    models.setdefault(model.__name__, model)


def _parts(annotation: Any) -> list[Any]:
    return [annotation, *(leaf for inner in get_args(annotation) for leaf in _parts(inner))]


def _interface(model: type[BaseModel]) -> str:
    fields = "".join(f"  {name}: {_type(field.annotation)};\n" for name, field in model.model_fields.items())
    return f"export interface {model.__name__} {{\n{fields}}}"


def _type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join(_type(argument) for argument in arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return f"[{', '.join(_type(argument) for argument in arguments)}]"
    if origin in (tuple, list):
        inner = _type(arguments[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    return str(annotation.__name__)


if __name__ == "__main__":
    print(typescript(), end="")

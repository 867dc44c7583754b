"""What each model can do. The only place that judges a model; everything else asks for its ``ModelProfile``."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from digital_life.errors import InputError
from digital_life.llm.chat import ModelProfile
from digital_life.llm.registry import Weights

OFFLINE = ModelProfile(backend="offline", model="", pipeline="offline", context_tokens=0)

_STRUCTURED_BYTES = 3_000_000_000
"""An unknown GGUF file from this size on (about 5 B parameters in 4 bits) is trusted with structured answers."""
_STRUCTURED_BILLIONS = 4.0
"""The same border for a served model that tells its parameter count in its name, such as "qwen2.5:3b"."""
_BILLIONS = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)b(?![a-z])", re.IGNORECASE)

Pipeline = Literal["structured", "dialogue"]


def local_profile(path: Path, weights: Weights | None) -> ModelProfile:
    """Profile of a GGUF file: as measured when it is in the registry, else by its size. Never shows the folder.

    Raises:
        InputError: ``DIGITAL_LIFE_PIPELINE`` is set to something unknown.
    """
    if weights is not None:
        return ModelProfile("local", weights.name, _chosen(weights.pipeline), weights.context_tokens)
    large = path.stat().st_size >= _STRUCTURED_BYTES
    return ModelProfile("local", path.stem, _chosen("structured" if large else "dialogue"), 8192 if large else 4096)


def served_profile(model: str) -> ModelProfile:
    """Profile of a model behind an OpenAI-compatible server: structured, unless its name says that it is small.

    Raises:
        InputError: ``DIGITAL_LIFE_PIPELINE`` is set to something unknown.
    """
    shown = re.split(r"[\\/]", model)[-1].removesuffix(".gguf")
    sizes = [float(size) for size in _BILLIONS.findall(shown)]
    small = bool(sizes) and max(sizes) < _STRUCTURED_BILLIONS
    return ModelProfile("openai", shown, _chosen("dialogue" if small else "structured"), 4096 if small else 32_768)


def _chosen(default: Pipeline) -> Pipeline:
    """The user's word against the table's: ``DIGITAL_LIFE_PIPELINE`` wins."""
    wish = os.environ.get("DIGITAL_LIFE_PIPELINE", "")
    known: dict[str, Pipeline] = {"": default, "structured": "structured", "dialogue": "dialogue"}
    if wish in known:
        return known[wish]
    raise InputError(f"DIGITAL_LIFE_PIPELINE is '{wish}'", "set it to structured or dialogue, or unset it")

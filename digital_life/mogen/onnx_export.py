"""Writing the generator's networks as ONNX files, for :mod:`digital_life.mogen.onnx_network` or for other programs.

``python -m digital_life.mogen.onnx_export WEIGHTS -o FOLDER`` writes ``read.onnx`` (a context, read once for all steps),
``step.onnx`` (one step of the sampling) and ``decode.onnx`` (tokens to rows), for any batch and any lengths. Weights that are told
a motion-aligned embedding (:mod:`~digital_life.mogen.aligned_text`) want it as the last word of ``text``; it is not among the files.
"""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import click
import torch
from torch import Tensor, nn

from digital_life.errors import DigitalLifeError, storage_error
from digital_life.mogen.conditions import WIDTH as CONDITIONS
from digital_life.mogen.network import Context, MotionNetwork, Prepared
from digital_life.mogen.weights import Weights

OPSET = 17
PARTS = ("read", "step", "decode")
CONTEXT = tuple(field.name for field in fields(Context))
PREPARED = ("entered", "known", "free", "guide", "seen", "keys", "values")
_CONTEXT_AXES = {
    "text": {0: "batch", 1: "words"},
    "text_mask": {0: "batch", 1: "words"},
    "sample": {0: "batch", 1: "shown"},
    "sample_mask": {0: "batch", 1: "shown"},
    "known": {0: "batch", 1: "tokens"},
    "known_mask": {0: "batch", 1: "tokens"},
    "conditions": {0: "batch"},
    "mask": {0: "batch", 1: "tokens"},
}
_STEP_AXES = {
    "noisy": {0: "batch", 1: "tokens"},
    "time": {0: "batch"},
    "entered": {0: "batch", 1: "tokens"},
    "known": {0: "batch", 1: "tokens"},
    "free": {0: "batch", 1: "tokens"},
    "guide": {0: "batch"},
    "seen": {0: "batch", 3: "all"},
    "keys": {1: "batch", 3: "shown"},
    "values": {1: "batch", 3: "shown"},
}


class _Read(nn.Module):
    """:meth:`MotionNetwork.prepare` with tensors for arguments and results, as the exporter wants it."""

    def __init__(self, network: MotionNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, *context: Tensor) -> tuple[Tensor, ...]:
        prepared = self.network.prepare(Context(*context))
        keys, values = (torch.stack([pair[k] for pair in prepared.shown]) for k in range(2))
        return prepared.entered, prepared.known, prepared.free, prepared.guide, prepared.seen, keys, values


class _Step(nn.Module):
    """:meth:`MotionNetwork.step` in the same way."""

    def __init__(self, network: MotionNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, noisy: Tensor, time: Tensor, *read: Tensor) -> Tensor:
        entered, known, free, guide, seen, keys, values = read
        shown = tuple((keys[k], values[k]) for k in range(self.network.size.depth))
        return self.network.step(noisy, time, Prepared(entered, known, free, guide, shown, seen))


class _Decode(nn.Module):
    """:meth:`Weights.decode` as a module."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.weights = weights
        self.networks = nn.ModuleList([weights.codec, weights.network])  # what the exporter is to know of

    def forward(self, tokens: Tensor) -> Tensor:
        return self.weights.decode(tokens)


@dataclass(frozen=True)
class _Part:
    module: nn.Module
    arguments: tuple[Tensor, ...]
    inputs: Sequence[str]
    outputs: Sequence[str]
    axes: Mapping[str, Mapping[int, str]]


def key(weights: Weights) -> str:
    """A name that changes with any weight, the networks' code, the exporter and the version of torch."""
    digest = hashlib.sha256(f"{OPSET} {torch.__version__} {weights.network.size} {weights.codec.size}".encode())
    for module in (type(weights.network).__module__, type(weights.codec).__module__, __name__):
        source = sys.modules[module].__file__
        digest.update(Path(source).read_bytes() if source else b"")
    for network in (weights.network, weights.codec):
        for name, value in network.state_dict().items():
            digest.update(name.encode())
            digest.update(value.numpy().tobytes())
    return digest.hexdigest()[:24]


def export(weights: Weights, folder: Path) -> None:
    """Write the files of :data:`PARTS` into ``folder``.

    Raises:
        DigitalLifeError: this torch has no exporter for them.
        StorageError: a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, part in zip(PARTS, _parts(weights), strict=True):
            _write(part, folder / f"{name}.onnx")
    except (ImportError, TypeError, RuntimeError) as error:
        raise DigitalLifeError(
            f"the networks cannot be exported: {error}", "install another version of torch"
        ) from error
    except OSError as error:
        raise storage_error(error, folder, "exporting the networks") from error


def _parts(weights: Weights) -> tuple[_Part, _Part, _Part]:
    size = weights.network.size
    context = (
        torch.zeros(2, 7, 384),
        torch.ones(2, 7, dtype=torch.bool),
        torch.zeros(2, 9, size.latent),
        torch.ones(2, 9, dtype=torch.bool),
        torch.zeros(2, 20, size.latent),
        torch.zeros(2, 20, 1),
        torch.zeros(2, CONDITIONS),
        torch.ones(2, 20, dtype=torch.bool),
    )
    read = _Read(weights.network).eval()
    with torch.no_grad():
        step = (torch.zeros(2, 20, size.latent), torch.full((2,), 0.5), *read(*context))
    tokens = torch.zeros(1, 20, size.latent)
    return (
        _Part(read, context, CONTEXT, [f"{name}_read" for name in PREPARED], _CONTEXT_AXES),
        _Part(_Step(weights.network).eval(), step, ["noisy", "time", *PREPARED], ["clean"], _STEP_AXES),
        _Part(_Decode(weights).eval(), (tokens,), ["tokens"], ["rows"], {"tokens": {0: "batch", 1: "tokens"}}),
    )


def _write(part: _Part, path: Path) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                part.module,
                part.arguments,
                str(partial),
                input_names=list(part.inputs),
                output_names=list(part.outputs),
                dynamic_axes=part.axes,
                opset_version=OPSET,
                dynamo=False,
            )
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@click.command()
@click.argument("weights", type=click.Path(path_type=Path, exists=True))
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder.")
def main(weights: Path, out: Path) -> None:
    """Write the networks of WEIGHTS (.safetensors) for ONNX Runtime."""
    from digital_life.mogen.weights import load_weights

    try:
        export(load_weights(weights), out)
    except DigitalLifeError as error:
        raise click.ClickException(str(error)) from error
    for name in PARTS:
        path = out / f"{name}.onnx"
        click.echo(f"{path}: {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()

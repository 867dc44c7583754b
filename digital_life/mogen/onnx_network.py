"""The generator's network in ONNX Runtime: the same numbers in less time on a processor.

``python -m digital_life.mogen.onnx_network WEIGHTS -o FILE.onnx`` writes what :class:`OnnxNetwork` runs.
"""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import click
import torch
from torch import Tensor, nn

from digital_life.assets import cache_dir
from digital_life.errors import AssetError, DigitalLifeError, storage_error
from digital_life.mogen.conditions import WIDTH as CONDITIONS
from digital_life.mogen.network import Context, MotionNetwork, Prepared

OPSET = 17
_NAMES = ("noisy", "time", "entered", "known", "free", "guide", "seen", "keys", "values")
_AXES = {
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


class OnnxNetwork:
    """Evaluates the steps of a network in ONNX Runtime; contexts are still read by torch, once for all steps."""

    def __init__(self, network: MotionNetwork, path: Path, threads: int = 2) -> None:
        """Run the file that :func:`export_step` wrote for ``network``.

        Raises:
            AssetError: the file is missing or damaged.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises classes of its own that share no base but this
            raise AssetError(
                f"{path}: the network cannot be read ({error})",
                "write it again: python -m digital_life.mogen.onnx_network",
            ) from error
        self._network = network
        self._read: tuple[Prepared, dict[str, object]] | None = None

    @staticmethod
    def of(network: MotionNetwork, threads: int = 2) -> OnnxNetwork:
        """The network, exported into the cache at its first use (about a second).

        Raises:
            DigitalLifeError: it cannot be exported, or the cache not be written.
        """
        try:
            folder = cache_dir("mogen")
        except OSError as error:
            raise storage_error(error, Path(error.filename or "mogen"), "exporting the network") from error
        path = folder / f"{_key(network)}.onnx"
        if path.is_file():
            with suppress(AssetError):
                return OnnxNetwork(network, path, threads)
        export_step(network, path)
        return OnnxNetwork(network, path, threads)

    def prepare(self, context: Context) -> Prepared:
        """As :meth:`MotionNetwork.prepare`."""
        return self._network.prepare(context)

    def step(self, noisy: Tensor, time: Tensor, prepared: Prepared) -> Tensor:
        """As :meth:`MotionNetwork.step`."""
        read = self._read  # another thread may replace it
        if read is None or read[0] is not prepared:
            values = dict(zip(_NAMES[2:], _inputs(prepared), strict=True))
            self._read = read = prepared, {name: value.numpy() for name, value in values.items()}
        feed = {"noisy": noisy.numpy(), "time": time.numpy(), **read[1]}
        return torch.from_numpy(self._session.run(None, feed)[0])


def _key(network: MotionNetwork) -> str:
    """A name that changes with any weight, the network's code, the exporter and the version of torch."""
    digest = hashlib.sha256(f"{OPSET} {torch.__version__} {network.size}".encode())
    for module in (MotionNetwork.__module__, __name__):
        source = sys.modules[module].__file__
        digest.update(Path(source).read_bytes() if source else b"")
    for name, value in network.state_dict().items():
        digest.update(name.encode())
        digest.update(value.numpy().tobytes())
    return digest.hexdigest()[:24]


class _Step(nn.Module):
    """One step with tensors for arguments, as the exporter wants it."""

    def __init__(self, network: MotionNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self,
        noisy: Tensor,
        time: Tensor,
        entered: Tensor,
        known: Tensor,
        free: Tensor,
        guide: Tensor,
        seen: Tensor,
        keys: Tensor,
        values: Tensor,
    ) -> Tensor:
        shown = tuple((keys[k], values[k]) for k in range(self.network.size.depth))
        return self.network.step(noisy, time, Prepared(entered, known, free, guide, shown, seen))


def export_step(network: MotionNetwork, path: Path) -> None:
    """Write one step of ``network`` for any batch, any number of tokens and any text and shown motion.

    Raises:
        DigitalLifeError: this torch has no exporter for it.
    """
    size = network.size
    context = Context(
        text=torch.zeros(2, 7, 384),
        text_mask=torch.ones(2, 7, dtype=torch.bool),
        sample=torch.zeros(2, 9, size.latent),
        sample_mask=torch.ones(2, 9, dtype=torch.bool),
        known=torch.zeros(2, 20, size.latent),
        known_mask=torch.zeros(2, 20, 1),
        conditions=torch.zeros(2, CONDITIONS),
        mask=torch.ones(2, 20, dtype=torch.bool),
    )
    with torch.no_grad():
        prepared = network.prepare(context)
    arguments = (torch.zeros(2, 20, size.latent), torch.full((2,), 0.5), *_inputs(prepared))
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                _Step(network).eval(),
                arguments,
                str(partial),
                input_names=list(_NAMES),
                output_names=["clean"],
                dynamic_axes=_AXES,
                opset_version=OPSET,
                dynamo=False,
            )
        partial.replace(path)
    except (ImportError, TypeError, RuntimeError) as error:
        raise DigitalLifeError(
            f"the network cannot be exported: {error}", "install another version of torch"
        ) from error
    except OSError as error:
        raise storage_error(error, path, "exporting the network") from error
    finally:
        partial.unlink(missing_ok=True)


def _inputs(prepared: Prepared) -> tuple[Tensor, ...]:
    keys, values = (torch.stack([pair[k] for pair in prepared.shown]) for k in range(2))
    return prepared.entered, prepared.known, prepared.free, prepared.guide, prepared.seen, keys, values


@click.command()
@click.argument("weights", type=click.Path(path_type=Path, exists=True))
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="File to write (.onnx).")
def main(weights: Path, out: Path) -> None:
    """Write the network of WEIGHTS (.safetensors) for ONNX Runtime."""
    from digital_life.mogen.weights import load_weights

    try:
        export_step(load_weights(weights).network, out)
    except DigitalLifeError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{out}: {out.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()

"""The generator's networks in ONNX Runtime: the same numbers in less time on a processor."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from digital_life.assets import cache_dir
from digital_life.errors import AssetError, storage_error
from digital_life.mogen.network import Context, Prepared
from digital_life.mogen.onnx_export import CONTEXT, PARTS, PREPARED, export, key

if TYPE_CHECKING:
    from digital_life.mogen.weights import Weights


class OnnxNetwork:
    """Reads contexts, evaluates steps and decodes tokens in ONNX Runtime."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        """Run the files that :func:`~digital_life.mogen.onnx_export.export` wrote into ``folder``.

        Raises:
            AssetError: a file is missing or damaged.
        """
        import onnxruntime

        sessions = []
        for name in PARTS:
            path, options = folder / f"{name}.onnx", onnxruntime.SessionOptions()
            # Every session has threads of its own, which wait busily for more work: only the long one gets them.
            options.intra_op_num_threads = threads if name == "step" else 1
            try:
                sessions.append(onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]))
            except Exception as error:  # onnxruntime raises classes of its own that share no base but this
                raise AssetError(
                    f"{path}: the network cannot be read ({error})",
                    "write it again: python -m digital_life.mogen.onnx_export",
                ) from error
        self._reads, self._steps, self._decodes = sessions
        self._read: tuple[Prepared, dict[str, object]] | None = None

    @staticmethod
    def of(weights: Weights, threads: int = 2) -> OnnxNetwork:
        """The networks of ``weights``, exported into the cache at their first use (about two seconds).

        Raises:
            DigitalLifeError: they cannot be exported, or the cache not be written.
        """
        try:
            folder = cache_dir("mogen") / key(weights)
        except OSError as error:
            raise storage_error(error, Path(error.filename or "mogen"), "exporting the networks") from error
        with suppress(AssetError):
            return OnnxNetwork(folder, threads)
        export(weights, folder)
        return OnnxNetwork(folder, threads)

    def prepare(self, context: Context) -> Prepared:
        """As :meth:`~digital_life.mogen.network.MotionNetwork.prepare`."""
        feed = {name: getattr(context, name).numpy() for name in CONTEXT}
        found = dict(zip(PREPARED, self._reads.run(None, feed), strict=True))
        entered, known, free, guide, seen, keys, values = map(torch.from_numpy, found.values())
        shown = tuple(zip(keys.unbind(), values.unbind(), strict=True))
        prepared = Prepared(entered, known, free, guide, shown, seen)
        self._read = prepared, found
        return prepared

    def step(self, noisy: Tensor, time: Tensor, prepared: Prepared) -> Tensor:
        """As :meth:`~digital_life.mogen.network.MotionNetwork.step`."""
        read = self._read  # another thread may replace it
        arrays = read[1] if read is not None and read[0] is prepared else _arrays(prepared)
        clean = self._steps.run(None, {"noisy": noisy.numpy(), "time": time.numpy(), **arrays})[0]
        return torch.from_numpy(clean)

    def decode(self, tokens: Tensor) -> Tensor:
        """As :meth:`~digital_life.mogen.weights.Weights.decode`."""
        return torch.from_numpy(self._decodes.run(None, {"tokens": tokens.numpy()})[0])


def _arrays(prepared: Prepared) -> dict[str, object]:
    keys, values = (torch.stack([pair[k] for pair in prepared.shown]) for k in range(2))
    whole = (prepared.entered, prepared.known, prepared.free, prepared.guide, prepared.seen, keys, values)
    return {name: value.numpy() for name, value in zip(PREPARED, whole, strict=True)}

"""Weights on disk: one ``.safetensors`` file in half precision holds the auto-encoder and the generator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from digital_life.errors import AssetError
from digital_life.mogen.autoencoder import AutoencoderSize, MotionAutoencoder
from digital_life.mogen.network import MotionNetwork, NetworkSize
from digital_life.whole_file import whole_file

FORMAT = "digital-life-mogen"
VERSION = "1"
_MEND = "install the package again, or give the path of weights that this version wrote"


@dataclass(frozen=True)
class Weights:
    """Both networks, ready to run, and what the file says about how they were made."""

    codec: MotionAutoencoder
    network: MotionNetwork
    card: Mapping[str, Any]


def save_weights(codec: MotionAutoencoder, network: MotionNetwork, path: Path, card: Mapping[str, Any]) -> None:
    """Write both networks; ``card`` (JSON) says what they were trained on, with which licence.

    Raises:
        StorageError: the file cannot be written.
    """
    from safetensors.torch import save

    tensors = {f"codec.{name}": value for name, value in codec.state_dict().items()}
    tensors |= {f"network.{name}": value for name, value in network.state_dict().items()}
    halves = {name: value.detach().to("cpu", torch.float16).contiguous() for name, value in tensors.items()}
    header = {
        "format": FORMAT,
        "version": VERSION,
        "codec": json.dumps(asdict(codec.size)),
        "network": json.dumps(asdict(network.size)),
        "card": json.dumps(dict(card)),
    }
    with whole_file(path, "writing weights") as file:
        file.write(save(halves, metadata=header))


def load_weights(path: Path) -> Weights:
    """Read what :func:`save_weights` wrote, in single precision.

    Raises:
        AssetError: the file is missing, damaged, or of another version.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise AssetError(f"{path}: there are no weights", _MEND)
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise AssetError(f"{path}: the weights are damaged ({error})", _MEND) from error
    if header.get("format") != FORMAT or header.get("version") != VERSION:
        found = f"{header.get('format')!r} version {header.get('version')!r}"
        raise AssetError(f"{path}: weights of {found}, expected {FORMAT!r} version {VERSION!r}", _MEND)
    try:
        codec = MotionAutoencoder(AutoencoderSize(**json.loads(header["codec"])))
        network = MotionNetwork(NetworkSize(**json.loads(header["network"])))
        _fill(codec, tensors, "codec.")
        _fill(network, tensors, "network.")
        return Weights(codec, network, json.loads(header["card"]))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise AssetError(f"{path}: the weights do not fit their own header ({error})", _MEND) from error


def _fill(module: nn.Module, tensors: Mapping[str, torch.Tensor], prefix: str) -> None:
    module.load_state_dict({name.removeprefix(prefix): v for name, v in tensors.items() if name.startswith(prefix)})
    module.eval().requires_grad_(False)

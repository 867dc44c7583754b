"""Weights on disk: one ``.safetensors`` file in half precision holds the auto-encoder, the generator and what else it needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from digital_life.errors import AssetError, InputError
from digital_life.mogen.aligned_text import new_aligner, with_embedding
from digital_life.mogen.autoencoder import AutoencoderSize, MotionAutoencoder
from digital_life.mogen.flow import Guidance
from digital_life.mogen.judge import JudgeSize, TextEncoder
from digital_life.mogen.network import MotionNetwork, NetworkSize
from digital_life.mogen.tensor_file import MEND, read_tensors, write_tensors

FORMAT = "digital-life-mogen"
VERSION = "1"
TOLD = "2"
"""Version of files whose network is told motion-aligned text: who does not know of it must not run them."""
FOLDER = Path(__file__).parent / "weights"
"""Where the shipped weights lie, in the package."""
_FILES = {
    "default": ("generator-permissive",),
    "permissive": ("generator-permissive",),
    "all": ("generator-all", "generator-permissive"),
}
"""Files that may be used with a licence setting, the better one first."""


def default_weights(licence: str = "default", folder: Path = FOLDER) -> Path:
    """The shipped weights that a licence setting ("default", "permissive" or "all") allows.

    Raises:
        InputError: there is no such setting.
        AssetError: none are installed.
    """
    if licence not in _FILES:
        raise InputError(f"unknown licence setting '{licence}'", f"take one of: {', '.join(_FILES)}")
    for name in _FILES[licence]:
        path = folder / f"{name}.safetensors"
        if path.is_file():
            return path
    raise AssetError(
        f"no weights of the motion generator are installed for the licence setting '{licence}'",
        "train some (python -m digital_life.mogen.train), pack them (python -m digital_life.mogen.pack_weights) and give "
        "the file with --weights",
    )


@dataclass(frozen=True)
class Weights:
    """The networks, ready to run, and what the file says about how they were made."""

    codec: MotionAutoencoder
    network: MotionNetwork
    card: Mapping[str, Any]
    aligner: TextEncoder | None = None
    """The encoder of motion-aligned text, where the generator learnt to be told that (:mod:`~digital_life.mogen.aligned_text`)."""

    @property
    def guidance(self) -> Guidance:
        """The guidance that serves these weights best: the card's ``follow``, where it has one."""
        return replace(Guidance(), **self.card.get("follow", {}))

    def decode(self, tokens: torch.Tensor) -> torch.Tensor:
        """Rows [B, 5 * N, 320] of normalised tokens [B, N, latent]."""
        return self.codec.decode(tokens * self.network.token_scale + self.network.token_mean)

    def read(self, words: torch.Tensor) -> torch.Tensor:
        """What the network is told of a text: states [1, W, 384] of its words, and what else it has learnt to be told."""
        if self.aligner is None:
            return words
        return with_embedding(self.aligner, words, torch.ones(words.shape[:2], dtype=torch.bool))[0]


def save_weights(
    codec: MotionAutoencoder,
    network: MotionNetwork,
    path: Path,
    card: Mapping[str, Any],
    aligner: TextEncoder | None = None,
) -> None:
    """Write the networks; ``card`` (JSON) says what they were trained on, with which licence.

    Raises:
        StorageError: the file cannot be written.
    """
    tensors = {f"codec.{name}": value for name, value in codec.state_dict().items()}
    tensors |= {f"network.{name}": value for name, value in network.state_dict().items()}
    header = {
        "format": FORMAT,
        "version": VERSION,
        "codec": json.dumps(asdict(codec.size)),
        "network": json.dumps(asdict(network.size)),
        "card": json.dumps(dict(card)),
    }
    if aligner is not None:
        tensors |= {f"aligner.{name}": value for name, value in aligner.state_dict().items()}
        header |= {"version": TOLD, "aligner": json.dumps(asdict(aligner.size))}
    write_tensors(path, tensors, header)


def load_weights(path: Path) -> Weights:
    """Read what :func:`save_weights` wrote, in single precision.

    Raises:
        AssetError: the file is missing, damaged, or of another version.
    """
    tensors, header = read_tensors(path, FORMAT, VERSION, TOLD)
    try:
        codec_size = AutoencoderSize(**json.loads(header["codec"]))
        network_size = NetworkSize(**json.loads(header["network"]))
        with torch.device("meta"):  # no time goes into random numbers that are replaced at once
            codec, network = MotionAutoencoder(codec_size), MotionNetwork(network_size)
        _fill(codec, tensors, "codec.")
        _fill(network, tensors, "network.")
        aligner = None
        if header["version"] == TOLD:
            aligner = new_aligner(JudgeSize(**json.loads(header["aligner"])))
            _fill(aligner, tensors, "aligner.")
        weights = Weights(codec, network, json.loads(header["card"]), aligner)
        _ = weights.guidance  # a card that names another guidance than there is shows here
        return weights
    except (KeyError, TypeError, ValueError, RuntimeError, AssertionError) as error:
        raise AssetError(f"{path}: the weights do not fit their own header ({error})", MEND) from error


def _fill(module: nn.Module, tensors: Mapping[str, torch.Tensor], prefix: str) -> None:
    state = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
    broken = [name for name, value in state.items() if not torch.isfinite(value).all()]
    if broken:
        raise ValueError(f"{prefix}{broken[0]} holds values that are not finite")
    module.load_state_dict(state, assign=True)
    module.eval().requires_grad_(False)

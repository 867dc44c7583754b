"""The forward pass of MiniLM (a BERT encoder) in NumPy: one sentence needs no deep-learning framework, whose import alone
takes seconds.

Devlin et al., "BERT" (2019); Wang et al., "MiniLM" (2020). The same numbers as sentence-transformers gives, to 1e-5.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import AssetError

Rows = NDArray[np.float32]

_LONGEST = 256
"""Word pieces of a text that are read, the marks of beginning and end among them."""
_TOGETHER = 2048
"""Word pieces that pass through the network at once."""
_ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
_ERF_NEAR = 0.3275911 * 0.5**0.5
_BERT = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}


class MiniLM:
    """Sentences to the states of their word pieces."""

    def __init__(self, folder: Path) -> None:
        """Reads ``config.json``, ``tokenizer.json`` and ``model.safetensors`` of ``folder``.

        Raises:
            AssetError: a file is missing, damaged or of another kind of network.
            ImportError: tokenizers or safetensors is not installed.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            weights = load_file(folder / "model.safetensors")
            self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
            other = {name: config[name] for name, wanted in _BERT.items() if config[name] != wanted}
            if other:
                raise AssetError(f"the embedding model in {folder} has {other}", f"give a BERT encoder with {_BERT}")
            self._heads, self._epsilon = int(config["num_attention_heads"]), float(config["layer_norm_eps"])
            self._words = weights["embeddings.word_embeddings.weight"]
            places, kinds = (weights[f"embeddings.{name}_embeddings.weight"] for name in ("position", "token_type"))
            self._places = places[:_LONGEST] + kinds[0]
            self._norm = _norm_of(weights, "embeddings")
            self._layers = [_Layer.of(weights, number) for number in range(int(config["num_hidden_layers"]))]
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise AssetError(
                f"the embedding model in {folder} cannot be loaded: {error}", "install it again"
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)

    def states(self, texts: Sequence[str]) -> list[Rows]:
        """States [n, D] of the last layer for the n word pieces of each text, with the marks of beginning and end."""
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        found: dict[int, Rows] = {}
        # Texts of one length attend together, without padding.
        for batch in _batches(sorted(range(len(pieces)), key=lambda number: len(pieces[number])), pieces):
            lengths = [len(pieces[number]) for number in batch]
            packed = self._forward(np.concatenate([pieces[number] for number in batch]), lengths)
            found.update(zip(batch, np.split(packed, np.cumsum(lengths)[:-1]), strict=True))
        return [found[number] for number in range(len(pieces))]

    def sentences(self, texts: Sequence[str]) -> Rows:
        """[N, D] the mean of each text's states, of unit length."""
        means = np.stack([states.mean(axis=0) for states in self.states(texts)])
        return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12), np.float32)

    def _forward(self, ids: NDArray[np.int64], lengths: Sequence[int]) -> Rows:
        """States [sum of lengths, D] of texts that lie one after the other, shorter ones first."""
        groups = [(length, len(list(same))) for length, same in groupby(lengths)]
        places = np.concatenate([np.tile(self._places[:length], (count, 1)) for length, count in groups])
        states = _normed(self._words[ids] + places, self._norm, self._epsilon)
        for layer in self._layers:
            states = layer.forward(states, groups, self._heads, self._epsilon)
        return states


class _Layer:
    """Self-attention and a perceptron, each added to what came in and normalised."""

    def __init__(self, dense: Mapping[str, tuple[Rows, Rows]], norms: Sequence[tuple[Rows, Rows]]) -> None:
        self._dense, self._norms = dense, norms

    @staticmethod
    def of(weights: Mapping[str, Rows], number: int) -> _Layer:
        at = f"encoder.layer.{number}"
        parts = [f"{at}.attention.self.{name}" for name in ("query", "key", "value")]
        names = {"out": "attention.output.dense", "up": "intermediate.dense", "down": "output.dense"}
        paths = {name: [f"{at}.{path}"] for name, path in names.items()} | {"attend": parts}
        dense = {name: _dense_of(weights, several) for name, several in paths.items()}
        return _Layer(dense, [_norm_of(weights, f"{at}.attention.output"), _norm_of(weights, f"{at}.output")])

    def forward(self, states: Rows, groups: Sequence[tuple[int, int]], heads: int, epsilon: float) -> Rows:
        attended = _attended(self._through("attend", states), groups, heads)
        states = _normed(states + self._through("out", attended), self._norms[0], epsilon)
        risen = _gelu(self._through("up", states))
        return _normed(states + self._through("down", risen), self._norms[1], epsilon)

    def _through(self, name: str, states: Rows) -> Rows:
        weight, bias = self._dense[name]
        out: Rows = states @ weight
        out += bias
        return out


def _attended(mixed: Rows, groups: Sequence[tuple[int, int]], heads: int) -> Rows:
    """[n, D] what each word piece takes from its text: ``mixed`` [n, 3 * D] are queries, keys and values."""
    width = mixed.shape[1] // 3
    out = np.empty((len(mixed), width), np.float32)
    at = 0
    for length, count in groups:
        rows = slice(at, at + length * count)
        parts = mixed[rows].reshape(count, length, 3, heads, width // heads).transpose(2, 0, 3, 1, 4)
        weights = parts[0] @ parts[1].swapaxes(-1, -2)
        weights *= np.float32((width // heads) ** -0.5)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        out[rows] = (weights @ parts[2]).swapaxes(1, 2).reshape(-1, width)
        at = rows.stop
    return out


def _gelu(values: Rows) -> Rows:
    """x Φ(x) (Hendrycks and Gimpel 2016) to 1e-6, the error function by Abramowitz and Stegun 7.1.26.

    The import of the one in scipy.special takes longer than a sentence.
    """
    size = np.abs(values)
    near = 1.0 / (1.0 + _ERF_NEAR * size)
    rest = _ERF[0] * near
    for factor in _ERF[1:]:
        rest += factor
        rest *= near
    rest *= np.exp(-0.5 * np.square(size))
    rest *= size
    rest *= -0.5
    rest += np.maximum(values, 0.0)
    return np.asarray(rest, np.float32)


def _normed(values: Rows, norm: tuple[Rows, Rows], epsilon: float) -> Rows:
    """Every row of mean 0 and variance 1, then scaled and shifted."""
    values = values - values.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", values, values)[:, None] / values.shape[1]
    values /= np.sqrt(spread + epsilon)
    values *= norm[0]
    values += norm[1]
    return values


def _norm_of(weights: Mapping[str, Any], path: str) -> tuple[Rows, Rows]:
    return weights[f"{path}.LayerNorm.weight"], weights[f"{path}.LayerNorm.bias"]


def _dense_of(weights: Mapping[str, Any], paths: Sequence[str]) -> tuple[Rows, Rows]:
    """Weight [in, out] and bias of layers that read the same rows. In this order of memory a short text takes a sixth less."""
    weight, bias = (np.concatenate([weights[f"{path}.{name}"] for path in paths]) for name in ("weight", "bias"))
    return np.ascontiguousarray(weight.T), bias


def _batches(order: Sequence[int], pieces: Sequence[Sequence[int]]) -> list[list[int]]:
    """Texts in ``order``, cut where a batch has enough word pieces."""
    batches: list[list[int]] = []
    filled = _TOGETHER
    for number in order:
        if filled + len(pieces[number]) > _TOGETHER:
            batches.append([])
            filled = 0
        batches[-1].append(number)
        filled += len(pieces[number])
    return batches

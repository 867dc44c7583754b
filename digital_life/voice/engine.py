"""The speech synthesiser: hibari's network, opened up so that it also tells how long every phoneme lasts."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.assets import cache_dir
from digital_life.voice.styles import VoiceStyle
from digital_life.voice.text import speakable

RATE = 24000
FRAME = 300
"""Samples a frame: pitch comes 80 times a second."""
DURATION_UNIT = 0.025
"""Seconds that one duration unit of the network stands for."""
TIMING_OFFSET = 0.065
"""Seconds by which the durations lag the sound (measured against a forced aligner on 60 utterances)."""

_DURATIONS = "/Clip_output_0"
_LONGEST_CHUNK = 300
_BINS = 601
_CLAUSE_END = re.compile(r"[,;:—.!?…]\s*$")

Array = NDArray[np.float32]


@dataclass(frozen=True)
class SpokenWord:
    """A word of the text and the phoneme symbols that say it (with the punctuation and space that follow)."""

    text: str
    symbols: str
    spoken: bool


@dataclass(frozen=True)
class Utterance:
    """One synthesised chunk: samples at ``RATE``, f0 in Hz a frame, and (symbol, seconds, word index) triples."""

    samples: Array
    pitch: Array
    symbols: list[tuple[str, float, int]]
    words: list[str]


class Engine:
    """Loads once (about half a second) and serves all voices; calls from several threads take turns.

    Raises:
        ImportError: hibari or onnxruntime is not installed.
    """

    def __init__(self) -> None:
        import hibari
        import onnxruntime
        from hibari.g2p import G2P

        assets = Path(hibari.__file__).parent / "assets"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._vocabulary: dict[str, int] = json.loads((assets / "vocab.json").read_text(encoding="utf-8"))
        self._network: Any = onnxruntime.InferenceSession(
            graph_with_durations(assets / "hibari.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._g2p: Any = G2P()
        self._lock = threading.Lock()

    def chunks(self, text: str) -> list[list[SpokenWord]]:
        """The text as sentences of words with phonemes; sentences too long for the network are cut at clauses."""
        from hibari.tts import Hibari

        chunks: list[list[SpokenWord]] = []
        with self._lock:
            for sentence in Hibari.split_sentences(speakable(text)):
                chunks += _split(self._words(sentence))
        return [chunk for chunk in chunks if any(word.spoken for word in chunk)]

    def _words(self, sentence: str) -> list[SpokenWord]:
        from hibari.g2p.normalize import normalize

        words: list[SpokenWord] = []
        text, symbols = "", ""
        tokens = self._g2p.phonemize_tokens(self._g2p.tokenize(normalize(sentence)))
        for i, token in enumerate(tokens):
            text += token.text
            symbols += "".join(s for s in token.phonemes or "" if s in self._vocabulary)
            if token.whitespace or i == len(tokens) - 1:
                spoken = any(s.isalpha() for s in symbols)
                words.append(SpokenWord(text.strip(' "“”'), symbols + (" " if token.whitespace else ""), spoken))
                text, symbols = "", ""
        return words

    def synthesise(self, words: list[SpokenWord], style: VoiceStyle, seed: int) -> Utterance:
        """Speak one chunk. The sum of all durations is the length of the samples."""
        from hibari import dsp

        tagged = [(symbol, i if word.spoken else -1) for i, word in enumerate(words) for symbol in word.symbols]
        while tagged and tagged[-1][0] == " ":
            tagged.pop()
        ids = [0, *(self._vocabulary[symbol] for symbol, _ in tagged), 0]
        feeds = {"ids": np.array([ids], np.int64), "speed": np.array([style.speed], np.float32)}
        outputs = self._network.run(["lh", "theta", "ln", "lr", "phi", "f0", _DURATIONS], feeds)
        harmonic, theta, noise, free, phase, f0 = (np.asarray(output)[0] for output in outputs[:6])
        darkness = (3 * style.tilt * np.linspace(0, 1, _BINS, dtype=np.float32))[:, None]
        pitch = _shape_pitch(f0, style)
        samples = dsp.synth(
            _warp(harmonic, style.formant) - darkness,
            _warp(theta, style.formant),
            _warp(noise, style.formant) + np.float32(style.breath),
            _warp(free, style.formant) - darkness,
            _warp(phase, style.formant, nearest=True),
            pitch,
            np.random.default_rng(seed),
        )
        durations = np.asarray(outputs[6], np.float64).reshape(-1) * DURATION_UNIT
        named = [("<s>", -1), *tagged, ("</s>", -1)]
        timed = [(symbol, float(seconds), word) for (symbol, word), seconds in zip(named, durations, strict=True)]
        return Utterance(np.asarray(samples, np.float32), pitch, timed, [word.text for word in words])


def _split(words: list[SpokenWord]) -> list[list[SpokenWord]]:
    chunks: list[list[SpokenWord]] = [[]]
    length = 0
    for word in words:
        if length + len(word.symbols) > _LONGEST_CHUNK and chunks[-1]:
            cut = next((i for i in range(len(chunks[-1]), 0, -1) if _CLAUSE_END.search(chunks[-1][i - 1].symbols)), 0)
            carried = chunks[-1][cut:] if cut else []
            chunks[-1] = chunks[-1][:cut] if cut else chunks[-1]
            chunks.append(carried)
            length = sum(len(other.symbols) for other in carried)
        chunks[-1].append(word)
        length += len(word.symbols)
    return chunks


def _shape_pitch(f0: Array, style: VoiceStyle) -> Array:
    pitch = f0.astype(np.float32).copy()
    voiced = pitch > 40
    if voiced.any():
        middle = np.exp(np.log(pitch[voiced]).mean())
        pitch[voiced] = middle * style.pitch * (pitch[voiced] / middle) ** style.pitch_range
    pitch[~voiced] = 0
    return pitch


def _warp(spectrum: Array, factor: float, *, nearest: bool = False) -> Array:
    """Move formants by ``factor`` along the frequency axis [601, frames]; phases must not be interpolated."""
    source = np.clip(np.arange(_BINS) / factor, 0, _BINS - 1)
    if nearest:
        return np.asarray(spectrum[np.round(source).astype(int)])
    low = np.floor(source).astype(int)
    weight = (source - low)[:, None].astype(np.float32)
    return np.asarray(spectrum[low] * (1 - weight) + spectrum[np.minimum(low + 1, _BINS - 1)] * weight)


def graph_with_durations(source: Path) -> str | bytes:
    """The network with its internal per-phoneme durations added to the outputs; made once and kept in the cache.

    Returns the path of the cached graph, or the graph itself where the cache cannot be written.
    """
    original = source.read_bytes()
    name = f"{source.stem}-durations-{hashlib.sha256(original).hexdigest()[:12]}.onnx"
    try:
        target = cache_dir("voice") / name
        if target.exists():
            return str(target)
    except OSError:
        return _add_durations(original)
    patched = _add_durations(original)
    try:
        partial = target.with_name(f"{name}.{os.getpid()}")
        partial.write_bytes(patched)
        partial.replace(target)
    except OSError:
        return patched
    return str(target)


def _add_durations(graph: bytes) -> bytes:
    import onnx

    model = onnx.load_from_string(graph)
    model.graph.output.append(onnx.helper.make_tensor_value_info(_DURATIONS, onnx.TensorProto.FLOAT, None))
    return bytes(model.SerializeToString())


@lru_cache(maxsize=1)
def shared_engine() -> Engine:
    """The engine of this process."""
    return Engine()

"""``HibariVoice``: a character's voice from the synthesiser, with phoneme and word times and prosody."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digital_life.voice.engine import FRAME, RATE, TIMING_OFFSET, Engine, Utterance
from digital_life.voice.phonemes import SILENCE, merge_symbols, place_on_clock
from digital_life.voice.speech import Phoneme, Speech, Word
from digital_life.voice.styles import VoiceStyle, with_emotion

_LEAD_IN = 0.1
_SENTENCE_PAUSE = 0.15
"""Seconds; the network already leaves about 0.2 s around every sentence."""
_NOTHING_TO_SAY = 0.5
_LOUDNESS = 0.09
"""Root mean square of the voiced part of every voice."""
_KNEE = 0.6
"""Peaks above this are bent softly towards ``_PEAK``, so that deep voices with sharp pulses are as loud as others."""
_PEAK = 0.95

Array = NDArray[np.float32]


@dataclass
class _Sound:
    """Everything that grows while sentences are joined."""

    samples: list[Array] = field(default_factory=list)
    pitch: list[Array] = field(default_factory=list)
    phonemes: list[Phoneme] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    frames: int = 0

    @property
    def clock(self) -> float:
        return self.frames * FRAME / RATE

    def pause(self, seconds: float) -> None:
        frames = round(seconds * RATE / FRAME)
        start = self.clock
        self.samples.append(np.zeros(frames * FRAME, np.float32))
        self.pitch.append(np.zeros(frames, np.float32))
        self.frames += frames
        self._silence(start, self.clock)

    def add(self, utterance: Utterance) -> None:
        cut = max(0, int((utterance.symbols[0][1] - TIMING_OFFSET - _LEAD_IN) * RATE / FRAME))
        start = self.clock
        self.samples.append(utterance.samples[cut * FRAME :])
        self.pitch.append(utterance.pitch[cut:])
        self.frames += len(utterance.pitch) - cut
        lag = TIMING_OFFSET + cut * FRAME / RATE
        placed = place_on_clock(merge_symbols(utterance.symbols), offset=lag, start=start, end=self.clock)
        for phoneme, _ in placed:
            if phoneme.symbol == SILENCE:
                self._silence(phoneme.start, phoneme.end)
            else:
                self.phonemes.append(phoneme)
        for index, text in enumerate(utterance.words):
            spans = [phoneme for phoneme, word in placed if word == index]
            if spans:
                self.words.append(Word(text, spans[0].start, spans[-1].end))

    def _silence(self, start: float, end: float) -> None:
        if self.phonemes and self.phonemes[-1].symbol == SILENCE:
            start = self.phonemes.pop().start
        self.phonemes.append(Phoneme(SILENCE, start, end))


@dataclass(frozen=True)
class HibariVoice:
    """A voice of the shared engine. Deterministic: the same text and emotion give the same samples."""

    name: str
    style: VoiceStyle
    engine: Engine

    def say(self, text: str, *, pleasure: float = 5, arousal: float = 5) -> Speech:
        """Speak ``text`` (emotion on 1-9). Text without a speakable word gives half a second of silence."""
        style = with_emotion(self.style, pleasure, arousal)
        sound = _Sound()
        for i, chunk in enumerate(self.engine.chunks(text)):
            if i:
                sound.pause(_SENTENCE_PAUSE)
            sound.add(self.engine.synthesise(chunk, style, seed=i))
        if not sound.samples:
            sound.pause(_NOTHING_TO_SAY)
        pitch = np.concatenate(sound.pitch)
        samples = _level(np.concatenate(sound.samples), pitch)
        energy = _energy(samples)
        return Speech(
            text=text,
            duration=len(samples) / RATE,
            phonemes=tuple(sound.phonemes),
            words=tuple(sound.words),
            samples=samples,
            rate=RATE,
            pitch=pitch,
            energy=energy,
            voice=self.name,
        )


def _level(samples: Array, pitch: Array) -> Array:
    voiced = np.repeat(pitch > 0, FRAME)
    loudness = float(np.sqrt(np.mean(samples[voiced] ** 2))) if voiced.any() else 0.0
    if loudness == 0.0:
        return samples
    scaled = samples * np.float32(_LOUDNESS / loudness)
    above = np.maximum(np.abs(scaled) - _KNEE, 0)
    room = _PEAK - _KNEE
    return np.asarray(np.sign(scaled) * (np.minimum(np.abs(scaled), _KNEE) + room * np.tanh(above / room)), np.float32)


def _energy(samples: Array) -> Array:
    """Root mean square a frame, 0..1: 1 is twice the usual loudness of voiced speech."""
    frames = samples.reshape(-1, FRAME)
    return np.asarray(np.clip(np.sqrt((frames**2).mean(axis=1)) / (2 * _LOUDNESS), 0, 1), np.float32)

"""Mouth movement from phonemes: closures, contacts, rounding, coarticulation."""

from __future__ import annotations

import numpy as np
import pytest

from digital_life.face.viseme_table import VISEME_OF
from digital_life.face.visemes import LEAD, mouth_track
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.persona.schema import VoiceSettings
from digital_life.voice.phonemes import CONSONANTS, SILENCE, VOWELS
from digital_life.voice.speech import Phoneme
from digital_life.voice.voices import load_voice

JAW = ARKIT_INDEX["jawOpen"]
LOWER = ARKIT_INDEX["mouthLowerDownLeft"]
ROLL = ARKIT_INDEX["mouthRollLower"]


def spoken(*symbols: str, seconds: float = 0.1) -> list[Phoneme]:
    names = ["SIL", *symbols, "SIL"]
    return [Phoneme(name, i * seconds, (i + 1) * seconds) for i, name in enumerate(names)]


def test_every_phoneme_has_a_viseme() -> None:
    assert set(VISEME_OF) == VOWELS | CONSONANTS | {SILENCE}


@pytest.mark.parametrize("start", [0.0, 0.013, 0.2871])
@pytest.mark.parametrize("seconds", [0.04, 0.08, 0.15])
def test_lips_meet_in_every_closure(start: float, seconds: float) -> None:
    phonemes = spoken("AA", "P", "AA", "B", "AE", "M", "AA", seconds=seconds)
    track = mouth_track(phonemes, 90, start=start)
    times = np.arange(90) / 30 - start + LEAD
    for phoneme in phonemes:
        if phoneme.symbol in "PBM":
            near = np.abs(times - (phoneme.start + phoneme.end) / 2) <= 1 / 30
            assert track[near][:, [JAW, LOWER]].max(axis=1).min() < 0.01


def test_lip_meets_teeth_in_f_and_v() -> None:
    phonemes = spoken("AA", "F", "AA", "V", "AA", seconds=0.07)
    track = mouth_track(phonemes, 40)
    times = np.arange(40) / 30 + LEAD
    for phoneme in phonemes:
        if phoneme.symbol in "FV":
            inside = track[np.abs(times - (phoneme.start + phoneme.end) / 2) <= 1 / 60 + 1e-6]
            assert inside[:, ROLL].max() > 0.4
            assert inside[:, JAW].min() < 0.07


def test_open_vowels_open_the_jaw_and_rounded_ones_round_the_lips() -> None:
    def height(symbol: str, name: str) -> float:
        return float(mouth_track(spoken(symbol, seconds=0.25), 25)[:, ARKIT_INDEX[name]].max())

    assert height("AA", "jawOpen") > 2 * height("IY", "jawOpen") > 0.1
    assert height("UW", "mouthPucker") > 0.4 > 0.1 > height("IY", "mouthPucker")
    assert height("IY", "mouthStretchLeft") > 0.15


def test_rounding_begins_before_its_vowel() -> None:
    pucker = ARKIT_INDEX["mouthPucker"]
    rounded = mouth_track(spoken("S", "T", "UW"), 20)[:, pucker]
    spread = mouth_track(spoken("S", "T", "IY"), 20)[:, pucker]
    during_t = int((0.25 - LEAD) * 30)
    assert rounded[during_t] > 0.08 > spread[during_t] + 0.05


def test_movement_has_no_jumps_and_rests_in_silence() -> None:
    speech = load_voice(VoiceSettings()).say("Peter bought many big apples for Mabel's party.")
    track = mouth_track(speech.phonemes, int((speech.duration + 1) * 30))
    assert np.abs(np.diff(track, axis=0)).max() < 0.5
    assert track[-10:].max() < 0.01
    assert 0.25 < track[:, JAW].max() < 0.6

"""Voices: sound, phoneme times, variants, odd text, and silence where there is no synthesiser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.persona.schema import VoiceSettings
from digital_life.voice import voices
from digital_life.voice.phonemes import CONSONANTS, SILENCE, VOWELS
from digital_life.voice.speech import PROSODY_RATE, Speech
from digital_life.voice.voices import load_voice, voice_names, voice_notice
from digital_life.voice.wav import read_wav, write_wav

SENTENCE = "Yesterday I found a rare blue orchid. Would you believe it?"
heard = pytest.mark.skipif(voice_notice() is not None, reason="no synthesiser is installed")


def say(text: str, name: str = "mira", **emotion: float) -> Speech:
    return load_voice(VoiceSettings(name=name)).say(text, **emotion)


def middle_pitch(speech: Speech) -> float:
    assert speech.pitch is not None
    return float(np.median(speech.pitch[speech.pitch > 0]))


def assert_phonemes_tile(speech: Speech) -> None:
    assert speech.phonemes[0].start == 0
    assert speech.phonemes[-1].end == pytest.approx(speech.duration, abs=1e-6)
    for before, after in zip(speech.phonemes, speech.phonemes[1:], strict=False):
        assert before.end == pytest.approx(after.start)
    assert all(p.end > p.start for p in speech.phonemes)
    assert {p.symbol for p in speech.phonemes} <= VOWELS | CONSONANTS | {SILENCE}


@heard
@pytest.mark.parametrize("name", voice_names())
def test_phonemes_tile_the_sound_without_gaps(name: str) -> None:
    speech = say(SENTENCE, name)
    assert speech.samples is not None and speech.pitch is not None and speech.energy is not None
    assert len(speech.samples) / speech.rate == pytest.approx(speech.duration)
    assert len(speech.pitch) == len(speech.energy) == round(speech.duration * PROSODY_RATE)
    assert 0.3 < np.abs(speech.samples).max() < 1
    assert_phonemes_tile(speech)


@heard
def test_words_have_the_times_of_their_phonemes() -> None:
    speech = say(SENTENCE)
    assert [w.text for w in speech.words] == SENTENCE.split()
    starts = [w.start for w in speech.words]
    assert starts == sorted(starts)
    blue = speech.words[5]
    inside = [p.symbol for p in speech.phonemes if blue.start <= p.start < blue.end]
    assert inside == ["B", "L", "UW"]


@heard
def test_silent_phonemes_are_quiet_and_vowels_are_loud() -> None:
    speech = say(SENTENCE)
    assert speech.energy is not None

    def energy(symbols: frozenset[str]) -> float:
        assert speech.energy is not None
        parts = [speech.energy[int(p.start * 80) : int(p.end * 80)] for p in speech.phonemes if p.symbol in symbols]
        return float(np.concatenate(parts).mean())

    assert energy(frozenset({SILENCE})) < 0.2 * energy(VOWELS)


@heard
def test_same_text_gives_the_same_samples() -> None:
    first, second = say(SENTENCE, "tom"), say(SENTENCE, "tom")
    assert first.samples is not None and second.samples is not None
    assert np.array_equal(first.samples, second.samples)


@heard
def test_voices_differ_in_pitch() -> None:
    pitch = {name: middle_pitch(say(SENTENCE, name)) for name in ("pip", "ada", "mira", "nora", "tom", "viktor")}
    ordered = list(pitch.values())
    assert ordered == sorted(ordered, reverse=True)
    assert pitch["pip"] > 2 * pitch["viktor"]
    higher = load_voice(VoiceSettings(name="tom", pitch=1.2)).say(SENTENCE)
    assert middle_pitch(higher) == pytest.approx(1.2 * pitch["tom"], rel=0.03)


@heard
def test_arousal_speeds_speech_up() -> None:
    assert say(SENTENCE, arousal=9).duration < say(SENTENCE).duration < say(SENTENCE, arousal=1).duration


@heard
@pytest.mark.parametrize(
    "text",
    [
        "Born in 1984, I paid $4.50 😀!",
        "日本語 and ñandú",
        "a" * 300,
        "*waves* Hi @ 100%",
        "\x00\x01 fine",
        "no end " * 120,
    ],
)
def test_odd_text_is_spoken(text: str) -> None:
    speech = say(text)
    assert speech.words
    assert_phonemes_tile(speech)


@pytest.mark.parametrize("text", ["", "   ", "😀", "...", "日本語"])
def test_text_without_words_is_silence(text: str) -> None:
    speech = say(text)
    assert not speech.words
    assert speech.duration > 0
    assert [p.symbol for p in speech.phonemes] == [SILENCE]
    assert speech.samples is None or not speech.samples.any()


def test_missing_package_means_silent_voice_with_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "find_spec", lambda module: None)
    assert "pip install hibari-tts" in (voice_notice() or "")
    speech = say(SENTENCE)
    assert speech.samples is None
    assert 2.5 < speech.duration < 6
    assert [w.text for w in speech.words][:3] == ["Yesterday", "I", "found"]
    assert_phonemes_tile(speech)


def test_voice_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_VOICE", "off")
    assert "DIGITAL_LIFE_VOICE" in (voice_notice() or "")
    assert say("Hello.").samples is None


def test_unknown_voice_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'viktor'"):
        load_voice(VoiceSettings(name="victor"))


def test_wav_round_trip(tmp_path: Path) -> None:
    samples = np.sin(np.linspace(0, 100, 2400)).astype(np.float32)
    write_wav(tmp_path / "a.wav", samples, 24000)
    back, rate = read_wav(tmp_path / "a.wav")
    assert rate == 24000
    assert np.abs(back - samples).max() < 1e-4
    (tmp_path / "b.wav").write_bytes(b"no sound")
    with pytest.raises(InputError, match=r"b\.wav"):
        read_wav(tmp_path / "b.wav")

"""Voices by name: which there are, and whether they can be heard here."""

from __future__ import annotations

import os
from importlib.util import find_spec

from digital_life.persona.schema import VoiceSettings
from digital_life.voice.silent import SilentVoice
from digital_life.voice.speech import Voice
from digital_life.voice.styles import STYLES, style_of


def voice_names() -> tuple[str, ...]:
    """Names a persona's ``voice.name`` may have."""
    return tuple(STYLES)


def voice_notice() -> str | None:
    """Why characters are silent here and how to mend it, or None when they can be heard."""
    if os.environ.get("DIGITAL_LIFE_VOICE", "").lower() in ("off", "0", "no", "false"):
        return "Characters are silent because DIGITAL_LIFE_VOICE is off; unset it to hear them."
    packages = {"hibari": "hibari-tts", "onnxruntime": "onnxruntime", "onnx": "onnx"}
    missing = [package for module, package in packages.items() if find_spec(module) is None]
    if missing:
        return f"Characters are silent (subtitles only) because no voice is installed: pip install {' '.join(missing)}"
    return None


def load_voice(settings: VoiceSettings) -> Voice:
    """The persona's voice: hibari where it is installed, otherwise silence with estimated times (see ``voice_notice``).

    Raises:
        InputError: no voice has that name.
    """
    style = style_of(settings)
    if voice_notice() is not None:
        return SilentVoice(settings.name, style)
    from digital_life.voice.engine import shared_engine
    from digital_life.voice.synthesis import HibariVoice

    return HibariVoice(settings.name, style, shared_engine())

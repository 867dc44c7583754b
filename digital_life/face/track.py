"""The whole face of one performance: speech, expression, mood and blinks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Emotion
from digital_life.face.blink import blink_track
from digital_life.face.expression import Expression, mood_weights, read_expression
from digital_life.face.head import accents, phrase_ends
from digital_life.face.visemes import lip_contact, loudness, mouth_track
from digital_life.face.weights import columns, smooth_step
from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES
from digital_life.motion.motion import FPS
from digital_life.voice.speech import Speech

Array = NDArray[np.float32]

_JAW = ARKIT_INDEX["jawOpen"]
_MOUTH = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith(("mouth", "jaw", "tongue"))]
_OPENING = [
    _JAW,
    *(c for name in ("mouthLowerDown", "mouthUpperUp", "mouthStretch") for c in columns(name)),
    *columns("mouthFunnel"),
]
_RISE, _HOLD, _FALL = 0.4, 2.2, 2.5
_KEPT = 0.45
"""Share of an expression that stays after its height."""
_TALKING_SHARE = 0.6
"""Share of an expression's mouth that is left while speaking."""
_LAUGH_RATE, _LAUGH_SECONDS = 5.0, 1.6
_CARRY_OVER = 0.35


def face_track(
    speech: Speech | None,
    speech_start: float,
    frames: int,
    *,
    emotion: Emotion,
    expression: str,
    seed: int,
    listening: bool = False,
    previous: Array | None = None,
) -> Array:
    """ARKit weights [frames, 52] at 30 frames per second, without gaze.

    ``speech`` begins ``speech_start`` seconds after the first frame; for a listener (``listening``) it is the partner's
    and only times the blinks. ``expression`` is free text. ``previous`` [52] is the face before the first frame, from
    which this one departs without a jump.
    """
    spoken = None if listening else speech
    look = read_expression(expression, emotion)
    out = _played(look, mood_weights(emotion), frames, height=0.6 if listening else 1.0)
    if look.shaking:
        _laugh(out, look.shaking, 0.0 if spoken is None else speech_start)
    if spoken is not None:
        _speak(out, spoken, speech_start, emotion)
        _raise_brows(out, spoken, speech_start, seed)
    _vary_sides(out, seed)
    ends = () if speech is None else tuple(speech_start + end for end in phrase_ends(speech))
    blink = blink_track(frames, seed=seed, phrase_ends=ends)
    lids = list(columns("eyeBlink"))
    out[:, lids] = np.maximum(out[:, lids], blink[:, None])
    out[:, list(columns("eyeWide"))] *= 1 - blink[:, None]
    if previous is not None and frames:
        fade = 1 - smooth_step(np.arange(frames, dtype=np.float32) / (_CARRY_OVER * FPS))
        out += (np.asarray(previous, np.float32) - out[0]) * fade[:, None]
    return np.asarray(np.clip(out, 0.0, 1.0), np.float32)


def _played(look: Expression, mood: Array, frames: int, *, height: float) -> Array:
    """The expression over time: it comes quickly, stays a while, and fades to its rest above the mood."""
    times = np.arange(frames, dtype=np.float32) / FPS
    fading = smooth_step((times - _RISE - _HOLD) / _FALL)
    level = height * smooth_step(times / _RISE) * (1 - (1 - _KEPT) * fading)
    return np.asarray(mood + level[:, None] * (look.weights - mood), np.float32)


def _speak(out: Array, speech: Speech, start: float, emotion: Emotion) -> None:
    frames = len(out)
    mouth = mouth_track(speech.phonemes, frames, start=start)
    effort = 1 + 0.15 * (emotion.arousal - 5) / 4
    mouth[:, _JAW] *= loudness(speech, frames, start=start) * effort
    times = np.arange(frames, dtype=np.float32) / FPS - start
    talking = np.minimum(smooth_step((times + 0.15) / 0.3), smooth_step((speech.duration + 0.3 - times) / 0.4))
    out[:, _MOUTH] *= 1 - (1 - _TALKING_SHARE) * talking[:, None]
    contact = lip_contact(speech.phonemes, frames, start=start)
    out[:, _OPENING] *= 1 - contact[:, None]
    out += mouth


def _raise_brows(out: Array, speech: Speech, start: float, seed: int) -> None:
    """Brows go up a little on the strongest accents (Ekman's "batons")."""
    rng = np.random.default_rng([seed, 0xB0])
    times = np.arange(len(out)) / FPS - start
    brows = [*columns("browOuterUp"), ARKIT_INDEX["browInnerUp"]]
    for time, strength in accents(speech):
        if strength > 0.6 and rng.random() < 0.5:
            bump = np.exp(-(((times - time) / 0.16) ** 2)) * rng.uniform(0.12, 0.28)
            out[:, brows] = np.maximum(out[:, brows], out[:, brows] + bump[:, None])


def _laugh(out: Array, amplitude: float, after: float) -> None:
    times = np.arange(len(out), dtype=np.float32) / FPS
    length = min(_LAUGH_SECONDS, after) if after > 0.5 else _LAUGH_SECONDS
    envelope = smooth_step(times / 0.25) * smooth_step((length - times) / 0.5)
    out[:, _JAW] += amplitude * envelope * (0.5 + 0.5 * np.sin(2 * np.pi * _LAUGH_RATE * times))


def _vary_sides(out: Array, seed: int) -> None:
    """Faces are never quite even: one side is up to 8 % weaker."""
    weaker = 1 - np.random.default_rng([seed, 0x51DE]).uniform(0.0, 0.08)
    side = "Left" if seed % 2 else "Right"
    names = ("mouthSmile", "browOuterUp", "browDown", "cheekSquint", "mouthFrown", "mouthDimple")
    out[:, [ARKIT_INDEX[name + side] for name in names]] *= weaker

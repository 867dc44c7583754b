"""What a motion can be asked to be besides its text: posture, duration, emotion, fingers, style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Emotion
from digital_life.momat.clip import Posture

NEUTRAL, REACH = 5.0, 4.0
"""Middle and half the length of the 1-9 scale of emotions."""
POSTURES: tuple[str, ...] = get_args(Posture)

STYLE_EMOTIONS: dict[str, tuple[float, float, float]] = {
    "active": (0.4, 0.7, 0.4), "admiration": (0.6, 0.3, -0.3), "afraid": (-0.7, 0.6, -0.7), "angry": (-0.6, 0.8, 0.5),
    "annoyedsmile": (-0.3, 0.2, 0.2), "anxious": (-0.5, 0.5, -0.5), "apology": (-0.3, 0.0, -0.6),
    "ashamed": (-0.6, 0.1, -0.7), "chimpira": (-0.2, 0.6, 0.7), "compassion": (0.2, -0.1, 0.1),
    "disgust": (-0.7, 0.3, 0.3), "embarassedsmile": (0.1, 0.3, -0.4), "embarrasing": (-0.3, 0.4, -0.6),
    "exhausted": (-0.4, -0.7, -0.4), "expectant": (0.4, 0.5, 0.0), "frustrated": (-0.6, 0.5, 0.1),
    "giant": (0.0, 0.1, 0.8), "gracefulsmile": (0.7, 0.0, 0.3), "happy": (0.8, 0.6, 0.4), "impressed": (0.5, 0.5, -0.1),
    "introuble": (-0.5, 0.3, -0.5), "laugh": (0.8, 0.7, 0.3), "littlesmile": (0.5, 0.0, 0.1),
    "mortifying": (-0.7, 0.4, -0.6), "not-confident": (-0.3, -0.1, -0.7), "proud": (0.6, 0.4, 0.8),
    "provoking": (-0.1, 0.6, 0.6), "sad": (-0.7, -0.4, -0.5), "sentimental": (-0.1, -0.2, -0.2),
    "sharpeyessuspicion": (-0.4, 0.3, 0.3), "sleepy": (0.0, -0.8, -0.3), "smile": (0.7, 0.2, 0.2),
    "stressed": (-0.6, 0.6, -0.3), "stunned": (-0.2, 0.7, -0.4), "surprise": (0.2, 0.8, -0.2),
    "terrified": (-0.8, 0.9, -0.8), "tired": (-0.3, -0.6, -0.3), "triumphant": (0.7, 0.7, 0.8),
    "unexpected": (0.0, 0.7, -0.2), "youthful": (0.4, 0.5, 0.2), "elderly": (0.0, -0.5, -0.3),
}  # fmt: skip
"""Pleasure, arousal, dominance (-1 to 1) of acted styles, after Mehrabian's (1996) values for the nearest emotion words."""

STYLE_PHRASES: dict[str, str] = {
    "active": "energetically", "angry": "angrily", "childish": "in a childish way", "chimpira": "like a street thug",
    "elderly": "like an elderly person", "exhausted": "in an exhausted way", "feminine": "in a feminine way",
    "giant": "like a heavy giant", "happy": "happily", "masculine": "in a masculine way",
    "musical": "as if in a musical", "not-confident": "without confidence", "old": "like an old person",
    "proud": "proudly", "sad": "sadly", "tired": "tiredly", "youthful": "in a youthful way",
}  # fmt: skip
"""How the training captions name a manner; a style enters the generator through its text and its emotion."""

STYLES: tuple[str, ...] = tuple(sorted({*STYLE_PHRASES, *STYLE_EMOTIONS}))
"""Manners that can be asked for."""

KEPT = 2
"""The last numbers of :meth:`Conditions.row`, length and fingers, are always known."""

WIDTH = 2 * (len(POSTURES) + 1) + 4 + KEPT
"""Numbers of :meth:`Conditions.row`."""


@dataclass(frozen=True)
class Conditions:
    """None means unknown or free: the generator chooses.

    ``fingers`` asks for moving hands; ``emotion`` is pleasure, arousal and dominance.
    """

    seconds: float
    posture: str | None = None
    posture_end: str | None = None
    emotion: Emotion | None = None
    fingers: bool = True

    def row(self) -> NDArray[np.float32]:
        """[WIDTH] the conditions as numbers: one-hot postures, emotion with its mark, length in tens of seconds."""
        postures = [_one_hot(self.posture), _one_hot(self.posture_end)]
        feeling = [0.0, 0.0, 0.0, 0.0]
        if self.emotion is not None:
            felt = (self.emotion.pleasure, self.emotion.arousal, self.emotion.dominance)
            feeling = [1.0, *((value - NEUTRAL) / REACH for value in felt)]
        return np.array([*postures[0], *postures[1], *feeling, self.seconds / 10.0, float(self.fingers)], np.float32)


def _one_hot(posture: str | None) -> list[float]:
    """The last place means unknown."""
    chosen = POSTURES.index(posture) if posture in POSTURES else len(POSTURES)
    return [float(place == chosen) for place in range(len(POSTURES) + 1)]


def in_style(text: str, style: str) -> str:
    """The text with the manner said as the training captions say it; unchanged where they only name the feeling."""
    phrase = STYLE_PHRASES.get(style)
    return text if phrase is None or phrase in text else f"{text} {phrase}"


def style_emotion(style: str) -> Emotion | None:
    """The emotion of an acted style, None for one that says nothing about feelings."""
    values = STYLE_EMOTIONS.get(style)
    return None if values is None else emotion_of(values)


def emotion_of(values: Sequence[float]) -> Emotion:
    """Pleasure, arousal and dominance, each from -1 to 1, on the 1-9 scale."""
    pleasure, arousal, dominance = (NEUTRAL + REACH * value for value in values)
    return Emotion(pleasure=pleasure, arousal=arousal, dominance=dominance)

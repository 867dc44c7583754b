"""Free text about a face, and an emotion, to ARKit weights."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Emotion
from digital_life.face.weights import row

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """One facial expression: the words that call for it (prefixes) and its weights when fully shown."""

    name: str
    words: tuple[str, ...]
    weights: dict[str, float]
    shaking: float = 0.0
    """Amplitude of the 5 Hz pulses of laughter."""


LOOKS: tuple[Look, ...] = (
    Look(
        "laughing",
        ("laugh", "chuckl", "giggl", "burst out", "cackl"),
        {
            "mouthSmile": 0.75, "cheekSquint": 0.6, "eyeSquint": 0.4, "jawOpen": 0.16, "mouthUpperUp": 0.25,
            "mouthLowerDown": 0.2, "browInnerUp": 0.1,
        },
        shaking=0.1,
    ),
    Look(
        "warm smile",
        ("warm", "gentle", "tender", "fond", "affection", "kind", "sympath", "compass", "loving", "grateful", "touched"),
        {"mouthSmile": 0.42, "cheekSquint": 0.34, "eyeSquint": 0.2, "browInnerUp": 0.14, "mouthDimple": 0.1},
    ),
    Look(
        "grin",
        ("grin", "beam", "delight", "joy", "excit", "thrill", "enthus", "elated", "overjoyed", "bright"),
        {
            "mouthSmile": 0.7, "cheekSquint": 0.42, "eyeSquint": 0.15, "mouthUpperUp": 0.16, "browInnerUp": 0.12,
            "browOuterUp": 0.2, "eyeWide": 0.1,
        },
    ),
    Look(
        "smirk",
        ("smirk", "teas", "mischie", "playful", "wink", "sly", "wry", "amuse", "ironic"),
        {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.18, "mouthDimpleLeft": 0.25, "browOuterUpLeft": 0.3, "eyeSquint": 0.14},
    ),
    Look(
        "smile",
        ("smil", "happy", "cheer", "pleas", "friend", "welcom", "glad", "polite", "proud", "content", "relie"),
        {"mouthSmile": 0.45, "cheekSquint": 0.24, "eyeSquint": 0.1, "mouthDimple": 0.08},
    ),
    Look(
        "disgusted",
        ("disgust", "revolt", "repuls", "grimac", "distaste", "contempt", "scorn"),
        {
            "noseSneer": 0.55, "mouthUpperUp": 0.3, "browDown": 0.35, "cheekSquint": 0.25, "mouthFrown": 0.25,
            "eyeSquint": 0.25,
        },
    ),
    Look(
        "angry",
        ("angry", "anger", "furious", "glar", "scowl", "irritat", "annoy", "stern", "indignan", "rage", "outrage"),
        {"browDown": 0.6, "eyeSquint": 0.25, "mouthPress": 0.3, "noseSneer": 0.2, "mouthFrown": 0.2, "jawForward": 0.1},
    ),
    Look(
        "surprised",
        ("surpris", "astonish", "amaz", "shock", "startl", "wide-eyed", "wide eyes", "gasp", "stunned", "disbelie"),
        {"browInnerUp": 0.75, "browOuterUp": 0.65, "eyeWide": 0.6, "jawOpen": 0.16, "mouthFunnel": 0.08},
    ),
    Look(
        "worried",
        ("worr", "anxious", "nervous", "concern", "fear", "afraid", "uneas", "apprehens", "scared", "tense", "panic"),
        {"browInnerUp": 0.55, "browDown": 0.12, "mouthStretch": 0.14, "mouthFrown": 0.2, "eyeWide": 0.14, "mouthPress": 0.12},
    ),
    Look(
        "sad",
        ("sad", "sorrow", "griev", "melanchol", "tear", "cry", "disappoint", "downcast", "wistful", "hurt", "lonely",
         "regret"),
        {
            "browInnerUp": 0.55, "mouthFrown": 0.4, "mouthShrugLower": 0.22, "eyeBlink": 0.14, "eyeLookDown": 0.14,
            "mouthPress": 0.08,
        },
    ),
    Look(
        "embarrassed",
        ("embarras", "shy", "bashful", "sheepish", "blush", "awkward", "asham", "apolog", "guilt"),
        {"mouthSmile": 0.2, "mouthPress": 0.25, "browInnerUp": 0.35, "eyeLookDown": 0.18, "eyeSquint": 0.1},
    ),
    Look(
        "skeptical",
        ("skeptic", "sceptic", "doubt", "suspici", "dubious", "unconvinc", "raised eyebrow", "raises an eyebrow",
         "wary", "raising an eyebrow"),
        {"browOuterUpLeft": 0.55, "browDownRight": 0.35, "eyeSquint": 0.2, "mouthPress": 0.14, "mouthFrownRight": 0.15},
    ),
    Look(
        "thoughtful",
        ("thought", "ponder", "pensive", "consider", "reflect", "thinking", "contemplat", "focus", "concentrat",
         "serious", "frown", "puzzl", "confus"),
        {"browDown": 0.26, "browInnerUp": 0.14, "eyeSquint": 0.16, "mouthPress": 0.14, "mouthLeft": 0.06},
    ),
    Look(
        "curious",
        ("curious", "interest", "intrigu", "attentive", "wonder", "question", "listen", "expectant", "eager", "hope",
         "encourag"),
        {"browInnerUp": 0.26, "browOuterUp": 0.24, "eyeWide": 0.12, "mouthSmile": 0.1},
    ),
    Look("tired", ("tired", "wear", "sleepy", "bored", "exhaust", "sigh", "resign"),
         {"eyeBlink": 0.22, "browInnerUp": 0.12, "mouthFrown": 0.14, "browOuterUp": 0.06}),
    Look("determined", ("determin", "resolut", "confident", "firm", "defian"),
         {"browDown": 0.24, "mouthPress": 0.18, "eyeSquint": 0.1, "mouthShrugLower": 0.1}),
    Look("neutral", ("neutral", "blank", "calm", "composed", "relax", "expressionless", "still"), {}),
)  # fmt: skip
"""Checked in this order; the first that is named decides, a second one is mixed in at less strength."""

_NEGATION = re.compile(r"\b(?:not|no|never|without|hides? (?:a|his|her|their)|stops?|isn't|doesn't)\s+(?:\w+\s+)?$")
_WEAK = re.compile(r"\b(slight|faint|small|little|bit|hint|subtle|half|mild|soft|thin|barely|almost|tiny|quiet)")
_STRONG = re.compile(r"\b(very|big|broad|wide|huge|deep|loud|utter|complete|full|strong|intense|hearty|really)")


@dataclass(frozen=True)
class Expression:
    """An expression ready to be played: ``weights`` [52] at its height, and the amplitude of laughter's pulses."""

    names: tuple[str, ...]
    weights: Array
    shaking: float = 0.0


def read_expression(text: str, emotion: Emotion) -> Expression:
    """The face that ``text`` asks for, over the mood of the emotion; unknown or empty text leaves the mood alone."""
    lowered = text.lower()
    found = [look for look in LOOKS if any(_named(word, lowered) for word in look.words)][:2]
    mood = mood_weights(emotion)
    if not found:
        return Expression((), mood)
    strength = 1.3 if _STRONG.search(lowered) else 0.6 if _WEAK.search(lowered) else 1.0
    shown = row(found[0].weights) * strength
    if len(found) > 1:
        shown = np.maximum(shown, 0.4 * strength * row(found[1].weights))
    weights = np.clip(shown + 0.3 * mood, 0.0, 0.85)
    return Expression(tuple(look.name for look in found), np.asarray(weights, np.float32), found[0].shaking * strength)


def mood_weights(emotion: Emotion) -> Array:
    """[52] faint background face of an emotion (PAD on 1-9; 5 is neutral).

    Pleasure moves the corners of the mouth, arousal opens the eyes, and displeasure shows as anger with high and as
    worry or sadness with low dominance (the octants of Mehrabian 1996).
    """
    pleasure, arousal, dominance = ((v - 5) / 4 for v in (emotion.pleasure, emotion.arousal, emotion.dominance))
    pleased, displeased = max(pleasure, 0.0), max(-pleasure, 0.0)
    strong, weak = max(dominance, 0.0), max(-dominance, 0.0)
    awake, drowsy = max(arousal, 0.0), max(-arousal, 0.0)
    return row(
        {
            "mouthSmile": 0.32 * pleased,
            "cheekSquint": 0.2 * pleased,
            "mouthFrown": 0.26 * displeased,
            "browDown": 0.4 * displeased * (0.4 + strong),
            "browInnerUp": min(0.4, displeased * (0.2 + 0.35 * weak) + 0.12 * awake),
            "browOuterUp": 0.12 * awake * (1 - displeased),
            "mouthPress": 0.18 * displeased * strong,
            "eyeWide": 0.2 * awake,
            "eyeBlink": 0.14 * drowsy,
            "noseSneer": 0.12 * displeased * strong,
        }
    )


def _named(word: str, text: str) -> bool:
    return any(not _NEGATION.search(text[: match.start()]) for match in re.finditer(rf"\b{re.escape(word)}", text))

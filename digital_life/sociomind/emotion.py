"""Emotion as pleasure, arousal and dominance: temperament, appraisal of what happened, decay, words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from digital_life.behaviour import Emotion
from digital_life.persona.schema import BigFive

KEPT_EACH_TURN = 0.75
"""Share of the distance to the temperament that is left after one own turn."""


@dataclass(frozen=True)
class Shift:
    """Change of pleasure, arousal and dominance in Likert points."""

    pleasure: float = 0.0
    arousal: float = 0.0
    dominance: float = 0.0


APPRAISAL: dict[str, Shift] = {
    "greet": Shift(0.4, 0.3, 0.0),
    "introduce": Shift(0.3, 0.2, 0.1),
    "compliment": Shift(1.4, 0.6, 0.5),
    "thanks": Shift(0.9, 0.1, 0.3),
    "apology": Shift(0.8, -0.5, 0.4),
    "insult": Shift(-2.6, 2.0, -0.6),
    "bad_news": Shift(-1.5, 0.3, -0.3),
    "good_news": Shift(1.3, 0.8, 0.1),
    "joke": Shift(1.2, 0.7, 0.1),
    "agree": Shift(0.6, 0.0, 0.4),
    "disagree": Shift(-0.5, 0.5, -0.2),
    "question": Shift(0.1, 0.2, 0.1),
    "invite": Shift(0.6, 0.1, 0.1),
    "farewell": Shift(-0.3, -0.3, 0.0),
    "silence": Shift(-0.4, -0.4, 0.0),
}
"""How one act of the partner moves an average person [ours: signs after Mehrabian 1980, sizes by hand]."""

ANSWERED: dict[str, Shift] = {
    "accept": Shift(0.6, 0.2, 0.3),
    "late": Shift(0.2, 0.1, -0.1),
    "adapt": Shift(-0.2, 0.2, -0.2),
    "refuse": Shift(-1.0, 0.6, -0.6),
}
"""How the partner's answer to a shared act moves the one who asked for it."""

TELLING: dict[str, Shift] = {
    "glad": Shift(0.7, 0.5, 0.1),
    "amused": Shift(0.8, 0.4, 0.2),
    "proud": Shift(0.7, 0.3, 0.8),
    "tender": Shift(0.5, -0.4, 0.0),
    "sad": Shift(-1.3, -0.4, -0.4),
    "angry": Shift(-1.1, 1.2, 0.6),
    "afraid": Shift(-1.0, 0.9, -1.0),
}
"""How telling (or hearing) something of that mood moves the one who tells."""


def temperament(personality: BigFive) -> Emotion:
    """The emotion a character comes back to, from the Big Five (Mehrabian 1996, regression of PAD temperament)."""
    openness, conscientiousness, extraversion, agreeableness, stability = (
        (value - 5) / 4
        for value in (
            personality.openness,
            personality.conscientiousness,
            personality.extraversion,
            personality.agreeableness,
            10 - personality.neuroticism,
        )
    )
    return emotion(
        5 + 4 * (0.21 * extraversion + 0.59 * agreeableness + 0.19 * stability),
        5 + 4 * (0.15 * openness + 0.30 * agreeableness - 0.57 * stability),
        5 + 4 * (0.25 * openness + 0.17 * conscientiousness + 0.60 * extraversion - 0.32 * agreeableness),
    )


def emotion(pleasure: float, arousal: float, dominance: float) -> Emotion:
    """An ``Emotion`` limited to 1-9 and described in words."""
    p, a, d = (round(min(9.0, max(1.0, value)), 3) for value in (pleasure, arousal, dominance))
    return Emotion(pleasure=p, arousal=a, dominance=d, description=describe(p, a, d))


def decay(now: Emotion, baseline: Emotion) -> Emotion:
    """One own turn later: closer to the temperament."""
    return emotion(
        *(
            base + (value - base) * KEPT_EACH_TURN
            for value, base in (
                (now.pleasure, baseline.pleasure),
                (now.arousal, baseline.arousal),
                (now.dominance, baseline.dominance),
            )
        )
    )


def appraise(now: Emotion, shifts: Iterable[Shift], personality: BigFive) -> Emotion:
    """What happened moves the emotion: bad things move neurotic people more, good things outgoing people more."""
    gain_bad = 1 + 0.12 * (personality.neuroticism - 5)
    gain_good = 1 + 0.08 * (personality.extraversion - 5)
    p, a, d = now.pleasure, now.arousal, now.dominance
    for shift in shifts:
        gain = gain_bad if shift.pleasure < 0 else gain_good
        p, a, d = p + gain * shift.pleasure, a + gain * shift.arousal, d + gain * shift.dominance
    return emotion(p, a, d)


def describe(pleasure: float, arousal: float, dominance: float) -> str:
    """The octant of the PAD space in words (after Mehrabian 1980); between pleasant and unpleasant its own four."""
    key = (arousal >= 5, dominance >= 5)
    if pleasure >= 5.8:
        word = {
            (True, True): "lively and glad",
            (True, False): "touched",
            (False, True): "relaxed",
            (False, False): "gentle",
        }[key]
    elif pleasure <= 3.6:
        word = {(True, True): "angry", (True, False): "anxious", (False, True): "aloof", (False, False): "sad"}[key]
    else:
        word = {(True, True): "alert", (True, False): "tense", (False, True): "composed", (False, False): "shy"}[key]
    degree = max(abs(pleasure - 5), abs(arousal - 5))
    return f"very {word}" if degree >= 3 else f"slightly {word}" if degree < 1.2 else word

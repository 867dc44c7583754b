"""What two people do together: who may ask whom for it, and how the one who is asked answers from its own state.

An act that somebody asks for (a handshake, a hug, a gift) is accepted, put off for a moment, made into a less close one, or
refused. Nobody is asked twice by a model for that: relationship, temper, mood and what has just happened decide.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from digital_life.behaviour import Emotion
from digital_life.persona.schema import BigFive, Relationship

Answer = Literal["accept", "late", "adapt", "refuse"]


@dataclass(frozen=True)
class SharedAct:
    """One kind of act: how close (1 to 9) people are who do it, its words, and the less close act that may replace it."""

    closeness: float
    words: str
    instead: str = ""
    comforting: bool = False
    """Taken more easily by somebody who is sad."""


ACTS: dict[str, SharedAct] = {
    "bow_to_each_other": SharedAct(1.0, "bows to {partner}"),
    "handshake": SharedAct(1.5, "shakes hands with {partner}", "bow_to_each_other"),
    "clink_cups": SharedAct(2.0, "clinks cups with {partner}"),
    "hand_over": SharedAct(2.0, "hands a parcel to {partner}"),
    "fist_bump": SharedAct(2.5, "bumps fists with {partner}", "handshake"),
    "high_five": SharedAct(3.0, "high-fives {partner}", "handshake"),
    "walk_together": SharedAct(3.0, "walks with {partner}"),
    "hand_on_shoulder": SharedAct(4.0, "puts a hand on {partner}'s shoulder", "handshake", comforting=True),
    "comfort": SharedAct(4.0, "comforts {partner}", "hand_on_shoulder", comforting=True),
    "whisper": SharedAct(4.0, "whispers to {partner}"),
    "take_arm": SharedAct(5.0, "takes {partner}'s arm", "walk_together"),
    "hug": SharedAct(5.0, "hugs {partner}", "handshake", comforting=True),
}
"""By the ids of the motion library. The levels are ours, after the order of touch in Heslin and Alper (1983)."""
_UNKNOWN = SharedAct(4.0, "")
_GLADLY, _HESITATING = 0.5, -0.5
"""Willingness from which one answers at once, and from which one still does it after a moment."""
_SAD = 4.0
"""Pleasure up to which somebody is in need of comfort."""


@dataclass(frozen=True)
class ActAnswer:
    """How the one who was asked answers; ``instead`` is the act that is done where it is adapted, ``why`` a few words."""

    answer: Answer
    willingness: float
    instead: str = ""
    why: str = ""


def willingness(act: str, relationship: Relationship, personality: BigFive, emotion: Emotion, *, hurt: bool) -> float:
    """How gladly, in Likert points over what the act needs: positive is yes.

    Closeness is the mean of intimacy, trust and supportiveness; warm and outgoing people come nearer, reserved ones less
    near, displeasure and a fresh hurt push away, and sadness lets comfort in.
    """
    kind = ACTS.get(act, _UNKNOWN)
    closeness = 0.5 * relationship.intimacy + 0.3 * relationship.trust + 0.2 * relationship.supportiveness
    warmth = 0.25 * (personality.agreeableness - 5) + 0.2 * (personality.extraversion - 5)
    mood = 0.25 * min(0.0, emotion.pleasure - 5.0)
    if kind.comforting and emotion.pleasure <= _SAD and not hurt:
        mood = 1.0
    return closeness - kind.closeness + warmth + mood - 4.0 * hurt


def answer_act(
    act: str, relationship: Relationship, personality: BigFive, emotion: Emotion, *, hurt: bool
) -> ActAnswer:
    """The answer to ``act`` (an id of the motion library) by somebody who feels and thinks so about the one who asks."""
    will = round(willingness(act, relationship, personality, emotion, hurt=hurt), 3)
    if will >= _GLADLY:
        return ActAnswer("accept", will)
    if will >= _HESITATING:
        return ActAnswer("late", will, why="hesitates")
    less = ACTS.get(act, _UNKNOWN).instead
    while less and not hurt:
        if willingness(less, relationship, personality, emotion, hurt=hurt) >= 0:
            return ActAnswer("adapt", will, less, "that is too close")
        less = ACTS[less].instead
    return ActAnswer("refuse", will, why="was hurt" if hurt else "that is too close")


def ask_for(
    occasion: str,
    relationship: Relationship,
    personality: BigFive,
    emotion: Emotion,
    rng: random.Random,
    partner: str,
    *,
    known: bool,
) -> str:
    """Words of a shared act that fits ``occasion`` ("greet", "farewell", "comfort", "joy") or none.

    The closest act is taken that the character would itself accept gladly; outgoing people ask more often, and all ask
    strangers (not ``known``) seldom.
    """
    wanted = _OCCASIONS.get(occasion, ())
    fitting = [act for act in wanted if willingness(act, relationship, personality, emotion, hurt=False) >= _GLADLY]
    eagerness = (0.25 if known else 0.0) + (0.06 if known else 0.03) * personality.extraversion
    if not fitting or rng.random() > eagerness:
        return ""
    best = max(fitting, key=lambda act: ACTS[act].closeness)
    return ACTS[best].words.format(partner=partner)


_OCCASIONS: dict[str, tuple[str, ...]] = {
    "greet": ("handshake", "hug", "fist_bump"),
    "farewell": ("handshake", "hug"),
    "comfort": ("hand_on_shoulder", "comfort", "hug"),
    "sorrow": ("hand_on_shoulder", "comfort"),
    "joy": ("high_five",),
}

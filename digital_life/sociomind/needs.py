"""Needs: what is missing makes a character start something.

Four needs on the 1-9 scale (9 entirely met): energy (bodily), company and competence (relatedness and competence of
self-determination theory, Ryan and Deci 2000), novelty (proposed as a further basic need by González-Cutre et al. 2016).
How fast they move and how much of each a personality wants is ours.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from digital_life.persona.schema import BigFive, Needs

Need = Literal["energy", "company", "competence", "novelty"]

_PER_TURN: dict[Need, float] = {"energy": -0.12, "company": 0.15, "competence": -0.03, "novelty": -0.12}
"""What one own turn of a conversation does."""
_APART: dict[Need, tuple[float, float]] = {
    "energy": (8.0, 0.5),
    "company": (2.0, 0.35),
    "competence": (5.0, 0.2),
    "novelty": (3.0, 0.3),
}
"""Between two plots a need moves by this share of the way to this value: one rests, and grows lonely and bored."""
_BY_ACT: dict[str, dict[Need, float]] = {
    "compliment": {"competence": 1.0, "company": 0.3},
    "thanks": {"competence": 0.6},
    "agree": {"competence": 0.2},
    "insult": {"competence": -1.0, "company": -0.8, "energy": -0.4},
    "disagree": {"competence": -0.3, "novelty": 0.2},
    "joke": {"company": 0.3, "energy": 0.2},
    "good_news": {"energy": 0.3, "novelty": 0.4},
    "bad_news": {"energy": -0.4, "novelty": 0.2},
    "silence": {"company": -0.3},
    "invite": {"company": 0.4, "novelty": 0.4},
}
_NEWS = 0.5
"""What hearing something new does for novelty."""
_PRESSING = 1.0


@dataclass(frozen=True)
class Urge:
    """A need that is not met and what it makes the character want. ``strength`` is what is missing, in Likert points."""

    need: Need
    strength: float
    wish: str


_WISHES: dict[Need, str] = {
    "energy": "to sit down and rest, or to bring this to an end",
    "company": "to draw somebody closer",
    "competence": "to show or do something that one is good at",
    "novelty": "to start something new: another subject, another place, something never tried",
}


def wanted(personality: BigFive) -> dict[Need, float]:
    """How much of each need this personality wants met (1-9)."""
    return {
        "energy": 3.5 + 0.15 * (personality.facet("activity_level") - 5),
        "company": 4.5 + 0.5 * (personality.facet("gregariousness") - 5),
        "competence": 4.5 + 0.3 * (personality.facet("achievement_striving") - 5),
        "novelty": 4.5 + 0.4 * (personality.facet("adventurousness") - 5),
    }


def urges(needs: Needs, personality: BigFive) -> list[Urge]:
    """The needs that press, the strongest first."""
    missing = {need: level - getattr(needs, need) for need, level in wanted(personality).items()}
    pressing = sorted((need for need in missing if missing[need] >= _PRESSING), key=lambda need: -missing[need])
    return [Urge(need, round(missing[need], 3), _WISHES[need]) for need in pressing]


def after_turn(needs: Needs, personality: BigFive) -> Needs:
    """One own turn later. Talking tires the reserved more, and company fills them sooner."""
    reserve = 1 - 0.1 * (personality.extraversion - 5)
    scale: dict[Need, float] = {"energy": reserve, "company": reserve, "competence": 1.0, "novelty": 1.0}
    return _moved(needs, {need: change * scale[need] for need, change in _PER_TURN.items()})


def after_hearing(needs: Needs, acts: Collection[str], *, news: bool) -> Needs:
    """The partner did ``acts`` (as the ear names them); ``news`` when it told something."""
    changes: dict[Need, float] = {"novelty": _NEWS} if news else {}
    for act in sorted(acts):
        for need, change in _BY_ACT.get(act, {}).items():
            changes[need] = changes.get(need, 0.0) + change
    return _moved(needs, changes)


def after_time_apart(needs: Needs) -> Needs:
    """Between two plots."""
    return _moved(needs, {need: share * (to - getattr(needs, need)) for need, (to, share) in _APART.items()})


def _moved(needs: Needs, changes: dict[Need, float]) -> Needs:
    values = {need: getattr(needs, need) + change for need, change in changes.items()}
    return needs.model_copy(update={need: round(min(9.0, max(1.0, value)), 3) for need, value in values.items()})

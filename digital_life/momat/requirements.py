"""What a query requires of a clip besides its meaning, and how much each requirement weighs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.candidates import Candidates
from digital_life.momat.chinese import Gloss, is_chinese, motion_glossary
from digital_life.momat.lexicon import motion_lexicon
from digital_life.momat.wording import lone_side_as_hand, named_hand, read_wording, values_named

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

HANDS = ("left", "right", "both", "either")


@dataclass(frozen=True)
class Weights:
    """Amounts that are added to a cosine. Fitted on the tuning half of the paraphrases (``digital-life bench search``)."""

    act: float = 0.15
    other_act: float = 0.05
    style: float = 0.15
    other_style: float = 0.14
    no_style: float = 0.04
    unasked_style: float = 0.1
    part: float = 0.07
    direction: float = 0.06
    opposite_direction: float = 0.35
    no_direction: float = 0.1
    unasked_direction: float = 0.02
    hand: float = 0.05
    two_hands: float = 0.12
    no_hand: float = 0.08
    number: float = 0.1
    other_number: float = 0.15
    speed: float = 0.05
    other_speed: float = 0.12
    posture: float = 0.06
    other_posture: float = 0.1
    unasked_floor: float = 0.04
    negated: float = 0.6
    negated_meaning: float = 0.8
    negated_likeness: float = 0.4
    negated_above: float = 0.3


WEIGHTS = Weights()


@dataclass(frozen=True)
class Requirements:
    """A query taken apart: ``text`` is what is wanted, ``values`` what it names, ``unwanted`` one set per negated part."""

    text: str
    values: frozenset[str]
    negated: tuple[str, ...] = ()
    unwanted: tuple[frozenset[str], ...] = ()
    chinese: str = ""
    """What is wanted, in the Chinese of the query."""

    @staticmethod
    def of(
        text: str, *, style: str | None = None, hand: str | None = None, avoid: Collection[str] = ()
    ) -> Requirements:
        """Read a query with the wishes that stand beside it.

        Raises:
            InputError: ``hand`` is unknown.
        """
        if hand is not None and hand not in HANDS:
            raise InputError(f"no hand is called '{hand}'", f"say one of {', '.join(HANDS)}")
        gloss = motion_glossary().read(text) if is_chinese(text) else Gloss(text, "")
        wording = read_wording(gloss.english)
        values = wording.values
        negated = (*wording.negated, *avoid)
        unwanted = [values_named(phrase) for phrase in negated]
        if named_hand(values):
            unwanted = [named if len(named) > 1 else lone_side_as_hand(named) for named in unwanted]
        required = Requirements(wording.text, values, negated, tuple(unwanted), gloss.wanted)
        if hand is not None:
            kept = {value for value in values if not value.startswith("hand:")}
            required = replace(required, values=frozenset(kept | ({f"hand:{hand}"} if hand != "either" else set())))
        if style:
            named = motion_lexicon().of_tags([style])
            required = replace(required, text=f"{required.text}, {style}", values=required.values | named)
        return required

    def group(self, group: str) -> list[str]:
        """Values of one group."""
        return sorted(value for value in self.values if value.startswith(group + ":"))


def fit(candidates: Candidates, required: Requirements, negated: Scores, weights: Weights = WEIGHTS) -> Scores:
    """What to add to the meaning of each candidate [C]; -inf for one that acts with the hand that was not asked for.

    ``negated`` [N, C] are the cosines of the negated parts.
    """
    amount = np.zeros(len(candidates), dtype=np.float32)
    amount += _acts(candidates, required, weights)
    amount += _style(candidates, required, weights)
    amount += _body(candidates, required, weights)
    amount += _direction(candidates, required, weights)
    amount += _exclusive(candidates, required, "times", weights.number, weights.other_number)
    amount += _exclusive(candidates, required, "fingers", weights.number, weights.other_number)
    amount += _exclusive(candidates, required, "speed", weights.speed, weights.other_speed)
    amount += _exclusive(candidates, required, "size", weights.speed, weights.other_speed)
    amount += _exclusive(candidates, required, "leg", weights.direction, weights.opposite_direction)
    amount += _posture(candidates, required, weights)
    amount += _hand(candidates, required, weights)
    for unwanted, cosines in zip(required.unwanted, negated, strict=True):
        amount -= _against(candidates, required, unwanted, cosines, weights)
    return amount


def _acts(candidates: Candidates, required: Requirements, weights: Weights) -> Scores:
    wanted = required.group("act")
    if not wanted:
        return np.zeros(len(candidates), dtype=np.float32)
    columns = [candidates.columns[name] for name in wanted if name in candidates.columns]
    matched = candidates.values[:, columns].sum(axis=1) / len(wanted)
    other = candidates.having(candidates.group("act")) & (matched == 0.0)
    return np.asarray(weights.act * matched - weights.other_act * other, dtype=np.float32)


def _style(candidates: Candidates, required: Requirements, weights: Weights) -> Scores:
    wanted, styled = required.group("style"), candidates.having(candidates.group("style"))
    if not wanted:
        return np.asarray(-weights.unasked_style * candidates.having(["acted:style"]), dtype=np.float32)
    matched = candidates.having(wanted)
    amount = weights.style * matched - weights.other_style * (styled & ~matched) - weights.no_style * ~styled
    return np.asarray(amount, dtype=np.float32)


def _body(candidates: Candidates, required: Requirements, weights: Weights) -> Scores:
    wanted = required.group("part")
    if not wanted:
        return np.zeros(len(candidates), dtype=np.float32)
    matched, named = candidates.having(wanted), candidates.having(candidates.group("part"))
    return np.asarray(weights.part * matched - weights.part * (named & ~matched), dtype=np.float32)


_OPPOSITES = (("left", "right"), ("up", "down"), ("forward", "backward"))


def _direction(candidates: Candidates, required: Requirements, weights: Weights) -> Scores:
    wanted = {value.removeprefix("dir:") for value in required.group("dir")}
    amount = np.zeros(len(candidates), dtype=np.float32)
    if not wanted:
        return amount
    for pair in _OPPOSITES:
        has = [candidates.having([f"dir:{way}"]) for way in pair]
        for way, this, that in zip(pair, has, reversed(has), strict=True):
            other = pair[1 - pair.index(way)]
            if way in wanted:
                amount += weights.direction * this - weights.no_direction * ~this
                if other not in wanted:
                    amount -= weights.opposite_direction * (that & ~this)
            elif other not in wanted:
                amount -= weights.unasked_direction * this
    if "around" in wanted:
        around = candidates.having(["dir:around"])
        amount += weights.direction * around - weights.no_direction * ~around
    return amount + _bare_side(candidates, wanted, weights)


def _bare_side(candidates: Candidates, wanted: Collection[str], weights: Weights) -> Scores:
    """A side that names no hand, as in "waves left", still prefers the hand of that side in clips without direction."""
    amount = np.zeros(len(candidates), dtype=np.float32)
    if len({"left", "right"} & set(wanted)) == 1:
        side = "left" if "left" in wanted else "right"
        undirected = ~candidates.having(["dir:left", "dir:right"])
        amount += weights.direction * (undirected & candidates.having([f"hand:{side}"]))
    return amount


def _exclusive(
    candidates: Candidates, required: Requirements, group: str, match: float, mismatch: float
) -> Scores | float:
    """A group of which a clip has one value, such as a number: right, wrong or not said."""
    wanted = required.group(group)
    if not wanted:
        return 0.0
    matched, named = candidates.having(wanted), candidates.having(candidates.group(group))
    return np.asarray(match * matched - mismatch * (named & ~matched), dtype=np.float32)


def _posture(candidates: Candidates, required: Requirements, weights: Weights) -> Scores:
    wanted = required.group("posture")
    if not wanted:
        return np.asarray(-weights.unasked_floor * candidates.having(["posture:floor"]), dtype=np.float32)
    matched, free = candidates.having(wanted), candidates.having(["posture:any"])
    amount = np.asarray(weights.posture * matched - weights.other_posture * (~matched & ~free), dtype=np.float32)
    if wanted == ["posture:floor"]:
        amount[candidates.having(["seat:chair"])] = -np.inf
    return amount


def _hand(candidates: Candidates, required: Requirements, weights: Weights) -> Scores:
    amount = np.zeros(len(candidates), dtype=np.float32)
    wanted = {value.removeprefix("hand:") for value in required.group("hand")}
    both, one = candidates.having(["hand:both"]), candidates.having(["hand:left", "hand:right"])
    sides = wanted & {"left", "right"}
    if "both" in wanted or len(sides) == 2:
        amount += weights.hand * both - weights.two_hands * one
    elif sides:
        side = sides.pop()
        right_one = candidates.having([f"hand:{side}"])
        amount += weights.hand * right_one - weights.two_hands * both - weights.no_hand * ~(one | both)
        amount[one & ~right_one] = -np.inf
    elif "one" in wanted:
        amount += weights.hand * one - weights.two_hands * both
    return amount


def _against(
    candidates: Candidates, required: Requirements, unwanted: frozenset[str], cosines: Scores, weights: Weights
) -> Scores:
    """How much speaks against each candidate when ``unwanted`` is not to happen."""
    named = sorted(value for value in unwanted - required.values if value.partition(":")[0] in _NEGATABLE)
    if any(value.startswith("act:") for value in named):
        named = [value for value in named if not value.startswith("part:")]
    guilty = candidates.having(named)
    for side in {"left", "right"} & {value.removeprefix("hand:") for value in named}:
        guilty = guilty | candidates.having([f"hand:{side}", "hand:both"])
    amount = weights.negated * guilty
    if not any(value.startswith(("act:", "style:", "part:")) for value in named):
        only_side = bool(named)
        amount = amount + (0.0 if only_side else weights.negated_meaning) * np.maximum(cosines, 0.0)
    else:
        amount = amount + weights.negated_likeness * np.maximum(cosines - weights.negated_above, 0.0)
    return np.asarray(amount, dtype=np.float32)


_NEGATABLE = frozenset({"act", "style", "hand", "dir", "leg", "part", "speed", "times", "fingers", "posture"})

"""What a motion query says besides its meaning: sides, posture, and what is not to happen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right"]

_SIDE = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_EITHER_SIDE = re.compile(r"(\bleft\b|\bright\b|左|右)", re.IGNORECASE)
_OTHER = {"left": "right", "right": "left", "左": "右", "右": "左"}
_NEGATION = re.compile(
    r"\b(?:does\s+not|do\s+not|doesn't|don't|not|without|never|instead\s+of|rather\s+than|no\s+longer|avoids?)\s+([^,.;]+)",
    re.IGNORECASE,
)
_SEATED = re.compile(r"\b(?:while\s+sitting|sitting\s+down\s+already|seated|in\s+(?:a|the|her|his)\s+(?:chair|seat))\b")
_STANDING = re.compile(r"\b(?:while\s+standing|standing\s+still|on\s+(?:her|his|their)\s+feet)\b")
_CLAUSE = re.compile(
    r"\s*(?:[,;.]|\band\s+then\b|\bthen\b|\bwhile\b|\band\b|\bbefore\b|\bas\s+(?:she|he|they)\b)\s*", re.IGNORECASE
)
_PARTS = re.compile(
    r"\b(head|chin|face|forehead|brow|nose|ear|mouth|hair|neck|heart|chest|belly|hip|waist|knee|thumb|shoulder|back)s?\b",
    re.IGNORECASE,
)
_NO_SIDE = re.compile(r"\bright\s+(?:away|now|here|there|then|in\s+front|at)\b|\bleft\s+(?:the|for)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Wording:
    """A query taken apart: ``text`` without its negated parts, those parts, the side and the posture it names."""

    text: str
    negated: tuple[str, ...]
    side: Side | None
    posture: Literal["standing", "seated"] | None


def read_wording(query: str) -> Wording:
    """Take a query such as "waves with the left hand without moving her head" apart."""
    query = " ".join(query.split())
    negated = tuple(match.group(1).strip() for match in _NEGATION.finditer(query))
    text = _NEGATION.sub("", query).strip(" ,.;") or query
    sides = {side.lower() for side in _SIDE.findall(_NO_SIDE.sub("", text))}
    lower = text.lower()
    posture: Literal["standing", "seated"] | None = None
    if _SEATED.search(lower):
        posture = "seated"
    elif _STANDING.search(lower):
        posture = "standing"
    if sides == {"left"}:
        return Wording(text, negated, "left", posture)
    return Wording(text, negated, "right" if sides == {"right"} else None, posture)


def swap_sides(text: str) -> str:
    """``text`` with left and right exchanged, as the mirrored motion deserves."""
    return _EITHER_SIDE.sub(lambda match: _OTHER[match.group(1).lower()], text)


def sides_named(text: str) -> set[str]:
    """Which of left and right ``text`` names."""
    return {side.lower() for side in _SIDE.findall(_NO_SIDE.sub("", text))}


def clauses(query: str) -> list[str]:
    """The single acts of a query: "nods, then points at the door" gives two. Fragments of one short word are dropped."""
    parts = [part.strip() for part in _CLAUSE.split(query)]
    return [part for part in parts if len(part) > 3]


def parts_named(text: str) -> set[str]:
    """Parts of the body that ``text`` names, without hands and arms, which nearly every motion has."""
    return {part.lower() for part in _PARTS.findall(text)}

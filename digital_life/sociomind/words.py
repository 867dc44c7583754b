"""The 1-9 Likert scale in words and back: "very outgoing" is 8 on extraversion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from digital_life.persona.facets import FACETS, TRAITS
from digital_life.persona.schema import BigFive, Relationship
from digital_life.sociomind.scales import POLES

_DEGREES = ("extremely {low}", "very {low}", "{low}", "a bit {low}", "neither {low} nor {high}",
            "a bit {high}", "{high}", "very {high}", "extremely {high}")  # fmt: skip
_STRENGTHS = {"extremely": 4, "very": 3, "": 2, "a bit": 1}
_SYNONYMS = {
    "extremely": "extremely", "incredibly": "extremely", "exceptionally": "extremely", "terribly": "extremely",
    "deeply": "very", "highly": "very", "really": "very", "very": "very", "quite": "", "rather": "", "fairly": "",
    "a bit": "a bit", "a little": "a bit", "slightly": "a bit", "somewhat": "a bit", "mildly": "a bit",
}  # fmt: skip
_NEGATION = re.compile(r"\b(?:not|never|hardly|isn't|is not|no longer|nor|neither)(?: (?:at all|so|all that))?\s*$")


def in_words(scale: str, value: float) -> str:
    """``in_words("extraversion", 8)`` is "very outgoing". Values are rounded and limited to 1-9.

    Raises:
        KeyError: there is no such scale (``scales.POLES`` lists them).
    """
    low, high = POLES[scale]
    return _DEGREES[max(1, min(9, round(value))) - 1].format(low=low, high=high)


def in_number(scale: str, words: str) -> int | None:
    """The inverse of ``in_words``; None for words that are not on the scale."""
    said = " ".join(words.lower().split())
    return next((value for value in range(1, 10) if in_words(scale, value) == said), None)


def numbers_in(text: str, scales: Iterable[str] = (*TRAITS, *FACETS)) -> dict[str, int]:
    """What a description in plain English says on ``scales``: "very anxious, a bit tidy" is anxiety 8, orderliness 6.

    A word of a scale counts with its degree ("very", "slightly" and the like); after a negation it counts a little for
    the other end ("not tidy" is 4, "not very tidy" too). Of several mentions the first counts.
    """
    said = " ".join(text.lower().replace("’", "'").split())
    mentions = sorted((mention for scale in scales for mention in _mentions(said, scale)), key=lambda item: item.start)
    found: dict[str, int] = {}
    for mention in mentions:
        if not any(mention.is_part_of(other) for other in mentions):
            found.setdefault(mention.scale, mention.value)
    return found


@dataclass(frozen=True)
class _Mention:
    """Where a text names a value of a scale."""

    start: int
    end: int
    scale: str
    value: int

    def is_part_of(self, other: _Mention) -> bool:
        """Whether its words stand within longer ones, as "imaginative" in "curious and imaginative"."""
        within = other.start <= self.start and self.end <= other.end
        return within and other.end - other.start > self.end - self.start


def _mentions(said: str, scale: str) -> Iterator[_Mention]:
    middle = in_words(scale, 5)
    neither = said.find(middle)
    if neither >= 0:
        yield _Mention(neither, neither + len(middle), scale, 5)
        return
    for word, sign in zip(POLES[scale], (-1, 1), strict=True):
        for match in _pattern(word).finditer(said):
            degree = _SYNONYMS.get((match["degree"] or "").strip(), "")
            negated = _NEGATION.search(said[: match.start()])
            value = 5 - sign if negated else 5 + _STRENGTHS[degree] * sign
            yield _Mention(match.start(), match.end(), scale, value)


@cache
def _pattern(word: str) -> re.Pattern[str]:
    degrees = "|".join(sorted(_SYNONYMS, key=len, reverse=True))
    return re.compile(rf"(?:\b(?P<degree>{degrees}) )?(?<![\w-]){re.escape(word)}(?![\w-])")


def personality_in_words(personality: BigFive) -> str:
    """The Big Five, then the facets that differ from their trait, as one phrase; the middle of a scale is left out."""
    named = [*personality.traits().items(), *personality.facets.items()]
    said = [in_words(name, value) for name, value in named if value != 5]
    return ", ".join(said) or "average in every trait"


def relationship_in_words(partner: str, relationship: Relationship) -> str:
    """One or two sentences about a partner; the middle of a scale is left out."""
    values = {name: getattr(relationship, name) for name in ("trust", "intimacy", "supportiveness")}
    degrees = ", ".join(in_words(name, value) for name, value in values.items() if value != 5)
    feels = f"Feels {degrees}." if degrees else ""
    parts = (f"{partner}: {relationship.description}.", relationship.attitude, feels)
    return " ".join(part for part in parts if part)

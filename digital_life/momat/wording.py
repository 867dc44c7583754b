"""What a motion text says besides its meaning: sides, directions, numbers, posture, and what is not to happen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from digital_life.momat.lexicon import motion_lexicon

Side = Literal["left", "right"]

_SIDE = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_EITHER_SIDE = re.compile(
    r"(counter-?clockwise|anti-?clockwise|clockwise|left|right|左|右|逆时针|顺时针)", re.IGNORECASE
)
_OTHER = {
    "left": "right", "right": "left", "左": "右", "右": "左", "clockwise": "anticlockwise", "anticlockwise": "clockwise",
    "counterclockwise": "clockwise", "逆时针": "顺时针", "顺时针": "逆时针",
}  # fmt: skip
_NO_SIDE = re.compile(
    r"\b(?:all|that's)\s+right\b|(?<!\bthe\s)\bright\s+(?:away|now|here|there|then|in\s+front|behind|up|down|ahead)\b"
    r"|(?<!\bthe\s)(?<!\bturn\s)(?<!\bturns\s)\bright\s+(?:at|on\s+the\s+spot)\b"
    r"|\bup\s*right\b|(?<!\bthe\s)\bleft\s+(?:the|for|his|her|behind|alone)\b|\bhas\s+left\b",
    re.IGNORECASE,
)
_HAND = r"(?:hands?|arms?|palms?|fists?|fingers?|fingertips?|thumbs?|wrists?|elbows?|forearms?|index|handed(?:ly)?|forefinger)"
_PAIRED = r"(?:hands|arms|palms|fists|wrists|elbows|thumbs|handed)"
_LEG = r"(?:foot|feet|legs?|knees?|toes?|heels?|ankles?|shins?)"
_BETWEEN = r"(?:[\s-]+(?:open|raised|index|flat|free|outstretched|extended|own|clenched|bent))?[\s-]+"
_SIDED_HAND = re.compile(rf"\b(left|right)\b(?:\s+and\s+\w+)?{_BETWEEN}{_HAND}\b", re.IGNORECASE)
_LONE_HAND = re.compile(
    r"(?<!\bon\s)(?<!\bto\s)(?<!\bat\s)\b(?:her|his|their|your|my|with\s+the|using\s+the|but\s+the|of\s+the)\s+(left|right)\b(?!\s*-?\w)",
    re.IGNORECASE,
)
_SIDED_LEG = re.compile(rf"\b(left|right){_BETWEEN}{_LEG}\b", re.IGNORECASE)
_BOTH = re.compile(
    rf"\b(?:both|two)[\s-]+(?:\w+\s+)?{_PAIRED}\b|\btwo-handed\b|\beach\s+hand\b|\bleft\s+and\s+right\s+{_HAND}\b|\bboth\s+of\s+(?:her|his|their)\s+{_HAND}",
    re.IGNORECASE,
)
_ONE = re.compile(rf"\b(?:one|single)[\s-]+{_HAND}\b|\bsingle-handed\b", re.IGNORECASE)
_EITHER = re.compile(rf"\b(?:either|any|whichever)\s+{_HAND}\b", re.IGNORECASE)
_DIRECTIONS = {
    "dir:forward": re.compile(r"\bforwards?\b|\bahead\b|\bstraight\b|\bonwards?\b|\bin\s+front\b", re.IGNORECASE),
    "dir:backward": re.compile(
        r"\brear\b|\bbackwards?\b|\brearwards?\b|\bin\s+reverse\b|\b(?:steps?|walks?|moves?|backs?|stepping|walking|moving|leans?|jumps?|runs?|goes|going)\s+back\b(?!\s+(?:to|and\s+forth))|\bbacks?\s+(?:away|off|up)\b|\bretreats?\b",
        re.IGNORECASE,
    ),
    "dir:up": re.compile(
        r"\bupwards?\b|\b(?:hands?|arms?|points?|pointing|looks?|looking|reach\w*|reaching|eyes|finger|swats?|jumps?)\s+up\b|\bskywards?\b|\b(?:to|at|towards?)\s+the\s+(?:sky|ceiling|stars)\b|\boverhead\b",
        re.IGNORECASE,
    ),
    "dir:down": re.compile(
        r"\bdownwards?\b|\b(?:points?|pointing|looks?|looking|gazes?|gazing|eyes|finger|palms?)\s+down\b|\bat\s+the\s+(?:floor|ground|carpet)\b|\bto(?:wards?)?\s+the\s+(?:floor|ground)\b",
        re.IGNORECASE,
    ),
    "dir:around": re.compile(
        r"\ball\s+the\s+way\s+round\b|\b(?:turns?|turning|spins?|spinning|wheels?)\s+(?:all\s+)?(?:a)?round\b|\babout[\s-](?:face|turn)\b|\b(?:180|one\s+hundred\s+and\s+eighty)\b|\bhalf\s+turn\b",
        re.IGNORECASE,
    ),
}
_LEFTWARD = re.compile(r"\bleftwards?\b|\b(?:counter|anti)-?clockwise\b", re.IGNORECASE)
_RIGHTWARD = re.compile(r"\brightwards?\b|(?<!counter)(?<!anti)(?<!-)\bclockwise\b", re.IGNORECASE)
_NUMBERS = {
    word: number
    for number, words in enumerate(["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
    for word in ([words] if words else [])
}
_HEIGHT = re.compile(
    r"\b(?:to|at|above)\s+(?:the\s+)?(?:\w+\s+height|head|shoulders?)\s+(?:and\s+returns|height)|\bat\s+\w+\s+height\b",
    re.IGNORECASE,
)
"""How high a hand comes is no part of the body that it touches."""
_COUNT = "|".join([r"\d+", *_NUMBERS])
_TIMES = re.compile(
    rf"\b(?:(once|twice|thrice)|({_COUNT})\s+(?:times|nods|bows|claps|waves|jumps|steps|hops))\b", re.IGNORECASE
)
_FINGERS = re.compile(rf"\b({_COUNT})\s+fingers?\b|\b(?:number|count(?:s|ing)?\s+to)\s+({_COUNT})\b", re.IGNORECASE)
_POSTURES = {
    "floor": re.compile(r"\bl(?:ying|ies)\b|\bon\s+(?:the|all)\s+(?:floor|ground|fours)\b|\bcrawl\w*|\bkneel\w*", re.IGNORECASE),
    "walking": re.compile(r"\b(?:while|when)\s+(?:walking|running|strolling|jogging)\b|\bas\s+(?:she|he|they)\s+walks?\b", re.IGNORECASE),
    "seated": re.compile(
        r"\b(?:while|when|keeps?|stays?|remains?|is|are)\s+(?:sitting|seated)\b|\bseated\b|\bsits\s+and\b|\bsitting\b|\bfrom\s+(?:the|a|her|his)\s+(?:chair|seat|sofa|couch|bench)\b"
        r"|\b(?:in|on)\s+(?:a|the|her|his|their)\s+(?:chair|seat|armchair|sofa|couch|bench|stool)\b",
        re.IGNORECASE,
    ),
    "standing": re.compile(
        r"\b(?:while|when)\s+standing\b|\bstanding\s+(?:still|in\s+place|upright|person)\b|\bon\s+(?:her|his|their)\s+feet\b|\bstands\b|(?<!sits )(?<!sitting )\bupright\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
_CHANGES_POSTURE = re.compile(
    r"\b(?:sits?|sitting)\s+down\b|\bstands?\s+up\b|\bgets?\s+up\b|\brises?\b|\btakes?\s+a\s+seat\b|\bgo(?:es)?\s+from\b", re.IGNORECASE
)  # fmt: skip
_DOWN_TO_FLOOR = re.compile(r"\b(?:sits?|sitting|lies|lying)\s+down\s+on\s+the\s+(?:floor|ground)\b", re.IGNORECASE)
_IDIOMS = re.compile(
    r"\b(?:(?:does|do)\s+not|doesn't|don't|doesnt|dont)\s+(?:quite\s+)?(?:know|care|understand|agree|mind)\b|\bno\s+(?:idea|thanks|thank\s+you|clue)\b"
    r"|\bnot\s+(?:sure|only|at\s+ease|bad|exactly|quite|a\s+clue|the\s+faintest)\b|\bcan(?:not|'t)\s+(?:believe|contain|wait)\b|\bwithout\s+(?:confidence|a\s+clue|doubt)\b|\bnot\s+knowing\b"
    r"|\b(?:says?|saying|said|means?|meaning|signals?)\s+(?:no|not)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:(?:does|do|did|is|are|was|will|should|must|may|can)\s+not|doesn't|doesnt|don't|dont|didn't|isn't|aren't|won't|cannot|can't|shouldn't|mustn't|"
    r"not|without|never|instead\s+of|rather\s+than|no\s+longer|avoids?|avoiding|except|but\s+no|with\s+no|refrains?\s+from|refraining\s+from|nor)\s+(?:ever\s+|even\s+|also\s+|actually\s+)?([^,.;]+)",
    re.IGNORECASE,
)  # fmt: skip
_SCOPE_END = re.compile(
    r"\s*(?:\bbut\b|\bthen\b|\bwhile\b|\bjust\b|\binstead\b(?!\s+of)|\band\s+(?=(?:then\s+)?(?!the|his|her)\w+s\b(?!\s+(?:or|and)))|\bwith\s+(?=the\s+(?:left|right)\s+hand\s*$)).*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\s*(?:[,;.]|\band\s+then\b|\bthen\b|\bwhile\b|\band\b|\bbefore\b|\bas\s+(?:she|he|they)\b)\s*", re.IGNORECASE
)
_EMPTY = re.compile(
    r"\b(?:a|an|the|person|someone|somebody|she|he|they|man|woman|character|and|but|is|just|simply|please|,|\.)\b|[,.;\s]",
    re.IGNORECASE,
)
STILL = "stands still and waits"
"""What remains to be done when a text only says what is not to be done."""


@dataclass(frozen=True)
class Wording:
    """A query taken apart: ``text`` without its negated parts, those parts, the side and the posture it names."""

    text: str
    negated: tuple[str, ...]
    side: Side | None
    posture: Literal["standing", "seated"] | None
    values: frozenset[str] = frozenset()
    """Everything that :func:`values_named` finds in ``text``."""


def read_wording(query: str) -> Wording:
    """Take a query such as "waves with the left hand without moving her head" apart."""
    query = " ".join(query.split())
    text, negated = _split_negation(query)
    if not _EMPTY.sub("", text):
        text = STILL if negated else query
    sides = sides_named(text)
    values = values_named(text)
    if any(named_hand(values_named(phrase)) for phrase in negated):
        values = lone_side_as_hand(values)
    posture: Literal["standing", "seated"] | None = None
    if "posture:seated" in values:
        posture = "seated"
    elif "posture:standing" in values and text != STILL:
        posture = "standing"
    side: Side | None = "left" if sides == {"left"} else "right" if sides == {"right"} else None
    return Wording(text, negated, side, posture, values)


def _split_negation(query: str) -> tuple[str, tuple[str, ...]]:
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\0{len(kept) - 1}\0"

    protected = _IDIOMS.sub(keep, query)

    def restore(text: str) -> str:
        return re.sub(r"\0(\d+)\0", lambda match: kept[int(match.group(1))], text).strip(" ,.;")

    negated: list[str] = []

    def cut(match: re.Match[str]) -> str:
        phrase = match.group(1)
        end = _SCOPE_END.search(phrase)
        negated.append(restore(phrase[: end.start()] if end else phrase))
        return re.sub(r"^\s*(?:but|instead)\b", " ", phrase[end.start() :]) if end else ""

    text = protected
    while _NEGATION.search(text):
        text = _NEGATION.sub(cut, text, count=1)
    return re.sub(r"^(?:but|and)\s+", "", " ".join(restore(text).split())), tuple(
        phrase for phrase in negated if phrase
    )


@lru_cache(maxsize=65536)
def values_named(text: str) -> frozenset[str]:
    """Values of the lexicon that ``text`` names, with its sides (``hand:left``), directions (``dir:up``), numbers and posture."""
    found = set(motion_lexicon().read(_HEIGHT.sub(" ", text))) | _sides(text)
    found.update(name for name, pattern in _DIRECTIONS.items() if pattern.search(text))
    for match in _TIMES.finditer(text):
        word = (match.group(1) or match.group(2)).lower()
        times = {"once": 1, "twice": 2, "thrice": 3}.get(word) or _number(word)
        found.add(f"times:{min(times, 9)}")
    for match in _FINGERS.finditer(text):
        found.add(f"fingers:{min(_number((match.group(1) or match.group(2)).lower()), 9)}")
    if not _CHANGES_POSTURE.search(text):
        found.update(f"posture:{name}" for name, pattern in _POSTURES.items() if pattern.search(text))
    elif _DOWN_TO_FLOOR.search(text):
        found.add("posture:floor")
    return frozenset(found)


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)


def _sides(text: str) -> set[str]:
    """Hands, legs and directions of the words left and right; a side with no limb is a direction."""
    if _EITHER.search(text):
        text = _EITHER.sub(" ", text)
    rest = _NO_SIDE.sub(" ", text)
    found: set[str] = set()
    if _BOTH.search(rest):
        found.add("hand:both")
        rest = _BOTH.sub(" ", rest)
    elif _ONE.search(rest):
        found.add("hand:one")
    for group, pattern in (("hand", _SIDED_HAND), ("leg", _SIDED_LEG), ("hand", _LONE_HAND)):
        found.update(f"{group}:{match.group(1).lower()}" for match in pattern.finditer(rest))
        rest = pattern.sub(" ", rest)
    found.update(f"dir:{side.lower()}" for side in _SIDE.findall(rest))
    if _LEFTWARD.search(rest):
        found.add("dir:left")
    if _RIGHTWARD.search(rest):
        found.add("dir:right")
    return found


def named_hand(values: frozenset[str]) -> bool:
    """Whether one of the hands is among ``values``."""
    return bool(values & {"hand:left", "hand:right"})


def lone_side_as_hand(values: frozenset[str]) -> frozenset[str]:
    """``values`` where a bare side means a hand, as in "the left hand, not the right"."""
    return frozenset(
        value.replace("dir:", "hand:") if value in ("dir:left", "dir:right") else value for value in values
    )


def swap_sides(text: str) -> str:
    """``text`` with left and right exchanged, as the mirrored motion deserves."""
    kept = [match.group() for match in _NO_SIDE.finditer(text)]
    if kept:
        parts = _NO_SIDE.split(text)
        return "".join(_swap(part) + (kept[number] if number < len(kept) else "") for number, part in enumerate(parts))
    return _swap(text)


def _swap(text: str) -> str:
    return _EITHER_SIDE.sub(lambda match: _OTHER[match.group(1).lower().replace("-", "")], text)


def sides_named(text: str) -> set[str]:
    """Which of left and right ``text`` names."""
    return {side.lower() for side in _SIDE.findall(_NO_SIDE.sub("", text))}


def clauses(query: str) -> list[str]:
    """The single acts of a query: "nods, then points at the door" gives two. Fragments of one short word are dropped."""
    parts = [part.strip() for part in _CLAUSE.split(query)]
    return [part for part in parts if len(part) > 3]


_SIDE_PLACE = re.compile(
    r"\b(to|on|at|from|towards?)\s+(the|their|his|her|your|my|its)\s+(?:left|right)(?:\s+side)?\b", re.IGNORECASE
)
_OWN_SIDE = re.compile(r"\b(?:the|their|his|her|your|my|its)\s+(?:left|right)\b(?=[\s-]+\w)", re.IGNORECASE)
_WARDS = re.compile(r"\b(?:left|right)wards?\b", re.IGNORECASE)
_ANY_SIDE = re.compile(r"\s*\b(?:left|right)\b-?", re.IGNORECASE)


@lru_cache(maxsize=65536)
def without_sides(text: str) -> str:
    """``text`` that is the same for a motion and its mirror image: "waves with the left hand" gives "waves with a hand".

    Sides are a matter of rules; in an embedding they would only make unlike acts of one side alike.
    """
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\0{len(kept) - 1}\0"

    text = _NO_SIDE.sub(keep, text)
    text = _SIDE_PLACE.sub(r"\1 \2 side", text)
    text = _WARDS.sub("sideways", text)
    text = re.sub(r"\b(?:counter-?|anti-?)?clockwise\b", "around", text, flags=re.IGNORECASE)
    text = _ANY_SIDE.sub("", _OWN_SIDE.sub("a", text))
    text = re.sub(r"\0(\d+)\0", lambda match: kept[int(match.group(1))], text)
    return " ".join(text.split())

"""Things and people that a text names and that a clip knows nothing of."""

from __future__ import annotations

import re

from digital_life.momat.clip import Clip
from digital_life.momat.lexicon import motion_lexicon, stem, stems

_CHUNK = re.compile(
    r"\b(?:a|an|the|his|her|their|some|another|this|that|my|your|its)\s+((?:[a-z'-]+\s+){0,3}?[a-z'-]+)"
    r"(?=\s+(?:of|to|with|at|from|for|on|in|into|onto|by|over|under|and|or|but|then|while|as|up|down|off|away|behind|near"
    r"|against|around|like|slowly|quickly|again|twice|once|thrice|without|[a-z]+ly)\b|\s*[,.;!?]|\s+\w+\s+times\b|\s*$)",
    re.IGNORECASE,
)
_PARTNER = re.compile(
    r"\b(him|them|each other|one another|somebody|someone|everybody|everyone)\b"
    r"|\b(?:to|with|at|for|towards?|hugs?|greets?|kisses|pushes)\s+(her|him|them)\s*(?=$|[,.;]|and\b)"
    r"|(?<=\s)((?!I\b)[A-Z][a-z]+)\b",
)
_NO_THINGS = frozenset(
    map(
        stem,
        re.findall(
            r"\w+",
            """person man woman character way time times side sides moment manner step steps floor ground air spot place room
            front back left right circle line middle body hand hands arm arms head face foot feet leg legs knee knees
            finger fingers thumb shoulder shoulders chest heart eye eyes hip hips chin forehead temple ear ears mouth nose
            neck palm palms fist fists elbow wrist waist belly stomach lap hair heel toe bit little while half turn wave
            nod bow smile sigh shrug gesture pose walk run jump sky ceiling distance direction pace voice thought sign
            other others self upper lower trunk torso weight breath look glance seat""",
        ),
    )
)
"""Stems of nouns that are no things: parts of the body, places, times, and the acts themselves."""


def missing_things(text: str, clip: Clip) -> list[str]:
    """Nouns and names of ``text`` (English) of which no caption and no tag of ``clip`` says anything, in their order."""
    known = {word for words in (*clip.captions, *clip.tags, clip.id.replace("_", " ")) for word in stems(words)}
    found: list[tuple[int, str]] = []
    for match in _CHUNK.finditer(text):
        head = match.group(1).split()[-1].lower()
        if match.start() and not _is_part(head) and not {stem(head), stem(head.removesuffix("s"))} & known:
            found.append((match.start(), head))
    words = {word for caption in clip.captions for word in caption.split()}
    for match in _PARTNER.finditer(text):
        name = next(name for name in match.groups() if name)
        if name[0].isupper() or not words & {"other", "partner", "somebody"}:
            found.append((match.start(), name))
    return list(dict.fromkeys(name for _, name in sorted(found)))


def _is_part(head: str) -> bool:
    """Whether a noun is a part of the body, a place of the act itself or the person who acts."""
    return stem(head) in _NO_THINGS or any(value.startswith("part:") for value in motion_lexicon().read(head))

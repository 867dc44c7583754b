"""Words of emotion as pleasure, arousal and dominance: what a text such as "happy, excited and a bit nervous" says.

The signs follow Russell and Mehrabian (1977); the sizes, on the 1-9 scale, are ours.
"""

from __future__ import annotations

import re

from digital_life.behaviour import Emotion
from digital_life.sociomind.emotion import emotion

_OCTANTS = {
    "lively and glad": (7.2, 6.2, 6.0), "touched": (7.2, 6.2, 4.0), "relaxed": (7.2, 3.8, 6.0), "gentle": (7.2, 3.8, 4.0),
    "angry": (2.8, 6.8, 6.4), "anxious": (2.8, 6.8, 3.4), "aloof": (2.8, 3.8, 6.0), "sad": (2.8, 3.6, 3.4),
    "alert": (5.0, 6.8, 6.0), "tense": (4.6, 6.8, 4.0), "composed": (5.2, 3.2, 6.0), "shy": (4.6, 3.2, 3.4),
}  # fmt: skip
"""The words of ``emotion.describe``, each at a point that is described by it."""
_WORDS = {
    "happy": (7.8, 6.2, 6.2), "glad": (7.4, 6.0, 6.0), "joyful": (8.2, 6.8, 6.4), "cheerful": (7.6, 6.2, 6.2),
    "delighted": (8.2, 7.0, 6.2), "content": (7.2, 4.0, 6.0), "pleased": (7.2, 5.6, 6.0), "satisfied": (7.2, 4.6, 6.4),
    "excited": (7.6, 8.0, 6.2), "enthusiastic": (7.6, 7.2, 6.4), "elated": (8.4, 7.6, 6.6), "thrilled": (8.2, 8.2, 6.2),
    "amused": (7.4, 6.2, 6.0), "playful": (7.4, 6.6, 6.0), "proud": (7.6, 6.2, 7.4), "confident": (6.8, 5.6, 7.4),
    "hopeful": (6.8, 5.8, 5.6), "grateful": (7.6, 5.4, 4.6), "loving": (8.2, 5.6, 5.4), "tender": (7.2, 4.4, 4.8),
    "affectionate": (7.8, 5.4, 5.2), "calm": (6.6, 2.8, 6.0), "peaceful": (7.2, 2.6, 5.8), "serene": (7.2, 2.6, 6.0),
    "relieved": (6.8, 3.8, 5.4), "curious": (6.2, 6.2, 5.6), "interested": (6.4, 6.0, 5.8), "surprised": (5.8, 7.4, 4.2),
    "astonished": (5.8, 7.8, 3.8), "moved": (6.6, 6.0, 3.8), "nostalgic": (5.4, 4.2, 4.2), "neutral": (5.0, 5.0, 5.0),
    "bored": (3.6, 2.4, 3.8), "tired": (4.0, 2.4, 3.6), "lonely": (2.6, 3.6, 3.0), "disappointed": (3.0, 4.2, 3.6),
    "hurt": (2.4, 5.8, 3.0), "grieving": (1.8, 4.6, 2.6), "depressed": (1.8, 2.8, 2.4), "hopeless": (1.8, 3.4, 2.0),
    "melancholic": (3.2, 3.4, 3.6), "guilty": (2.6, 5.6, 2.8), "ashamed": (2.4, 5.6, 2.4), "embarrassed": (3.0, 6.6, 2.6),
    "nervous": (3.6, 6.8, 3.4), "worried": (3.2, 6.4, 3.4), "afraid": (2.2, 7.4, 2.6), "scared": (2.2, 7.6, 2.6),
    "terrified": (1.6, 8.4, 2.0), "stressed": (3.0, 7.0, 3.4), "confused": (4.0, 5.8, 3.4), "insecure": (3.2, 5.4, 2.8),
    "jealous": (2.6, 6.8, 4.0), "envious": (3.0, 6.2, 4.0), "annoyed": (3.2, 6.2, 5.6), "irritated": (3.0, 6.6, 5.6),
    "frustrated": (2.8, 6.6, 4.4), "furious": (1.8, 8.4, 6.6), "disgusted": (2.2, 6.2, 5.6), "contemptuous": (3.0, 5.4, 7.0),
    "suspicious": (3.6, 6.0, 5.2), "indignant": (2.8, 6.8, 6.0), "bitter": (2.6, 5.4, 4.4), "resigned": (3.6, 3.0, 3.0),
    "determined": (6.0, 6.4, 7.4), "defiant": (4.2, 6.8, 7.0), "indifferent": (4.8, 3.6, 5.6),
}  # fmt: skip
_DEGREES = {"extremely": 1.4, "very": 1.25, "really": 1.25, "deeply": 1.25, "slightly": 0.55, "a bit": 0.55, "a little": 0.55,
            "somewhat": 0.7, "rather": 0.9, "quite": 0.9}  # fmt: skip
_OCTANT_DEGREES = {"": 1.0, "very": 1.75, "slightly": 0.5}
_TERMS = {**_WORDS, **_OCTANTS}
_PATTERN = re.compile(
    rf"(?:\b(?P<degree>{'|'.join(sorted(_DEGREES, key=len, reverse=True))}) )?"
    rf"\b(?P<word>{'|'.join(sorted(map(re.escape, _TERMS), key=len, reverse=True))})\b"
)
_NEGATION = re.compile(r"\b(?:not|never|hardly|isn't|no longer)(?: so| at all)?\s*$")


def emotion_from_words(text: str) -> Emotion | None:
    """The emotion that ``text`` names: the mean of its words, each with its degree; None when it names none.

    A negated word counts for the opposite, weakly. What ``emotion.describe`` says is understood exactly:
    ``emotion_from_words(describe(...))`` is described by the same words.
    """
    said = " ".join(text.lower().replace("’", "'").split())
    degree, _, rest = said.partition(" ")
    word, scale = (rest, _OCTANT_DEGREES[degree]) if degree in _OCTANT_DEGREES and rest in _OCTANTS else (said, 1.0)
    if word in _OCTANTS:
        return emotion(*_from_middle(_OCTANTS[word], scale))
    points = []
    for match in _PATTERN.finditer(said):
        scale = _DEGREES.get((match["degree"] or "").strip(), 1.0)
        if _NEGATION.search(said[: match.start()]):
            scale = -0.4
        points.append(_from_middle(_TERMS[match["word"]], scale))
    if not points:
        return None
    return emotion(*(sum(values) / len(points) for values in zip(*points, strict=True)))


def _from_middle(point: tuple[float, float, float], scale: float) -> tuple[float, float, float]:
    pleasure, arousal, dominance = (min(9.0, max(1.0, 5 + (value - 5) * scale)) for value in point)
    return pleasure, arousal, dominance

"""Short titles of topics and plots, cut from longer texts where a phrase ends."""

from __future__ import annotations

import re

_TITLE_WORDS = 7
_TITLE_LETTERS = 60
_BREAK = re.compile(
    r"[:;.!?]\s|\s[-–—]\s|,\s|\s(?=(?:and|but|so|because|although|when|which|who|that|where|before|after|if)\b)"
)
"""Where a phrase is whole; a clause of its own begins after it."""
_HANGING = frozenset(
    [
        "a", "an", "the", "my", "our", "his", "her", "their", "its", "your", "some", "every", "no", "this", "that", "of", "to", "in",
        "on", "at", "by", "for", "from", "with", "without", "into", "about", "and", "or", "but", "so", "because", "who", "which",
        "will", "would", "can", "could", "has", "have", "had", "is", "are", "was", "were", "be", "been", "not", "very", "before",
        "after", "under", "over", "between", "through", "than", "as", "if", "when", "where",
    ]
)  # fmt: skip
"""Words that no title ends with."""


def title_of(text: str) -> str:
    """A short title of whole phrases: up to the first break that leaves enough, never ending in a hanging word."""
    words = text.strip().rstrip(".,;:!?").split()
    if len(words) > _TITLE_WORDS:
        head = " ".join(words[:_TITLE_WORDS])
        breaks = [found.start() for found in _BREAK.finditer(head)]
        whole = [head[:place] for place in breaks if len(head[:place].split()) >= 2]
        words = (whole[-1] if whole else head).split()
        while len(words) > 1 and words[-1].lower().strip(",;:") in _HANGING:
            words.pop()
    while len(" ".join(words)) > _TITLE_LETTERS and len(words) > 1:
        words.pop()
    return " ".join(words).rstrip(".,;:!?")[:_TITLE_LETTERS]

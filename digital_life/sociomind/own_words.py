"""Sentences turned from one speaker to the other: "I lost my keys" becomes "You lost your keys"."""

from __future__ import annotations

import re

_ALONE = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself",
    "we": "you", "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves",
    "i'm": "you're", "i've": "you've", "i'd": "you'd", "i'll": "you'll",
    "we're": "you're", "we've": "you've", "we'd": "you'd", "we'll": "you'll",
    "you": "I", "your": "my", "yours": "mine", "yourself": "myself",
}  # fmt: skip
_BEING = {
    "i am": "you are",
    "i was": "you were",
    "am i": "are you",
    "was i": "were you",
    "you are": "I am",
    "you were": "I was",
}
_OBJECT_YOU = re.compile(
    r"\b(to|for|with|from|about|of|at|by|than|tell|told|asked|ask|see|saw|like|love|thank|meet|met|give|gave|show|showed) you\b",
    re.IGNORECASE,
)
_OBJECT_MARK = "\x00"
_TURNED = re.compile(
    rf"\b({'|'.join(sorted(map(re.escape, (*_BEING, *_ALONE)), key=len, reverse=True))})(?![\w'])", re.IGNORECASE
)
_QUESTION = re.compile(
    r"^(?:and |so |but |well |now |please )*(?:(?:who|whom|what|where|when|why|how|which)(?:'s| else)? )?"
    r"(?:(?:do|did|would|could|can|will) you |(?P<be>are|were) you |(?P<have>have|had) you )(?P<rest>.*)$",
    re.IGNORECASE,
)  # fmt: skip
_BE = {"are": "I am", "were": "I was"}


def from_the_other_side(sentence: str) -> str:
    """What the speaker said of themselves, as the listener says it to them; names and the rest stay as they are."""
    plain = _OBJECT_YOU.sub(rf"\1 {_OBJECT_MARK}", sentence.replace("’", "'"))
    turned = _TURNED.sub(lambda found: _swapped(found[1]), plain).replace(_OBJECT_MARK, "me")
    return turned[:1].upper() + turned[1:]


def _swapped(words: str) -> str:
    known = words.lower()
    return _BEING.get(known) or _ALONE[known]


def as_a_statement(question: str) -> str:
    """The sentence that would answer a question to "you", as far as it says it itself: "Do you eat meat?" is "I eat meat".

    Sentence vectors of an answer are nearer to it than to the question.
    """
    plain = question.replace("’", "'").rstrip("?!. ")
    found = _QUESTION.match(plain)
    if not found:
        return from_the_other_side(plain)
    be, have = (found["be"] or "").lower(), (found["have"] or "").lower()
    subject = _BE[be] if be else f"I {have}".strip()
    rest = from_the_other_side(found["rest"])
    return f"{subject} {rest[:1].lower()}{rest[1:]}"


_FIRST: dict[str, str] = {"has": "have", "is": "am", "does": "do", "was": "was"}
_WOMEN = re.compile(
    r"\b(mother|sister|daughter|wife|woman|girl|grandmother|aunt|mum|mama|lady|queen|girlfriend)\b", re.I
)
_MEN = re.compile(r"\b(father|brother|son|husband|man|boy|grandfather|uncle|dad|papa|boyfriend|[a-z]+'s own)\b", re.I)
_SHE = (
    (r"\bshe (has|is|does|was)\b", lambda found: f"I {_FIRST[found[1].lower()]}"),
    (r"\bshe\b", "I"),
    (r"\bherself\b", "myself"),
    (r"\b(help|let|make|see|hear|watch|with|to|for|at|of|from|about|teach|tell|show|give) her\b(?! (?:own|\w+ (?:win|is|was|has)))", r"\1 me"),
    (r"\bher\b", "my"),
)  # fmt: skip
_HE = (
    (r"\bhe (himself )?(has|is|does|was)\b", lambda found: f"I {found[1] or ''}{_FIRST[found[2].lower()]}"),
    (r"\bhe\b", "I"),
    (r"\bhimself\b", "myself"),
    (r"\bhim\b", "me"),
    (r"\bhis\b", "my"),
)  # fmt: skip


def as_own_wish(wish: str) -> str:
    """A wish that a persona file gives in the third person ("to find people who will help her"), as one says it oneself.

    Pronouns stay where they may mean somebody else whom the wish names.
    """
    for others, rules in ((_WOMEN, _SHE), (_MEN, _HE)):
        if not others.search(wish):
            for pattern, own in rules:
                wish = re.sub(pattern, own, wish, flags=re.IGNORECASE)
    return wish

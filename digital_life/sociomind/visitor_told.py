"""What a visitor told of themselves, found again when they ask for it: "What did I say my job was?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digital_life.sociomind.aspects import aspects_asked
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.memory.terms import terms
from digital_life.sociomind.own_words import from_the_other_side

_RECALLS = re.compile(
    r"\b(remember|remind me|recall|recollect|forgot(ten)?|still know|did i (just )?(say|tell|mention)|i (just |already )?(told|said|mentioned)|i was telling"
    r"|have i told)\b",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"^(and |so |but |well |now |then )*|\b(do|did|can|could) you (still |even |happen to )?(remember|recall|know)\b|\byou (still )?(remember|recall)\b"
    r"|\bhave you forgotten\b|\bremind me\b|\bdid i (just )?(say|tell|mention)( to)?( you)?\b|\bi (just |already )?(told|said|mentioned)( to)?( you)?\b"
    r"|\b(a minute|a moment|a while) ago\b|\bearlier\b|\b(before|just now|again|do you recall)\b(?=\W*$)",
    re.IGNORECASE,
)
_MINE = re.compile(r"\b(i|i['’]m|i['’]ve|me|my|mine|we|us|our)\b", re.IGNORECASE)
_ASKS_OF_ME = re.compile(
    r"^\W*(?:and |so |but |then |ok,? |remind me,? )*(?=how old am i|who am i|who|what|where|when|which|whose|how)(who|whom|what|what['’]s|where|when|which|whose|how (many|old|long|much)) [^?]*"
    r"\b(am i (called|from|afraid|scared|allergic)|how old am i|was i born|do i (?!do\b|need|have to|get\b|go\b|know\b|start|find|tell|say|look|owe)[a-z]+"
    r"|did i (say|tell|mention|lose|study|grow|buy|find)"
    r"|(is|are|was|were|does|did|has|do) my \w+|my (name|job|work)|from me|of me|i['’]?m (called|from|afraid|scared))\b",
    re.IGNORECASE,
)
_YOUR_VIEW = re.compile(
    r"\b(should|can|could|may|shall|would) (i|we)\b|\byou (think|say|do|advise|recommend|make|want|mean)\b",
    re.IGNORECASE,
)
_TELLING = re.compile(r"\b(i|i['’]m|i['’]ve|i['’]d|my|me|we|our|mine)\b", re.IGNORECASE)
_NEAR = 0.4
_ASPECT = 0.35
_SHARED = 0.15
_MOST = 60
"""So many of the last sentences are looked through."""


@dataclass(frozen=True)
class Recalled:
    """``said`` is what the visitor told, turned to them, or empty when nothing fits what they ask for."""

    said: str
    asked: str
    """The thing asked for as the visitor's own, such as "your boat"; may be empty."""


def asks_for_own_words(question: str) -> bool:
    """Whether somebody asks for what they told of themselves before."""
    if not _MINE.search(question) or _YOUR_VIEW.search(question):
        return False
    return bool(_RECALLS.search(question) and not re.search(r"\bremember me\b", question, re.I)) or bool(
        _ASKS_OF_ME.search(question)
    )


def recall(question: str, told: Sequence[str], encoder: CachedEncoder) -> Recalled:
    """The sentence of ``told``, oldest first, that answers the question; the latest of equals."""
    core = " ".join(_FRAME.sub(" ", question).split()).strip(" ?,.!")
    asked = _thing(core)
    sentences = [text for text in told[-_MOST:] if _TELLING.search(text) and not text.endswith("?")]
    wanted = set(terms(core))
    if not sentences:
        return Recalled("", asked)
    if not wanted:
        return Recalled(from_the_other_side(sentences[-1]), asked)
    aspects = aspects_asked(core)
    cosines = (encoder.encode(sentences) @ encoder.encode([core, from_the_other_side(core)]).T).max(axis=1)
    scores = cosines + np.array(
        [
            _SHARED * min(2, len(wanted.intersection(terms(text))))
            + _ASPECT * any(aspect.told.search(text) for aspect in aspects)
            + 1e-4 * place
            for place, text in enumerate(sentences)
        ]
    )
    best = int(np.argmax(scores))
    return Recalled(from_the_other_side(sentences[best]) if scores[best] >= _NEAR else "", asked)


def _thing(core: str) -> str:
    """ "your boat" of "about my boat"."""
    found = re.search(r"\b(?:my|our) ([a-z][a-z'-]*(?: [a-z][a-z'-]*)?)", core, re.IGNORECASE)
    if not found:
        return ""
    words = found[1].split()
    return "your " + " ".join(words[:1] if len(words) > 1 and words[1] in _AFTER else words)


_AFTER = frozenset(
    ["is", "are", "was", "were", "has", "had", "have", "live", "lives", "work", "works", "do", "does", "did", "called", "and", "or",
     "in", "on", "at", "to", "for", "with", "from", "again"]
)  # fmt: skip

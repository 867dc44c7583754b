"""What can be said about an answer without a judge: an echo, the words of the right fact, words that contradict, and so on.

These checks catch the plain cases only: a right fact may be named by mistake, and a contradiction needs none of the listed
words. So they are shown apart from what a judge says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from digital_life.behaviour import Emotion
from digital_life.evaluate.minds.repetition import echoes
from digital_life.evaluate.turns.arms import Answer
from digital_life.evaluate.turns.held_out import Moment
from digital_life.face.expression import read_expression
from digital_life.sociomind.encoder import CachedEncoder

_MARKUP = re.compile(r"[{}<>\[\]*_`#|]|\\n|^\s*(?:speech|answer)\s*:", re.IGNORECASE)
_COMMON = {
    "en": "the a an is are was it i you to of and in not no my your that this have with for on at do what he she we but so me one "
    "yes hello goodbye good thank",
    "de": "der die das ist ich sie und nicht ein eine in wo mit von zu wohne aus es auf",
    "es": "el la los de que y en mi me no es un una con abuela por lo las",
    "no": "er jeg du og den det en ikke hunden min heter på som han til",
}
"""Some of the commonest words of a language; with them the language of a line of a few words is mostly known."""
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


class Checks:
    """Checks of answers; None where one does not apply. An answer of no use says nothing."""

    def __init__(self, encoder: CachedEncoder, fits_motion: Callable[[str], bool] | None = None) -> None:
        """``fits_motion`` says whether the body knows an act; None asks the motion library."""
        self._encoder = encoder
        self._given = fits_motion

    def all(self, answer: Answer, moment: Moment) -> dict[str, bool | None]:
        """Every check by name."""
        said, case = answer.speech, moment.case
        found: dict[str, bool | None] = {"says something": bool(said)}
        earlier = [line for speaker, line in moment.earlier if speaker != moment.persona.name]
        heard = (moment.heard, *earlier)
        found["no echo"] = not any(echoes(said, line, self._encoder) for line in heard) if said else None
        found["a word of the fact"] = _holds(said, case.words) if case.words else None
        found["no wrong word"] = not _holds(said, case.never) if said and case.never else None
        found["as oneself"] = as_oneself(said, moment.persona.name) if said else None
        found["language"] = language_fits(said, case.language) if said else None
        found["face known"] = bool(read_expression(answer.emotion, Emotion()).names)
        found["act known"] = bool(answer.action) and self._fits(answer.action)
        return found

    @cached_property
    def _fits(self) -> Callable[[str], bool]:
        if self._given is not None:
            return self._given
        from digital_life.momat.library import MotionLibrary
        from digital_life.momat.search import FITTING, MotionSearch

        search = MotionSearch(MotionLibrary.default(), self._encoder)
        return lambda act: search.search(act, k=1)[0].score > FITTING


def _holds(text: str, phrases: list[str]) -> bool:
    said = text.lower().replace("’", "'")
    return any(re.search(rf"(?<!\w){re.escape(phrase.lower())}(?!\w)", said) for phrase in phrases)


def as_oneself(text: str, name: str) -> bool:
    """Whether ``text`` is plain speech of ``name``: no markup, no speaker's tag, no talk of ``name`` in the third person."""
    own = re.escape(name)
    third = (
        rf"\b{own}(?:'s|’s| (?:is|was|has|had|will|would|can|does|says|said|smiles|nods|looks|wants)\b)|^\s*{own}\s*:"
    )
    return not _MARKUP.search(text) and not re.search(third, text)


def language_fits(text: str, language: str) -> bool:
    """Whether ``text`` is in English or in ``language``, as far as its commonest words tell; very short lines pass."""
    if _CYRILLIC.search(text):
        return language == "ru"
    said = re.findall(r"[^\W\d_]+", text.lower())
    counts = {code: sum(word in common.split() for word in said) for code, common in _COMMON.items()}
    if len(said) < 6 and not any(counts.values()):
        return True
    best = max(counts, key=lambda code: (counts[code], code == "en"))
    return counts[best] > 0 and best in ("en", language)

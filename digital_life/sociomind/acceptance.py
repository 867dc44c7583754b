"""Whether a small model's line may stand for the planned one: it must say the same, in other words, in character."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.hearing import split_sentences

COPIED = "said the planned line as it was"
FAITHFUL = 0.72
"""Least cosine with the planned line. In a few trials rewordings had 0.78 to 0.99, strayed lines about 0.33."""
_ECHO = 0.82
"""Cosine of a sentence with an earlier sentence above which it repeats that one."""
_NGRAM = 5
_NEW_WORDS = 0.25
"""Largest share of a sentence's content words that stand neither in the planned line nor in the partner's."""
_NEAR = 0.5
"""Least cosine of every sentence with its nearest planned one: nothing is put in front or behind."""
_KEPT_WORDS = 0.5
"""Least share of the planned content words that must come back."""
_BESIDE = 4
"""Words between a number and what it counts, at most."""
_LENGTHS = (0.5, 1.4)
"""Words of a line relative to the planned line."""

_OUT_OF_ROLE = re.compile(
    r"language model|\bAI\b|assistant|as an? (artificial|bot)|how (can|may) I (help|assist)"
    r"|can(no|['’])t (help|assist)|\b(heard|meaning):",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NEGATION = re.compile(r"\b(no|not|never|nobody|nothing|none|neither|nor|without|cannot|\w+n['’]t)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"^(?:and |but |so )?(he|she|they|it|his|her|their|him|them)\b", re.IGNORECASE)


def _each(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FIRST = _each("i me my mine myself")
_SECOND = _each("you your yours yourself")
_NUMBERS = _each(
    "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million once twice half"
)
_SMALL_WORDS = _each(
    "a an the and or but so if as at by for from in into of off on onto out over to up with than then there here this that "
    "these those it its is am are was were be been being do does did done have has had having will would can could shall "
    "should may might must not no never nor what which who whom whose when where why how very too just also all any some "
    "i me my mine myself you your yours yourself he him his she her hers they them their we us our oh ah well yes "
    "let's get got one more most only even still about because until while"
)


@dataclass(frozen=True)
class Setting:
    """What a line is judged against. ``said`` is all that was said before, ``foreign`` lines must not be leaned on."""

    plan: str
    heard: str
    said: Sequence[str]
    foreign: Sequence[str]
    speaker: str
    partner: str


def fault(line: str, setting: Setting, encoder: CachedEncoder) -> str:
    """Why the line cannot be taken, in a few words; empty when it can."""
    checks = (_form, _role, _repetition, _meaning, _words)
    reasons = (check(line, setting) for check in checks)
    return next((reason for reason in reasons if reason), "") or _similarity(line, setting, encoder)


def _form(line: str, setting: Setting) -> str:
    if not line or line[-1] not in ".!?…":
        return "broken off"
    if words(line) == words(setting.plan):
        return COPIED
    ratio = len(words(line)) / max(1, len(words(setting.plan)))
    return "" if _LENGTHS[0] <= ratio <= _LENGTHS[1] else "too short or too long"


def _role(line: str, setting: Setting) -> str:
    if _OUT_OF_ROLE.search(line):
        return "out of role"
    own, partner = re.escape(setting.speaker), re.escape(setting.partner)
    # Whoever says the own name introduces oneself, or it is a name for the partner or talk about a third person.
    introduced = (
        rf"\b(?:is|am|['’]m|me|called|just|simply) {own}\b|\b{own} (?:will do|is fine|is enough|for short)"
        rf"|(?:^|[.!?…] ){own} [A-Z]"
    )
    named = len(re.findall(rf"\b{own}\b", line)) > len(re.findall(introduced, line))
    if named or (partner and re.search(rf"\b(i am|i['’]m|my name is)\s+{partner}\b", line, re.IGNORECASE)):
        return "mixes up who speaks"
    planned = set(words(setting.plan))
    for sentence in split_sentences(line):
        start = _PRONOUN.search(sentence)
        if start and start[1].lower() not in planned:
            return "a pronoun that stands for nobody"
    return ""


def _repetition(line: str, setting: Setting) -> str:
    taken = _ngrams([*setting.said, *setting.foreign]) - _ngrams([setting.plan])
    if _ngrams([line]) & taken:
        return "repeats what was said"
    known = {tuple(words(part)) for text in (*setting.said, *setting.foreign) for part in split_sentences(text)}
    known -= {tuple(words(part)) for part in split_sentences(setting.plan)}
    sentences = [tuple(words(part)) for part in split_sentences(line)]
    twice = len(set(sentences)) < len(sentences)
    return "repeats what was said" if twice or any(len(part) > 2 and part in known for part in sentences) else ""


def _meaning(line: str, setting: Setting) -> str:
    plan = setting.plan
    if ("?" in line) != ("?" in plan):
        return "asks what was not planned, or the reverse"
    if bool(_NEGATION.search(line)) != bool(_NEGATION.search(plan)):
        return "contradicts the plan"
    mine, planned = _stems(words(line)), _stems(words(plan))
    for persons in (_FIRST, _SECOND):
        if bool(mine & persons) != bool(planned & persons):
            return "mixes up who speaks"
    return ""


def _words(line: str, setting: Setting) -> str:
    planned, heard = _stems(words(setting.plan)), _stems(words(setting.heard))
    if (
        (_numbers(line) ^ _numbers(setting.plan))
        or not _counted(setting.plan, line)
        or _names(line) - _names(setting.plan, every=True)
    ):
        return "changes a fact"
    mine = {_stem(word) for word in words(line) if word not in _SMALL_WORDS}
    wanted = {_stem(word) for word in words(setting.plan) if word not in _SMALL_WORDS}
    for sentence in split_sentences(line):
        told = {_stem(word) for word in words(sentence) if word not in _SMALL_WORDS}
        if told and len(told - planned - heard) / len(told) > _NEW_WORDS:
            return "brings in something of its own"
    return "" if not wanted or len(mine & wanted) / len(wanted) >= _KEPT_WORDS else "leaves out what was planned"


def _similarity(line: str, setting: Setting, encoder: CachedEncoder) -> str:
    spoken = [part for part in split_sentences(line) if len(words(part)) > 1]
    if not spoken or float(encoder.one(line) @ encoder.one(setting.plan)) < FAITHFUL:
        return "strays from the plan"
    vectors = encoder.encode(spoken)
    own = (vectors @ encoder.encode(split_sentences(setting.plan)).T).max(axis=1)
    if bool((own < _NEAR).any()):
        return "brings in something of its own"
    known = [part for text in setting.said for part in split_sentences(text) if len(words(part)) > 3]
    if not known:
        return ""
    nearest = (vectors @ encoder.encode(known).T).max(axis=1)
    # What the plan itself says again (a question given back) is the plan's decision.
    return "repeats what was said" if bool(((nearest > _ECHO) & (nearest > own)).any()) else ""


def words(text: str) -> list[str]:
    """The words of a text in lower case, with plain apostrophes."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def _ngrams(texts: Iterable[str]) -> set[tuple[str, ...]]:
    grams: set[tuple[str, ...]] = set()
    for text in texts:
        said = words(text)
        grams.update(tuple(said[start : start + _NGRAM]) for start in range(len(said) - _NGRAM + 1))
    return grams


def _stem(word: str) -> str:
    """Enough of a word to know its forms: "teaching" and "teach", "I'm" and "I"."""
    word = word.split("'")[0]
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _stems(said: Iterable[str]) -> set[str]:
    return {_stem(word) for word in said} | {word.split("'")[0] for word in said}


def _numbers(text: str) -> set[str]:
    return {word for word in words(text) if word in _NUMBERS or word.isdigit()}


def _counted(plan: str, line: str) -> bool:
    """Whether the line counts the same things as the plan: what follows a number there stands near that number here."""
    planned, said = words(plan), words(line)
    for place, word in enumerate(planned):
        following = planned[place + 1 : place + 1 + _BESIDE]
        if word not in _numbers(plan) or any(item in _NUMBERS or item.isdigit() for item in following[:2]):
            continue
        thing = next((_stem(item) for item in following if item not in _SMALL_WORDS), "")
        places = [at for at, other in enumerate(said) if other == word]
        near = {_stem(item) for at in places for item in said[max(0, at - _BESIDE) : at + 1 + _BESIDE]}
        if thing and thing not in near:
            return False
    return True


def _names(text: str, *, every: bool = False) -> set[str]:
    """Capitalised words inside sentences; with ``every`` those at the beginning too, which may be no names."""
    found = set()
    for sentence in split_sentences(text):
        spoken = _WORD.findall(sentence)
        found |= {word.split("'")[0] for word in (spoken if every else spoken[1:]) if word[0].isupper()}
    return found - {"I"}

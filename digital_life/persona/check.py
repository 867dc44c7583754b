"""What is doubtful about a persona that its schema allows: gaps, contradictions, names of living people, orders to a model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from digital_life.persona.drafting.clues import find_age, find_gender, find_traits
from digital_life.persona.schema import Intent, Persona

Level = Literal["warning", "hint"]
_SLOTS = frozenset(["partner", "name", "topic", "place", "echo", "memory", "belief"])
_SLOT = re.compile(r"(?<!\{)\{(\w*)\}(?!\})")
_MOST_WORDS = 35
_FACTS, _LINES, _SUBJECTS = 8, 3, 10


@dataclass(frozen=True)
class Finding:
    """One doubt. A "warning" is probably a mistake, a "hint" something that would make the persona better."""

    level: Level
    field: str
    text: str


def check_persona(persona: Persona, voices: Mapping[str, float] | None = None) -> list[Finding]:
    """All doubts about ``persona``, warnings first; an empty list when there are none.

    ``voices`` are the names of the voices there are, with their pitch (1 is a woman's); without them voices are not looked at.
    """
    checks: tuple[Callable[[Persona], Iterator[Finding]], ...] = (
        _living_people, _ages, _gender, _numbers_and_words, _facts, _relationships, _lines, _orders, _keys, _humanity, _gaps,
    )  # fmt: skip
    found = [finding for check in checks for finding in check(persona)]
    found += _voice(persona, voices) if voices else ()
    return sorted(found, key=lambda finding: finding.level == "hint")


# -- people ----------------------------------------------------------------------------------------------------------------


def _living_people(persona: Persona) -> Iterator[Finding]:
    name, described = _folded(persona.name), _folded(persona.description)
    for person in _living():
        folded = _folded(person)
        whole = rf"\b{re.escape(folded)}\b"
        if re.search(whole, name) or (" " in folded and re.search(whole, described)):
            yield Finding(
                "warning",
                "name",
                f"'{person}' is the name of a living person; a persona of somebody real needs their consent",
            )
    if re.search(
        r"\bbased on (?:the )?(?:real|actual|living)\b|\breal-life (?:person|celebrity)\b", persona.description, re.I
    ):
        yield Finding(
            "warning", "description", "it says that the persona is based on a real person; that needs their consent"
        )


@cache
def _living() -> tuple[str, ...]:
    path = Path(__file__).resolve().parent / "data" / "living_people.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).lower().split())


# -- contradictions ----------------------------------------------------------------------------------------------------------


def _ages(persona: Persona) -> Iterator[Finding]:
    if persona.appearance.age != persona.age:
        yield Finding(
            "warning", "appearance.age", f"the body is {persona.appearance.age}, the persona {persona.age} years old"
        )
    told = find_age(persona.description)
    if told and re.search(r"\d", persona.description) and abs(told - persona.age) > 1:
        yield Finding("warning", "age", f"the description speaks of {told} years, the age is {persona.age}")
    for number, fact in enumerate(persona.facts):
        years = [int(found) for found in re.findall(r"\b(?:for|after|nearly|almost) (\d{2}) years\b", fact)]
        said = re.search(r"\bI(?: a|['’])m (\d{1,3})(?: years old)?[.,]", fact)
        if said and abs(int(said[1]) - persona.age) > 1:
            yield Finding("warning", f"facts.{number}", f"it says {said[1]} years, the age is {persona.age}")
        if any(year >= persona.age for year in years):
            yield Finding(
                "warning", f"facts.{number}", f"{max(years)} years is longer than the persona has lived ({persona.age})"
            )
    if persona.age < 16:
        grown = re.compile(
            r"\b(?:my (?:wife|husband|ex-wife|ex-husband)|I (?:am|was) married|divorced|my (?:son|daughter)s?\b|retired|beer|wine|whisky)\b",
            re.I,
        )
        for number, fact in enumerate(persona.facts):
            if grown.search(fact):
                yield Finding("warning", f"facts.{number}", f"'{fact}' does not fit an age of {persona.age}")
        if persona.appearance.beard or getattr(persona.appearance, "facial_hair", "none") != "none":
            yield Finding("warning", "appearance", f"a beard does not fit an age of {persona.age}")


def _gender(persona: Persona) -> Iterator[Finding]:
    told, body = find_gender(persona.description), persona.appearance.gender
    if abs(told - body) > 0.6:
        words, looks = ("feminine", "masculine") if told > 0.5 else ("masculine", "feminine")
        yield Finding(
            "warning", "appearance.gender", f"the description uses {words} words, the body is {looks} ({body})"
        )


def _numbers_and_words(persona: Persona) -> Iterator[Finding]:
    told, words = find_traits(f"{persona.personality_description}. {persona.description}")
    for factor, score in told.items():
        number = getattr(persona.personality, factor)
        if abs(score - 5) >= 2 and abs(number - 5) >= 3 and (score - 5) * (number - 5) < 0:
            yield Finding(
                "warning",
                f"personality.{factor}",
                f"it is {number}, but the words speak of about {score} ({', '.join(words)})",
            )


_OPPOSITES: tuple[tuple[str, str, str], ...] = (
    (r"\b(?:no|never had) (?:children|child|kids)\b(?! of)", r"\bmy (?:own )?(?:son|daughter|child|children|kids)\b", "children"),
    (r"\b(?:no siblings|an only child)\b", r"\bmy (?:\w+ )?(?:brother|sister|twin)s?\b", "brothers or sisters"),
    (r"\b(?:never married|am single|not married)\b", r"\bmy (?:\w+ )?(?:wife|husband)\b", "marriage"),
    (r"\b(?:vegetarian|vegan)\b", r"\bI (?:eat|love|fry|grill) (?:\w+ ){0,2}(?:meat|steak|beef|pork|chicken|bacon)\b", "meat"),
    (r"\bnever (?:left|been outside)\b", r"\bI (?:lived|worked|travelled|studied) (?:\w+ ){0,3}abroad\b", "travel"),
    (r"\bcannot (?:swim)\b|\bcan['’]t swim\b", r"\bI swim\b|\bI love swimming\b", "swimming"),
    (r"\bnever (?:drink|touch) (?:coffee)\b", r"\bI (?:drink|love|need) (?:\w+ )*coffee (?:every|each|all)\b", "coffee"),
    (r"\bdo not drink\b|\bnever drink alcohol\b|\bteetotal\b", r"\bI (?:drink|love) (?:\w+ )*(?:wine|beer|whisky)\b", "alcohol"),
)  # fmt: skip


def _facts(persona: Persona) -> Iterator[Finding]:
    told = [*persona.facts, *(line for subject in persona.subjects for line in subject.tell)]
    for one, two, what in _OPPOSITES:
        first = next((text for text in told if re.search(one, text, re.I)), "")
        second = next((text for text in told if re.search(two, text, re.I)), "")
        if first and second and first != second:
            yield Finding("warning", "facts", f"they contradict each other about {what}: '{first}' and '{second}'")
    for index, fact in enumerate(persona.facts):
        for other in persona.facts[index + 1 :]:
            if _negated_twin(fact, other):
                yield Finding("warning", "facts", f"they contradict each other: '{fact}' and '{other}'")
    if len(set(persona.facts)) < len(persona.facts):
        yield Finding("warning", "facts", "one of them stands there twice")
    born = {match[1] for text in told if (match := re.search(r"\bI was born in ((?:[A-Z][\w'’-]+ ?)+)", text))}
    if len({place.strip() for place in born}) > 1:
        yield Finding("warning", "facts", f"it was born in several places: {', '.join(sorted(born))}")


_NEGATION = re.compile(r"\b(?:not|never|no|cannot|don['’]t|can['’]t|didn['’]t|won['’]t)\b", re.I)
_FILLERS = frozenset(
    [
        "i",
        "a",
        "an",
        "the",
        "my",
        "in",
        "on",
        "at",
        "to",
        "of",
        "and",
        "do",
        "am",
        "is",
        "was",
        "have",
        "had",
        "it",
        "every",
        "always",
        "each",
        "day",
    ]
)


def _negated_twin(one: str, two: str) -> bool:
    """Whether two facts say the same of the same thing, one of them with a negation."""
    if bool(_NEGATION.search(one)) == bool(_NEGATION.search(two)):
        return False
    first, second = (
        {word.rstrip("s") for word in re.findall(r"[a-z]+", _NEGATION.sub("", text.lower()))} - _FILLERS
        for text in (one, two)
    )
    return len(first & second) >= 2 and len(first & second) / max(1, min(len(first), len(second))) >= 0.75


def _relationships(persona: Persona) -> Iterator[Finding]:
    for name, relationship in persona.relationships.items():
        if name == persona.name:
            yield Finding("warning", f"relationships.{name}", "the persona is its own partner")
        warm = re.search(
            r"\b(?:love|adore|best friend|trust (?:her|him|them) with)\b",
            f"{relationship.description} {relationship.attitude}",
            re.I,
        )
        if warm and relationship.trust <= 2:
            yield Finding(
                "warning", f"relationships.{name}.trust", f"it is {relationship.trust}, but the words are warm"
            )


# -- lines and voice -----------------------------------------------------------------------------------------------------------


def _lines(persona: Persona) -> Iterator[Finding]:
    for intent, lines in persona.speech.lines.items():
        for line in lines:
            unknown = [slot for slot in _SLOT.findall(line) if slot not in _SLOTS]
            if unknown:
                yield Finding(
                    "warning",
                    f"speech.lines.{intent}",
                    f"there is no slot {{{unknown[0]}}}; slots: {', '.join(sorted(_SLOTS))}",
                )
            if len(line.split()) > _MOST_WORDS:
                yield Finding(
                    "hint",
                    f"speech.lines.{intent}",
                    f"a line of {len(line.split())} words is too long to be said: '{line[:50]}...'",
                )
        if len(set(lines)) < len(lines):
            yield Finding("warning", f"speech.lines.{intent}", "a line stands there twice")
    for index, subject in enumerate(persona.subjects):
        if re.search(r"\b(?:my|your)\b", subject.about):
            yield Finding(
                "hint",
                f"subjects.{index}.about",
                f"'{subject.about}' is said after 'about' by others too: leave out 'my' and 'your'",
            )


def _voice(persona: Persona, voices: Mapping[str, float]) -> Iterator[Finding]:
    name, gender = persona.voice.name, persona.appearance.gender
    if name not in voices:
        yield Finding("warning", "voice.name", f"there is no voice '{name}'; voices: {', '.join(voices)}")
        return
    pitch = voices[name] * (persona.voice.pitch or 1.0)
    if persona.age < 12 and pitch < 1.05:
        yield Finding("warning", "voice", f"'{name}' is a grown person's voice, the persona is {persona.age}")
    elif (gender < 0.25 and pitch > 0.85 and persona.age > 15) or (gender > 0.75 and pitch < 0.68):
        yield Finding("hint", "voice", f"the voice '{name}' is unusual for this body")


# -- safety ---------------------------------------------------------------------------------------------------------------------

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any |the |your )*(?:previous|prior|above|other|earlier|system) (?:\w+ )?(?:instructions?|rules?|prompts?|messages?)"
    r"|\b(?:system prompt|jailbreak|as an ai|language model|you are (?:chatgpt|an ai))\b|<\|\w+|\[/?INST\]|^\s*(?:system|assistant)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_KEY = re.compile(
    r"\b(?:sk|pk|ghp|gho|xox[bap])[-_][A-Za-z0-9_-]{16,}|\bAKIA[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)


def _texts(persona: Persona) -> Iterator[tuple[str, str]]:
    yield from (("description", persona.description), ("scenario", persona.scenario), ("culture", persona.culture))
    yield from ((f"facts.{index}", fact) for index, fact in enumerate(persona.facts))
    yield from ((f"beliefs.{index}", belief) for index, belief in enumerate(persona.beliefs))
    yield from ((f"speech.lines.{intent}", line) for intent, lines in persona.speech.lines.items() for line in lines)
    yield from (("speech.samples", line) for line in persona.speech.samples)
    for index, subject in enumerate(persona.subjects):
        yield from ((f"subjects.{index}", text) for text in (*subject.tell, subject.why, subject.feeling, subject.ask))
    yield from ((f"lorebook.entries.{index}", entry.content) for index, entry in enumerate(persona.lorebook.entries))


def _orders(persona: Persona) -> Iterator[Finding]:
    for field, text in _texts(persona):
        if _ORDERS.search(text):
            yield Finding(
                "warning",
                field,
                "it reads like an order to a language model; a persona cannot give any, so it is only noise",
            )


def _keys(persona: Persona) -> Iterator[Finding]:
    for field, text in _texts(persona):
        if _KEY.search(text):
            yield Finding(
                "warning", field, "it holds something like a secret key; take it out before you pass the file on"
            )


def _humanity(persona: Persona) -> Iterator[Finding]:
    claim = re.compile(
        r"\b(?:not|never) (?:an? )?(?:ai|bot|robot|language model|program)\b|\bI(?: a|['’])m a real (?:human|person)\b",
        re.I,
    )
    for field, text in _texts(persona):
        if claim.search(text):
            yield Finding(
                "warning",
                field,
                "it claims to be human or no machine; whoever asks in earnest is told the truth all the same",
            )


# -- gaps ------------------------------------------------------------------------------------------------------------------------


def _gaps(persona: Persona) -> Iterator[Finding]:
    if not persona.description.strip():
        yield Finding("warning", "description", "it is empty: nobody can play somebody of whom nothing is known")
    if len(persona.facts) < _FACTS:
        yield Finding(
            "hint", "facts", f"{len(persona.facts)} facts; with {_FACTS} there is more to remember and to answer with"
        )
    if len(persona.subjects) < _SUBJECTS:
        yield Finding("hint", "subjects", f"{len(persona.subjects)} subjects; {_SUBJECTS} carry a conversation")
    missing = [intent for intent in get_args(Intent) if len(persona.speech.lines.get(intent, ())) < 2]
    if missing:
        shown = ", ".join(missing[:6]) + (" and others" if len(missing) > 6 else "")
        yield Finding("hint", "speech.lines", f"fewer than two lines for {shown}; plain lines are said instead")
    for field in ("culture", "personality_description", "topics"):
        if not getattr(persona, field):
            yield Finding("hint", field, "it is empty")
    if not persona.speech.description:
        yield Finding("hint", "speech.description", "it is empty: how does it talk?")

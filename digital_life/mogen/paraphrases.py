"""Other wordings of training captions, from three words to a sentence, so that MoGen does not only learn templates.

A caption is taken apart into who acts, the act, how it is done and whether they sit. The act is said in another way by the
rules of ``data/paraphrases.yaml``, and the parts are put together anew: as a sentence, a request, a gerund, or a bare
phrase; with another person; in another order; with style and posture in other words. Left and right are never dropped.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from digital_life.momat.wording import sides_named, swap_sides
from digital_life.yaml_file import load_yaml

PATH = Path(__file__).parent / "data" / "paraphrases.yaml"
TRIES = 12
"""Draws for every wording that is asked for; captions that can be said in few ways give fewer wordings."""

Form = Literal["base", "third", "gerund"]
_FORMS: tuple[Form, ...] = ("base", "third", "gerund")

_VERB = re.compile(r"\*(\w+)")
_SLOT = re.compile(r"\{(\w+)\}")
_SUBJECT = re.compile(r"^(?:(?:a|the) (seated )?(?:person|character)|someone) ")
_LONG_TAKE = re.compile(r"^a long (?:idle )?take (?:in which|of) a person ")
_CLAUSE = re.compile(r"(^|,? and (?:then )?|,? then |, )(\w+)")
_SIDE = re.compile(r"\b(left|right)\b")
_ANY_SIDE = re.compile(_SIDE.pattern, re.IGNORECASE)
_OTHER = {"left": "right", "right": "left"}
_DOUBLED = re.compile(r"(?:^|[^aeiou])[aeiou][bdgmnpt]$")
_SINGLE = frozenset(["happen", "listen", "open", "gather", "enter", "weaken"])
_IRREGULAR = {
    "be": ("is", "being"),
    "have": ("has", "having"),
    "lie": ("lies", "lying"),
    "swivel": ("swivels", "swiveling"),
}
_HANDS = frozenset(["hand", "arm", "it", "handed"])
_SLOTS = {
    "hand": r"(?:both|the|a|their)(?: left| right)? (?:hands?|arms?)|(?:left|right) hand",
    "side": r"left|right",
    "n": r"\d+(?:\.\d+)?",
    "speed": r"\d+(?:\.\d+)?",
    "metres": r"metres?",
    "any": r".+",
}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Act(_Strict):
    says: tuple[str, ...]
    also: tuple[str, ...]


class _Style(_Strict):
    also: tuple[str, ...]
    who: tuple[str, ...] = ()


class _Posture(_Strict):
    says: tuple[str, ...]
    also: tuple[str, ...]


class _Subjects(_Strict):
    plain: tuple[str, ...]
    he: tuple[str, ...]
    she: tuple[str, ...]


class _Rules(_Strict):
    subjects: _Subjects
    feelings: tuple[str, ...]
    styles: dict[str, _Style]
    postures: dict[str, _Posture]
    acts: tuple[_Act, ...]
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class _Pattern:
    """What matches an act whole, and the ways to say it."""

    matches: re.Pattern[str]
    wordings: tuple[str, ...]


@dataclass(frozen=True)
class _Parts:
    """A caption taken apart; ``act`` may have marked verbs."""

    act: str
    style: str
    posture: str


def paraphrases(caption: str, count: int, *, seed: int = 0) -> tuple[str, ...]:
    """At most ``count`` other wordings of an English ``caption``, all different; the same for the same seed.

    A wording names the same sides as its caption, so ``swap_sides`` of it is a wording of the mirrored caption.
    """
    rng = np.random.default_rng([seed, zlib.crc32(caption.encode())])
    parts = _taken_apart(caption)
    found: dict[str, None] = {}
    for _ in range(TRIES * count):
        if len(found) == count:
            break
        wording = _said(parts, rng)
        if (
            wording.lower().rstrip(".") != caption.lower()
            and len(wording.split()) > 1
            and _same_sides(wording, caption)
        ):
            found[wording] = None
    return tuple(found)


def _same_sides(wording: str, caption: str) -> bool:
    """Whether both name the same sides, in words that the mirrored wording exchanges ("right there" would stay)."""
    sides, mirrored = sides_named(caption), sides_named(swap_sides(wording))
    said = {side.lower() for side in _ANY_SIDE.findall(wording)}
    return sides_named(wording) == said == sides and mirrored == {_OTHER[side] for side in sides}


def _taken_apart(caption: str) -> _Parts:
    rules = _rules()
    act, style, posture = caption, "", ""
    if act.startswith("seated "):
        act, posture = act.removeprefix("seated "), "seated"
    if (who := _SUBJECT.match(act)) is not None:
        act, posture = act[who.end() :], "seated" if who.group(1) else posture
    act = _LONG_TAKE.sub("", act)
    for name, words in rules.postures.items():
        for ending in words.says:
            if act.endswith(ending):
                act, posture = act.removesuffix(ending), name
    for name in rules.styles:
        if act.endswith(f" {name}"):
            act, style = act.removesuffix(f" {name}"), name
            break
    return _Parts(act, style, posture)


def _said(parts: _Parts, rng: np.random.Generator) -> str:
    """One wording, drawn at random."""
    rules = _rules()
    act = _other_act(parts.act, rng)
    words = rules.styles[parts.style] if parts.style else None
    adjective = _one(words.who, rng) if "*" in act and words and words.who and rng.random() < 0.3 else ""
    style = f" {_one((parts.style, *words.also), rng)}" if words and not adjective else ""
    posture = _posture(parts.posture, rng)
    if "*" not in act:
        return _neat(f"{_owned(act, 'their')}{style}{posture}")
    form = str(rng.choice(["third", "base", "gerund", "progressive"], p=[0.5, 0.2, 0.15, 0.15]))
    if form in ("base", "gerund") and not adjective:
        owner = "your" if form == "base" and rng.random() < 0.5 else "the" if rng.random() < 0.5 else "their"
        return _neat(_ordered(_conjugated(act, "base" if form == "base" else "gerund"), style, posture, owner, rng))
    who, owner = _subject(adjective, rng)
    being = "is " if form == "progressive" else ""
    return _neat(
        _ordered(f"{who} {being}{_conjugated(act, 'gerund' if being else 'third')}", style, posture, owner, rng)
    )


def _ordered(core: str, style: str, posture: str, owner: str, rng: np.random.Generator) -> str:
    """The parts in one of their orders, now and then as a sentence with a full stop."""
    core = _owned(core, owner)
    draw = rng.random()
    if style and draw < 0.2:
        text = f"{style.strip()}, {core}{posture}"
    elif posture.startswith(" while") and draw < 0.3:
        text = f"{posture.strip()}, {core}{style}"
    else:
        text = f"{core}{style}{posture}"
    return f"{text[0].upper()}{text[1:]}." if rng.random() < 0.2 else text


def _posture(posture: str, rng: np.random.Generator) -> str:
    """Sitting is mostly said, standing is mostly not."""
    if not posture or rng.random() >= (0.7 if posture == "seated" else 0.2):
        return ""
    return _one(_rules().postures[posture].also, rng)


def _subject(adjective: str, rng: np.random.Generator) -> tuple[str, str]:
    """Who acts, and the word for what is theirs."""
    subjects = _rules().subjects
    groups = ((subjects.plain, "their"), (subjects.he, "his"), (subjects.she, "her"))
    names, owner = groups[int(rng.choice(3, p=[0.5, 0.25, 0.25]))]
    if not adjective:
        return _one(names, rng), owner
    noun = _one([name.split()[1] for name in names if name.startswith("a ")], rng)
    article = "an" if adjective[0] in "aeiou" else "a"
    return f"{article} {adjective} {noun}", owner


def _owned(text: str, owner: str) -> str:
    """``text`` with ``owner`` for the words that say whose hand, chest or head it is."""
    plural = {"his": "himself", "her": "herself", "your": "yourself"}.get(owner, "themselves")
    return re.sub(r"\bthemselves\b", plural, re.sub(r"\btheir\b", owner, text))


def _neat(text: str) -> str:
    return " ".join(text.replace(" ,", ",").split())


def _other_act(act: str, rng: np.random.Generator) -> str:
    """The act in another way, its verbs marked; as it is where no rule covers it."""
    known = _known_act(act)
    return _marked(act) if known is None else _filled(_one(known[0].wordings, rng), known[1], rng)


@lru_cache(maxsize=8192)
def _known_act(act: str) -> tuple[_Pattern, dict[str, str | None]] | None:
    """The first pattern that fits the act, and what fills its slots."""
    for pattern in _patterns():
        if (match := pattern.matches.fullmatch(act)) is not None:
            return pattern, match.groupdict()
    return None


def _filled(wording: str, slots: dict[str, str | None], rng: np.random.Generator) -> str:
    """``wording`` with its slots filled; a hand that the caption does not name is "a hand" or "the hands"."""
    hand = slots.get("hand") or ("a hand" if rng.random() < 0.7 else "the hands")
    side = _SIDE.search(hand)
    many = hand.endswith("s")
    if side:
        hand = _one([f"the {side.group()} hand", f"the {side.group()} hand", f"their {side.group()} hand"], rng)
    arm = hand.replace("hand", "arm")
    if slots.get("hand") and "finger" not in wording and rng.random() < 0.15:
        hand = arm
    handed = f"{side.group()}-handed" if side else "two-handed" if many else "one-handed"
    named = {**slots, "hand": hand, "arm": arm, "it": "them" if many else "it", "handed": handed}
    return _SLOT.sub(lambda slot: named.get(slot.group(1)) or "", wording)


def _marked(act: str) -> str:
    """``act`` with its known verbs marked: the first word of each clause, where it is one."""
    forms = _verb_forms()

    def mark(match: re.Match[str]) -> str:
        verb = forms.get(match.group(2))
        return match.group() if verb is None else f"{match.group(1)}*{verb}"

    marked = _CLAUSE.sub(mark, act)
    return marked if marked.startswith("*") else act


def _conjugated(act: str, form: Form) -> str:
    return _VERB.sub(lambda match: _verb(match.group(1), form), act)


@cache
def _verb(base: str, form: Form) -> str:
    """A form of a verb: wave, waves, waving."""
    if form == "base":
        return base
    if base in _IRREGULAR:
        return _IRREGULAR[base][0 if form == "third" else 1]
    if form == "third":
        if re.search("(?:s|sh|ch|x|z|o)$", base):
            return f"{base}es"
        return f"{base[:-1]}ies" if re.search("[^aeiou]y$", base) else f"{base}s"
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
        return f"{base[:-1]}ing"
    return f"{base}{base[-1]}ing" if _DOUBLED.search(base) and base not in _SINGLE else f"{base}ing"


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    return load_yaml(PATH, _Rules)


@lru_cache(maxsize=1)
def _patterns() -> tuple[_Pattern, ...]:
    """One for each wording that captions have; what is said instead has slots that this one fills, and names the hand too."""
    feelings = "|".join(sorted(map(re.escape, _rules().feelings), key=len, reverse=True))
    found = []
    for act in _rules().acts:
        for say in act.says:
            given = {*_HANDS, *_SLOT.findall(say)}
            ways = [way for way in (*act.says, *act.also) if not way.startswith("{hand} *")]  # the hand is no actor
            usable = [way for way in ways if given.issuperset(_SLOT.findall(way))]
            if "{hand}" in say:
                usable = [way for way in usable if not _HANDS.isdisjoint(_SLOT.findall(way))]
            found.append(_Pattern(re.compile(_expression(say, feelings)), tuple(usable)))
    return tuple(found)


def _expression(say: str, feelings: str) -> str:
    """The regular expression of a wording: verbs in any form, slots as named groups, one that comes again the same."""
    found = ""
    for part in re.split(r"(\*\w+|\{\w+\})", say):
        slot = part[1:-1]
        if part.startswith("*"):
            found += f"(?:{'|'.join(_verb(part[1:], form) for form in _FORMS)})"
        elif not part.startswith("{"):
            found += re.escape(part)
        elif f"(?P<{slot}>" in found:
            found += f"(?P={slot})"
        else:
            found += f"(?P<{slot}>{feelings if slot == 'feeling' else _SLOTS[slot]})"
    return found


@lru_cache(maxsize=1)
def _verb_forms() -> dict[str, str]:
    """Every form that captions have of the known verbs, and the verb."""
    return {_verb(verb, form): verb for verb in _rules().verbs for form in ("third", "base")}


def _one(choices: Any, rng: np.random.Generator) -> str:
    return str(choices[int(rng.integers(len(choices)))])

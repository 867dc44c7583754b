"""A whole persona out of a paragraph, by rules and written lines; no model, the same text and seed give the same persona."""

from __future__ import annotations

import random
import re
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from digital_life.persona.drafting.clues import Clues, read_clues
from digital_life.persona.looks.keywords import read_appearance
from digital_life.persona.schema import Persona

_DATA = Path(__file__).resolve().parent.parent / "data"
_NAMES = ("Robin", "Noor", "Sasha", "Kim", "Alex", "Jules", "Ariel", "Toby", "Mika", "Remy")
_BELIEFS = {
    ("agreeableness", 1): "People are better than their worst day.",
    ("agreeableness", -1): "Politeness is what people use when they have nothing to say.",
    ("openness", 1): "There is always another way of looking at it.",
    ("openness", -1): "What has worked for a hundred years need not be improved by Friday.",
    ("conscientiousness", 1): "A promise is a debt.",
    ("conscientiousness", -1): "A plan is a good thing to change.",
    ("extraversion", 1): "Every stranger is a story that has not been told yet.",
    ("extraversion", -1): "Most things are better said once and quietly.",
    ("neuroticism", 1): "If something can go wrong, it is wise to have thought of it.",
    ("neuroticism", -1): "Most storms pass while one is still looking for the umbrella.",
}
_LONG = {"warm": "to be somebody whom others can come to", "dry": "to be left with few people, and the right ones",
         "lively": "to have so many stories that no evening is long enough"}  # fmt: skip
_SHORT = {"warm": "to find out what the other one really needs today", "dry": "to hear one sentence today that is true",
          "lively": "to make somebody laugh before the evening is over"}  # fmt: skip
_MOST_SUBJECTS = 18
_PIECES = 2
"""Facts told about one subject."""
_FACTS = 8


def draft_persona(text: str, *, name: str = "", seed: int = 0) -> Persona:
    """A persona of all that ``text`` says about somebody, completed to the depth of a shipped one.

    Names, age, gender, traits, wishes, beliefs and facts are taken from the text; lines come from the manner that fits
    the traits, stories for themes the text does not touch from a stock that anybody could tell.
    """
    clues = read_clues(text, name)
    rng = random.Random(zlib.crc32(f"{seed}|{text}".encode("utf-8", "replace")))
    called = (clues.name or name or rng.choice(_NAMES))[:40]
    manner = _manner(clues)
    age = max(4, min(90, clues.age or rng.choice((28, 34, 41, 47))))
    lines = _table("manners")[manner]
    return Persona.model_validate(
        {
            "name": called,
            "description": _description(text, called),
            "age": age,
            "culture": f"from {clues.origin}" if clues.origin else "",
            "personality": clues.personality,
            "personality_description": ", ".join(clues.traits[:6]),
            "beliefs": _beliefs(clues),
            "facts": _facts(clues),
            "motivation": {
                "long_term": clues.long_term or _LONG[manner],
                "short_term": clues.short_term or _SHORT[manner],
            },
            "topics": [subject["about"] for subject in _own_subjects(clues)][:6],
            "subjects": _subjects(clues),
            "speech": {
                "description": lines["description"],
                "lines": {intent: list(options) for intent, options in lines.items() if intent != "description"},
            },
            "voice": _voice(age, clues.gender, rng),
            "appearance": _appearance(age, clues.gender, text, rng),
        }
    )


@cache
def _table(name: str) -> dict[str, Any]:
    import yaml

    data: dict[str, Any] = yaml.safe_load((_DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return data


def _manner(clues: Clues) -> str:
    if clues.personality["extraversion"] >= 7:
        return "lively"
    return "dry" if clues.personality["agreeableness"] <= 4 else "warm"


def _description(text: str, name: str) -> str:
    told = " ".join(text.split())[:1200]
    end = told.rfind(".")
    told = told[: end + 1] if len(told) == 1200 and end > 400 else told
    return told or f"{name} is somebody about whom nothing is known yet."


def _beliefs(clues: Clues) -> list[str]:
    found = list(clues.beliefs)
    strongest = sorted(clues.personality.items(), key=lambda item: -abs(item[1] - 5))
    for factor, score in strongest:
        if len(found) < 3:
            found.append(_BELIEFS[factor, 1 if score >= 5 else -1])
    return list(dict.fromkeys(found))


def _own_subjects(clues: Clues) -> list[dict[str, Any]]:
    """A subject for each theme that facts speak of: the facts are what it tells."""
    by_theme: dict[str, list[str]] = {}
    for fact in clues.facts:
        by_theme.setdefault(_theme(fact), []).append(fact)
    themes = _table("themes")
    told = [
        (theme, facts[at : at + _PIECES]) for theme, facts in by_theme.items() for at in range(0, len(facts), _PIECES)
    ]
    return [
        {
            "about": _about(facts[0]),
            "theme": theme,
            "mood": themes[theme]["mood"],
            "tell": facts,
            "why": themes[theme]["why"],
            "feeling": themes[theme]["feeling"],
            "ask": themes[theme]["ask"],
            "intimacy": themes[theme].get("intimacy", 1),
        }
        for theme, facts in told
    ]


def _subjects(clues: Clues) -> list[dict[str, Any]]:
    own = _own_subjects(clues)
    missing = [theme for theme in _table("themes") if theme not in {subject["theme"] for subject in own}]
    stock = [
        {key: value for key, value in _table("themes")[theme].items() if key != "words"} | {"theme": theme}
        for theme in missing
    ]
    return (own + stock)[:_MOST_SUBJECTS]


def _facts(clues: Clues) -> list[str]:
    """The facts that are told, and as many of the stock stories as make enough to remember."""
    told = {subject["theme"] for subject in _own_subjects(clues)}
    stock = [
        entry["tell"][0] for theme, entry in _table("themes").items() if theme not in told and "intimacy" not in entry
    ]
    return clues.facts + stock[: max(0, _FACTS - len(clues.facts))]


def _theme(fact: str) -> str:
    said = set(re.findall(r"[a-z]+", fact.lower()))
    scores = {theme: len(said & set(entry["words"].split())) for theme, entry in _table("themes").items()}
    best = max(scores, key=lambda theme: scores[theme])
    return best if scores[best] else "rest"


_PHRASE = re.compile(
    r"\b((?:a|an|the|my|his|her|their|our) (?:[\w'’-]+ ){0,2}?[\w'’-]+)"
    r"(?=[.,;!?]| (?:and|but|who|that|which|in|on|at|of|for|with|to|from|when|because)\b|$)"
)


def _about(fact: str) -> str:
    """A noun phrase of a fact that fits after "about"."""
    found = [phrase for phrase in _PHRASE.findall(fact) if len(phrase) > 4]
    if not found:
        return _object(fact)
    if fact.startswith("I am ") and found[0].startswith(("a ", "an ")):
        return f"being {found[0]}"
    phrase = max(found, key=len)
    return re.sub(r"^(my|his|her|their|our|an?) ", "the ", phrase)


_OBJECT = re.compile(
    r"^I (?:never |always |still |once |secretly |only )?(?:(?:cannot|can['’]t|don['’]t|do not) )?[a-z]+ (?:from |in |about )?"
    r"((?!to |asleep |up )[\w'’-]+(?: (?!(?:for|and|but|from|with|on|in|at|to|when|because|every|of)\b)[\w'’-]+){0,2})"
)


_FEELING_OF = re.compile(r"\b(?:afraid|ashamed|fond|frightened|proud|scared|terrified|tired) of ([\w'’-]+)")


def _object(fact: str) -> str:
    """What a plain fact is about: "I collect tram tickets." is about tram tickets, "I am shy." about being shy."""
    feeling = _FEELING_OF.search(fact)
    match = _OBJECT.match(fact)
    thing = feeling[1] if feeling else match[1].strip(".!?") if match else ""
    if len(thing) <= 3:
        return "something that happened to me"
    return f"being {thing}" if fact.startswith("I am ") and not feeling else thing


def _voice(age: int, gender: float, rng: random.Random) -> dict[str, Any]:
    if age < 13:
        return {"name": "pip", "pitch": round(rng.uniform(0.94, 1.06), 2)}
    if gender > 0.6:
        name = rng.choice(("ada", "ines")) if age < 33 else "nora" if age > 58 else rng.choice(("mira", "ines", "nora"))
    elif gender < 0.4:
        name = rng.choice(("tom", "viktor"))
    else:
        name = "sol"
    slower = 0.94 if age > 65 else 1.0
    return {
        "name": name,
        "pitch": round(rng.uniform(0.93, 1.07), 2),
        "speed": round(slower * rng.uniform(0.97, 1.03), 2),
    }


def _appearance(age: int, gender: float, text: str, rng: random.Random) -> dict[str, Any]:
    known = {"age": age, "gender": gender, "face_seed": rng.randrange(1, 10_000)}
    return read_appearance(text, known) | known

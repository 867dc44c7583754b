"""What a paragraph says about a person: name, age, gender, character, wishes, beliefs, facts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digital_life.persona.drafting.first_person import clauses, first_person

_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80}
_ONES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
         "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
         "eighteen": 18, "nineteen": 19}  # fmt: skip
_AGE_WORDS = (
    (r"\b(toddler|little (girl|boy))\b", 7), (r"\b(child|schoolgirl|schoolboy)\b(?! psych)", 10),
    (r"\b(teenage\w*|teen)\b", 16), (r"\bstudent\b", 21), (r"\byoung (woman|man|person)\b", 24),
    (r"\bmiddle-aged\b", 48), (r"\b(elderly|aged|old (woman|man|lady)|retired|pensioner|grandmother|grandfather)\b", 72),
)  # fmt: skip
_FEMALE = re.compile(
    r"\b(she|her|hers|herself|woman|girl|lady|mother|daughter|wife|sister|widow|grandmother|female|actress)\b", re.I
)
_MALE = re.compile(
    r"\b(he|him|his|himself|man|boy|gentleman|father|son|husband|brother|widower|grandfather|male)\b", re.I
)
_NAME_CUES = (
    r"\b(?:called|named|[Mm]y name is|[Nn]ame:)\s+([A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2})",
    r"\b(?:I am|I['’]m|You are)\s+([A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2})",
    r"^\s*([A-Z][\w'’-]+(?: (?:[A-Z][\w'’-]+|de|van|von|da|al)){0,3})(?:,| is| was| has| works| lives| runs|['’]s)",
)  # fmt: skip
_NO_NAME = frozenset(
    [
        "A",
        "An",
        "The",
        "She",
        "He",
        "They",
        "I",
        "You",
        "My",
        "Her",
        "His",
        "Our",
        "This",
        "That",
        "It",
        "In",
        "At",
        "Once",
        "When",
        "As",
    ]
)
_BORN = re.compile(r"\b(?:born|grew up|raised|comes|come|came|from)\s+(?:and raised )?(?:in|on|from|near)?\s*((?:the )?[A-Z][\w-]+(?:(?:,)? [A-Z][\w-]+){0,3})")  # fmt: skip

TRAITS: tuple[tuple[str, str, int], ...] = (
    ("openness", r"curious|imaginative|creative|artist\w*|poet\w*|dream(?:er|y)|inventive|philosoph\w+|adventurous|wonder\w*", 2),
    ("openness", r"conventional|traditional|down-to-earth|practical|narrow-minded|set in (?:her|his|their) ways", -2),
    ("conscientiousness", r"careful|orderly|exact|punctual|disciplined|meticulous|hard-?working|reliable|precise|tidy|strict", 2),
    ("conscientiousness", r"messy|chaotic|lazy|careless|forgetful|impulsive|late|disorgani[sz]ed|scatter\w*", -2),
    ("extraversion", r"outgoing|cheerful|loud|talkative|exuberant|lively|sociable|energetic|bubbly|boisterous|theatrical|funny", 3),
    ("extraversion", r"shy|quiet|reserved|withdrawn|introvert\w*|silent|solitary|lonely|loner|hates (?:noise|crowds|small talk)|taciturn|soft-spoken", -3),
    ("agreeableness", r"kind|warm|gentle|generous|friendly|caring|helpful|patient|tender|sweet|loving|compassionate", 2),
    ("agreeableness", r"gruff|blunt|rude|cold|sarcastic|cynical|stubborn|grumpy|harsh|suspicious|quarrelsome|proud|sharp-tongued", -2),
    ("neuroticism", r"anxious|nervous|worried|worries|moody|insecure|fearful|sensitive|jealous|restless|haunted|sad|melanchol\w+", 2),
    ("neuroticism", r"calm|relaxed|steady|serene|fearless|unshakeable|stoic|confident|composed|cool", -2),
)  # fmt: skip
"""Words of a description, the factor of the Big Five they speak of, and by how much."""

_WANTS = re.compile(r"\b(?:wants?|hopes?|dreams?|longs?|wishes|plans?|aims?|would (?:like|love)) (?:most )?(?:(?:of|about) )?(to [^.;!?]+|[a-z]+ing [^.;!?]+)", re.I)  # fmt: skip
_TODAY = re.compile(r"\b(today|tonight|right now|at the moment|currently|this (?:week|evening|morning))\b", re.I)
_BELIEVES = re.compile(r"\b(?:believes?|thinks?|is convinced|am convinced|is sure|swears?) (?:that )([^.;!?]+)", re.I)
_SENTENCES = re.compile(r"(?<=[.!?])[\"”']?\s+|\n+|;\s+")
MOST_FACTS = 24
_MOST_WORDS = 34


@dataclass(frozen=True)
class Clues:
    """What was found; empty where nothing was said."""

    name: str
    age: int
    gender: float
    personality: dict[str, int]
    traits: list[str]
    origin: str
    facts: list[str]
    long_term: str
    short_term: str
    beliefs: list[str]


def read_clues(text: str, name: str = "") -> Clues:
    """Everything the rules find in ``text``; ``name`` is known already or looked for."""
    name = name or find_name(text)
    first = name.split()[0] if name else ""
    gender = find_gender(text)
    whole = [_bare(part) for part in _SENTENCES.split(text) if part.strip(" .*-#")]
    parts = [clause for sentence in whole for clause in clauses(sentence)]
    spoken = [_plain(first_person(part, name, gender) or first_person(part, first, gender)) for part in parts]
    wish_text = ". ".join(parts)
    facts = [fact for fact in dict.fromkeys(spoken) if fact and 3 <= len(fact.split()) <= _MOST_WORDS]
    wishes = [(match[1].strip(" ,"), bool(_TODAY.search(match[1]))) for match in _WANTS.finditer(wish_text)]
    wishes = [(wish if wish.startswith("to ") else f"to be {wish}", today) for wish, today in wishes]
    lasting = [wish for wish, today in wishes if not today]
    momentary = [wish for wish, today in wishes if today]
    personality, words = find_traits(text)
    origin = _BORN.search(text)
    return Clues(
        name=name,
        age=find_age(text),
        gender=gender,
        personality=personality,
        traits=words,
        origin=origin[1] if origin else "",
        facts=[fact for fact in facts if not _WANTS.search(fact) and not _BELIEVES.search(fact)][:MOST_FACTS],
        long_term=lasting[0] if lasting else "",
        short_term=momentary[0] if momentary else "",
        beliefs=[_sentence(match[1]) for match in _BELIEVES.finditer(wish_text)][:5],
    )


def find_name(text: str) -> str:
    """The name the text gives the character, or an empty string."""
    for cue in _NAME_CUES:
        for match in re.finditer(cue, text, re.MULTILINE):
            found = match[1].strip()
            if found.split()[0] not in _NO_NAME:
                return found[:40].strip()
    return ""


def find_age(text: str) -> int:
    """The age in years the text gives or hints at; 0 when it does neither."""
    number = re.search(
        r"\b(\d{1,3})[- ]years?[- ]old|\b(?:aged?|age:|is|am|turned)\s+(\d{1,3})\b(?! ?(?:cm|kg|%|feet|metres))|,\s*(\d{2}),|\bof (\d{2})(?=[.,;]|$| and| who)",
        text,
    )
    if number:
        return int(next(group for group in number.groups() if group))
    tens, ones = "|".join(_TENS), "|".join(_ONES)
    spelt = re.search(rf"\b(?:({tens})(?:[- ]({ones}))?|({ones}))[- ]years?[- ]old\b", text, re.I)
    if spelt:
        return _TENS.get((spelt[1] or "").lower(), 0) + _ONES.get((spelt[2] or spelt[3] or "").lower(), 0)
    decade = re.search(
        rf"\b(early|mid|late)?[- ]?({tens[:-1]}y)s?\b|\bin (?:her|his|their|my) ({'|'.join(t[:-1] + 'ies' for t in _TENS)})\b",
        text,
        re.I,
    )
    if decade and decade[3]:
        return _TENS[decade[3].lower()[:-3] + "y"] + 5
    return next((age for pattern, age in _AGE_WORDS if re.search(pattern, text, re.I)), 0)


def find_gender(text: str) -> float:
    """0 masculine to 1 feminine by the pronouns and nouns; 0.5 when they do not say."""
    female, male = len(_FEMALE.findall(text)), len(_MALE.findall(text))
    if female == male:
        return 0.5
    return 0.92 if female > male else 0.06


def find_traits(text: str) -> tuple[dict[str, int], list[str]]:
    """The Big Five that the words of the text speak for (1-9, 5 where they say nothing), and those words."""
    scores = dict.fromkeys(("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"), 5)
    words: list[str] = []
    for factor, pattern, amount in TRAITS:
        found = list(re.finditer(rf"\b(?:({_NOT}) )?({pattern})\b", text, re.IGNORECASE))
        for match in found[:2]:
            scores[factor] += -amount if match[1] else amount
            words += [] if match[1] else [match[2].lower()]
    return {factor: max(1, min(9, score)) for factor, score in scores.items()}, [
        word for word in dict.fromkeys(words) if " " not in word
    ]


_NOT = r"not|never|hardly|far from|anything but|isn['’]t|nothing"


def _bare(sentence: str) -> str:
    """Without list marks, quotes and the kind of heading ("Likes: ...") that cards are full of."""
    return re.sub(r"^[-*#>•\s]+|[\"“”*]", "", sentence).strip()


def _plain(fact: str) -> str:
    """ "I am a 62-year-old captain, gruff but kind." without age and judgement, which stand elsewhere."""
    fact = re.sub(r"\b(an?) (?:[\w-]+[- ]years?[- ]old|young|old|elderly) (?=(\w))", _article, fact)
    fact = re.sub(r"^I am \d{1,2}(?: years old)?(?:, | and )(?=\w)", "I am ", fact)
    fact = re.sub(r"^(I am from [^,]+), and ", r"\1 and ", fact)
    fact = re.sub(
        r"^I am (?=(?:an? )?(?:[a-z]+s|repair|work|live|sell|make|teach|run|drive|write|play|build) )", "I ", fact
    )
    return re.sub(rf"^(I am [^,]+), (?:{_JUDGED})(?:(?:,| and| but| yet|, but) (?:{_JUDGED}))*\.$", r"\1.", fact)


def _article(match: re.Match[str]) -> str:
    return "an " if match[2].lower() in "aeiou" else "a "


_JUDGED = "|".join(pattern for _, pattern, _ in TRAITS)


def _sentence(text: str) -> str:
    text = text.strip(" ,")
    return text[:1].upper() + text[1:] + "."

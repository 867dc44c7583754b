"""Sentences about a character turned into sentences by the character: "She keeps his watch" becomes "I keep his watch"."""

from __future__ import annotations

import re

_IRREGULAR = {"is": "am", "has": "have", "does": "do", "goes": "go", "was": "was", "isn't": "am not", "hasn't": "haven't",
              "doesn't": "don't", "says": "say", "dies": "die", "lies": "lie", "ties": "tie"}  # fmt: skip
_ADVERBS = r"(?:(?:never|always|still|also|often|sometimes|secretly|once|now|only|rarely|usually|just|really|hardly) )?"
_NOT_VERBS = frozenset(
    [
        "this",
        "his",
        "hers",
        "its",
        "as",
        "yes",
        "us",
        "bus",
        "glass",
        "class",
        "always",
        "perhaps",
        "besides",
        "is",
        "was",
        "has",
        "does",
        "sometimes",
        "years",
        "days",
        "hands",
        "eyes",
        "books",
        "children",
        "clothes",
        "things",
        "people",
        "others",
        "friends",
    ]
)
_COORDINATED = re.compile(
    rf"(\b(?:and|but|or|then)|,) ({_ADVERBS})([a-z]+s|isn't|hasn't|doesn't)\b(?= (?:a|an|the|to|that|his|her|their|my|in|on|at|with|for|"
    r"from|about|no|not|nobody|nothing|every|it|small|[a-z]+ing|[a-z]+s?)\b)"
)


def first_person(sentence: str, name: str, gender: float = 0.5) -> str:
    """The sentence in the first person; empty when its subject is not the character.

    ``gender`` (0 masculine, 1 feminine) says which pronouns may mean the character: with 1, "his" is somebody else's.
    """
    sentence = " ".join(sentence.split()).strip()
    if re.match(r"(I|My|I['’]\w+)\b", sentence):
        return _ended(sentence)
    sentence = re.sub(r"^You are\b", "I am", sentence)
    sentence = re.sub(r"^You have\b", "I have", sentence)
    if re.match(r"You [a-z]+", sentence):
        return _ended(_second_person("I" + sentence[3:]))
    if sentence.startswith(("I am ", "I have ")):
        return _ended(_second_person(sentence))
    pronouns = "She" if gender > 0.6 else "He" if gender < 0.4 else "She|He|They"
    owners = "Her" if gender > 0.6 else "His" if gender < 0.4 else "Her|His|Their"
    subject = rf"(?:{re.escape(name)}|{pronouns})" if name else rf"(?:{pronouns})"
    match = re.match(rf"{subject} ({_ADVERBS})([A-Za-z]+(?:['’]t)?)\b(.*)$", sentence)
    possessive = re.match(rf"(?:{re.escape(name or 'Her')}['’]s|{owners}) (.*)$", sentence)
    if match:
        rest = _pronouns(_COORDINATED.sub(_coordinated, match[3]), name, gender)
        return _ended(f"I {match[1]}{base_verb(match[2])}{rest}")
    return _ended(f"My {_pronouns(possessive[1], name, gender)}") if possessive else ""


def base_verb(verb: str) -> str:
    """The form after "I" of a third-person verb; other forms stay."""
    verb = verb.replace("’", "'")
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if re.search(r"(ss|sh|ch|x|zz)es$", verb):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith(("ss", "us")) else verb


def _coordinated(match: re.Match[str]) -> str:
    verb = match[3]
    return f"{match[1]} {match[2]}{verb if verb in _NOT_VERBS - {'is', 'has', 'does'} else base_verb(verb)}"


def _pronouns(text: str, name: str, gender: float) -> str:
    subjects = "she" if gender > 0.6 else "he" if gender < 0.4 else "she|he"
    text = re.sub(rf"\b({subjects}) (is|has|does|[a-z]+s)\b", lambda match: f"I {base_verb(match[2])}", text)
    text = re.sub(rf"\b({subjects})\b", "I", text)
    text = re.sub(r"\b(herself|himself|themselves|themself)\b", "myself", text)
    if gender <= 0.6:
        text = re.sub(r"\bhim\b", "me", re.sub(r"\bhis\b", "my", text))
    if gender >= 0.4:
        text = re.sub(r"\bher(?= [a-z])(?! (?:to|in|on|at|and|but|with|for|from|when|the|a|an)\b)", "my", text)
        text = re.sub(r"\bher\b", "me", text)
    return re.sub(rf"\b{re.escape(name)}['’]s\b", "my", text) if name else text


def clauses(sentence: str) -> list[str]:
    """ "She bakes bread, hates noise and sleeps late." as one sentence for each verb, all with the first one's subject."""
    match = re.match(r"(\S+(?: [A-Z]\S+)*) (?:[a-z]+ )?[a-z]+(?:s|ed|n't)? ", sentence)
    parts = [part for part in _NEXT_VERB.split(sentence) if part.strip()]
    if match is None or len(parts) < 2:
        return [sentence]
    return [parts[0].strip(" ,"), *(f"{match[1]} {part.strip(' ,')}" for part in parts[1:])]


_NEXT_VERB = re.compile(
    r",? (?:and|but) (?=(?:never |always |still |secretly )?(?:is|has|hates|loves|likes|wants|keeps|lives|works|plays|collects|"
    r"dreams|believes|fears|sings|paints|writes|cooks|bakes|reads|speaks|sleeps|owns|knows|misses|lost|once|never|cannot|can't)\b)"
    r"|, (?=(?:hates|loves|likes|wants|keeps|lives|works|plays|collects|dreams|believes|fears|sings|paints|writes|cooks|bakes|"
    r"reads|speaks|sleeps|owns|knows|misses|lost|once|never|cannot|can't)\b)"
)


def _second_person(text: str) -> str:
    return re.sub(r"\byour\b", "my", re.sub(r"\byou\b", "I", re.sub(r"\byourself\b", "myself", text)))


def _ended(text: str) -> str:
    text = text.strip().rstrip(",;:")
    return text if text.endswith((".", "!", "?")) else text + "."
